internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset review`.
struct DatasetReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Look at a sample: accept, edit or reject each record.",
    discussion: """
      By default 1 % of the version and at least 10 records that nobody has reviewed yet. `edit` \
      opens VISUAL or EDITOR, `edit FIELD` asks for the new text here. A session is one commit: \
      reviewed records get the label "reviewed", rejected ones leave with the reason.

      Example: expert-gen dataset review json-parsing --count 20
      """)

  @Argument(help: "The version to look at.") var version: String
  @Option(help: "How many records (default: 1 %, at least 10).") var count: Int?
  @Option(help: "Another seed draws another sample.") var seed: UInt64 = 0
  @OptionGroup var target: VersionOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count must be 1 or more") }
  }

  func run() async throws {
    let change = try options.change(version, target)
    defer { try? change.store.close() }
    let items = try change.sample(count: count, seed: seed)
    let terminal = Terminal(descriptor: 2, color: options.color)
    let outcome = ReviewTerminal(terminal: terminal).run(items)
    let commit = try change.apply(outcome)
    if options.json {
      Console.out([
        "accepted": .number(Double(outcome.accepted.count)),
        "edited": .number(Double(outcome.edited.count)),
        "rejected": .number(Double(outcome.rejected.count)),
        "undecided": .number(Double(outcome.undecided)), "commit": commit?.json ?? .null,
      ])
    } else if let commit {
      Console.out("")
      Console.out("\(change.version.dataset.name)@\(commit.name): \(commit.message)")
    } else {
      Console.out("nothing was decided; no version was made")
    }
  }
}
