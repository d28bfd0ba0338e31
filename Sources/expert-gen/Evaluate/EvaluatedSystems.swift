internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTokenizer

/// The base of an evaluation, loaded once, and the expert that stands on it.
struct EvaluatedSystems {
  let facts: TrainingRunFacts?
  private let subject: MeasuredExpert?
  private let baseName: String
  private let baseHash: String
  private let precision: String
  private let template: ChatTemplate
  /// With the adapter where there is one.
  private let system: AnsweringModel
  /// Whether the template is the one that the run recorded.
  private let usesRecordedTemplate: Bool
  /// Bytes that the process grew by when the adapter was loaded.
  private let adapterBytes: Int

  init(_ command: EvalRunCommand, _ subject: MeasuredExpert?) throws {
    guard let name = command.base ?? subject?.facts.baseName else {
      throw ValidationError("nothing says which base \(subject?.name ?? "this") needs; give --base")
    }
    let pool = command.threads.map { ThreadPool(threads: $0) } ?? .shared
    let (base, hash) = try command.options.open(
      base: name, precision: command.quantize, pool: pool)
    let recorded = try subject?.facts.templateName.map { try ChatTemplate(named: $0) }
    self.subject = subject
    facts = subject?.facts
    baseName = name
    baseHash = hash
    precision = command.quantize?.rawValue ?? "as stored"
    template = base.template(command.template ?? recorded)
    usesRecordedTemplate = recorded == template
    let before = ResourceUsage.now().residentBytes
    let adapter = try subject?.load(for: base, pool: pool)
    adapterBytes = max(0, ResourceUsage.now().residentBytes - before)
    system = AnsweringModel(base, adapter: adapter, template: template, pool: pool)
    if let trained = facts?.baseSHA256, trained != hash {
      command.options.say(
        "note: \(subject?.name ?? "the expert") was trained on a base with the hash "
          + "\(trained.prefix(12))…; this one has \(hash.prefix(12))…")
    }
  }

  /// Systems that answer.
  var count: Int { subject == nil ? 1 : 2 }

  /// What the answers of the base and of the expert are known by.
  func identities(_ plan: AnswerPlan) -> [Digest] {
    [identity(nil, plan)] + (subject.map { [identity($0, plan)] } ?? [])
  }

  private func identity(_ expert: MeasuredExpert?, _ plan: AnswerPlan) -> Digest {
    ModelAnswerSource.identity(
      base: baseHash, adapter: expert?.adapterHash.description, precision: precision,
      template: template.rawValue, plan)
  }

  /// The sources of the base's and the expert's answers; of a base alone, only the latter.
  func sources(
    _ plan: AnswerPlan, _ file: AnswerFile, onAnswer: @escaping @Sendable (Int) -> Void
  ) -> (base: ModelAnswerSource?, measured: ModelAnswerSource) {
    let base = ModelAnswerSource(
      name: "the base", system.base, plan: plan, identity: identity(nil, plan), file: file,
      onAnswer: onAnswer)
    guard let subject else { return (nil, base) }
    let expert = ModelAnswerSource(
      name: "the expert", system, plan: plan, identity: identity(subject, plan), file: file,
      onAnswer: onAnswer)
    return (base, expert)
  }

  /// Measures what the adapter costs and leaves it beside an adapter of the user's own.
  func keepCost() throws {
    guard let subject, subject.takesReports, let adapter = system.adapter else { return }
    let cost = AdapterCost(
      of: adapter, on: system.model, bytes: adapterBytes, pool: system.pool)
    try CostFile(
      cost: cost, adapter: subject.adapterHash, base: baseHash,
      date: SystemClock().wallMicroseconds()
    ).write(to: subject.folder)
  }

  /// Writes down what was measured.
  func fill(_ provenance: inout EvaluationProvenance) {
    provenance.base = baseName
    provenance.baseSHA256 = baseHash
    provenance.adapter = subject?.name
    provenance.adapterSHA256 = subject?.adapterHash.description
    provenance.checkpoint = facts?.checkpoint
    provenance.template = template.rawValue
    provenance.templateSHA256 = usesRecordedTemplate ? facts?.templateSHA256 : nil
  }
}
