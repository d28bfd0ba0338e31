internal import ArgumentParser
internal import ExpertComposition
internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTokenizer

/// `expert-gen run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Let experts answer a prompt.",
    discussion: """
      Experts are installed ones by name, .expert files, or folders with an adapter; several are \
      added up, each with its weight. They must be made for one base and not exclude each other; \
      load_order and max_chain of their manifests count. Packages and installed experts are \
      verified before they are used. Without --experts each prompt is routed to the installed \
      expert that it is for (see route). The chat template is the one the experts were trained with.

      Examples:
        expert-gen run --experts json-parser --prompt 'Extract "name" from {"name": "Ada"}'
        expert-gen run --experts json-parser,sql-writer:0.5 --prompt "Write a query" --seed 7
        expert-gen run --base qwen3-0.6b --prompt "Parse this JSON document: {}"
      """)

  @Option(help: "The experts, separated by commas, each with :WEIGHT behind it where not 1.")
  var experts: String?
  @Option(parsing: .singleValue, help: "What to answer; may be given several times.")
  var prompt: [String] = []
  @Option(help: "A system message before the prompt.") var system: String?
  @Option(help: "Another chat template than the experts' own.") var template: ChatTemplate?
  @Flag(help: "No template: go on with the text as it is.") var raw = false
  @Flag(help: "Let the model think before its answer, where its template can.") var think = false
  @Option(help: "How many experts a prompt is routed to at most, where --experts names none.")
  var top = 1
  @OptionGroup var routing: RoutingOptions
  @OptionGroup var using: UsingOptions
  @OptionGroup var sampling: SamplingArguments
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if prompt.isEmpty { throw ValidationError("give a --prompt") }
    if raw && (system != nil || template != nil || think) {
      throw ValidationError(
        "--raw takes the text as it is; leave out --system, --template, --think")
    }
    guard top >= 1 else { throw ValidationError("--top must be 1 or more") }
    if let experts { _ = try ExpertList(experts) }
  }

  func run() async throws {
    let opener = try using.opener(options)
    let plan =
      try experts.map { try named(try ExpertList($0), opener) } ?? (try routed(opener))
    let start = ContinuousClock.now
    var answers = [Answer?](repeating: nil, count: prompt.count)
    var first: Duration?
    for (lineup, places) in plan.groups {
      let requests = try places.map { sampling.request(try ids(of: prompt[$0], plan, lineup)) }
      let results = try plan.generate(requests, lineup, opener) { _, text in
        first = first ?? ContinuousClock.now - start
        if streams { Console.write(VisibleText.lines(text), to: 1) }
        return !Interruption.happened
      }
      for (place, result) in zip(places, results) {
        answers[place] = Answer(prompt: prompt[place], lineup: lineup, result: result)
      }
    }
    let given = answers.compactMap(\.self)
    let speed = GenerationSpeed(
      given.map(\.result), total: ContinuousClock.now - start, first: first)
    show(given, speed)
    if Interruption.happened { throw SilentExit(.interrupted) }
  }

  private var streams: Bool { prompt.count == 1 && !options.json }

  /// All prompts to the experts that the user named.
  private func named(_ list: ExpertList, _ opener: ExpertOpener) throws -> RunPlan {
    let lineup = try ExpertLineup(
      try list.open(opener), basesMayDiffer: using.base != nil)
    let model = try using.resolve(lineup.base, options)
    options.sayNotes(of: lineup, on: model)
    return RunPlan(
      base: try using.open(model), groups: [(lineup, Array(prompt.indices))], pool: using.pool)
  }

  /// Each prompt to the experts that it is for.
  private func routed(_ opener: ExpertOpener) throws -> RunPlan {
    let named = try using.base.map { try options.registry().resolve($0) }
    let experts = try RoutingSession.candidates(
      opener, on: named.map { DeclaredBase(name: $0.name, sha256: $0.record?.weightsHash.hex) },
      options)
    guard named != nil || !experts.isEmpty else {
      throw Failure(
        .usage, "no-expert",
        "no expert is installed that may be used; install one (expert install), name one with "
          + "--experts, or a base with --base")
    }
    let model = try named ?? using.resolve(try RoutingSession.commonBase(of: experts), options)
    let base = try using.open(model)
    let session = try RoutingSession(
      experts, base: routing.noEmbedding ? nil : (base, hash: try model.hash(base)),
      pool: using.pool, options)
    for note in session.router.notes { options.say("note: " + note) }
    var groups: [(lineup: ExpertLineup, places: [Int])] = []
    for (place, text) in prompt.enumerated() {
      let lineup = try choose(text, session)
      options.sayNotes(of: lineup, on: model)
      let names = lineup.experts.map(\.expert.name)
      if let known = groups.firstIndex(where: { $0.lineup.experts.map(\.expert.name) == names }) {
        groups[known].places.append(place)
      } else {
        groups.append((lineup, [place]))
      }
    }
    return RunPlan(base: base, groups: groups, pool: using.pool)
  }

  /// The best experts that go together; none where none is for the prompt.
  private func choose(_ text: String, _ session: RoutingSession) throws -> ExpertLineup {
    var chosen: [ChosenExpert] = []
    for route in try session.rank(text, routing, limit: max(8, top)) {
      guard chosen.count < top, route.score >= routing.threshold, route.excluded.isEmpty,
        let expert = session.expert(route)
      else { continue }
      do {
        _ = try ExpertLineup(chosen + [ChosenExpert(expert)])
        chosen.append(ChosenExpert(expert))
        options.say("\(route.name) (\(Figures.decimal(route.score, 2)): \(route.reasons))")
      } catch {
        options.say("note: \(route.name) is left out: \(error)")
      }
    }
    if chosen.isEmpty { options.say("note: no installed expert is for this; the base answers") }
    return try ExpertLineup(chosen)
  }

  private func ids(
    of prompt: String, _ plan: RunPlan, _ lineup: ExpertLineup
  ) throws -> [Int32] {
    if raw { return try plan.base.tokenizer.encode(prompt, affixes: true) }
    let recorded = try template == nil ? lineup.templateName() : nil
    let template = try template ?? recorded.map { try ChatTemplate(named: $0) }
    var turns = system.map { [ChatTurn(role: "system", content: $0)] } ?? []
    turns.append(ChatTurn(role: "user", content: prompt))
    return try plan.base.tokenizer.render(
      Conversation(turns), template: plan.base.template(template),
      options: RenderOptions(addsGenerationPrompt: true, thinking: think)
    ).ids
  }

  private func show(_ answers: [Answer], _ speed: GenerationSpeed) {
    if options.json {
      Console.out(["results": .array(answers.map(\.json)), "speed": speed.json])
      return
    }
    if streams {
      Console.write("\n", to: 1)
    } else {
      for answer in answers {
        Console.out("> " + VisibleText.line(answer.prompt))
        Console.out(VisibleText.lines(answer.result.text) + "\n")
      }
    }
    options.say(speed.summary)
  }
}

