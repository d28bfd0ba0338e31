internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTensors
internal import ExpertTokenizer
internal import ExpertTraining
internal import Foundation

/// Runs a training on the terminal.
struct TrainingSession {
  let launch: TrainingLaunch
  /// As it was given, where the dataset has another name in the run that stands in the folder.
  var given: TrainingLaunch?
  private var options: GlobalOptions { launch.options }
  private var config: TrainingConfig { launch.config }

  /// Shows what would be trained, and how, without a step.
  func showPlan() throws {
    let (store, setup) = try launch.open()
    defer { try? store.close() }
    let text = SetupText(setup: setup, forecast: try forecast(setup))
    if options.json { return Console.out(text.json) }
    for line in text.lines { Console.out(line) }
    let findings = setup.findings(memory: text.forecast.memory) + launch.findings(setup)
    for finding in findings { warn(finding) }
    Console.out("the first example, [what is learned] in brackets:\n" + (try text.preview))
  }

  /// Trains; returns the record of the run, after printing it unless `prints` is false.
  ///
  /// `original`: the run that is repeated. Its version is taken by its commit, and everything that
  /// decides the weights must be what it was.
  @discardableResult
  func train(prints: Bool = true, repeating original: RunToRepeat? = nil) throws -> RunManifest {
    let folder = try outputFolder()
    let found = try FinishedRun.find(folder)
    if given == nil, let found, let renamed = try launch.renamed(for: found.manifest) {
      return try TrainingSession(launch: renamed, given: launch).train(
        prints: prints, repeating: original)
    }
    try found?.check(config)
    if let found, found.isOver, found.damage == nil {
      try found.checkSources(given ?? launch)
      options.say("\(folder.path) is trained already; another --output trains anew")
      if options.json && prints { Console.out(found.manifest.json) }
      try keepFisher(of: found.manifest, in: folder)
      return found.manifest
    }
    let recorded = found?.manifest ?? original?.manifest
    let (store, setup) = try launch.open(recorded: recorded?.dataset)
    defer { try? store.close() }
    let forecast = try forecast(setup)
    let text = SetupText(setup: setup, forecast: forecast)
    for line in text.lines { options.say(line) }
    options.say("the first example, [what is learned] in brackets:\n" + (try text.preview))
    let manifest = try manifest(setup, going: found?.manifest, repeating: original)
    let line = options.progressLine()
    let objectives = try objectives(setup, store, manifest, line)
    let trainer = try Trainer(
      objectives.input(folder: folder, expectedRate: forecast.time.tokensPerSecond),
      events: events(line, setup))
    if let found, found.isOver { found.damage.map(trainer.tell) }
    for finding in setup.findings(memory: forecast.memory) + launch.findings(setup) {
      trainer.tell(finding)
      if finding.severity == .stop { throw Failure(.training, finding.kind.rawValue, finding.text) }
    }
    // From here on something stands in the folder that leads back to the version.
    try store.pin(setup.version.version, reason: "training", subject: manifest.id)
    // Everything is in memory now, or read through a store of its own; others may write while this
    // trains.
    try store.close()
    let result = try trainer.run()
    line.finish()
    try report(result, folder, prints)
    try keepFisher(of: result, in: folder, setup)
    return result
  }

  /// Keeps the Fisher of a run that ended well, where it is asked for and not there.
  private func keepFisher(
    of run: RunManifest, in folder: RunFolder, _ known: TrainingSetup? = nil
  ) throws {
    let path = folder.path + "/" + Fisher.fileName
    guard config.fisherExamples != nil, [.finished, .stoppedEarly].contains(run.state),
      !FileManager.default.fileExists(atPath: path)
    else { return }
    let line = options.progressLine()
    let opened = try known == nil ? launch.open(recorded: run.dataset) : nil
    defer { try? opened?.store.close() }
    guard let setup = known ?? opened?.setup else { return }
    try setup.keepFisher(in: folder) { done, total in
      try show(done, total, "examples of the Fisher", line)
    }
    line.finish()
    options.say("\(path) keeps how much this task hangs on each weight")
  }

  private func objectives(
    _ setup: TrainingSetup, _ store: Store, _ manifest: RunManifest, _ line: ProgressLine
  ) throws -> RunObjectives {
    let objectives = try RunObjectives(
      setup: setup, store: store, manifest: manifest, openTeacher: launch.openTeacher
    ) { what, done, total in try show(done, total, what, line) }
    line.finish()
    for note in objectives.notes { options.say(note) }
    return objectives
  }

  private func show(_ done: Int, _ total: Int, _ unit: String, _ line: ProgressLine) throws {
    if Interruption.happened { throw CancellationError() }
    line.update(ProgressState(done: done, total: total, unit: unit))
  }

  private func forecast(_ setup: TrainingSetup) throws -> RunForecast {
    try RunForecast(
      setup, peaks: MachinePeaks.measure(reading: false, pool: launch.pool),
      teacher: try launch.teacherForForecast())
  }

