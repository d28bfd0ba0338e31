internal import ArgumentParser
internal import ExpertComposition
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord

/// How a query finds its experts.
struct RoutingOptions: ParsableArguments {
  @Option(help: "The least score that an expert is chosen with.") var threshold = 0.25
  @Option(
    name: .customLong("tag"),
    help: "What the request says of itself, as key=value, for hints; may be given several times.")
  var tags: [String] = []
  @Flag(help: "Compare no meanings: keywords and hints alone decide.") var noEmbedding = false

  func validate() throws {
    // Signals have at most 1, which the highest priority raises by a tenth.
    guard (0...1.1).contains(threshold) else {
      throw ValidationError("--threshold must lie between 0 and 1.1, as scores do")
    }
    for tag in tags where !tag.contains("=") {
      throw ValidationError("--tag takes key=value, not \"\(tag)\"")
    }
  }

  /// The tags by key, in small letters as hints are read.
  var tagged: [String: String] {
    tags.reduce(into: [:]) { result, tag in
      let parts = tag.lowercased().split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      result[String(parts[0])] = String(parts[1])
    }
  }
}

/// The installed experts of one base, ready to be chosen from.
struct RoutingSession {
  let experts: [UsableExpert]
  let router: Router
  private let embedder: TextEmbedder?

  /// Experts whose base may be this one.
  static func candidates(
    _ opener: ExpertOpener, on base: DeclaredBase?, _ options: GlobalOptions
  ) throws -> [UsableExpert] {
    let (usable, refused) = try opener.installed()
    for reason in refused { options.say("note: " + reason) }
    guard let base else { return usable }
    return usable.filter { $0.base.mayBe(base) }
  }

  /// The base that all candidates were made for; throws where there are several.
  static func commonBase(of experts: [UsableExpert]) throws -> DeclaredBase? {
    guard let first = experts.first?.base else { return nil }
    for expert in experts where !expert.base.mayBe(first) {
      throw ValidationError(
        "the installed experts are made for several bases (\(first.name), \(expert.base.name)); "
          + "choose one with --base")
    }
    return experts.map(\.base).first { $0.sha256 != nil } ?? first
  }

  /// A session over these experts; with `base`, meanings are compared too.
  init(
    _ experts: [UsableExpert], base: (Base, hash: String)?, pool: ThreadPool,
    _ options: GlobalOptions
  ) throws {
    self.experts = experts
    let routed = experts.compactMap { $0.manifest.map { RoutedExpert($0) } }
    guard let (base, hash) = base, !routed.isEmpty else {
      (router, embedder) = (Router(routed), nil)
      return
    }
    let embedder = TextEmbedder(base, pool: pool)
    let cache = EmbeddingCache(home: options.places.home, baseHash: hash)
    let vectors = try cache.vectors(
      routed.map(\.text) + EmbeddingCache.neutral, width: base.model.config.hiddenSize
    ) { try embedder.embed($0) }
    router = Router(
      routed, embeddings: Array(vectors.prefix(routed.count)),
      neutral: Array(vectors.dropFirst(routed.count)))
    self.embedder = embedder
  }

  /// The best experts for a query, best first.
  func rank(_ query: String, _ routing: RoutingOptions, limit: Int) throws -> [Route] {
    let embedding = try embedder?.embed([query])[0]
    return router.rank(query, embedding: embedding, tags: routing.tagged, limit: limit)
  }

  /// The expert of a route.
  func expert(_ route: Route) -> UsableExpert? { experts.first { $0.name == route.name } }
}

extension ResolvedModel {
  /// What pins the base: the registry's hash, or the one of its files.
  func hash(_ base: Base) throws -> String {
    try (record?.weightsHash ?? base.files.weightsHash()).hex
  }
}

extension Route {
  /// Why, in a line.
  var reasons: String {
    var words: [String] = []
    if !excluded.isEmpty { words.append("excluded by \(excluded.joined(separator: ", "))") }
    if let keywordScore {
      let found = matched.isEmpty ? "none" : matched.joined(separator: ", ")
      words.append("keywords \(Figures.decimal(keywordScore, 2)) (\(found))")
    }
    if let hintHolds { words.append("hint \(hintHolds ? "holds" : "does not hold")") }
    if let similarity { words.append("meaning \(Figures.decimal(similarity, 2))") }
    if priority > 0 { words.append("priority \(Figures.decimal(priority, 2))") }
    return words.joined(separator: "; ")
  }

  /// The route as `--json` prints it.
  var json: JSONValue {
    [
      "name": .string(name), "score": .number(score),
      "keywords": [
        "score": keywordScore.map(JSONValue.number) ?? .null,
        "matched": .array(matched.map(JSONValue.string)),
        "excluded": .array(excluded.map(JSONValue.string)),
      ],
      "hint": [
        "text": hint.map(JSONValue.string) ?? .null,
        "holds": hintHolds.map(JSONValue.bool) ?? .null,
      ],
      "similarity": similarity.map(JSONValue.number) ?? .null, "priority": .number(priority),
    ]
  }
}
