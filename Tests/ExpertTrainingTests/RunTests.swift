import ExpertPlatform
import ExpertRecord
import ExpertTestSupport
import ExpertTraining
import Foundation
import Testing

@Suite struct RunManifestTests {
  static func manifest(_ values: [TrainingOption: String] = [:]) throws -> RunManifest {
    RunManifest(
      id: "run-1", state: .finished,
      dataset: .init(
        name: "json", version: "v3", commit: "c0ffee", root: "beef", trainRecords: 900,
        validRecords: 100),
      baseName: "qwen3-0.6b", baseHash: "ab12", config: try config(values), toolVersion: "0.3.0",
      threads: 2, templateName: "chat", templateHash: "cd34", steps: 170,
      metrics: ["loss": 0.25, "eval_loss": .nan],
      findings: [Finding(.overfitting, step: 90, message: "it \"rose\"", remedy: "Stop")],
      started: 1_700_000_000_000_000, ended: 1_700_000_100_000_000, seconds: 99.5,
      files: ["adapter_model.safetensors": "ff"])
  }

  @Test func theRecordComesBackWhole() throws {
    let folder = RunFolder(try TemporaryFolder().path + "-run")
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let manifest = try Self.manifest([.r: "8", .rankPattern: "q_proj=4"])
    try manifest.write(to: folder)
    let read = try RunManifest.read(folder)
    #expect(CanonicalJSON.text(of: read.json) == CanonicalJSON.text(of: manifest.json))
    #expect(read.identity == manifest.identity)
    #expect(read.metrics["eval_loss"]?.isNaN == true)
    #expect(read.findings == manifest.findings)
    let bytes = try Data(contentsOf: URL(filePath: folder.manifest))
    #expect(Array(bytes) == CanonicalJSON.bytes(of: manifest.json))
  }

