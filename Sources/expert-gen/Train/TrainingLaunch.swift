internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTensors
internal import ExpertTraining
internal import Foundation

/// Opens what a run needs: base, store, version.
struct TrainingLaunch {
  let config: TrainingConfig
  let options: GlobalOptions
  let pool: ThreadPool
  /// The base that a manifest asks for, with the SHA-256 of its weights.
  let manifestBase: (name: String, hash: String)?

  init(
    _ config: TrainingConfig, threads: Int?, options: GlobalOptions,
    manifestBase: (name: String, hash: String)? = nil
  ) {
    self.config = config
    self.options = options
    self.manifestBase = manifestBase
    pool = threads.map { ThreadPool(threads: $0) } ?? .shared
  }

  /// The store and the run, ready for the first step; `recorded` is the version that a run began with
  /// which goes on, or is repeated.
  func open(
    recorded: RunManifest.DatasetFacts? = nil
  ) throws -> (store: Store, setup: TrainingSetup) {
    try checkInputs()
    let base = try openBase()
    let (store, reference) = try openStore(recorded: recorded)
    let version = try TrainingVersion(
      store: store, reference: reference, objective: config.objective,
      takesSingleAnswers: config.lossType == "kto")
    let line = options.progressLine()
    let setup = try TrainingSetup(config: config, base: base, version: version) { done, total in
      if Interruption.happened { throw CancellationError() }
      line.update(ProgressState(done: done, total: total, unit: "records"))
    }
    line.finish()
    return (store, setup)
  }

  /// What can be refused before base and data are read.
  private func checkInputs() throws {
    try config.checkInputs()
    if config.followsTeacher, let name = config.teacherModel {
      _ = try options.registry().resolve(name)
    }
  }

  func openBase() throws -> RunBase {
    guard let name = config.base else {
      throw Failure(.usage, "no-base", "name the base model: --base, as `model list` has it")
    }
    return try open(name, precision: config.basePrecision)
  }

  /// A model to learn from, held as its file holds it.
  func openTeacher(_ name: String) throws -> RunBase { try open(name, precision: nil) }

  private func open(_ name: String, precision: Precision?) throws -> RunBase {
    let resolved = try options.registry().resolve(name)
    let base = try Base.open(resolved.path, precision: precision, pool: pool)
    let hash = try resolved.record?.weightsHash ?? base.files.weightsHash()
    return RunBase(base: base, name: name, hash: hash, pool: pool)
  }

  /// The hash of the base as it lies there, without opening it.
  func baseHash() throws -> Digest? {
    guard let name = config.base else { return nil }
    let resolved = try options.registry().resolve(name)
    return try resolved.record?.weightsHash ?? ModelFiles.open(resolved.path).weightsHash()
  }

  /// What the teacher that is named will take, by its files: the weights, and the embeddings again in
  /// bf16.
  func teacherForForecast() throws -> FrozenWork.Teacher? {
    guard config.followsTeacher, let name = config.teacherModel else { return nil }
    let files = try ModelFiles.open(options.registry().resolve(name).path)
    let embedding = 2 * files.config.vocabularySize * files.config.hiddenSize
    return FrozenWork.Teacher(model: files.config, weights: files.weightBytes + embedding)
  }

  // MARK: data

  /// Whether the dataset is a file of rows. A folder of a dataset's name is none.
  private var isFile: Bool {
    guard let dataset = config.dataset, !dataset.hasSuffix(".db") else { return false }
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: dataset, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  private func datasetName() throws -> String {
    guard let dataset = config.dataset else {
      throw Failure(
        .usage, "no-dataset", "name the dataset: --dataset NAME@VERSION, or a file of rows")
    }
    return dataset
  }

  /// The store, and the version that is trained on: the recorded one by its commit, else what the
  /// settings name.
  private func openStore(recorded: RunManifest.DatasetFacts?) throws -> (Store, String) {
    let dataset = try datasetName()
    guard let recorded else {
      return isFile ? try importRows(dataset) : (try options.openStore(.readWrite), dataset)
    }
    let store = try options.openStore(.readWrite)
    if let now = try? store.resolve(isFile ? recorded.name : dataset),
      now.commit.hash.hex != recorded.commit
    {
      options.say(
        "going on with \(recorded.name)@\(recorded.version), which the run began with; "
          + "\(recorded.name)@v\(now.commit.number) is another version")
    }
    return (store, config.reference(to: recorded))
  }

  /// The same launch under the dataset's name as a run has it, where both mean the commit that it was
  /// trained on: `NAME` and `NAME@v1` are one version then. `nil` where they do not, or are equal.
  func renamed(for run: RunManifest) throws -> TrainingLaunch? {
    guard let given = config.dataset, let recorded = run.config.dataset, given != recorded, !isFile,
      config.datasetSplit == run.config.datasetSplit
    else { return nil }
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    guard try store.resolve(given).commit.hash.hex == run.dataset.commit else { return nil }
    var layer = TrainingLayer()
    try layer.set(.dataset, flag: recorded)
    return TrainingLaunch(
      try TrainingConfig(layers: [layer], over: config), threads: pool.threads, options: options,
      manifestBase: manifestBase)
  }

  /// The version that the settings name now; `nil` where there is none.
  func currentVersion() throws -> VersionRef? {
    let dataset = try datasetName()
    let (store, reference) =
      isFile ? try importRows(dataset) : (try options.openStore(.readOnly), dataset)
    defer { try? store.close() }
    return try store.resolve(reference)
  }

  /// A file of rows becomes a version of its own first, so that lineage has no gap.
  private func importRows(_ dataset: String) throws -> (Store, String) {
    let store = try options.openStore(.create)
    let name = Self.datasetName(ofFile: dataset)
    let needsPairs = config.objective == .dpo && config.lossType != "kto"
    let kind: RecordKind? = needsPairs ? .preference : nil
    guard try kind.map({ try Self.holds($0, dataset) }) ?? true else {
      throw Self.noRecord(dataset, name)
    }
    let report: ImportReport
    do {
      report = try RowImport(file: dataset, kind: kind, assigner: nil).run(store, dataset: name)
    } catch RowFileError.noRecord(let path) {
      throw Self.noRecord(path, name)
    }
    if report.quarantined > 0 {
      options.say(
        "\(report.quarantined) of \(report.rows) rows of \(dataset) are no records and lie in "
          + "quarantine; `dataset import` shows them")
    }
    let version = report.commit.map { "\(name)@\($0.name)" } ?? name
    options.say("\(dataset) is \(version) now")
    return (store, version)
  }

  /// Whether a file has any record of a kind: a dataset of none is not made.
  private static func holds(_ kind: RecordKind, _ file: String) throws -> Bool {
    let (rows, reader) = (try RowFile(file), RowReader(format: .auto, map: .none, kind: kind))
    var found = false
    func look(_ row: Row) { if case .record = row { found = true } }
    while !found, let piece = try rows.next() { reader.feed(piece, look) }
    if !found { reader.finish(look) }
    return found
  }

  private static func noRecord(_ path: String, _ name: String) -> Failure {
    Failure(
      .usage, "no-record",
      "\(path) holds no row that is a record of the kind that is needed; say what its columns mean: "
        + "`expert-gen dataset import \(name) \(path) --map COLUMN=instruction,COLUMN=output`, "
        + "then train with --dataset \(name)")
  }

  /// `data/My Rows.jsonl` becomes `my-rows`.
  static func datasetName(ofFile path: String) -> String {
    let file = path.split(separator: "/").last ?? "rows"
    let stem = file.split(separator: ".").first ?? file
    let name = stem.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let trimmed = String(name).split(separator: "-").joined(separator: "-")
    return trimmed.isEmpty ? "rows" : trimmed
  }
}

/// Prints what a run is about to do.
struct SetupText {
  let setup: TrainingSetup
  let forecast: RunForecast

