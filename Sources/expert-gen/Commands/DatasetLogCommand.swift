internal import ArgumentParser
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset log NAME`.
struct DatasetLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "List the versions of a dataset, newest first.",
    discussion: "Example: expert-gen dataset log json-parsing --limit 10")

  @Argument(help: "The dataset, or the version to start from.") var version: String
  @Option(help: "Versions to list.") var limit = 50
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be 1 or more") }
  }

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let version = try store.resolve(version)
    let commits = try store.log(version, limit: limit)
    let refs = try store.refs(of: version.dataset.name)
    if options.json {
      Console.out([
        "dataset": .string(version.dataset.name), "versions": .array(commits.map(\.json)),
        "refs": .array(refs.map(\.json)),
      ])
      return
    }
    let rows = commits.map { commit -> [String] in
      let names = refs.filter { $0.commit.id == commit.id }.map(\.name)
      return [
        commit.name, String(commit.hash.hex.prefix(12)), commit.semver,
        Figures.count(commit.recordCount), commit.operation, commit.time,
        names.joined(separator: ","), commit.message,
      ]
    }
    options.show(
      TableText(
        ["VERSION", "HASH", "SEMVER", "RECORDS", "BY", "COMMITTED", "REFS", "MESSAGE"],
        numeric: [3], rows: rows))
  }
}

extension Ref {
  /// The ref as `--json` prints it.
  var json: JSONValue {
    [
      "kind": .string(kind.rawValue), "name": .string(name), "version": .string(commit.name),
      "hash": .string(commit.hash.hex),
    ]
  }
}
