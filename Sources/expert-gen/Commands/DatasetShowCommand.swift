internal import ArgumentParser
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset show NAME[@VERSION][:SPLIT]`.
struct DatasetShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a version and some of its records.",
    discussion: "Example: expert-gen dataset show json-parsing@v1:train --limit 3")

  @Argument(help: "NAME, NAME@v3, NAME@tag, NAME@branch, NAME@hash; with :train, :valid or :test.")
  var version: String
  @Option(help: "Records to show.") var limit = 5
  @Option(help: "Records to skip first.") var skip = 0
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard limit >= 0, skip >= 0 else {
      throw ValidationError("--limit and --skip are 0 or more")
    }
  }

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let version = try store.resolve(version)
    var stream = try store.records(of: version)
    let count = stream.count
    var shown: [StoredRecord] = []
    var place = 0
    while shown.count < limit {
      let group = try stream.nextGroup()
      if group.isEmpty { break }
      for record in group where shown.count < limit {
        if place >= skip { shown.append(record) }
        place += 1
      }
    }
    if options.json {
      Console.out([
        "dataset": .string(version.dataset.name), "kind": .string(version.dataset.kind.rawValue),
        "commit": version.commit.json, "count": .number(Double(count)),
        "records": .array(shown.map(\.json)),
      ])
    } else {
      show(version, count: count, shown)
    }
  }

  private func show(_ version: VersionRef, count: Int, _ records: [StoredRecord]) {
    let terminal = options.terminal
    let commit = version.commit
    Console.out(terminal.styled(VisibleText.line(version.description), .bold))
    Console.out("\(Figures.count(count)) \(version.dataset.kind.rawValue) records")
    Console.out("semver \(commit.semver), \(commit.operation), \(commit.time)")
    Console.out("root   \(commit.root.hex)")
    Console.out("commit \(commit.hash.hex)")
    if !commit.message.isEmpty { Console.out("       \(VisibleText.line(commit.message))") }
    for record in records {
      let facts = [record.attributes.difficulty?.rawValue, record.attributes.split?.rawValue]
      Console.out("")
      Console.out(
        ([terminal.styled(record.rid.description, .bold)] + facts.compactMap(\.self))
          .joined(separator: "  "))
      for line in RecordText.lines(record.record, terminal: terminal) { Console.out(line) }
    }
  }
}

extension StoredRecord {
  /// The record as `--json` prints it.
  var json: JSONValue {
    [
      "rid": .string(rid.description), "hash": .string(hash.hex), "record": record.json,
      "attributes": attributes.json,
    ]
  }
}
