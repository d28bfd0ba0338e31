package import ExpertRecord

/// A provider that computes its replies: no model, no network, and the same pipeline as any other.
///
/// The last user message is the JSON document of `ProceduralAsk`; the reply is what a model would
/// give, a JSON array of `count` records in the format asked for. The same document gives the same
/// bytes on every machine.
package struct ProceduralProvider: ModelProvider {
  /// The name that `--provider` takes.
  package static let name = "procedural"

  /// Asks under way at once: they keep the cores busy and are stored in one transaction, whose wait
  /// for the disk would otherwise be longer than the computing.
  package static let workers = 16

  private let domains: [ProceduralDomain]

  package init(domains: [ProceduralDomain] = DomainRegistry.all) {
    self.domains = domains
  }

  package func ask(
    _ request: ModelRequest, report: @escaping @Sendable (AttemptReport) -> Void
  ) async throws(ProviderError) -> ModelReply {
    guard let prompt = request.messages.last(where: { $0.role == "user" }) else {
      throw .rejected(provider: Self.name, status: 400, message: "there is no user message")
    }
    let records = try records(for: ProceduralAsk(prompt.content))
    report(AttemptReport(status: 200))
    return ModelReply(
      text: ProceduralJSON.minified(.array(records)), finish: .complete, rawFinish: "stop",
      reportedModel: request.model, usage: Usage())
  }

  /// The records that an ask describes, in order.
  package func records(for ask: ProceduralAsk) throws(ProviderError) -> [JSONValue] {
    let templates = try templates(for: ask)
    return (0..<ask.count).map { ordinal in
      record(ask, ordinal: ordinal, template: Self.choice(ask.slot, ordinal, of: templates))
    }
  }

  private func record(
    _ ask: ProceduralAsk, ordinal: Int, template: ProceduralTemplate
  ) -> JSONValue {
    var generator = SeededGenerator(
      seed: ask.seed, stream: "procedural/\(ask.domain)/\(ask.slot)/\(ordinal)")
    let drawn = generator.pick(Difficulty.allCases)
    let difficulty = ask.format == .adversarial ? .hard : ask.difficulty ?? drawn
    var item = template.make(&generator, difficulty)
    if ask.format == .adversarial {
      item = AdversarialTwist.applied(to: item, generator: &generator)
    }
    return ask.format.record(
      of: item, template: template.id, difficulty: difficulty, generator: &generator)
  }

  private func templates(
    for ask: ProceduralAsk
  ) throws(ProviderError) -> [ProceduralTemplate] {
    guard let domain = domains.first(where: { $0.name == ask.domain }) else {
      throw .unknown(what: "domain", name: ask.domain, known: domains.map(\.name))
    }
    guard let topic = ask.topic else { return domain.templates }
    let templates = domain.templates.filter { $0.skill == topic }
    guard !templates.isEmpty else {
      throw .unknown(what: "topic of \(domain.name)", name: topic, known: domain.skills)
    }
    return templates
  }

  /// The template of record `ordinal` of a slot.
  ///
  /// Slots start at multiples of the golden ratio, so that every arithmetic progression of slots
  /// (the plan gives a topic every n-th one) spreads evenly; ordinals go on round-robin from there.
  package static func choice(
    _ slot: Int, _ ordinal: Int, of templates: [ProceduralTemplate]
  ) -> ProceduralTemplate {
    let turn = UInt64(truncatingIfNeeded: slot) &* 0x9e37_79b9_7f4a_7c15
    let start = Int(turn.multipliedFullWidth(by: UInt64(templates.count)).high)
    return templates[(start + ordinal) % templates.count]
  }
}
