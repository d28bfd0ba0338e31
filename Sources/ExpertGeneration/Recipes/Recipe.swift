package import ExpertProviders
internal import ExpertRecord

/// A recipe: `Datasets/<name>/recipe.yaml`. What a flag can say, a recipe can say; flags win.
///
/// Every member is optional, so that a recipe may give only topics and leave the rest to flags.
package struct Recipe: Sendable, Hashable {
  package var name: String?
  package var domain: String?
  package var task: String?
  package var format: GenerationFormat?
  package var count: Int?
  package var teachers: [Teacher] = []
  package var mix: DifficultyMix?
  package var topics: [Topic] = []
  package var personas: [String] = []
  package var language: String?
  package var principles: [String] = []
  package var examples: [String] = []
  /// The prompt template, `name` or `name@v2`.
  package var prompt: String?
  package var temperature: Double?
  package var topP: Double?
  package var seed: UInt64?
  package var batchSize: Int?
  package var budget: Double?
  package var maxCandidates: Int?
  package var minOutputLength: Int?
  package var diversityThreshold: Double?

  package init() {}

  private static let known = [
    "name", "domain", "task", "format", "count", "provider", "model", "teachers", "difficulty",
    "topics", "personas", "language", "principles", "examples", "prompt", "temperature", "top_p",
    "seed", "batch_size", "budget", "max_candidates", "filters",
  ]

  /// Reads a recipe. Throws `ProviderError.badFile` with the line and what is expected there.
  package init(yaml: String, path: String) throws(ProviderError) {
    let file = try YAMLField.document(yaml, path: path)
    let fields = try file.fields(Self.known)
    name = try fields["name"]?.text()
    domain = try fields["domain"]?.text()
    task = try fields["task"]?.text()
    format = try fields["format"]?.choice(GenerationFormat.self)
    count = try fields["count"]?.count()
    teachers = try Self.readTeachers(fields)
    mix = try fields["difficulty"].map(Self.readMix)
    for field in try fields["topics"]?.list() ?? [] { topics.append(try Self.readTopic(field)) }
    personas = try fields["personas"]?.texts() ?? []
    language = try fields["language"]?.text()
    principles = try fields["principles"]?.texts() ?? []
    for field in try fields["examples"]?.list() ?? [] {
      examples.append(try Self.readExample(field))
    }
    prompt = try fields["prompt"]?.text()
    temperature = try fields["temperature"]?.number(in: 0...2)
    topP = try fields["top_p"]?.number(in: 0...1)
    if let value = try fields["seed"]?.count(in: 0...Int.max) { seed = UInt64(value) }
    batchSize = try fields["batch_size"]?.count(in: 1...100)
    budget = try fields["budget"]?.number(in: 0...1_000_000)
    maxCandidates = try fields["max_candidates"]?.count()
    if let filters = try fields["filters"]?.fields(["min_output_length", "diversity_threshold"]) {
      minOutputLength = try filters["min_output_length"]?.count(in: 0...1_000_000)
      diversityThreshold = try filters["diversity_threshold"]?.number(in: 0.5...1)
    }
  }

  private static func readTeachers(
    _ fields: [String: YAMLField]
  ) throws(ProviderError) -> [Teacher] {
    if let list = fields["teachers"] {
      if let provider = fields["provider"] {
        throw provider.fail("say either provider or teachers")
      }
      var teachers: [Teacher] = []
      for entry in try list.list() {
        let teacher = try entry.fields(["provider", "model", "weight"])
        guard let provider = try teacher["provider"]?.text() else {
          throw entry.fail("a teacher needs a provider")
        }
        teachers.append(
          Teacher(
            provider: provider, model: try teacher["model"]?.text() ?? "",
            weight: try teacher["weight"]?.number(in: 0.001...1_000_000) ?? 1))
      }
      return teachers
    }
    guard let provider = try fields["provider"]?.text() else { return [] }
    return [Teacher(provider: provider, model: try fields["model"]?.text() ?? "")]
  }

  /// `mixed`, one difficulty, or shares by name.
  private static func readMix(_ field: YAMLField) throws(ProviderError) -> DifficultyMix {
    if let shares = try? field.fields(Difficulty.allCases.map(\.rawValue)) {
      let easy = try shares["easy"]?.number(in: 0...1_000_000) ?? 0
      let medium = try shares["medium"]?.number(in: 0...1_000_000) ?? 0
      let hard = try shares["hard"]?.number(in: 0...1_000_000) ?? 0
      guard easy + medium + hard > 0 else { throw field.fail("one share must be above 0") }
      return DifficultyMix(easy: easy, medium: medium, hard: hard)
    }
    guard let mix = DifficultyMix(name: try field.text()) else {
      throw field.fail("difficulty: expected easy, medium, hard, mixed, or shares of the three")
    }
    return mix
  }

  private static func readTopic(_ field: YAMLField) throws(ProviderError) -> Topic {
    if let name = try? field.text() { return Topic(name) }
    let fields = try field.fields(["name", "summary", "answer", "weight"])
    guard let name = try fields["name"]?.text() else { throw field.fail("a topic needs a name") }
    return Topic(
      name, summary: try fields["summary"]?.text(),
      answerKind: try fields["answer"]?.choice(AnswerKind.self),
      weight: try fields["weight"]?.number(in: 0.001...1_000_000) ?? 1)
  }

  /// An example is a record written in YAML, or JSON text.
  private static func readExample(_ field: YAMLField) throws(ProviderError) -> String {
    let value = try field.json()
    return value.string ?? CanonicalJSON.text(of: value)
  }
}

extension DifficultyMix {
  /// `easy`, `medium`, `hard` or `mixed`: the documents' `--difficulty`.
  package init?(name: String) {
    if name == "mixed" {
      self = .mixed
    } else if let difficulty = Difficulty(rawValue: name) {
      self = .only(difficulty)
    } else {
      return nil
    }
  }
}
