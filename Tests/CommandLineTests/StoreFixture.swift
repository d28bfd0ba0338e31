internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTestSupport

/// A real store in a tool's folder, filled through the library.
enum StoreFixture {
  static let words = [
    "amber", "birch", "copper", "dune", "ember", "fjord", "grove", "harbor", "island", "jasper",
    "kelp", "lagoon", "meadow", "nectar", "orchid", "prairie", "quartz", "raven", "summit",
    "tundra",
  ]

  /// The identifier of the record at a place.
  static func rid(_ place: Int) -> RecordID {
    RecordID(file: SHA256.hash("fixture"), line: place)
  }

  /// A record that is like no other one; difficulty goes round.
  static func record(_ place: Int) -> (Record, RecordAttributes) {
    var generator = SeededGenerator(seed: UInt64(place), stream: "fixture")
    let text = (0..<20).map { _ in words[Int(generator.next() % UInt64(words.count))] }
    let record = InstructionRecord(
      instruction: "Reverse the list number \(place).", input: text.joined(separator: " "),
      output: text.reversed().joined(separator: " "))
    let difficulty = Difficulty.allCases[place % Difficulty.allCases.count]
    return (.instruction(record), RecordAttributes(difficulty: difficulty))
  }

  /// Commits `count` distinct records and `repeats` copies of the first ones to dataset `d`.
  static func make(in tool: CommandLineTool, count: Int = 30, repeats: Int = 0) throws {
    let store = try Store.open(tool.folder.file("expert.db"), mode: .create)
    let changes = (0..<(count + repeats)).map { place -> RecordChange in
      let (record, attributes) = record(place < count ? place : place - count)
      return .add(rid: rid(place), record: record, attributes: attributes)
    }
    _ = try store.commit(
      changes, to: "d", kind: .instruction, note: CommitNote(operation: "import"))
    try store.close()
  }
}
