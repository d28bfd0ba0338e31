import ExpertRecord
import Testing

@Suite struct SeededGeneratorTests {
  @Test func theSameSeedAndStreamRepeat() {
    var a = SeededGenerator(seed: 7, stream: "plan")
    var b = SeededGenerator(seed: 7, stream: "plan")
    #expect((0..<100).map { _ in a.next() } == (0..<100).map { _ in b.next() })
  }

  @Test func anotherStreamDiffers() {
    var a = SeededGenerator(seed: 7, stream: "plan")
    var b = SeededGenerator(seed: 7, stream: "split")
    #expect(a.next() != b.next())
  }

  @Test func belowCoversItsRangeEvenly() {
    var generator = SeededGenerator(seed: 1, stream: "test")
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[generator.below(6)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 }, "\(counts)")
  }
}