/// A base with the experts that answer each prompt.
private struct RunPlan {
  let base: Base
  /// Lineups with the places of the prompts that they answer.
  let groups: [(lineup: ExpertLineup, places: [Int])]
  let pool: ThreadPool
  private let shelf: AdapterShelf

  init(
    base: Base, groups: [(lineup: ExpertLineup, places: [Int])], pool: ThreadPool
  ) {
    self.base = base
    self.groups = groups
    self.pool = pool
    shelf = AdapterShelf(base.model, pool: pool)
  }

  func generate(
    _ requests: [GenerationRequest], _ lineup: ExpertLineup, _ opener: ExpertOpener,
    onText: Generator.OnText
  ) throws -> [GenerationResult] {
    let adapter =
      lineup.experts.isEmpty
      ? nil : try shelf.adapter(for: lineup) { try opener.checked($0) }
    let generator = Generator(
      base.model, adapter: adapter, tokenizer: base.tokenizer,
      maxStreams: min(16, requests.count),
      longestPrompt: (requests.map(\.prompt.count).max() ?? 1) + (adapter?.promptLength ?? 0),
      pool: pool)
    return try generator.generate(requests, onText: onText)
  }
}

/// What came of one prompt.
private struct Answer {
  let prompt: String
  let lineup: ExpertLineup
  let result: GenerationResult

  var json: JSONValue {
    result.json(prompt: prompt).setting(
      ["experts"],
      to: .array(
        lineup.experts.map {
          ["name": .string($0.expert.name), "weight": .number($0.weight)]
        }))
  }
}
