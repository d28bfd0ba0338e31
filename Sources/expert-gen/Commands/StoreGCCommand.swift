internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen store gc`.
struct StoreGCCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Remove what no version, pin or open job reaches.",
    discussion: """
      Without --prune nothing is removed: the figures say what would be. What a branch or tag \
      named within the last 30 days stays.

      Example: expert-gen store gc --prune
      """)

  @Flag(help: "Remove it; without this only the figures are shown.") var prune = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readWrite)
    defer { try? store.close() }
    let report = try store.collectGarbage(dryRun: !prune)
    if options.json {
      Console.out([
        "pruned": .bool(prune), "commits": .number(Double(report.commits)),
        "jobs": .number(Double(report.jobs)), "objects": .number(Double(report.objects)),
        "bytes": .number(Double(report.bytes)),
        "kept_commits": .number(Double(report.keptCommits)),
        "kept_objects": .number(Double(report.keptObjects)),
      ])
      return
    }
    Console.out(
      "\(prune ? "removed" : "would remove") \(Figures.count(report.objects)) objects "
        + "(\(Figures.bytes(Int(report.bytes)))), \(report.commits) versions, \(report.jobs) jobs; "
        + "\(prune ? "kept" : "would keep") \(Figures.count(report.keptObjects)) objects and "
        + "\(report.keptCommits) versions")
    if !prune { options.say("run it with --prune to remove them") }
  }
}