  @Test func whatEarlierRunsLearnedFromIsRecorded() throws {
    var manifest = try Self.manifest()
    manifest.startHash = "ab"
    manifest.ancestors = [
      TrainedData(
        dataset: .init(name: "a", version: "v2", commit: "c1", root: "r1"), adapter: "ab"),
      TrainedData(dataset: nil, adapter: "cd"),
    ]
    let read = try RunManifest(json: manifest.json, path: "run.json")
    #expect(read.ancestors == manifest.ancestors)
    #expect(
      manifest.json["ancestors"]?[0]?["dataset"]
        == ["name": "a", "version": "v2", "commit": "c1", "root": "r1"])
    // A record of before that went on from something does not say from what.
    let old = JSONValue.object((manifest.json.members ?? []).filter { $0.name != "ancestors" })
    #expect(
      try RunManifest(json: old, path: "run.json").ancestors
        == [TrainedData(dataset: nil, adapter: "ab")])
    #expect(
      TrainedData.all(ofRun: manifest.json, adapter: "ef").map(\.dataset?.name) == [
        "json", "a", nil,
      ])
  }

  @Test(arguments: [
    ("out/run", "out/run"), ("out/run/", "out/run"), ("out/run/checkpoints/step-5", "out/run"),
    ("checkpoints/step-5", "."), ("/checkpoints/step-5/", "/"), ("run", "run"),
  ])
  func anAdaptersRunIsFound(folder: String, run: String) {
    #expect(RunFolder.ofAdapter(folder) == RunFolder(run))
  }

  @Test func theIdentityCoversWhatDecidesTheWeights() throws {
    let base = try Self.manifest()
    var changed: [RunManifest] = []
    for change: (inout RunManifest) -> Void in [
      { $0.dataset.root = "other" }, { $0.baseHash = "other" }, { $0.templateHash = "other" },
      { $0.threads = 4 }, { $0.toolVersion = "0.4.0" }, { $0.inputs["ewc_from"] = "other" },
    ] {
      var copy = base
      change(&copy)
      changed.append(copy)
    }
    changed.append(try Self.manifest([.seed: "3"]))
    #expect(Set(changed.map(\.identity) + [base.identity]).count == 8)
    var later = base
    later.started += 5
    later.metrics = [:]
    later.id = "run-2"
    #expect(later.identity == base.identity)
  }

  @Test func aRecordWithChangedSettingsIsRefused() throws {
    let folder = try TemporaryFolder()
    let text = CanonicalJSON.text(of: try Self.manifest().json)
    let changed = text.replacingOccurrences(of: "\"seed\":0", with: "\"seed\":1")
    #expect(changed != text)
    try changed.write(toFile: folder.file("run.json"), atomically: true, encoding: .utf8)
    let error = failure { _ = try RunManifest.read(RunFolder(folder.path)) }
    guard case .otherRun(_, "configuration", _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["", "{}", "{\"format\":\"expert-gen/run/v1\"}", "[1,2"])
  func whatIsNoRecordIsRefused(text: String) throws {
    let folder = try TemporaryFolder()
    try text.write(toFile: folder.file("run.json"), atomically: true, encoding: .utf8)
    let error = failure { _ = try RunManifest.read(RunFolder(folder.path)) }
    guard case .badFile? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

@Suite struct CheckpointTests {
  static func checkpoint(_ step: Int, evalLoss: Double? = nil, size: Int = 1000) -> Checkpoint {
    Checkpoint(
      cursor: DataCursor(step: step, seed: .max, tokens: step * 10, supervisedTokens: step),
      configHash: SHA256.hash("settings"), metricsPosition: step * 100, evalLoss: evalLoss,
      numbers: ["waited": 2, "best": .infinity],
      files: [CheckpointBlob(name: "adapter_config.json", bytes: Array("{}".utf8))],
      blobs: [
        CheckpointBlob(
          name: "adapter", bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 * step) }),
        CheckpointBlob(name: "empty", bytes: []),
      ])
  }

  private static func store() throws -> (CheckpointStore, TemporaryFolder) {
    let folder = try TemporaryFolder()
    return (CheckpointStore(RunFolder(folder.path)), folder)
  }

  private static func names(_ store: CheckpointStore) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: store.folder).sorted()
  }

  @Test func aCheckpointComesBackBitByBit() throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    try store.save(Self.checkpoint(5, evalLoss: 0.5))
    #expect(try store.load(step: 5) == Self.checkpoint(5, evalLoss: 0.5))
    #expect(try Self.names(store) == ["step-5"])
    let latest = try store.latestGood(configHash: SHA256.hash("settings").hex)
    #expect(latest.checkpoint?.step == 5)
    #expect(latest.skipped.isEmpty)
  }

  @Test func aStepThatComesAgainReplacesItsCheckpoint() throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    try store.save(Self.checkpoint(5, evalLoss: 1))
    try store.save(Self.checkpoint(5, evalLoss: 2))
    #expect(try store.load(step: 5).evalLoss == 2)
    #expect(try Self.names(store) == ["step-5"])
  }

  @Test func aCrashBetweenTheTwoRenamesLosesNothing() throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    try store.save(Self.checkpoint(5))
    try FileManager.default.moveItem(
      atPath: store.path(ofStep: 5), toPath: store.folder + "/.step-5.aside")
    try FileManager.default.createDirectory(
      atPath: store.folder + "/.step-5.77.tmp", withIntermediateDirectories: true)
    #expect(try store.latestGood().checkpoint == Self.checkpoint(5))
    #expect(try Self.names(store) == ["step-5"])
  }

  /// Every byte of every file, changed by one bit.
  @Test func everyFlippedBitIsFoundAndTheOneBeforeIsTaken() throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    try store.save(Self.checkpoint(1))
    try store.save(Self.checkpoint(2, size: 40))
    var flips = 0
    for name in ["checkpoint.json", "state.bin", "adapter_config.json"] {
      let path = store.path(ofStep: 2) + "/" + name
      let good = Array(try Data(contentsOf: URL(filePath: path)))
      for place in good.indices {
        var bad = good
        bad[place] ^= UInt8(1 << (place % 8))
        try Data(bad).write(to: URL(filePath: path))
        let found = try store.latestGood()
        #expect(found.checkpoint?.step == 1, "\(name) byte \(place)")
        #expect(found.skipped.count == 1)
        flips += 1
      }
      try Data(good).write(to: URL(filePath: path))
    }
    #expect(flips > 500)
    #expect(try store.latestGood().checkpoint?.step == 2)
  }

  @Test(arguments: ["checkpoint.json", "state.bin", "adapter_config.json"])
  func aMissingOrCutFileIsSaid(name: String) throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    try store.save(Self.checkpoint(1))
    try store.save(Self.checkpoint(2))
    let path = store.path(ofStep: 2) + "/" + name
    let bytes = try Data(contentsOf: URL(filePath: path))
    try bytes.dropLast().write(to: URL(filePath: path))
    #expect(try store.latestGood().checkpoint?.step == 1)
    try FileManager.default.removeItem(atPath: path)
    let found = try store.latestGood()
    #expect(found.checkpoint?.step == 1)
    #expect(found.skipped.first?.description.contains("\(name) is missing") == true)
  }

  @Test func aFolderUnderAnotherStepsNameIsNotTaken() throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    try store.save(Self.checkpoint(1))
    try FileManager.default.moveItem(
      atPath: store.path(ofStep: 1), toPath: store.path(ofStep: 9))
    #expect(try store.latestGood().checkpoint == nil)
  }

  @Test func aCheckpointOfOtherSettingsIsRefused() throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    try store.save(Self.checkpoint(1))
    let error = failure { _ = try store.latestGood(configHash: SHA256.hash("others").hex) }
    guard case .otherRun? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try store.latestGood().checkpoint?.step == 1)
  }

  /// Evaluations by step, the limit, and what stays: the newest always, the best where wanted.
  @Test(arguments: [
    ([1.0, 0.5, 0.7, 0.8, 0.9], 3, true, [2, 4, 5]),
    ([1.0, 0.5, 0.7, 0.8, 0.9], 3, false, [3, 4, 5]),
    ([1.0, 0.5, 0.7, 0.8, 0.9], 1, true, [2, 5]), ([1.0, 0.5, 0.7, 0.8, 0.9], 1, false, [5]),
    ([1.0, .nan], 5, true, [1, 2]), ([Double.nan, .nan, .nan], 2, true, [2, 3]),
  ])
  func fewAreKept(losses: [Double], limit: Int, best: Bool, kept: [Int]) throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    for (place, loss) in losses.enumerated() {
      try store.save(Self.checkpoint(place + 1, evalLoss: loss))
      store.prune(limit: limit, keepingBest: best)
    }
    #expect(store.steps == kept)
    #expect(try Self.names(store) == kept.map { "step-\($0)" })
  }

  @Test func withoutCheckpointsThereIsNone() throws {
    let (store, folder) = try Self.store()
    defer { _ = folder }
    #expect(store.steps.isEmpty)
    #expect(try store.latestGood().checkpoint == nil)
  }
}

