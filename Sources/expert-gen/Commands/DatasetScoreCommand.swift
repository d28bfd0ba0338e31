internal import ArgumentParser
internal import ExpertCuration
internal import ExpertGeneration
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTensors
internal import ExpertTokenizer

/// `expert-gen dataset score`.
struct DatasetScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Label records by how hard a base model finds their answers.",
    discussion: """
      The perplexity of each answer, given its prompt in the model's chat template, is written to \
      the record, with the difficulty that it tells: below 5 easy, below 15 medium, else hard. \
      `dataset stratify` then draws by difficulty. Makes a version; records stay as they are.

      Example: expert-gen dataset score json-parsing --perplexity --base smollm2-135m
      """)

  @Argument(help: "The version to score.") var version: String
  @Flag(help: "Score by perplexity (the only way there is).") var perplexity = false
  @OptionGroup var base: BaseOptions
  @Option(help: "Another chat template than the model's own.") var template: ChatTemplate?
  @OptionGroup var target: VersionOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if !perplexity { throw ValidationError("say what to score by: --perplexity") }
  }

  func run() async throws {
    let base = try options.open(self.base)
    let change = try options.change(version, target)
    defer { try? change.store.close() }
    let template = base.template(template)
    let scorer = Scorer(base.model, adapter: try base.adapter(self.base), pool: self.base.pool)
    let line = options.progressLine()
    let detail: JSONValue = [
      "base": .string(self.base.base), "base_sha256": .string(try hash(of: base)),
      "template": .string(template.rawValue),
      "precision": .string(self.base.quantize?.rawValue ?? "as stored"),
      "adapter": self.base.adapter.map(JSONValue.string) ?? .null,
    ]
    let result = try change.score(detail: detail) {
      line.update(ProgressState(done: $0, total: $1, unit: "records"))
    } perplexities: { records in
      if Interruption.happened { throw CancellationError() }
      let texts = try records.map { try Self.text($0.record, base, template) }
      return try scorer.score(texts).map(\.perplexity)
    }
    line.finish()
    show(result, of: change)
  }

  /// The hash that pins the base: the registry's, or computed where the model is only a path.
  private func hash(of base: Base) throws -> String {
    let known = try options.registry().resolve(self.base.base).record?.weightsHash
    return try (known ?? base.files.weightsHash()).description
  }

  private static func text(
    _ record: Record, _ base: Base, _ template: ChatTemplate
  ) throws -> ScoredText {
    let rendered = try base.tokenizer.render(Conversation(record), template: template)
    return ScoredText(ids: rendered.ids, scored: rendered.supervised)
  }

  private func show(_ result: DatasetChange.ScoreResult, of change: DatasetChange) {
    if options.json {
      Console.out([
        "counts": .object(
          Difficulty.allCases.map {
            .init($0.rawValue, .number(Double(result.counts[$0] ?? 0)))
          }),
        "unscored": .number(Double(result.unscored)),
        "median_perplexity": result.median.map(JSONValue.number) ?? .null,
        "commit": result.commit?.json ?? .null,
      ])
      return
    }
    let name = change.version.dataset.name
    let place = result.commit.map { "\(name)@\($0.name)" } ?? change.version.description
    Console.out("\(place): \(result.summary)")
    if let median = result.median {
      Console.out("median perplexity \(Figures.decimal(median, 2))")
    }
    if result.commit == nil { Console.out("every record was labelled so before") }
  }
}
