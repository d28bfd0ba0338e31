import ExpertComposition
import ExpertTestSupport
import Testing

@Suite struct HintTests {
  /// Hint, query, whether it holds.
  @Test(arguments: [
    ("json", "Parse this JSON document", true), ("json", "Parse this XML document", false),
    ("json OR xml", "some XML", true), ("json AND parse", "parse json", true),
    ("json parse", "json only", false), ("json && !xml", "json", true),
    ("json && !xml", "json to xml", false), ("NOT xml", "", true),
    ("a AND b OR c", "c", true), ("a AND (b OR c)", "c", false),
    ("a or b and c", "a", true), ("(a or b) and c", "a", false),
    ("\"machine learning\"", "machine learning today", true),
    ("\"machine learning\"", "learning a machine", false),
    ("pars*", "parsing", true), ("pars*", "sparse", false), ("data base*", "a data bases", true),
    ("domain=sql", "write sql", true), ("domain!=sql", "write sql", false),
    ("task:\"extract fields\"", "extract the fields", false),
    ("task:\"extract fields\"", "extract fields", true), ("not not json", "json", true),
    ("c++ | f#", "some C++ code", true), ("c++", "c and more", false),
    ("parsers", "a parser", true), ("a|b&c", "b", false), ("(((json)))", "json", true),
  ])
  func aHintHoldsByItsWords(_ hint: String, _ query: String, _ holds: Bool) {
    let router = Router([RoutedExpert(name: "x", keywords: ["zzz"], hint: hint)])
    #expect(router.notes == [])
    let route = router.rank(query + " zzz").first
    #expect(route?.hintHolds == holds)
  }

  @Test func aTagOfTheRequestDecidesBeforeItsWords() {
    let router = Router([RoutedExpert(name: "x", keywords: ["zzz"], hint: "domain=sql")])
    func holds(_ query: String, _ tags: [String: String]) -> Bool? {
      router.rank(query + " zzz", tags: tags).first?.hintHolds
    }
    #expect(holds("anything", ["domain": "sql"]) == true)
    #expect(holds("sql", ["domain": "json"]) == false)
    #expect(holds("sql", ["task": "json"]) == true)
  }

  /// Hint, byte of the fault, what is said.
  @Test(arguments: [
    ("", 0, "empty"), ("   ", 0, "empty"), ("json AND", 5, "missing at the end"),
    ("OR json", 0, "without a word before"), ("(json", 0, "never closed"),
    ("json)", 4, "never opened"), ("()", 1, "nothing stands before"),
    ("\"json", 0, "never closed"), ("domain=", 7, "no value"), ("=sql", 0, "missing here"),
    ("json ---", 5, "neither letters nor digits"), ("a AND OR b", 6, "without a word before"),
    ("NOT", 0, "missing at the end"),
  ])
  func aBadHintIsNamedByItsPlace(_ hint: String, _ offset: Int, _ text: String) throws {
    let error = #expect(throws: HintError.self) { try HintExpression(hint) }
    #expect(error?.offset == offset, "\(String(describing: error))")
    #expect(error?.description.contains(text) == true, "\(String(describing: error))")
  }

  @Test func depthAndLengthHaveLimits() throws {
    let deep = HintExpression.maxDepth
    func nested(_ count: Int) -> String {
      String(repeating: "(a AND b OR ", count: count) + "c" + String(repeating: ")", count: count)
    }
    _ = try HintExpression(nested(deep - 1))
    #expect(throws: HintError.self) { try HintExpression(nested(deep)) }
    #expect(throws: HintError.self) {
      try HintExpression(String(repeating: "!", count: 5000) + "a")
    }
    #expect(throws: HintError.self) { try HintExpression(String(repeating: "!", count: 40) + "a") }
    #expect(throws: HintError.self) {
      try HintExpression(String(repeating: "a ", count: HintExpression.maxBytes))
    }
    // The deepest expressions are right too: the stack of truth values is large enough.
    for (query, holds) in [("a", false), ("a b", true), ("c", true), ("d", false)] {
      let router = Router([
        RoutedExpert(name: "x", keywords: ["zzz"], hint: nested(deep - 1))
      ])
      #expect(router.rank(query + " zzz").first?.hintHolds == holds)
    }
  }

  /// Changed hints are read or refused, and what is read can be asked.
  @Test func changedHintsNeverTrap() {
    let seeds = [
      "(json OR \"machine learning\") AND NOT xml && domain=sql | task!=\"a b\"",
      "a AND (b OR (c AND !d)) pars* c++", "ключ OR 数据 AND é=ü",
    ]
    var mutator = Mutator(seed: 11, corpus: seeds.map { Array($0.utf8) })
    var (read, refused) = (0, 0)
    for _ in 0..<4000 {
      let text = String(decoding: mutator.next(), as: UTF8.self)
      if (try? HintExpression(text)) != nil { read += 1 } else { refused += 1 }
      let router = Router([RoutedExpert(name: "x", keywords: ["json"], hint: text)])
      _ = router.rank("json machine learning " + text, tags: ["domain": "sql"])
    }
    #expect(read > 100 && refused > 100)
  }
}
