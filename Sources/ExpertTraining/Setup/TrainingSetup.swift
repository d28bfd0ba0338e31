package import ExpertModel
package import ExpertPlatform
package import ExpertRecord
internal import ExpertStore
internal import ExpertTokenizer
internal import Foundation

/// A run before its first step: data tokenised, lengths applied, adapter made.
package struct TrainingSetup {
  package let config: TrainingConfig
  package let base: RunBase
  package let version: TrainingVersion
  package let preparer: TextPreparer
  package let templateHash: Digest
  package let adapter: Adapter
  package let startHash: String?
  /// What the adapter that training goes on from had learned from.
  package let ancestors: [TrainedData]
  package let train: any TrainingTexts
  package let valid: (any TrainingTexts)?
  package let counts: LengthCounts
  package let statistics: DataStatistics
  package let steps: StepCount
  /// What the reader should know about how something was understood.
  package let notes: [String]

  /// Reads and tokenises the version.
  ///
  /// Throws where nothing is left to learn, or a text is too long under the policy `error`.
  package init(
    config: TrainingConfig, base: RunBase, version: TrainingVersion,
    report: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
  ) throws {
    self.config = config
    self.base = base
    self.version = version
    (adapter, startHash, ancestors) = try AdapterStart(config: config, base: base).make()
    preparer = TextPreparer(
      tokenizer: base.base.tokenizer,
      template: base.base.template(ChatTemplate(rawValue: config.template)),
      supervision: Supervision(rawValue: config.lossOn) ?? .completion,
      softPrompt: adapter.promptLength, showsReasoning: config.learnsReasoning)
    templateHash = try preparer.hash()
    let reader = TextReader(
      config: config, preparer: preparer, context: base.base.model.config.contextLength)
    (train, counts) = try reader.read(version.train, report)
    valid = try version.valid.map { try reader.readHeldOut($0) } ?? nil
    let plan = BatchPlan(train.items, shape: .init(config: config, longest: train.longest))
    statistics = train.statistics(plan)
    steps = StepCount(examples: train.count, config: config)
    notes = config.notes + Self.notes(config, context: base.base.model.config.contextLength)
  }

  /// A limit that the base cannot keep is said, not lowered in silence.
  private static func notes(_ config: TrainingConfig, context: Int) -> [String] {
    guard let length = config.maxLength, length > context else { return [] }
    return [
      "\(TrainingOption.maxLength.flag) \(length) is above the \(context) tokens of the base's "
        + "context: \(context) hold"
    ]
  }

  /// The adapter as the run begins with it, made again.
  package func startAdapter() throws -> Adapter {
    try AdapterStart(config: config, base: base).make().adapter
  }

  /// What can be said before the first step.
  package func findings(memory: MemoryForecast?) -> [Finding] {
    let now = MemoryReading.now()
    return [
      Precheck.supervision(statistics),
      Precheck.datasetSize(version.train.count, task: config.taskComplexity),
      Precheck.warmup(config.schedule(steps: steps.total)), startingBase,
      memory.flatMap { forecast in now.flatMap { Precheck.memory(forecast, now: $0) } },
    ].compactMap { $0 }
  }

  /// An adapter to go on from that says what it was trained on.
  private var startingBase: Finding? {
    guard let folder = config.startAdapter, let run = try? RunManifest.read(RunFolder(folder))
    else { return nil }
    return Precheck.startingBase(
      adapter: folder, trainedOn: (run.baseName, run.baseHash), base: (base.name, base.hash.hex))
  }

  /// The record of a run that begins now; `teacher` is the hash of the model that is followed.
  package func manifest(
    toolVersion: String, now: Int64, teacher: Digest? = nil
  ) throws -> RunManifest {
    let commit = version.version.commit
    let data = RunManifest.DatasetFacts(
      name: version.version.dataset.name, version: "v\(commit.number)", commit: commit.hash.hex,
      root: commit.root.hex, trainRecords: version.train.count,
      validRecords: version.valid?.count ?? 0)
    var random = SystemRandomNumberGenerator()
    let id = String(random.next(), radix: 16) + String(random.next(), radix: 16)
    return RunManifest(
      id: id, state: .running, dataset: data, baseName: base.name, baseHash: base.hash.hex,
      config: config, toolVersion: toolVersion, threads: base.pool.threads,
      templateName: preparer.template.rawValue, templateHash: templateHash.hex,
      startHash: startHash, ancestors: ancestors, inputs: try inputs(teacher), started: now)
  }

  /// The hashes of what the objective reads beside data and base.
  private func inputs(_ teacher: Digest?) throws -> [String: String] {
    var inputs: [String: String] = [:]
    inputs[TrainingOption.teacherModel.rawValue] = teacher?.hex
    let files = [
      (TrainingOption.teacherAdapter, config.teacherAdapter.map(AdapterFolder.weights)),
      (.ewcFrom, config.ewcFrom.map { $0 + "/" + Fisher.fileName }),
    ]
    for (option, file) in files {
      guard let file, FileManager.default.fileExists(atPath: file) else { continue }
      inputs[option.rawValue] = try SHA256.hash(file: file).hex
    }
    return inputs
  }
}

/// Reads the texts of a split as the objective needs them.
struct TextReader {
  let config: TrainingConfig
  let preparer: TextPreparer
  let context: Int

  private var limits: LengthLimits { LengthLimits(config: config, contextLength: context) }

  func read(
    _ records: RecordStream, _ report: (_ done: Int, _ of: Int) throws -> Void
  ) throws -> (any TrainingTexts, LengthCounts) {
    try read(records, limits, report)
  }

  /// What is held out must not stop a run: texts over the limits are left out of the evaluation.
  func readHeldOut(_ records: RecordStream) throws -> (any TrainingTexts)? {
    var limits = limits
    if limits.policy == .error { limits.policy = .drop }
    do {
      return try read(records, limits) { _, _ in }.0
    } catch TrainingError.nothingToLearn {
      return nil
    }
  }

  private func read(
    _ records: RecordStream, _ limits: LengthLimits,
    _ report: (_ done: Int, _ of: Int) throws -> Void
  ) throws -> (any TrainingTexts, LengthCounts) {
    let limiter = LengthLimiter(limits)
    if config.objective == .dpo, config.lossType == "kto" {
      let pairs = try records.prepared { try preparer.pair($0) }
      let answers = try records.prepared(report) { try preparer.answer($0) }
      let (kept, counts) = try limiter.apply(pairs: pairs, answers: answers)
      return (UnpairedTexts(kept), counts)
    }
    if config.objective == .dpo {
      let pairs = try records.prepared(report) { try preparer.pair($0) }
      let (kept, counts) = try limiter.apply(to: pairs)
      return (PreferenceTexts(kept), counts)
    }
    let examples = try records.prepared(report) { try preparer.example($0) }
    let (kept, counts) = try limiter.apply(to: examples)
    return (SupervisedTexts(kept), counts)
  }
}
