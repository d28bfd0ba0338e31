import ExpertComposition
import ExpertPlatform
import ExpertTestSupport
import Foundation
import Testing

@Suite struct RouterTests {
  private static let experts = [
    RoutedExpert(
      name: "json", keywords: ["json", "parse", "extract field"], excludeKeywords: ["xml"],
      hint: "json OR yaml", priority: 0.8),
    RoutedExpert(name: "sql", keywords: ["sql", "query", "select"], hint: "domain=sql"),
    RoutedExpert(name: "units", keywords: ["convert", "meters", "parse"]),
  ]

  @Test func theBestComesFirstWithItsReasons() throws {
    let routes = Router(Self.experts).rank("Parse the JSON and extract fields")
    #expect(routes.map(\.name) == ["json", "units"])
    let best = try #require(routes.first)
    #expect(best.matched == ["json", "parse", "extract field"])
    #expect(best.hintHolds == true && best.hint == "json OR yaml")
    #expect(best.similarity == nil && best.priority == 0.8)
    // Two words of which two and one of three experts know: w = ln(1 + 3/n)/ln 4.
    let sum = 1 + Foundation.log(2.5) / Foundation.log(4) + 1
    let keywords = sum / (sum + 0.5)
    #expect(abs((best.keywordScore ?? 0) - keywords) < 1e-12)
    #expect(abs(best.score - (0.4 * keywords + 0.4) / 0.8 * 1.08) < 1e-12)
  }

  @Test func anExcludedKeywordEndsIt() throws {
    let routes = Router(Self.experts).rank("parse json, not XML")
    #expect(routes.map(\.name) == ["units", "json"])
    #expect(routes[1].score == 0 && routes[1].excluded == ["xml"])
  }

  @Test func wordsAreWholeWordsInAnyCase() {
    let router = Router(Self.experts)
    #expect(router.rank("jsonify the parser").isEmpty)
    #expect(router.rank("SELECT everything").map(\.name) == ["sql"])
    #expect(router.rank("").isEmpty)
    #expect(Router([]).rank("anything").isEmpty)
  }

  @Test func priorityDecidesBetweenEquals() {
    let equal = ["a", "b", "c"].map {
      RoutedExpert(name: $0, keywords: ["x"], priority: $0 == "b" ? 1 : 0)
    }
    #expect(Router(equal).rank("x").map(\.name) == ["b", "a", "c"])
  }

  @Test func aBadHintIsLeftOutAndSaid() {
    let router = Router([RoutedExpert(name: "a", keywords: ["x"], hint: "x AND")])
    #expect(router.notes.count == 1 && router.notes[0].contains("a: router_hint, byte 2"))
    #expect(router.rank("x").first?.hintHolds == nil)
  }

  /// What all texts share is taken off before meanings are compared.
  @Test func meaningDecidesWhereWordsDoNot() throws {
    let (common, a, b): ([Float], [Float], [Float]) = (
      [10, 10, 10, 10], [1, 0, 0, 0], [0, 1, 0, 0]
    )
    func sum(_ x: [Float], _ y: [Float]) -> [Float] { zip(x, y).map { $0 + $1 } }
    let experts = ["a", "b"].map { RoutedExpert(name: $0) }
    let router = Router(
      experts, embeddings: [sum(common, a), sum(common, b)], neutral: [common, common])
    let routes = router.rank("no word matches", embedding: sum(common, [0.1, 0.9, 0, 0]))
    #expect(routes.first?.name == "b")
    let cosine = try #require(routes.first?.similarity)
    #expect(cosine > 0.9 && cosine <= 1.000001)
    #expect(router.rank("nothing", embedding: [1, 2]).isEmpty)
    #expect(router.rank("nothing").isEmpty)
  }

  @Test func aThousandExpertsAreRankedAsFewAre() {
    let many = (0..<1000).map { number in
      RoutedExpert(
        name: "e\(number)", keywords: ["k\(number)"], hint: "k\(number) AND NOT k\(number + 1)")
    }
    let router = Router(many)
    for number in [0, 1, 500, 998] {
      #expect(router.rank("please do k\(number) now").first?.name == "e\(number)")
    }
    let two = router.rank("k5 k6", limit: 2)
    #expect(two.map(\.name) == ["e6", "e5"] && two[1].hintHolds == false)
  }

  @Test func embeddingsAreMadeOnceForEachBase() throws {
    let home = try TemporaryFolder()
    var asked: [[String]] = []
    func vectors(_ texts: [String], _ base: String) throws -> [[Float]] {
      try EmbeddingCache(home: home.path, baseHash: base).vectors(texts, width: 2) { missing in
        asked.append(missing)
        return missing.map { [Float($0.utf8.count), 1] }
      }
    }
    #expect(try vectors(["a", "bb", "a"], "base") == [[1, 1], [2, 1], [1, 1]])
    #expect(try vectors(["bb", "ccc"], "base") == [[2, 1], [3, 1]])
    #expect(try vectors(["bb"], "other") == [[2, 1]])
    #expect(asked == [["a", "bb"], ["ccc"], ["bb"]])
    // A damaged cache is an empty one.
    let path = home.file("routing/base.safetensors")
    try AtomicFile.write(path, Array("nonsense".utf8))
    #expect(try vectors(["bb"], "base") == [[2, 1]])
    #expect(asked.last == ["bb"])
    #expect(try vectors(["bb"], "base") == [[2, 1]])
    #expect(asked.count == 4)
  }
}
