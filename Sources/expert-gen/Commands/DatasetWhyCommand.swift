internal import ArgumentParser
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset why RID`.
struct DatasetWhyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Tell the whole story of one record.",
    discussion: """
      Task, plan cell, prompt template and version, request, provider and reported model, reply, \
      verdicts, edits, and the versions that hold it.

      Example: expert-gen dataset why 6e8b1c1a-5d0c-8f11-9a2b-0c1d2e3f4a5b
      """)

  @Argument(help: "The record's identifier, as `dataset show` prints it.") var record: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    guard let rid = RecordID(record) else {
      throw ValidationError(
        "\"\(VisibleText.line(record))\" is no record identifier; `dataset show` prints them")
    }
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let story = StoryJSON.of(try store.why(rid))
    if options.json {
      Console.out(story)
    } else {
      Console.out(VisibleText.lines(PrettyText.of(story)))
    }
  }
}
