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
  private var options: GlobalOptions { launch.options }
  private var config: TrainingConfig { launch.config }

  /// Shows what would be trained, and how, without a step.
  func showPlan() throws {
    let (store, setup) = try launch.open()
    defer { try? store.close() }
    let text = SetupText(setup: setup, forecast: try forecast(setup))
    if options.json { return Console.out(text.json) }
    for line in text.lines { Console.out(line) }
    for finding in setup.findings(memory: text.forecast.memory) { warn(finding) }
    Console.out("the first example, [what is learned] in brackets:\n" + (try text.preview))
  }

  /// Trains; returns the record of the run, after printing it unless `prints` is false.
  @discardableResult
  func train(prints: Bool = true) throws -> RunManifest {
    let folder = try outputFolder()
    if let done = try finished(folder, prints) {
      try keepFisher(of: done, in: folder)
      return done
    }
    let (store, setup) = try launch.open()
    defer { try? store.close() }
    let forecast = try forecast(setup)
    let text = SetupText(setup: setup, forecast: forecast)
    for line in text.lines { options.say(line) }
    options.say("the first example, [what is learned] in brackets:\n" + (try text.preview))
    let manifest = try manifest(setup, folder)
    try store.pin(setup.version.version, reason: "training", subject: manifest.id)
    let line = options.progressLine()
    let objectives = try objectives(setup, store, manifest, line)
    let trainer = try Trainer(
      objectives.input(folder: folder, expectedRate: forecast.time.tokensPerSecond),
      events: events(line, setup))
    for finding in setup.findings(memory: forecast.memory) {
      trainer.tell(finding)
      if finding.severity == .stop { throw Failure(.training, finding.kind.rawValue, finding.text) }
    }
    // Everything is in memory now; others may write to the store while this trains.
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
    let (store, setup) = try known.map { (nil, $0) } ?? launch.opened()
    defer { try? store?.close() }
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
    try RunForecast(setup, peaks: MachinePeaks.measure(reading: false, pool: launch.pool))
  }

  private func outputFolder() throws -> RunFolder {
    guard let path = config.outputDirectory else {
      throw Failure(.usage, "no-output", "name the folder of the run: --output DIR")
    }
    return RunFolder(path)
  }

  /// The record of a run that stands in the folder already and is over. One with other settings is
  /// not touched.
  private func finished(_ folder: RunFolder, _ prints: Bool) throws -> RunManifest? {
    guard FileManager.default.fileExists(atPath: folder.manifest) else {
      let left = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      guard left.isEmpty || left == ["checkpoints"] else {
        throw Failure(
          .usage, "folder-taken",
          "\(folder.path) holds something else than a run; name another --output")
      }
      return nil
    }
    let manifest = try RunManifest.read(folder)
    guard manifest.config.hash == config.hash else {
      throw TrainingError.otherRun(
        path: folder.path, what: "configuration", found: manifest.config.hash.hex,
        expected: config.hash.hex)
    }
    guard [.finished, .stoppedEarly].contains(manifest.state) else { return nil }
    options.say("\(folder.path) is trained already; another --output trains anew")
    if options.json && prints { Console.out(manifest.json) }
    return manifest
  }

  /// The record of the run: a new one, or the one that is gone on with.
  private func manifest(_ setup: TrainingSetup, _ folder: RunFolder) throws -> RunManifest {
    var manifest = try setup.manifest(
      toolVersion: ExpertGen.version, now: SystemClock().wallMicroseconds(),
      teacher: config.teacherModel.map { try launch.openTeacher($0).hash })
    guard FileManager.default.fileExists(atPath: folder.manifest) else { return manifest }
    let old = try RunManifest.read(folder)
    guard old.identity == manifest.identity else {
      throw TrainingError.otherRun(
        path: folder.path, what: "data, base or program", found: old.identity.hex,
        expected: manifest.identity.hex)
    }
    (manifest.id, manifest.started) = (old.id, old.started)
    (manifest.findings, manifest.metrics) = (old.findings, old.metrics)
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

  private func warn(_ finding: ExpertTraining.Finding) {
    options.say("\(finding.severity == .stop ? "stopped" : "warning"): \(finding.text)")
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

extension TrainingFlags {
  /// Trains, or shows what would be trained.
  func run(_ objective: Objective, dryRun: Bool, _ options: GlobalOptions) throws {
    let launch = TrainingLaunch(try config(objective), threads: threads, options: options)
    let session = TrainingSession(launch: launch)
    if dryRun { try session.showPlan() } else { try session.train() }
  }
}
