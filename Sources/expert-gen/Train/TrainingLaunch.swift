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

  init(_ config: TrainingConfig, threads: Int?, options: GlobalOptions) {
    self.config = config
    self.options = options
    pool = threads.map { ThreadPool(threads: $0) } ?? .shared
  }

  /// The store and the run, ready for the first step.
  func open() throws -> (store: Store, setup: TrainingSetup) {
    let base = try openBase()
    let (store, reference) = try openStore()
    let version = try TrainingVersion(
      store: store, reference: reference, objective: config.objective)
    let line = options.progressLine()
    let setup = try TrainingSetup(config: config, base: base, version: version) { done, total in
      if Interruption.happened { throw CancellationError() }
      line.update(ProgressState(done: done, total: total, unit: "records"))
    }
    line.finish()
    return (store, setup)
  }

  func openBase() throws -> RunBase {
    guard let name = config.base else {
      throw Failure(.usage, "no-base", "name the base model: --base, as `model list` has it")
    }
    let resolved = try options.registry().resolve(name)
    let base = try Base.open(resolved.path, precision: config.basePrecision, pool: pool)
    let hash = try resolved.record?.weightsHash ?? base.files.weightsHash()
    return RunBase(base: base, name: name, hash: hash, pool: pool)
  }

  /// A file of rows becomes a version of its own first, so that lineage has no gap.
  private func openStore() throws -> (Store, String) {
    guard let dataset = config.dataset else {
      throw Failure(
        .usage, "no-dataset", "name the dataset: --dataset NAME@VERSION, or a file of rows")
    }
    guard FileManager.default.fileExists(atPath: dataset), !dataset.hasSuffix(".db") else {
      return (try options.openStore(.readWrite), dataset)
    }
    let store = try options.openStore(.create)
    let name = Self.datasetName(ofFile: dataset)
    let kind: RecordKind? = config.objective == .dpo ? .preference : nil
    let report = try RowImport(file: dataset, kind: kind, assigner: nil).run(store, dataset: name)
    if report.quarantined > 0 {
      options.say(
        "\(report.quarantined) of \(report.rows) rows of \(dataset) are no records and lie in "
          + "quarantine; `dataset import` shows them")
    }
    let version = report.commit.map { "\(name)@\($0.name)" } ?? name
    options.say("\(dataset) is \(version) now")
    return (store, version)
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
    return lines + config.notes
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
        "logits": .number(Double(memory.logits)), "program": .number(Double(memory.program)),
      ],
      "seconds": .number(forecast.time.seconds.rounded()),
      "tokens_per_second": .number(forecast.time.tokensPerSecond),
      "config": setup.config.json,
    ]
  }
}
