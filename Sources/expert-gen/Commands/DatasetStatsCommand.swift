internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset stats VERSION`.
struct DatasetStatsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Count what is in a version: splits, difficulty, lengths.",
    discussion: "Example: expert-gen dataset stats json-parsing@v1:train")

  @Argument(help: "The version.") var version: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let version = try store.resolve(version)
    let stats = try store.stats(version)
    if options.json {
      Console.out(json(stats, version))
    } else {
      show(stats, version)
    }
  }

  private func show(_ stats: VersionStats, _ version: VersionRef) {
    Console.out(
      "\(version.description): \(Figures.count(stats.records)) records, "
        + "\(Figures.bytes(stats.canonicalBytes)), \(stats.repeatedTexts) repeated texts")
    Console.out("")
    let groups = [
      ("split", stats.splits), ("difficulty", stats.difficulties), ("answer", stats.answerKinds),
      ("label", stats.labels),
    ]
    let counts = groups.flatMap { name, counts in
      counts.sorted { $0.key < $1.key }.map {
        [name, $0.key, Figures.count($0.value), Figures.percent($0.value, of: stats.records)]
      }
    }
    options.show(TableText(["OF", "VALUE", "RECORDS", "SHARE"], numeric: [2, 3], rows: counts))
    if let most = stats.templates.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
      Console.out("")
      Console.out(
        "\(Figures.count(stats.templates.count)) templates, none above "
          + "\(Figures.percent(most.value, of: stats.records)) (\(VisibleText.line(most.key)): "
          + "\(Figures.count(most.value)) records); --json has every count")
    }
    Console.out("")
    let lengths = stats.fields.map { field in
      [
        field.field, field.empty, field.shortest, field.median, Int(field.mean.rounded()),
        field.percentile95, field.longest,
      ].map { ($0 as? Int).map(Figures.count) ?? "\($0)" }
    }
    options.show(
      TableText(
        ["FIELD (BYTES)", "EMPTY", "SHORTEST", "MEDIAN", "MEAN", "95 %", "LONGEST"],
        numeric: [1, 2, 3, 4, 5, 6], rows: lengths))
  }

  private func json(_ stats: VersionStats, _ version: VersionRef) -> JSONValue {
    [
      "version": .string(version.description), "records": .number(Double(stats.records)),
      "repeated_texts": .number(Double(stats.repeatedTexts)),
      "canonical_bytes": .number(Double(stats.canonicalBytes)), "splits": Self.counts(stats.splits),
      "difficulties": Self.counts(stats.difficulties),
      "answer_kinds": Self.counts(stats.answerKinds), "labels": Self.counts(stats.labels),
      "templates": Self.counts(stats.templates),
      "fields": .array(
        stats.fields.map {
          [
            "field": .string($0.field), "empty": .number(Double($0.empty)),
            "shortest": .number(Double($0.shortest)), "median": .number(Double($0.median)),
            "mean": .number($0.mean), "percentile95": .number(Double($0.percentile95)),
            "longest": .number(Double($0.longest)),
          ]
        }),
    ]
  }

  private static func counts(_ counts: [String: Int]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .number(Double($0.value))) })
  }
}
