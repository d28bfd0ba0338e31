internal import ArgumentParser
internal import ExpertComposition
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord

/// `expert-gen route QUERY`.
struct RouteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "Say which installed expert a query is for.",
    discussion: """
      Keywords, hints and meaning decide; --explain shows what each of them says. A hint is a \
      boolean expression over words, such as: (json OR yaml) AND NOT xml. The meaning is compared \
      by the base model's own states, where the base is here or --base names it. Experts that are \
      chosen are those with a score of at least --threshold.

      Example: expert-gen route "parse this JSON document" --explain
      """)

  @Argument(help: "The query.") var query: String
  @Flag(help: "Show every signal of every expert that was considered.") var explain = false
  @Option(help: "How many experts to show.") var top = 5
  @OptionGroup var routing: RoutingOptions
  @OptionGroup var using: UsingOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top must be 1 or more") }
  }

  func run() async throws {
    let opener = try using.opener(options)
    let named = try using.base.map { try options.registry().resolve($0) }
    let declared = named.map { DeclaredBase(name: $0.name, sha256: $0.record?.weightsHash.hex) }
    let experts = try RoutingSession.candidates(opener, on: declared, options)
    let session = try RoutingSession(
      experts, base: try base(named, experts), pool: using.pool, options)
    for note in session.router.notes { options.say("note: " + note) }
    let routes = try session.rank(query, routing, limit: top)
    let chosen = routes.filter { $0.score >= routing.threshold && $0.excluded.isEmpty }
    if options.json {
      Console.out([
        "query": .string(query), "considered": .number(Double(experts.count)),
        "chosen": .array(chosen.map { .string($0.name) }),
        "routes": .array(routes.map(\.json)),
      ])
      return
    }
    show(routes, chosen, among: experts.count)
  }

  /// The base, where meanings can be compared.
  private func base(
    _ named: ResolvedModel?, _ experts: [UsableExpert]
  ) throws -> (Base, hash: String)? {
    guard !routing.noEmbedding, !experts.isEmpty else { return nil }
    let model: ResolvedModel
    if let named {
      model = named
    } else {
      guard let declared = try? RoutingSession.commonBase(of: experts),
        let found = try? using.resolve(declared, options)
      else {
        options.say("note: meanings are not compared; --base names a base model that is here")
        return nil
      }
      model = found
    }
    let base = try using.open(model)
    return (base, try model.hash(base))
  }

  private func show(_ routes: [Route], _ chosen: [Route], among count: Int) {
    guard let first = chosen.first else {
      Console.out("no expert among \(Figures.count(count)) is for this")
      if explain { table(routes) }
      return
    }
    Console.out(VisibleText.line(first.name))
    guard explain else {
      options.say("\(Figures.decimal(first.score, 2)): \(first.reasons)")
      return
    }
    table(routes)
  }

  private func table(_ routes: [Route]) {
    guard !routes.isEmpty else { return }
    options.show(
      TableText(
        ["EXPERT", "SCORE", "WHY"], numeric: [1],
        rows: routes.map { [$0.name, Figures.decimal($0.score, 2), $0.reasons] }))
    for route in routes {
      if let hint = route.hint { Console.out(VisibleText.line("\(route.name): hint \(hint)")) }
    }
  }
}