  /// Each line of the summary.
  var lines: [String] {
    let version = setup.version.version
    let (config, figures) = (setup.config, setup.statistics)
    var lines = [
      "\(version.dataset.name)@v\(version.commit.number): "
        + "\(Figures.count(figures.examples)) examples, \(Figures.count(figures.tokens)) tokens, "
        + "\(Figures.count(figures.supervisedTokens)) of them learned, the longest "
        + "\(Figures.count(figures.longest))"
        + (setup.valid.map { "; \(Figures.count($0.count)) held out" } ?? "; none held out"),
      "\(config.method.rawValue) on \(setup.base.name), "
        + "\(setup.base.base.model.precision?.rawValue ?? "as its file holds it"): "
        + forecast.adapter.text,
      "\(Figures.count(setup.steps.total)) steps of \(config.batchSize) × \(config.accumulation); "
        + "packing computes \(Figures.decimal(100 * figures.savedShare, 0)) % fewer rows than "
        + "padding would",
      "forecast: \(Figure.bytes(forecast.memory.total)) of memory, "
        + "\(Figure.time(forecast.time.seconds)) at "
        + "\(Figures.rate(forecast.time.tokensPerSecond)) tokens/s",
    ]
    if let lengths { lines.insert(lengths, at: 1) }
    return lines + setup.notes
  }

  private var lengths: String? {
    let counts = setup.counts
    guard counts.over > 0 || counts.withoutTarget > 0 else { return nil }
    let parts = [
      (counts.dropped, "dropped"), (counts.truncated, "truncated"), (counts.split, "split"),
      (counts.withoutTarget, "without anything to learn"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return "\(counts.over) texts were over the limit: " + parts.joined(separator: ", ")
  }

  /// The first text with its mask.
  var preview: String {
    get throws {
      let mask = MaskPreview(tokenizer: setup.base.base.tokenizer)
      return try setup.train.preview(0).map { VisibleText.lines(try mask.text($0)) }
        .joined(separator: "\n")
    }
  }

  var json: JSONValue {
    let memory = forecast.memory
    return [
      "examples": .number(Double(setup.statistics.examples)),
      "tokens": .number(Double(setup.statistics.tokens)),
      "supervised_tokens": .number(Double(setup.statistics.supervisedTokens)),
      "longest": .number(Double(setup.statistics.longest)),
      "steps": .number(Double(setup.steps.total)),
      "trainable_parameters": .number(Double(forecast.adapter.trainable)),
      "all_parameters": .number(Double(forecast.adapter.base + forecast.adapter.trainable)),
      "memory_bytes": [
        "total": .number(Double(memory.total)), "weights": .number(Double(memory.weights)),
        "adapter": .number(Double(memory.adapter)),
        "activations": .number(Double(memory.activations)),
        "logits": .number(Double(memory.logits)), "frozen": .number(Double(memory.frozen)),
        "saving": .number(Double(memory.saving)),
        "preparation": .number(Double(memory.preparation)),
        "program": .number(Double(memory.program)),
      ],
      "seconds": .number(forecast.time.seconds.rounded()),
      "seconds_of": [
        "training": .number(forecast.time.training.rounded()),
        "evaluation": .number(forecast.time.evaluation.rounded()),
        "preparation": .number(forecast.time.preparation.rounded()),
      ],
      "operations_per_epoch": .number(forecast.time.operationsPerEpoch),
      "tokens_per_second": .number(forecast.time.tokensPerSecond),
      "config": setup.config.json,
    ]
  }
}
