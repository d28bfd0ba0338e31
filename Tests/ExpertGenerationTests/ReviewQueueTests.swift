import ExpertGeneration
import ExpertPlatform
import ExpertRecord
import Testing

@Suite struct ReviewQueueTests {
  private func item(_ line: Int) -> ReviewItem {
    ReviewItem(
      rid: RecordID(file: SHA256.hash("f"), line: line),
      record: .instruction(InstructionRecord(instruction: "i\(line)", output: "o")),
      attributes: RecordAttributes())
  }

  @Test func eachDecisionEndsInItsOwnList() {
    let items = (1...5).map(item)
    let edited = Record.instruction(InstructionRecord(instruction: "i2", output: "better"))
    var queue = ReviewQueue(items)
    #expect(queue.next == .show(items[0]))
    #expect(queue.decide(.accept) == .show(items[1]))
    #expect(queue.decide(.edit(edited)) == .show(items[2]))
    #expect(queue.decide(.reject("wrong")) == .show(items[3]))
    #expect(queue.progress == (4, 5))
    #expect(queue.decide(.skip) == .show(items[4]))
    #expect(queue.decide(.accept) == .finish)
    let outcome = queue.finish()
    #expect(outcome.accepted == [items[0], items[4]])
    #expect(outcome.edited.map(\.record) == [edited])
    #expect(outcome.edited.map(\.rid) == [items[1].rid])
    #expect(outcome.rejected.map(\.reason) == ["wrong"])
    #expect(outcome.undecided == 1)
  }

  @Test func stoppingKeepsWhatWasDecided() {
    var queue = ReviewQueue((1...4).map(item))
    _ = queue.decide(.accept)
    #expect(queue.decide(.stop) == .finish)
    let outcome = queue.finish()
    #expect(outcome.accepted.count == 1)
    #expect(outcome.undecided == 3)
    #expect(!outcome.isEmpty)
  }

  @Test func anEditThatChangesNothingIsAnAcceptance() {
    let one = item(1)
    var queue = ReviewQueue([one])
    _ = queue.decide(.edit(one.record))
    let outcome = queue.finish()
    #expect(outcome.accepted == [one])
    #expect(outcome.edited.isEmpty)
  }
}
