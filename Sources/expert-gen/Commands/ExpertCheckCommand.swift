internal import ArgumentParser
internal import ExpertComposition
internal import ExpertEvaluation
internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTokenizer

/// `expert-gen expert check A B`.
struct ExpertCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find out whether experts go together.",
    discussion: """
      Looks at what each expert changes, at the layers that two of them share, for NaN and Inf, at \
      how far each moves the base's logits alone and all of them jointly, and at each expert's \
      score on its own suite, alone and beside the others. A suite is the evaluation.json beside an \
      adapter, or a dataset's test split: --dataset EXPERT=NAME@REF, or NAME@REF for every expert \
      without one. Exit code 11 where something is broken; with --strict also on warnings.

      Examples:
        expert-gen expert check json-parser sql-writer
        expert-gen expert check out/a out/b:0.5 --base smollm2-135m --dataset json-parsing@v3
      """)

  @Argument(help: "The experts, each with :WEIGHT behind it where not 1.") var experts: [String]
  @Option(parsing: .singleValue, help: "A prompt to compare logits on; may be given several times.")
  var prompt: [String] = []
  @Option(help: "A suite: EXPERT=NAME@REF, or NAME@REF; may be given several times.")
  var dataset: [String] = []
  @Option(help: "The most cases of a suite.") var limit = 50
  @Option(help: "The most tokens of an answer.") var maxTokens = 128
  @Option(help: "Another chat template than the experts' own.") var template: ChatTemplate?
  @Flag(help: "Leave with 11 on warnings too.") var strict = false
  @OptionGroup var using: UsingOptions
  @OptionGroup var options: GlobalOptions

  /// Prompts of several kinds, for logits; the suites' own come behind them.
  private static let prompts = [
    "What is the capital of France?", "Write a sentence about the sea.",
    "Extract the field \"name\" from {\"name\": \"Ada\", \"age\": 36}.",
    "Translate into French: Good morning.", "How much is 17 times 23?",
    "Classify the review as positive or negative: I would buy it again.",
  ]
  /// Prompts that are taken of each suite.
  private static let promptsOfSuite = 4

  func validate() throws {
    guard !experts.isEmpty else { throw ValidationError("name the experts to check") }
    _ = try ExpertList(experts)
    guard limit >= 1, maxTokens >= 1 else {
      throw ValidationError("--limit and --max-tokens must be 1 or more")
    }
  }

  func run() async throws {
    let chosen = try ExpertList(experts).open(try using.opener(options))
    var findings: [CompositionFinding] = []
    let declared = chosen.map(\.expert.base).first { $0.sha256 != nil } ?? chosen[0].expert.base
    do {
      let lineup = try ExpertLineup(chosen, basesMayDiffer: using.base != nil)
      if template == nil { _ = try lineup.templateName() }
    } catch {
      findings.append(
        CompositionFinding(
          .error, "all together", "\(error)", remedy: "leave one out, or use them one at a time"))
    }
    let model = try using.resolve(declared, options)
    let base = try using.open(model)
    let subjects = load(chosen, base, &findings)
    let suites = try self.suites(chosen.map(\.expert))
    let template = try self.template(chosen, base)
    let check = CompositionCheck(base.model, pool: using.pool)
    var report = try check.run(subjects, prompts: try ids(suites, base, template))
    for suite in suites {
      if let scored = try await score(suite, subjects, base, template) {
        report.suites.append(scored)
      } else {
        options.say("note: \(suite.source) has no case that can be scored by its answer")
      }
    }
    report.findings = findings + CompositionFindings(report).all
    if options.json { Console.out(report.json) } else { show(report) }
    try leave(report)
  }

  /// What can be loaded; what cannot is a finding.
  private func load(
    _ chosen: [ChosenExpert], _ base: Base, _ findings: inout [CompositionFinding]
  ) -> [CompositionCheck.Subject] {
    chosen.compactMap { choice in
      do {
        return CompositionCheck.Subject(
          name: choice.expert.name, weight: choice.weight,
          adapters: try choice.expert.adapters(for: base.model, pool: using.pool))
      } catch {
        findings.append(
          CompositionFinding(
            .error, choice.expert.name, "\(error)",
            remedy: "export it again from a good checkpoint, on this base"))
        return nil
      }
    }
  }

  private func template(_ chosen: [ChosenExpert], _ base: Base) throws -> ChatTemplate {
    let recorded = chosen.compactMap(\.expert.templateName).first
    return base.template(try template ?? recorded.map { try ChatTemplate(named: $0) })
  }

  private func suites(_ experts: [UsableExpert]) throws -> [ExpertSuite] {
    var named: [String: String] = [:]
    var common: String?
    for text in dataset {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        guard experts.contains(where: { $0.name == parts[0] }) else {
          throw ValidationError("--dataset \(text): \(parts[0]) is none of the experts")
        }
        named[parts[0]] = parts[1]
      } else {
        common = text
      }
    }
    return try experts.compactMap { expert in
      if let name = named[expert.name] {
        return try ExpertSuite.dataset(name, for: expert.name, limit: limit, options)
      }
      if let own = try ExpertSuite.beside(expert, limit: limit) { return own }
      return try common.map {
        try ExpertSuite.dataset($0, for: expert.name, limit: limit, options)
      }
    }
  }

  private func ids(
    _ suites: [ExpertSuite], _ base: Base, _ template: ChatTemplate
  ) throws -> [[Int32]] {
    let own = suites.flatMap { $0.cases.prefix(Self.promptsOfSuite).map(\.prompt) }
    let texts = (prompt.isEmpty ? Self.prompts : prompt) + own
    return try texts.map { text in
      try base.tokenizer.render(
        Conversation([ChatTurn(role: "user", content: text)]), template: template,
        options: RenderOptions(addsGenerationPrompt: true)
      ).ids
    }
  }

  /// The expert's score with the base alone, with the expert alone and with all of them.
  private func score(
    _ suite: ExpertSuite, _ subjects: [CompositionCheck.Subject], _ base: Base,
    _ template: ChatTemplate
  ) async throws -> CompositionReport.Suite? {
    guard let subject = subjects.first(where: { $0.name == suite.expert }) else { return nil }
    options.say("\(suite.expert): \(suite.cases.count) cases of \(suite.source)")
    let plan = AnswerPlan(
      request: GenerationRequest(prompt: [], maxTokens: maxTokens), scores: false)
    func source(_ name: String, _ adapter: Adapter?) -> ModelAnswerSource {
      ModelAnswerSource(
        name: name,
        AnsweringModel(base, adapter: adapter, template: template, pool: using.pool), plan: plan,
        identity: SHA256.hash(name))
    }
    let run = EvaluationRun(
      bootstrap: Bootstrap(resamples: 0),
      provenance: EvaluationProvenance(
        seed: 0, tool: "expert-gen \(ExpertGen.version)",
        date: Timestamp.text(SystemClock().wallMicroseconds())))
    let alone = try await run.run(
      suite.cases, base: source("base", nil), expert: source("alone", try subject.alone())
    ).benchmark
    let joint = try await run.run(
      suite.cases, base: nil, expert: source("joint", try CompositionCheck.joint(subjects))
    ).benchmark
    guard let alone, let joint, let own = alone.base else { return nil }
    return CompositionReport.Suite(
      expert: suite.expert, source: suite.source, examples: suite.cases.count, base: own.value,
      alone: alone.expert.value, joint: joint.expert.value)
  }

  private func leave(_ report: CompositionReport) throws {
    let broken = report.findings.contains { $0.severity == .error }
    if broken || (strict && !report.findings.isEmpty) { throw SilentExit(.damage) }
  }

  private func show(_ report: CompositionReport) {
    let tables = CompositionTables(report)
    for (number, table) in tables.all.enumerated() {
      if number > 0 { Console.out("") }
      options.show(table)
    }
    for line in tables.lines { Console.out(VisibleText.line(line)) }
    if report.findings.isEmpty { Console.out("nothing speaks against using them together") }
    for finding in report.findings {
      Console.out(
        VisibleText.line("\(finding.severity.rawValue): \(finding.subject): \(finding.text)"))
      Console.out(VisibleText.line("  \(finding.remedy)"))
    }
  }
}
