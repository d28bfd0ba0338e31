internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset diff FROM TO`.
struct DatasetDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two versions: added, removed, edited, relabelled, moved.",
    discussion: """
      With one version: what it changed in its parent. Edited texts are shown word by word.

      Example: expert-gen dataset diff json-parsing@v1 json-parsing@v2
      """)

  @Argument(help: "The older version, or the only one.") var from: String
  @Argument(help: "The newer version.") var to: String?
  @Option(help: "Records of each sort to show.") var limit = 3
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
  }

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let first = try store.resolve(from)
    let diff =
      try to.map { try store.diff(first, store.resolve($0)) } ?? store.diff(ofCommit: first)
    let fields = try store.fieldChanges(diff)
    if options.json {
      Console.out(json(diff, fields))
    } else {
      try show(diff, fields, store)
    }
  }

  private static func sorts(_ diff: VersionDiff) -> [(name: String, entries: [DiffEntry])] {
    [
      ("added", diff.added), ("removed", diff.removed), ("edited", diff.edited),
      ("relabelled", diff.relabelled), ("moved", diff.moved),
    ]
  }

  private func json(_ diff: VersionDiff, _ fields: [FieldChange]) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("from", diff.from.map { .string($0.name) } ?? .null),
      .init("to", .string(diff.to.name)),
    ]
    members += Self.sorts(diff).map { sort in
      .init(sort.name, .array(sort.entries.map { .string($0.rid.description) }))
    }
    members.append(
      .init(
        "fields",
        .array(
          fields.map {
            [
              "field": .string($0.field), "changed": .number(Double($0.changed)),
              "mean_before": .number($0.meanBefore), "mean_after": .number($0.meanAfter),
            ]
          })))
    return .object(members)
  }

  private func show(_ diff: VersionDiff, _ fields: [FieldChange], _ store: Store) throws {
    Console.out("\(diff.from?.name ?? "nothing") → \(diff.to.name)")
    options.show(
      TableText(
        ["CHANGE", "RECORDS"], numeric: [1],
        rows: Self.sorts(diff).map { [$0.name, Figures.count($0.entries.count)] }))
    for field in fields where field.changed > 0 {
      Console.out(
        "\(field.field): changed in \(field.changed), mean length "
          + "\(Figures.decimal(field.meanBefore, 1)) → \(Figures.decimal(field.meanAfter, 1)) bytes"
      )
    }
    for sort in Self.sorts(diff) {
      for entry in sort.entries.prefix(limit) { try show(entry, sort.name, diff, store) }
    }
  }

  private func show(
    _ entry: DiffEntry, _ sort: String, _ diff: VersionDiff, _ store: Store
  ) throws {
    let terminal = options.terminal
    let (before, after) = try store.contents(of: entry, in: diff)
    Console.out("")
    Console.out(terminal.styled("\(sort)  \(entry.rid)", .bold))
    if let before, let after, before.record != after.record {
      for line in DiffText.lines(before.record, after.record, terminal: terminal) {
        Console.out(line)
      }
    } else if let record = after ?? before {
      if let before, let after, before.attributes != after.attributes {
        let sides = [before, after].map { CanonicalJSON.text(of: $0.attributes.json) }
        Console.out("  \(VisibleText.line(sides[0])) → \(VisibleText.line(sides[1]))")
      }
      for line in RecordText.lines(record.record, terminal: terminal) { Console.out(line) }
    }
  }
}
