import ExpertCuration
import ExpertPlatform
import ExpertRecord
import Testing

@Suite struct SplitAssignerTests {
  private func member(_ name: String, _ frozen: Split? = nil) -> SplitMember {
    SplitMember(hash: SHA256.hash(name), frozen: frozen)
  }

  @Test func sharesComeOutAsAsked() {
    let members = (0..<10_000).map { member("row \($0)") }
    let splits = SplitAssigner(seed: 3).assign(members, pairs: []).splits.compactMap { $0 }
    let counts = Dictionary(grouping: splits) { $0 }.mapValues(\.count)
    #expect(abs((counts[.train] ?? 0) - 8000) < 150, "\(counts)")
    #expect(abs((counts[.valid] ?? 0) - 1000) < 150, "\(counts)")
    let other = SplitAssigner(seed: 4).assign(members, pairs: []).splits.compactMap { $0 }
    #expect(other != splits, "another seed draws another split")
  }

  @Test func aClusterIsNeverDividedAndOrderDoesNotMatter() {
    var random = SeededGenerator(seed: 1, stream: "splits")
    let names = (0..<600).map { "row \($0)" }
    // Rows of the same number divided by three are alike.
    func pairs(_ names: [String]) -> [(Int, Int)] {
      let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
      return (0..<600).compactMap { row in
        guard row % 3 > 0, let a = places["row \(row)"], let b = places["row \(row - 1)"] else {
          return nil
        }
        return (a, b)
      }
    }
    func splits(_ names: [String]) -> [String: Split] {
      let result = SplitAssigner().assign(names.map { member($0) }, pairs: pairs(names))
      #expect(result.leaks.isEmpty)
      return Dictionary(
        uniqueKeysWithValues: zip(names, result.splits).compactMap { name, split in
          split.map { (name, $0) }
        })
    }
    let first = splits(names)
    #expect(first.count == 600)
    for row in 0..<600 { #expect(first["row \(row)"] == first["row \(row / 3 * 3)"]) }
    #expect(Set(first.values) == Set(Split.allCases))
    for _ in 0..<3 { #expect(splits(random.shuffled(names)) == first) }
  }

  @Test func newRowsFollowAFrozenOne() {
    for split in Split.allCases {
      let members = [member("old", split), member("new"), member("newer"), member("apart")]
      let result = SplitAssigner().assign(members, pairs: [(1, 0), (2, 1)])
      #expect(result.splits.prefix(3) == [split, split, split])
      #expect(result.clusters[1] == result.clusters[0] && result.clusters[2] == result.clusters[0])
      #expect(result.clusters[3] == 3)
    }
  }

  @Test func aRowBetweenTwoFrozenSplitsIsALeak() {
    let members = [member("a", .train), member("b", .test), member("bridge"), member("free")]
    let result = SplitAssigner().assign(members, pairs: [(2, 0), (2, 1)])
    #expect(result.splits[0] == .train && result.splits[1] == .test)
    #expect(result.splits[2] == nil)
    #expect(result.leaks[2]?.filter == "leak")
    #expect(result.leaks.count == 1 && result.splits[3] != nil)
    // The same row is welcome where both are in one split.
    let same = [member("a", .test), member("b", .test), member("bridge")]
    let joined = SplitAssigner().assign(same, pairs: [(2, 0), (2, 1)])
    #expect(joined.splits == [.test, .test, .test] && joined.leaks.isEmpty)
  }

  @Test func aChainOfNewRowsCannotBridgeFrozenSplits() {
    let members = [member("a", .train), member("b", .test)] + (0..<6).map { member("new \($0)") }
    let chain = [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 1)]
    let result = SplitAssigner().assign(members, pairs: chain)
    #expect(result.leaks.count == 1)
    for (a, b) in chain {
      guard let first = result.splits[a], let second = result.splits[b] else { continue }
      #expect(first == second)
    }
  }

  @Test(arguments: ["80/10", "a/b/c", "0/0/0", "-1/1/1", "80/10/10/1", ""])
  func badRatiosAreRefused(_ text: String) {
    #expect(throws: CurationError.badRatios(text: text)) { try SplitRatios(text) }
  }

  @Test func ratiosAreRead() throws {
    #expect(try SplitRatios("70/20/10") == SplitRatios(train: 70, valid: 20, test: 10))
    let all = try SplitAssigner(ratios: SplitRatios("1/0/0"))
    #expect(all.split(smallest: SHA256.hash("x")) == .train)
  }

  @Test func clustersAreTheSameInAnyOrder() {
    var forward = DuplicateClusters()
    var backward = DuplicateClusters()
    let pairs = [(5, 9), (1, 2), (9, 7), (2, 3)]
    for (a, b) in pairs { forward.join(a, b) }
    for (a, b) in pairs.reversed() { backward.join(b, a) }
    forward.insert(4)
    backward.insert(4)
    #expect(forward.all() == [[1, 2, 3], [4], [5, 7, 9]])
    #expect(backward.all() == forward.all())
    #expect(forward.cluster(of: 7) == 5 && forward.cluster(of: 100) == 100)
  }

  @Test func linkingKeepsEveryRowAndNamesEveryPair() {
    let index = DuplicateIndex(threshold: 0.8)
    let row = "the quick brown fox jumps over the lazy dog again and again"
    let pairs = index.link(
      [row, "something else entirely, with no part of it", row, row], ids: [3, 4, 5, 6])
    #expect(pairs.map { [$0.0, $0.1] } == [[5, 3], [6, 3], [6, 5]])
    #expect(index.count == 4)
  }

  /// Over several blocks, with copies within a block and across blocks.
  @Test(arguments: [1, 2, 3]) func linkingOnThreadsFindsWhatLinkingRowByRowFinds(threads: Int) {
    var generator = SeededGenerator(seed: 5, stream: "link")
    let words = (0..<400).map { "w\($0)" }
    var texts = (0..<6000).map { _ in
      (0..<20).map { _ in generator.pick(words) }.joined(separator: " ")
    }
    for copy in stride(from: 7, to: texts.count, by: 11) { texts[copy] = texts[copy / 3] + " end" }
    let ids = texts.indices.map { $0 + 100 }
    let plain = DuplicateIndex(threshold: 0.8)
    var expected: [[Int]] = []
    for (text, id) in zip(texts, ids) {
      expected += plain.matches(of: text).map { [id, $0.id] }
      plain.insert(text, id: id)
    }
    let pairs = DuplicateIndex(threshold: 0.8).link(texts, ids: ids, threads: threads)
    #expect(expected.count > 500)
    #expect(pairs.map { [$0.0, $0.1] } == expected)
  }
}
