import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTestSupport
import ExpertTraining
import Foundation
import Testing

/// Whole runs on a tiny model: where they stop changes nothing, and what they leave behind is whole.
@Suite struct TrainerTests {
  @Test func aRunThatIsResumedEndsWithTheSameBytes() throws {
    let place = try TemporaryFolder()
    let whole = try Run(place.path + "/whole").go()
    #expect(whole.state == .finished)
    for stop in [1, 4, 7] {
      let run = try Run(place.path + "/stopped-\(stop)")
      #expect(try run.go(stopAfter: stop).state == .interrupted)
      let again = try Run(run.folder.path).go()
      #expect(again.state == .finished)
      #expect(again.files == whole.files)
      #expect(again.metrics["eval_loss"] == whole.metrics["eval_loss"])
    }
    let other = try Run(place.path + "/other", [.seed: "1"]).go()
    #expect(other.files != whole.files)
  }

  /// With states of the optimiser in eight bits, dropout and noise too.
  @Test func randomnessAndSmallStatesResumeToTheBit() throws {
    let settings: [TrainingOption: String] = [
      .optimizer: "adamw_8bit", .loraDropout: "0.1", .neftuneNoise: "5",
    ]
    let place = try TemporaryFolder()
    let whole = try Run(place.path + "/whole", settings).go()
    let stopped = try Run(place.path + "/stopped", settings)
    _ = try stopped.go(stopAfter: 3)
    #expect(try Run(stopped.folder.path, settings).go().files == whole.files)
  }

