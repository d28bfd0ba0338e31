internal import ArgumentParser
internal import ExpertComposition
internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// `expert-gen expert merge A B`.
struct ExpertMergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Merge experts of one base into one adapter.",
    discussion: """
      The methods are those of PEFT's add_weighted_adapter. cat is exactly the weighted sum, with \
      the ranks added; svd is its best approximation of a rank; linear, ties, dare_linear, \
      dare_ties and magnitude_prune work on the tensors, need equal ranks, and are rougher. IA3 is \
      merged by linear, soft prompts by cat; DoRA cannot be merged, only run together. run.json lists \
      what all of them learned from. The folder appears whole or not at all.

      Example: expert-gen expert merge json-parser sql-writer --method ties --density 0.5 \
      --output out/both
      """)

  @Argument(help: "The experts: names of installed ones, .expert files or adapters' folders.")
  var experts: [String]
  @Option(
    help: "linear, cat, ties, dare_linear (or dare), dare_ties, magnitude_prune or svd.")
  var method: MergeMethod = .cat
  @Option(help: "One weight for each expert, separated by commas (default: 1 each).")
  var weights: String?
  @Option(help: "The share of values that ties, dare and magnitude_prune keep.")
  var density = 0.5
  @Option(help: "How ties elects signs: total or frequency.")
  var majoritySignMethod: MajoritySign = .total
  @Option(help: "The rank of svd (default: the largest of the experts).") var rank: Int?
  @Option(help: "Seeds what dare drops.") var seed: UInt64 = 0
  @Option(help: "The folder to write the adapter to.", completion: .directory)
  var output: String
  @Flag(help: "Replace what stands at --output.") var overwrite = false
  @OptionGroup var using: UsingOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard !experts.isEmpty else { throw ValidationError("name the experts to merge") }
    _ = try entries()
    guard density > 0, density <= 1 else {
      throw ValidationError("--density must be above 0 and at most 1")
    }
  }

  func run() async throws {
    let stage = try ExportStage(output, isFile: false, replaces: overwrite)
    let opener = try using.opener(options)
    let chosen = try entries().map { ChosenExpert(try opener.open($0.name), weight: $0.weight) }
    let lineup = try ExpertLineup(chosen, basesMayDiffer: using.base != nil)
    let model = try using.resolve(lineup.base, options)
    options.sayNotes(of: lineup, on: model)
    let shape = try ModelFiles.open(model.path).config
    // In the order given: draws and files depend on it.
    let parts = try chosen.flatMap { choice in
      try choice.expert.adapters(for: shape).map {
        WeightedAdapter($0, weight: choice.weight, name: choice.expert.name)
      }
    }
    let merge = AdapterMerge(
      method, density: density, sign: majoritySignMethod, rank: rank, seed: seed)
    let result = try merge.merge(parts, pool: using.pool)
    try write(result.adapter, to: stage.folder, chosen, lineup)
    try stage.commit()
    report(result, parts)
  }

  private func entries() throws -> [(name: String, weight: Double)] {
    let list = try ExpertList(experts).entries
    guard let weights else { return list }
    guard list.allSatisfy({ $0.weight == 1 }) else {
      throw ValidationError("give weights behind the names or by --weights, not both")
    }
    let numbers = weights.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == list.count, numbers.allSatisfy({ $0?.isFinite == true }) else {
      throw ValidationError("--weights needs one number for each of the \(list.count) experts")
    }
    return zip(list, numbers).map { ($0.name, $1 ?? 1) }
  }

  /// The adapter in PEFT's form, with what packing wants to know beside it.
  private func write(
    _ adapter: Adapter, to folder: String, _ chosen: [ChosenExpert], _ lineup: ExpertLineup
  ) throws {
    try ExpertModel.AdapterFolder.save(adapter, to: folder)
    let weights = try SHA256.hash(file: ExpertModel.AdapterFolder.weights(folder)).hex
    let provenance: JSONValue = [
      "merged": [
        "method": .string(method.rawValue),
        "density": method.prunes ? .number(density) : .null,
        "majority_sign_method": .string(majoritySignMethod.rawValue),
        "seed": method.draws ? .string("\(seed)") : .null,
        "experts": .array(chosen.map(Self.json)), "sha256": .string(weights),
        "tool_version": .string("expert-gen \(ExpertGen.version)"),
      ]
    ]
    let trained = TrainedData.union(try chosen.map { try Self.trained($0.expert) })
    var run: JSONValue = [
      "method": .string("merge-\(method.rawValue)"), "ancestors": .array(trained.map(\.json)),
    ]
    if let base = lineup.base, !base.name.isEmpty {
      run = run.setting(["base_model", "name"], to: .string(base.name))
      run = run.setting(["base_model", "sha256"], to: base.sha256.map(JSONValue.string))
    }
    if let template = try? lineup.templateName() {
      run = run.setting(["prompt_template", "name"], to: .string(template))
    }
    for (name, json) in [("provenance.json", provenance), ("run.json", run)] {
      try AtomicFile.write(
        folder + "/" + name, Array((CanonicalJSON.text(of: json) + "\n").utf8))
    }
  }

  /// What an expert learned from, as its manifest or the run beside it says.
  private static func trained(_ expert: UsableExpert) throws -> [TrainedData] {
    if let manifest = expert.manifest { return TrainingRunFacts(manifest).trained }
    return try TrainingRunFacts(beside: expert.folder, weights: expert.identity).trained
  }

  private static func json(_ chosen: ChosenExpert) -> JSONValue {
    [
      "name": .string(chosen.expert.name), "weight": .number(chosen.weight),
      "version": chosen.expert.manifest.map { .string($0.version.description) } ?? .null,
      "identity": .string(chosen.expert.identity),
    ]
  }

  private func report(_ result: AdapterMerge.Result, _ parts: [WeightedAdapter]) {
    let count = result.adapter.parameters.reduce(0) { $0 + $1.count }
    if options.json {
      Console.out([
        "output": .string(output), "method": .string(method.rawValue),
        "parameters": .number(Double(count)),
        "notes": .array(result.notes.map(JSONValue.string)),
      ])
      return
    }
    Console.out(
      VisibleText.line(
        "\(output): \(parts.count) adapters by \(method.rawValue), \(Figures.count(count)) "
          + "parameters"))
    for note in result.notes { options.say("note: " + note) }
  }
}

extension MergeMethod: ExpressibleByArgument {
  init?(argument: String) { self.init(named: argument) }
}

extension MajoritySign: ExpressibleByArgument {}
