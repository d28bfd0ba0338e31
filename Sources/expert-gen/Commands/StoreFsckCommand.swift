internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen store fsck`.
struct StoreFsckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsck", abstract: "Check the store for damage.",
    discussion: """
      Exit code 11 when something is wrong, with the versions that are affected.

      Example: expert-gen store fsck --full
      """)

  @Flag(help: "Hash every object again and recompute every root.") var full = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let report = try store.fsck(full: full)
    if options.json {
      Console.out(json(report))
    } else {
      for problem in report.problems {
        let affected =
          problem.versions.isEmpty ? "" : " (\(problem.versions.joined(separator: ", ")))"
        Console.out("DAMAGE  \(VisibleText.line(problem.what))\(affected)")
      }
      let what =
        full
        ? "full check of \(Figures.count(report.objects)) objects and "
          + "\(Figures.count(report.commits)) versions"
        : "quick check of the file and its references"
      Console.out(
        what + ": "
          + (report.isSound ? "sound" : "\(report.problems.count) problems; restore a backup"))
    }
    if !report.isSound { throw SilentExit(.damage) }
  }

  private func json(_ report: FsckReport) -> JSONValue {
    [
      "sound": .bool(report.isSound), "full": .bool(full),
      "objects": .number(Double(report.objects)), "commits": .number(Double(report.commits)),
      "problems": .array(
        report.problems.map {
          [
            "what": .string($0.what), "versions": .array($0.versions.map(JSONValue.string)),
          ]
        }),
    ]
  }
}
