internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTraining
internal import Foundation

/// `expert-gen trace DIR`.
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Walk from an adapter's weights back to its data, prompts, providers and cost.",
    discussion: """
      Weights, data, and the adapters and models that training began from or followed are hashed \
      again and compared with the record of the run. Exit code 11 when one is missing or not what \
      was trained. `dataset why RID` then tells the whole story of one record.

      Example: expert-gen trace adapter --records 5
      """)

  @Argument(help: "The folder of a run.", completion: .directory) var folder: String
  @Option(help: "How many records to list.") var records = 3
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if records < 0 { throw ValidationError("--records must be 0 or more") }
  }

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let trace = try Trace(
      RunFolder(folder), store: store, records: records,
      modelHash: { name in
        let resolved = try options.registry().resolve(name)
        return try resolved.record?.weightsHash ?? ModelFiles.open(resolved.path).weightsHash()
      })
    if options.json {
      Console.out(trace.json)
    } else {
      for line in trace.lines { Console.out(VisibleText.line(line)) }
    }
    if !trace.isWhole { throw SilentExit(.damage) }
  }
}
