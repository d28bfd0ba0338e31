internal import ArgumentParser
internal import ExpertComposition
internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertTensors

/// On which base experts are used, and which of them are let in.
struct UsingOptions: ParsableArguments {
  @Option(
    help: "The base model: a name of `model list` or a path (default: the one the experts name).")
  var base: String?

  @Option(
    help: ArgumentHelp(
      "How weights are held: fp32, bf16, int8, int4, nf4, or w8a8 for products in eight bits "
        + "(default: as the file holds them, floats in bf16).", valueName: "precision"))
  var quantize: Precision?

  @Option(help: "Threads (default: all processors).") var threads: Int?
  @Flag(help: "Take packages that nobody signed.") var allowUnsigned = false
  @Option(help: "The one key that must have signed, instead of the trusted ones.")
  var key: String?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  /// The threads that products share.
  var pool: ThreadPool { threads.map { ThreadPool(threads: $0) } ?? .shared }

  /// Opens experts by the rules of these options.
  func opener(_ options: GlobalOptions) throws -> ExpertOpener {
    let installer = try options.installer()
    var rules = Installer.Options()
    rules.allowUnsigned = allowUnsigned
    rules.onlyKey = try key.map { try options.publicKey($0) }
    return ExpertOpener(installer, rules: installer.rules(rules))
  }

  /// Where the base lies: the one named, else the one that the experts were made for.
  func resolve(_ declared: DeclaredBase?, _ options: GlobalOptions) throws -> ResolvedModel {
    let registry = try options.registry()
    if let base { return try registry.resolve(base) }
    guard let declared else {
      throw Failure(.usage, "unknown-name", "nothing says which base to use; give --base")
    }
    if let hash = declared.sha256,
      let record = try registry.list().first(where: { $0.weightsHash.hex == hash })
    {
      return try registry.resolve(record.name)
    }
    for name in [declared.name, declared.shortName] where !name.isEmpty {
      if let found = try? registry.resolve(name) { return found }
    }
    throw Failure(
      .usage, "unknown-name",
      "the experts were made for the base \(declared.name.isEmpty ? "of a hash" : declared.name), "
        + "which is not here under this name or hash; give --base")
  }

  /// Opens the base.
  func open(_ model: ResolvedModel) throws -> Base {
    try Base.open(model.path, precision: quantize, pool: pool)
  }
}

extension GlobalOptions {
  /// Says what stays to be said of experts, and where the base is not the one they were made on.
  func sayNotes(of lineup: ExpertLineup, on model: ResolvedModel) {
    for note in lineup.experts.flatMap(\.expert.notes) { say("note: " + note) }
    guard let hash = model.record?.weightsHash.hex else { return }
    for chosen in lineup.experts {
      guard let declared = chosen.expert.base.sha256, declared != hash else { continue }
      say(
        "note: \(chosen.expert.name) was trained on another base than \(model.name): the weights "
          + "have another hash")
    }
  }
}

/// A list of experts as a command line has it: `json-parser,./mine:0.5`.
struct ExpertList {
  /// Names and weights, in order.
  let entries: [(name: String, weight: Double)]

  init(_ text: String) throws {
    try self.init(
      text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
  }

  init(_ texts: [String]) throws {
    entries = try texts.map(Self.entry)
    guard !entries.isEmpty else { throw ValidationError("name at least one expert") }
  }

  /// What stands behind the last colon is a weight where it is a number.
  private static func entry(_ text: String) throws -> (name: String, weight: Double) {
    guard let colon = text.lastIndex(of: ":"),
      !text[text.index(after: colon)...].contains("/")
    else { return try named(text, 1) }
    let number = text[text.index(after: colon)...]
    guard let weight = Double(number), weight.isFinite else {
      throw ValidationError(
        "\"\(number)\" behind \(text[..<colon]) is no weight; write \(text[..<colon]):0.5")
    }
    return try named(String(text[..<colon]), weight)
  }

  private static func named(_ name: String, _ weight: Double) throws -> (String, Double) {
    guard !name.isEmpty else { throw ValidationError("the list of experts has an empty name") }
    return (name, weight)
  }

  /// Opens all of them.
  func open(_ opener: ExpertOpener) throws -> [ChosenExpert] {
    try entries.map { ChosenExpert(try opener.open($0.name), weight: $0.weight) }
  }
}