  @Test func aDamagedCheckpointIsPassedOver() throws {
    let place = try TemporaryFolder()
    let whole = try Run(place.path + "/whole").go()
    let run = try Run(place.path + "/run")
    _ = try run.go(stopAfter: 3)
    _ = try Run(run.folder.path).go(stopAfter: 6)
    let newest = run.folder.checkpoints + "/step-6/state.bin"
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: newest)))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(filePath: newest))
    var notes: [String] = []
    let again = try Run(run.folder.path).go { notes.append($0) }
    #expect(notes.contains { $0.contains("step-6") && $0.contains("damaged") })
    #expect(again.files == whole.files)
  }

  @Test func theBestAdapterIsKept() throws {
    // What is held out contradicts what is learned, so its loss rises.
    let place = try TemporaryFolder()
    let run = try Run(
      place.path + "/run", [.learningRate: "0.1", .schedule: "constant", .evalSteps: "1"])
    let held = SupervisedTexts(
      Run.train.examples.prefix(8).map { example in
        var other = example
        for place in other.supervised.joined() { other.ids[place] = 400 }
        return other
      })
    let manifest = try run.go(valid: held)
    let best = manifest.metrics["best_eval_loss"] ?? .nan
    let all = run.rows.compactMap { $0.step > 0 ? $0["eval_loss"] : nil }
    #expect(best == all.min())
    #expect(best < (all.last ?? 0))
    let model = try TinyModel.open()
    let adapter = try TinyModel.adapter(run.folder.path, on: model)
    let runner = MicrobatchRunner(model, adapter, pool: .shared)
    let loss = try runner.evaluate(
      held.evaluationPlan(rows: 256), of: held, objective: SupervisedObjective()
    ).loss
    #expect(abs(loss - best) < 1e-6)
  }

  /// What is held out contradicts what is learned, so its loss rises from the first step on.
  private static let contradicting = SupervisedTexts(
    Run.train.examples.prefix(8).map { example in
      var other = example
      for place in other.supervised.joined() { other.ids[place] = 400 }
      return other
    })
  private static let diverging: [TrainingOption: String] = [
    .learningRate: "0.1", .schedule: "constant", .evalSteps: "1", .saveSteps: "1",
    .saveTotalLimit: "20",
  ]

  /// The damaged best, at any of its files, gives way to the next best; the run ends in any case.
  @Test(arguments: ["adapter_model.safetensors", "checkpoint.json", "state.bin"])
  func aDamagedBestCheckpointDoesNotKeepARunFromEnding(file: String) throws {
    let place = try TemporaryFolder()
    let run = try Run(place.path + "/run", Self.diverging)
    _ = try run.go(stopAfter: 8, valid: Self.contradicting)
    let losses = run.rows.filter { $0.step > 0 }.compactMap { row in
      row["eval_loss"].map { (step: row.step, loss: $0) }
    }.sorted { $0.loss < $1.loss }
    let path = "\(run.folder.checkpoints)/step-\(losses[0].step)/\(file)"
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(filePath: path))
    var notes: [String] = []
    let manifest = try Run(run.folder.path, Self.diverging).go(valid: Self.contradicting) {
      notes.append($0)
    }
    #expect(manifest.state == .finished)
    // The adapter alone is taken of the best: whether the optimiser's state is whole is no matter.
    let kept = file == "state.bin" ? losses[0] : losses[1]
    #expect(manifest.metrics["best_step"] == Double(kept.step))
    #expect(manifest.metrics["best_eval_loss"] == kept.loss)
    #expect(notes.contains { $0.contains("damaged") } == (file != "state.bin"))
  }

  @Test func aRunThatOnlyGetsWorseKeepsTheStart() throws {
    let place = try TemporaryFolder()
    let run = try Run(place.path + "/run", Self.diverging)
    let manifest = try run.go(valid: Self.contradicting, keepsStart: true)
    let start = manifest.metrics["eval_loss_at_start"] ?? .nan
    #expect((manifest.metrics["eval_loss"] ?? 0) > start)
    #expect(manifest.findings.map(\.kind).contains(.worseThanAtStart))
    let best = run.rows.compactMap { row in row["eval_loss"].map { (row.step, $0) } }
      .min { $0.1 < $1.1 }
    #expect(manifest.metrics["best_step"] == best.map { Double($0.0) })
    if best?.0 == 0 {
      let model = try TinyModel.open()
      let kept = try TinyModel.adapter(run.folder.path, on: model)
      let fresh = try run.adapter(on: model)
      for (one, other) in zip(kept.parameters, fresh.parameters) {
        #expect(one.array == other.array)
      }
    }
  }

  @Test func withoutEvaluationsNothingIsEvaluated() throws {
    let place = try TemporaryFolder()
    let run = try Run(place.path + "/run", [.evalStrategy: "no"])
    let manifest = try run.go()
    #expect(manifest.state == .finished)
    #expect(run.rows.allSatisfy { $0["eval_loss"] == nil })
    #expect(manifest.metrics.keys.allSatisfy { !$0.hasPrefix("eval_") })
  }

  /// The evaluation before the first step is none of what was learned, after a resume either.
  @Test func theStartIsNotTakenForTheEnd() throws {
    let place = try TemporaryFolder()
    let run = try Run(place.path + "/run")
    _ = try run.go(stopAfter: 2)
    let manifest = try Run(run.folder.path).go(stopAfter: 3)
    #expect(manifest.metrics["eval_loss"] == nil)
    #expect(manifest.metrics["eval_loss_at_start"] != nil)
  }

  @Test func aBaseThatGivesNoNumberIsToldBeforeTheFirstStep() throws {
    let place = try TemporaryFolder()
    let run = try Run(place.path + "/run")
    let manifest = try run.go(heldOut: Breaking(at: 0, everywhere: true))
    #expect(manifest.state == .failed && manifest.steps == 0)
    #expect(manifest.findings.map(\.kind) == [.lossNotFinite])
    #expect(manifest.findings.first?.message.contains("before the first step") == true)
    #expect(CheckpointStore(run.folder).steps.isEmpty)
  }

  /// Time that goes into the data is measured.
  @Test func aRunThatWaitsForItsDataIsTold() throws {
    struct Waiting: TrainingObjective {
      func evaluate(
        _ input: ObjectiveInput, gradient: UnsafeMutablePointer<Float>?
      ) throws -> ObjectiveFigures {
        var figures = SupervisedObjective().evaluate(input, gradient: gradient)
        let (clock, start) = (ContinuousClock(), ContinuousClock().now)
        usleep(30_000)
        figures.dataSeconds += (clock.now - start) / .seconds(1)
        return figures
      }
    }
    let place = try TemporaryFolder()
    let settings: [TrainingOption: String] = [.epochs: "2", .evalStrategy: "no"]
    let slow = try Run(place.path + "/slow", settings).go(objective: Waiting())
    #expect(slow.findings.map(\.kind) == [.slowData])
    let quick = try Run(place.path + "/quick", settings).go()
    #expect(quick.findings.isEmpty)
    #expect(quick.files == slow.files)
  }

  @Test func patienceEndsARun() throws {
    let place = try TemporaryFolder()
    let manifest = try Run(
      place.path + "/run",
      [.learningRate: "1e-7", .evalSteps: "1", .patience: "2", .patienceThreshold: "1"]
    ).go()
    #expect(manifest.state == .stoppedEarly)
    #expect(manifest.steps == 3)
    #expect(manifest.findings.contains { $0.kind == .stoppedEarly })
  }

  /// A loss that is no number stops the run before it touches the weights.
  @Test func aLossThatIsNoNumberStopsTheRun() throws {
    let place = try TemporaryFolder()
    let run = try Run(place.path + "/run")
    let manifest = try run.go(objective: Breaking(at: 4))
    #expect(manifest.state == .failed)
    #expect(manifest.findings.map(\.kind) == [.lossNotFinite])
    #expect(manifest.steps == 4)
    let kept = try CheckpointStore(run.folder).latestGood().checkpoint
    #expect(kept?.step == 4)
    #expect(try Run(run.folder.path).go().files == Run(place.path + "/whole").go().files)
  }

  @Test func otherSettingsDoNotGoOn() throws {
    let place = try TemporaryFolder()
    let run = try Run(place.path + "/run")
    _ = try run.go(stopAfter: 2)
    #expect(throws: TrainingError.self) {
      _ = try Run(run.folder.path, [.learningRate: "1e-3"]).go()
    }
  }

  @Test func theFolderIsWhole() throws {
    let place = try TemporaryFolder()
    let run = try Run(place.path + "/run", [.reportTo: "all", .saveDtype: "bf16"])
    let manifest = try run.go()
    #expect(try RunManifest.read(run.folder) == manifest)
    let names = try FileManager.default.contentsOfDirectory(atPath: run.folder.path)
    #expect(
      Set(names) == [
        "adapter_config.json", "adapter_model.safetensors", "checkpoints", "metrics.jsonl",
        "report.html", "run.json", "tensorboard", "trackio",
      ])
    #expect(run.rows.last { $0["loss"] != nil }?["loss"] == manifest.metrics["loss"])
    #expect((manifest.metrics["loss"] ?? 9) < (run.rows.compactMap { $0["loss"] }.first ?? 0))
    let html = try String(contentsOfFile: run.folder.report, encoding: .utf8)
    #expect(html.contains("<svg"))
  }

  /// An objective that breaks at one step.
  private struct Breaking: TrainingObjective {
    let at: Int
    /// Evaluations too.
    var everywhere = false

    func evaluate(
      _ input: ObjectiveInput, gradient: UnsafeMutablePointer<Float>?
    ) throws -> ObjectiveFigures {
      var figures = SupervisedObjective().evaluate(input, gradient: gradient)
      if input.step.step == at, everywhere || gradient != nil { figures.loss = .nan }
      return figures
    }
  }

  /// Ten steps on 40 made-up texts.
  private struct Run {
    let folder: RunFolder
    let settings: TrainingConfig

    init(_ path: String, _ values: [TrainingOption: String] = [:]) throws {
      folder = RunFolder(path)
      let common: [TrainingOption: String] = [
        .r: "4", .batchSize: "2", .accumulation: "2", .epochs: "1", .learningRate: "1e-2",
        .evalSteps: "5", .loggingSteps: "2",
      ]
      settings = try config(common.merging(values) { $1 })
    }

    static let train = SupervisedTexts((0..<40).map { text($0) })
    static let valid = SupervisedTexts((40..<48).map { text($0) })

    private static func text(_ number: Int) -> TokenExample {
      let length = 8 + number * 7 % 17
      let ids = (0..<length).map { Int32(3 + ($0 * $0 + number % 5) % 300) }
      return TokenExample(ids: ids, supervised: [length / 2..<length])
    }

    func go(
      stopAfter: Int? = nil, objective: any TrainingObjective = SupervisedObjective(),
      valid: SupervisedTexts = Self.valid,
      heldOut: any TrainingObjective = SupervisedObjective(), keepsStart: Bool = false,
      note: @escaping (String) -> Void = { _ in }
    ) throws -> RunManifest {
      let model = try TinyModel.open()
      let adapter = try adapter(on: model)
      let manifest = RunManifest(
        id: "test", state: .running,
        dataset: .init(
          name: "made-up", version: "v1", commit: "c", root: "r", trainRecords: 40,
          validRecords: 8),
        baseName: "tiny", baseHash: "b", config: settings, toolVersion: "0", threads: 2,
        templateName: "plain", templateHash: "t", started: 0)
      var done = 0
      let trainer = try Trainer(
        TrainerInput(
          config: settings, model: model, adapter: adapter, train: Self.train,
          objective: objective, valid: (valid, heldOut), folder: folder,
          manifest: manifest, start: keepsStart ? { try self.adapter(on: model) } : nil,
          pool: .shared),
        events: TrainerEvents(
          progress: { done = $0.step }, note: note,
          shouldStop: { stopAfter.map { done >= $0 } ?? false }))
      return try trainer.run()
    }

    /// The adapter as the run begins with it.
    func adapter(on model: BaseModel) throws -> Adapter {
      let adapter = Adapter(
        try settings.adapter(for: model.config.architecture, base: "tiny"), for: model.config)
      adapter.start(seed: settings.seed)
      model.prepare(adapter, start: true, pool: .shared)
      return adapter
    }

    var rows: [MetricRow] {
      let data = FileManager.default.contents(atPath: folder.metrics) ?? Data()
      return JSONLTracker.rows(of: [UInt8](data))
    }
  }
}