  /// The folder of the run; it must be one that can be made, which is better known before hours of
  /// preparation than after.
  private func outputFolder() throws -> RunFolder {
    guard let path = config.outputDirectory else {
      throw Failure(.usage, "no-output", "name the folder of the run: --output DIR")
    }
    var place = URL(fileURLWithPath: path).standardizedFileURL
    while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
      place.deleteLastPathComponent()
    }
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder)
    guard isFolder.boolValue else {
      throw Failure(
        .usage, "output",
        "--output \(path): \(place.path) is a file, so no folder can be made there; name another")
    }
    guard FileManager.default.isWritableFile(atPath: place.path) else {
      throw Failure(
        .usage, "output", "--output \(path): \(place.path) cannot be written to; name another")
    }
    return RunFolder(path)
  }

  /// The record of the run: a new one, or that of the run that is gone on with.
  private func manifest(
    _ setup: TrainingSetup, going old: RunManifest?, repeating original: RunToRepeat?
  ) throws -> RunManifest {
    var manifest = try setup.manifest(
      toolVersion: ExpertGen.version, now: SystemClock().wallMicroseconds(),
      teacher: config.teacherModel.map { try launch.openTeacher($0).hash })
    if let original {
      let differences = original.manifest.differences(
        here: manifest, settings: false, tool: false)
      guard differences.isEmpty else {
        throw TrainingError.notReproducible(path: original.path, differences: differences)
      }
    }
    guard let old else { return manifest }
    guard old.identity == manifest.identity else {
      throw TrainingError.otherSettings(
        path: config.outputDirectory ?? "", differences: old.differences(here: manifest))
    }
    (manifest.id, manifest.started) = (old.id, old.started)
    // What stopped it is judged anew, and so is what became of its files.
    manifest.findings = old.findings.filter { $0.severity != .stop && $0.kind != .adapterDamaged }
    manifest.metrics = old.metrics
    return manifest
  }

  private func events(_ line: ProgressLine, _ setup: TrainingSetup) -> TrainerEvents {
    TrainerEvents(
      progress: { progress in
        line.update(
          ProgressState(
            done: progress.step, total: progress.of, unit: "steps",
            note: "loss \(Figure.short(progress.loss))  lr \(Figure.short(progress.learningRate))  "
              + "\(Figures.rate(progress.tokensPerSecond)) tokens/s"))
      },
      found: { finding in
        line.finish()
        warn(finding)
      },
      logged: { row in
        guard row.values["eval_loss"] != nil else { return }
        line.finish()
        options.say(Self.text(row))
      },
      evaluating: { done, total in
        line.update(ProgressState(done: done, total: total, unit: "batches held out"))
      },
      note: { note in
        line.finish()
        options.say(note)
      },
      shouldStop: { Interruption.happened },
      samples: { step in try samples(step, setup) })
  }

  /// `step 100  eval_loss 0.2345  eval_mean_token_accuracy 0.93 …`
  private static func text(_ row: MetricRow) -> String {
    let values = row.values.filter { $0.key.hasPrefix("eval_") }.sorted { $0.key < $1.key }
    return "step \(row.step)  "
      + values.map { "\($0.key) \(Figure.short($0.value))" }.joined(separator: "  ")
  }

  /// Answers to the first prompts that are held out.
  private func samples(_ step: Int, _ setup: TrainingSetup) throws -> [TrainingSample] {
    guard config.samples > 0, let valid = setup.valid else { return [] }
    let prompts = (0..<min(config.samples, valid.count)).map { place -> [Int32] in
      let example = valid.preview(place)[0]
      return Array(example.ids.prefix(example.promptLength).drop { $0 < 0 })
    }
    let base = setup.base.base
    let generator = Generator(
      base.model, adapter: setup.adapter, tokenizer: base.tokenizer,
      maxStreams: min(8, prompts.count), longestPrompt: prompts.map(\.count).max() ?? 1,
      pool: launch.pool)
    let results = try generator.generate(
      prompts.map { GenerationRequest(prompt: $0, maxTokens: 200) }
    ) { _, _ in !Interruption.happened }
    return try zip(prompts, results).map { prompt, result in
      options.say("sample: " + VisibleText.excerpt(result.text, 200))
      return TrainingSample(
        step: step, prompt: try base.tokenizer.decode(prompt), reply: result.text)
    }
  }

  /// What stops a run is said even to those who want to hear nothing.
  private func warn(_ finding: ExpertTraining.Finding) {
    if finding.severity == .stop {
      Console.errorText(VisibleText.lines("stopped: " + finding.text))
    } else {
      options.say("warning: " + finding.text)
    }
  }

  private func report(_ manifest: RunManifest, _ folder: RunFolder, _ prints: Bool) throws {
    if prints {
      if options.json { Console.out(manifest.json) } else { show(manifest, folder) }
    }
    switch manifest.state {
    case .interrupted:
      options.say("stopped at step \(manifest.steps); the same command goes on from there")
      throw SilentExit(.interrupted)
    case .failed: throw SilentExit(.training)
    default: break
    }
  }

  private func show(_ manifest: RunManifest, _ folder: RunFolder) {
    guard [.finished, .stoppedEarly].contains(manifest.state) else { return }
    let metrics = manifest.metrics
    let figures = ["loss", "eval_loss", "eval_rewards/accuracies"].compactMap { name in
      metrics[name].map { value in
        let start = metrics[name + "_at_start"].map { " (\(Figure.short($0)) at the start)" } ?? ""
        return "\(name) \(Figure.short(value))" + start
      }
    }
    Console.out(
      "\(folder.path): \(manifest.steps) steps in \(Figure.time(manifest.seconds)), "
        + figures.joined(separator: ", "))
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.adapterWeights)
    let bytes = attributes?[.size] as? Int
    Console.out(
      "adapter \(Figures.bytes(bytes ?? 0)), peak memory "
        + "\(Figure.bytes(Int(metrics["peak_memory_bytes"] ?? 0))); report \(folder.report)")
  }
}

/// A run that is to be repeated.
struct RunToRepeat {
  /// Its folder.
  var path: String
  var manifest: RunManifest
}

extension TrainingFlags {
  /// Trains, or shows what would be trained.
  func run(_ objective: Objective, dryRun: Bool, _ options: GlobalOptions) throws {
    let session = TrainingSession(launch: try launch(objective, options))
    if dryRun { try session.showPlan() } else { try session.train() }
  }
}
