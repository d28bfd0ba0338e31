internal import ExpertModel
internal import ExpertPlatform
internal import ExpertStore
internal import ExpertTensors
internal import ExpertTokenizer

/// Makes the objectives that a configuration describes, of the texts of a run.
struct ObjectiveMaker {
  typealias Report = (_ what: String, _ done: Int, _ of: Int) throws -> Void

  private let setup: TrainingSetup
  private let store: Store
  private let teacher: (base: RunBase, adapter: Adapter?, hash: Digest?)?
  private(set) var notes: [String] = []

  private var config: TrainingConfig { setup.config }
  private var model: BaseModel { setup.base.base.model }

  /// Opens the teacher where there is one to follow.
  init(
    setup: TrainingSetup, store: Store, openTeacher: (_ name: String) throws -> RunBase
  ) throws {
    self.setup = setup
    self.store = store
    guard setup.config.followsTeacher else {
      teacher = nil
      return
    }
    try setup.config.checkInputs()
    teacher = try Self.teacher(setup, openTeacher)
  }

  /// The model that is named; without a name the base itself, with the adapter that makes it a
  /// teacher.
  private static func teacher(
    _ setup: TrainingSetup, _ open: (String) throws -> RunBase
  ) throws -> (RunBase, Adapter?, Digest?) {
    let config = setup.config
    let base = try config.teacherModel.map(open) ?? setup.base
    try check(base, setup)
    guard let folder = config.teacherAdapter else { return (base, nil, nil) }
    let adapter = try AdapterFolder.load(folder, for: base.base.model.config)
    base.base.model.prepare(adapter, pool: base.pool)
    return (base, adapter, try SHA256.hash(file: AdapterFolder.weights(folder)))
  }

  /// A teacher must read the very tokens that the student reads.
  private static func check(_ teacher: RunBase, _ setup: TrainingSetup) throws {
    let found = teacher.base.model.config.vocabularySize
    let wanted = setup.base.base.model.config.vocabularySize
    guard found == wanted else {
      throw TrainingError.otherVocabulary(teacher: found, student: wanted)
    }
    let student = setup.preparer
    let preparer = TextPreparer(
      tokenizer: teacher.base.tokenizer, template: student.template,
      supervision: student.supervision, showsReasoning: student.showsReasoning)
    guard (try? preparer.hash()) == setup.templateHash else {
      throw TrainingError.otherTokenizer(teacher: teacher.name)
    }
  }

  // MARK: objectives

  /// The objective on some texts.
  mutating func objective(
    for texts: any TrainingTexts, _ report: Report
  ) throws -> any TrainingObjective {
    switch texts {
    case let texts as PreferenceTexts: try preference(texts, report)
    case let texts as UnpairedTexts: try unpaired(texts, report)
    case let texts as SupervisedTexts: try distillation(texts, report)
    default: SupervisedObjective()
    }
  }

  private mutating func preference(
    _ texts: PreferenceTexts, _ report: Report
  ) throws -> any TrainingObjective {
    guard let loss = PreferenceLoss(config: config), loss.needsReference else {
      return PreferenceObjective(
        PreferenceLoss(config: config) ?? PreferenceLoss(.sigmoid), pairs: texts.pairs)
    }
    let scores = try scorer().scores(of: texts.pairs, cache: try cache(.reference)) {
      try report("reference pairs", $0, $1)
    }
    note(scores)
    return PreferenceObjective(loss, pairs: texts.pairs, reference: scores.values)
  }

  private mutating func unpaired(
    _ texts: UnpairedTexts, _ report: Report
  ) throws -> any TrainingObjective {
    let cache = try cache(.unpairedReference)
    let scores = try scorer().scores(of: texts.examples, cache: cache) {
      try report("reference answers", $0, $1)
    }
    note(scores)
    return KTOObjective(
      KTOLoss(config: config), examples: texts.examples, reference: scores.values)
  }

  private mutating func distillation(
    _ texts: SupervisedTexts, _ report: Report
  ) throws -> any TrainingObjective {
    guard let teacher, let distillation = Distillation(config: config) else {
      return SupervisedObjective()
    }
    let model = teacher.base.base.model
    guard config.distillLoss == "top-k" else {
      return try DistillationObjective(
        distillation, texts: texts.examples, teacher: model, adapter: teacher.adapter,
        student: self.model.config, pool: setup.base.pool)
    }
    let cache = try cache(.topK(config.distillTopK), of: teacher.base, adapter: teacher.hash)
    let answers = try TeacherAnswers(
      of: texts.examples, k: config.distillTopK, teacher: model, adapter: teacher.adapter,
      student: self.model.config, cache: cache, pool: setup.base.pool
    ) { try report("teacher's answers", $0, $1) }
    note("teacher's answers", cached: answers.cached, computed: answers.computed)
    return TopKObjective(distillation, answers: answers)
  }

  // MARK: what objectives need

  /// The reference is the base, or a copy of the adapter that training goes on from.
  private func scorer() throws -> ReferenceScorer {
    guard let folder = config.startAdapter else {
      return ReferenceScorer(model, pool: setup.base.pool)
    }
    let adapter = try AdapterFolder.load(folder, for: model.config)
    model.prepare(adapter, pool: setup.base.pool)
    return ReferenceScorer(model, adapter: adapter, pool: setup.base.pool)
  }

  private func cache(_ purpose: PrecomputedSource.Purpose) throws -> PrecomputedCache {
    try cache(purpose, of: setup.base, adapter: setup.startHash.flatMap { Digest(hex: $0) })
  }

  private func cache(
    _ purpose: PrecomputedSource.Purpose, of base: RunBase, adapter: Digest?
  ) throws -> PrecomputedCache {
    let source = PrecomputedSource(
      purpose: purpose, base: base.hash,
      precision: base.base.model.precision?.rawValue ?? "as stored", adapter: adapter,
      template: setup.preparer.template.rawValue, templateHash: setup.templateHash.hex,
      limits: LengthLimits(config: config, contextLength: model.config.contextLength))
    return try PrecomputedCache(
      store: store, version: setup.version.version, source: source)
  }

  private mutating func note(_ scores: ReferenceScores) {
    note("reference log-probabilities", cached: scores.cached, computed: scores.computed)
  }

  private mutating func note(_ what: String, cached: Int, computed: Int) {
    notes.append("\(what): \(computed) computed and kept, \(cached) read from the store")
  }

  /// The term that keeps an earlier task.
  func penalty() throws -> EWCPenalty? {
    guard let lambda = config.ewcLambda, let folder = config.ewcFrom else { return nil }
    return try EWCPenalty(try Fisher.load(folder), lambda: lambda, for: setup.adapter)
  }
}