@Suite struct TrainingProgressTests {
  @Test func theLineSaysWhatIsLeft() {
    let progress = TrainingProgress(
      step: 120, of: 600, loss: 0.43214, learningRate: 1.8e-4, tokensPerSecond: 310.2,
      seconds: 180, firstStep: 20)
    #expect(
      progress.text
        == "step 120/600  loss 0.4321  lr 1.8e-04  310.2 tokens/s  14 min 24 s left")
    #expect(
      TrainingProgress(
        step: 5, of: 9, loss: .nan, learningRate: 0, tokensPerSecond: 0, seconds: 0, firstStep: 5
      ).secondsLeft == nil)
  }

  @Test(arguments: [
    (0.0, "0.0000"), (1.5e-5, "1.5e-05"), (2e-4, "2e-04"), (0.05, "0.0500"), (12.345, "12.35"),
    (1234.5, "1235"), (-0.5, "-0.5000"), (9.99e-4, "1e-03"), (1e12, "1e+12"),
  ])
  func figuresAreShort(value: Double, text: String) {
    #expect(Figure.short(value) == text)
  }

  @Test func timesAndBytesAreForPeople() {
    #expect(Figure.time(7505) == "2 h 05 min")
    #expect(Figure.time(12) == "12 s")
    #expect(Figure.time(.infinity) == "unknown")
    #expect(Figure.bytes(1 << 30) == "1.00 GiB")
    #expect(Figure.bytes(12 << 20) == "12 MiB")
  }
}
