internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import Foundation

/// `expert-gen expert package DIR`.
struct ExpertPackageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "package", abstract: "Pack a trained adapter as a .expert file.",
    discussion: """
      DIR is an adapter in PEFT's form. What the training run knows is taken from its run.json, \
      measurements from evaluation.json and benchmark.json, as eval run leaves them; they are never \
      typed in, and what is not of these weights and this base is refused. Flags stand \
      over --manifest, and that over the run. With --base the base model's hash is measured, and \
      tokenizer files that are the base's own stay out. SOURCE_DATE_EPOCH fixes the time, so that \
      the same input gives the same bytes.

      Example: expert-gen expert package out/json-parser --name json-parser --version 1.0.0 \
      --key publisher
      """)

  @Argument(help: "The adapter's folder.") var folder: String
  @Option(help: "The expert's name: small letters, digits, '.', '-', '_'.") var name: String?
  @Option(help: "The expert's version, such as 1.0.0.") var version: String?
  @Option(help: "Who made it.") var author: String?
  @Option(help: "The licence, such as MIT.") var license: String?
  @Option(help: "Where more is said about it.") var homepage: String?
  @Option(help: "What it does, in a sentence.") var description: String?
  @Option(name: .customLong("capability"), help: "What it can do; may be given several times.")
  var capabilities: [String] = []
  @Option(name: .customLong("tag"), help: "A tag; may be given several times.")
  var tags: [String] = []
  @Option(
    name: .customLong("keyword"), help: "A word that routes to it; may be given several times.")
  var keywords: [String] = []
  @Option(help: "A manifest to start from, of schema 1.0 or 2.0.") var manifest: String?
  @Option(help: "The base model: a name of `model list`, or a path.") var base: String?
  @Option(help: "The base model's name.") var baseName: String?
  @Option(help: "Sign with this key of yours (see keygen).") var key: String?
  @Option(help: "The file, or the folder ending with '/', to write.") var output: String?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let name, let fault = ManifestRules.fault(inName: name) {
      throw ValidationError("--name \(name): \(fault)")
    }
    if let version, ExpertVersion(version) == nil {
      throw ValidationError("--version \(version): it must be a semantic version such as 1.0.0")
    }
  }

  func run() async throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else { throw Failure(.usage, "no-folder", "there is no folder \(folder)") }
    var plans = try PackagePlan.plans(folder: folder, try request())
    for place in plans.indices { plans[place].notes += try reportNotes(on: plans[place]) }
    let signer = try key.map { try options.signingKey($0) }
    let writer = PackageWriter(signer: signer, publisher: key, clock: SystemClock())
    let written = try plans.map { try write($0, writer, isOnly: plans.count == 1) }
    if options.json {
      Console.out([
        "packages": .array(zip(plans, written).map(json))
      ])
      return
    }
    for (plan, package) in zip(plans, written) {
      let signed = package.signer.map { "signed by \($0)" } ?? "NOT SIGNED"
      Console.out(
        VisibleText.line(
          "\(package.path): \(Figures.bytes(package.size)), \(signed), sha256 \(package.digest)"))
      for note in plan.notes { options.say("note: " + note) }
      if package.signer == nil {
        options.say("note: sign it with: expert-gen expert sign \(package.path) --key NAME")
      }
    }
  }

  private func request() throws -> PackagingRequest {
    var request = PackagingRequest()
    request.name = name
    request.version = version
    request.author = author
    request.license = license
    request.homepage = homepage
    request.description = description
    request.capabilities = capabilities
    request.tags = tags
    request.keywords = keywords
    request.base = try base.map { try options.installationBase($0).path }
    request.baseName = baseName
    if let manifest {
      guard let template = try AdapterFolder.json(manifest) else {
        throw PackageError.unknown(what: "file", name: manifest, hint: "--manifest names it")
      }
      request.template = template
    }
    return request
  }

  /// Scores the report that the figures come from again, and says where the store at hand does not
  /// hold it.
  private func reportNotes(on plan: PackagePlan) throws -> [String] {
    guard plan.manifest["quality_metrics"] != nil else { return [] }
    let path = folder + "/" + AdapterFolder.evaluation
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let (report, json) = try ReportFiles.readWhole(path)
    if let place = report.firstFigureOfItsOwn(in: json) {
      throw PackageError.invalid(
        place: "\(path): \(place)",
        reason: "it does not follow from the report's answers; figures are measured, not typed in: "
          + "evaluate again")
    }
    guard options.places.storeExists else { return [] }
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    guard try !StoredReports(store).contains(report) else { return [] }
    return [
      "the store \(options.places.storePath) does not hold the evaluation in \(path): it was "
        + "measured elsewhere, or changed since"
    ]
  }

  private func write(
    _ plan: PackagePlan, _ writer: PackageWriter, isOnly: Bool
  ) throws -> PackageWriter.Written {
    guard let output else { return try writer.write(plan, intoFolder: ".") }
    try OutputFolder.make(for: output.hasSuffix("/") ? output + "x" : output)
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
    if isThere && isFolder.boolValue { return try writer.write(plan, intoFolder: output) }
    guard isOnly else {
      throw PackageError.invalid(
        place: "--output", reason: "several packages are made; name a folder that exists")
    }
    return try writer.write(plan, to: output)
  }

  private func json(_ plan: PackagePlan, _ package: PackageWriter.Written) -> JSONValue {
    ExpertText.json(package.manifest, signer: package.signer)
      .setting(["path"], to: .string(package.path))
      .setting(["size_bytes"], to: .number(Double(package.size)))
      .setting(["sha256"], to: .string(package.digest.hex))
      .setting(["notes"], to: .array(plan.notes.map(JSONValue.string)))
  }
}
