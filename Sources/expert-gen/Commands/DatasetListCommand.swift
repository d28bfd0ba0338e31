internal import ArgumentParser
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset list`.
struct DatasetListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the datasets of the store.",
    discussion: "Example: expert-gen dataset list")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let rows = try store.datasets().map { ($0, try store.head(of: $0.name)) }
    if options.json {
      Console.out(["datasets": .array(rows.map { json($0.0, head: $0.1) })])
      return
    }
    guard !rows.isEmpty else {
      options.say("no dataset yet; make one with: expert-gen dataset create --help")
      return
    }
    options.show(
      TableText(
        ["NAME", "KIND", "VERSION", "SEMVER", "RECORDS", "COMMITTED"], numeric: [4],
        rows: rows.map { dataset, head in
          [
            dataset.name, dataset.kind.rawValue, head?.name ?? "-", head?.semver ?? "-",
            head.map { Figures.count($0.recordCount) } ?? "-", head?.time ?? "-",
          ]
        }))
  }

  private func json(_ dataset: Dataset, head: Commit?) -> JSONValue {
    [
      "name": .string(dataset.name), "kind": .string(dataset.kind.rawValue),
      "head": head?.json ?? .null,
    ]
  }
}

extension Commit {
  /// The version as `--json` prints it.
  var json: JSONValue {
    [
      "version": .string(name), "hash": .string(hash.hex), "root": .string(root.hex),
      "records": .number(Double(recordCount)), "semver": .string(semver),
      "operation": .string(operation), "message": .string(message), "author": .string(author),
      "time": .string(time), "parents": .array(parents.map { .string($0.hex) }),
    ]
  }
}
