import ExpertPlatform
import ExpertRecord
import Testing

@Suite struct RecordIDTests {
  let job = SHA256.hash("a job")

  @Test func isAUUIDOfVersionEight() throws {
    for ordinal in 0..<200 {
      let id = RecordID(job: job, slot: 3, ordinal: ordinal)
      let text = Array(id.description)
      #expect(text.count == 36)
      #expect(text[14] == "8")
      #expect("89ab".contains(text[19]))
      #expect(RecordID(id.description) == id)
      #expect(RecordID(id.description.uppercased()) == id)
      #expect(RecordID(bytes: id.bytes) == id)
    }
  }

  @Test func isTheStartOfASHA256() {
    let wanted = SHA256.hash(
      Array("expert-gen/rid/v1\0file\0".utf8) + job.bytes + [0, 0, 0, 0, 0, 0, 1, 44])
    #expect(RecordID(file: job, line: 300).bytes.prefix(6) == wanted.bytes.prefix(6))
  }

  @Test func everyPartOfTheOriginCounts() {
    let all: Set<RecordID> = [
      RecordID(job: job, slot: 1, ordinal: 2), RecordID(job: job, slot: 2, ordinal: 1),
      RecordID(file: job, line: 1), RecordID(file: SHA256.hash("other"), line: 1),
      RecordID(job: SHA256.hash("other"), slot: 1, ordinal: 2),
    ]
    #expect(all.count == 5)
  }

  @Test(arguments: [
    "", "01234567-89ab-8def-8123-456789abcde", "01234567-89ab-4def-8123-456789abcdef",
    "01234567-89ab-8def-c123-456789abcdef", "0123456789ab-8def-8123-456789abcdef-0",
    "g1234567-89ab-8def-8123-456789abcdef",
  ])
  func refusesOtherText(text: String) {
    #expect(RecordID(text) == nil)
  }

  @Test func ordersAsItsBytesDo() {
    let ids = (0..<100).map { RecordID(job: job, slot: $0, ordinal: 0) }.sorted()
    for (a, b) in zip(ids, ids.dropFirst()) {
      #expect(a.bytes.lexicographicallyPrecedes(b.bytes))
    }
  }
}
