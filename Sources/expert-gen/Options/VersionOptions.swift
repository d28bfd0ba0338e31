internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertRecord
internal import ExpertStore

/// Where a change of a dataset goes.
struct VersionOptions: ParsableArguments {
  @Option(help: "The branch that gets the new version.")
  var branch = "main"
}

extension GlobalOptions {
  /// Opens the store for a change of the named version.
  func change(_ version: String, _ target: VersionOptions) throws -> DatasetChange {
    let store = try openStore(.readWrite)
    return DatasetChange(
      store: store, version: try store.resolve(version), branch: target.branch)
  }

  /// Prints what a pass did and the version that came of it.
  func show(_ tally: CurationTally, commit: Commit?, of version: VersionRef) {
    if json {
      Console.out([
        "tally": tally.json, "commit": commit?.json ?? .null,
        "dataset": .string(version.dataset.name),
      ])
      return
    }
    show(tally)
    if let commit {
      Console.out("\(version.dataset.name)@\(commit.name): \(commit.message)")
    } else {
      Console.out("\(version.description) stays as it is: nothing was dropped")
    }
  }

  /// Prints the counts of a pass, the kept first.
  func show(_ tally: CurationTally) {
    let rows =
      [["kept", Figures.count(tally.kept), Figures.percent(tally.kept, of: tally.total)]]
      + tally.dropped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
        [$0.key, Figures.count($0.value), Figures.percent($0.value, of: tally.total)]
      }
    show(TableText(["VERDICT", "RECORDS", "SHARE"], numeric: [1, 2], rows: rows))
    Console.out("diversity \(Figures.decimal(tally.diversity, 3)) (kept / total)")
  }
}
