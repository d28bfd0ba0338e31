internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTokenizer
internal import ExpertTraining
internal import Foundation

/// The expert that is measured or served: where its adapter lies, and what its run or manifest knows
/// of its training.
struct MeasuredExpert {
  /// The name to show: an installed expert's, or the path as it was given.
  var name: String
  /// The folder of adapter_config.json and the weights.
  var folder: String
  var facts: TrainingRunFacts
  /// SHA-256 of the weights.
  var adapterHash: Digest
  /// Whether reports may be written into the folder: a package's stays as it was signed.
  var takesReports: Bool
  /// Keeps the unpacked files of a package that is not installed.
  private var opened: OpenedExpert?

  /// A folder as training left it, or PEFT.
  init(adapter folder: String) throws {
    try self.init(name: folder, folder: folder) {
      try TrainingRunFacts(beside: folder, weights: $0.description)
    }
    takesReports = true
  }

  /// An installed expert that was found usable: see `Installer.usable`.
  init(_ installed: InstalledExpert) throws {
    try self.init(name: installed.slug, folder: installed.folder) { _ in
      TrainingRunFacts(installed.manifest)
    }
  }

  init(_ opened: OpenedExpert) throws {
    try self.init(name: opened.manifest.slug, folder: opened.folder) { _ in
      TrainingRunFacts(opened.manifest)
    }
    self.opened = opened
  }

  private init(
    name: String, folder: String, facts: (Digest) throws -> TrainingRunFacts
  ) throws {
    self.name = name
    self.folder = folder
    adapterHash = try SHA256.hash(file: ExpertModel.AdapterFolder.weights(folder))
    self.facts = try facts(adapterHash)
    takesReports = false
  }

  /// Loads the adapter, ready for the base.
  func load(for base: Base, pool: ThreadPool) throws -> Adapter {
    let adapter = try ExpertModel.AdapterFolder.load(folder, for: base.model.config)
    base.model.prepare(adapter, pool: pool)
    return adapter
  }
}

/// What is known of how an adapter was trained; what nobody wrote down is absent.
struct TrainingRunFacts: Sendable, Hashable {
  var datasetName: String?
  /// The version's commit, else its number.
  var datasetVersion: String?
  var baseName: String?
  var baseSHA256: String?
  var templateName: String?
  var templateSHA256: String?
  /// `step-400`
  var checkpoint: String?
  /// DPO's β.
  var beta: Double?
  /// Everything that the adapter learned from, the last training first.
  var trained: [TrainedData]

  /// The version that was trained on, as the store understands it.
  var version: String? {
    datasetName.map { name in datasetVersion.map { "\(name)@\($0)" } ?? name }
  }

  /// What run.json beside an adapter says; of a checkpoint, that of its run. `weights` is the
  /// SHA-256 of the adapter's: a record of others does not tell what these learned from.
  init(beside folder: String, weights: String) throws {
    let unknown = TrainedData(dataset: nil, adapter: weights)
    trained = [unknown]
    let place = RunFolder.ofAdapter(folder)
    let isCheckpoint = place != RunFolder(folder)
    guard let run = try ExpertPackage.AdapterFolder.json(place.manifest) else { return }
    trained = TrainedData.all(ofRun: run, adapter: weights)
    let recorded = run["files"]?[ExpertModel.AdapterFolder.weightsName]?.string
    if !isCheckpoint, let recorded, recorded != weights { trained.append(unknown) }
    datasetName = run["dataset"]?["name"]?.string
    datasetVersion = run["dataset"]?["commit"]?.string ?? run["dataset"]?["version"]?.string
    baseName = run["base_model"]?["name"]?.string
    baseSHA256 = run["base_model"]?["sha256"]?.string
    templateName = run["prompt_template"]?["name"]?.string
    templateSHA256 = run["prompt_template"]?["sha256"]?.string
    beta = run["config"]?["beta"]?.number
    checkpoint =
      isCheckpoint
      ? RunFolder(folder).path.split(separator: "/").last.map(String.init)
      : run["steps"]?.integer.map { "step-\($0)" }
  }

  /// What a package's manifest says.
  init(_ manifest: Manifest) {
    trained = manifest.training?.trained ?? [TrainedData(dataset: nil)]
    datasetName = manifest.training?.datasetName
    datasetVersion = manifest.training?.datasetCommit ?? manifest.training?.datasetVersion
    baseName = manifest.bases.first?.model.name
    baseSHA256 = manifest.bases.first?.model.sha256
    templateName = manifest.bases.first?.templateName
    templateSHA256 = manifest.bases.first?.templateDigest
  }
}

extension GlobalOptions {
  /// The expert that a user named: an adapter's folder, a package's file or unpacked folder, or an
  /// installed expert that may be used.
  func expert(_ text: String, allowUnsigned: Bool) async throws -> MeasuredExpert {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: text, isDirectory: &isFolder)
    guard exists else {
      return try MeasuredExpert(try installer().usable(text))
    }
    if isFolder.boolValue, !PackageFolder.isOne(text) { return try MeasuredExpert(adapter: text) }
    var rules = Installer.Options()
    rules.allowUnsigned = allowUnsigned
    return try MeasuredExpert(
      OpenedExpert(try await package(text), try installer().rules(rules)))
  }

  /// Opens a base, and the hash that pins it: the registry's, or computed where it is only a path.
  func open(
    base name: String, precision: Precision?, pool: ThreadPool
  ) throws -> (base: Base, hash: String) {
    let resolved = try registry().resolve(name)
    let base = try Base.open(resolved.path, precision: precision, pool: pool)
    let hash = try resolved.record?.weightsHash ?? base.files.weightsHash()
    return (base, hash.description)
  }
}
