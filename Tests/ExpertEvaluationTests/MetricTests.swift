import ExpertEvaluation
import ExpertRecord
import Testing

@Suite struct MetricTests {
  @Test(arguments: Metric.all)
  func aMetricsNameReadsBack(metric: Metric) throws {
    #expect(try Metric(name: metric.name) == metric)
  }

  @Test(arguments: [
    "bleu:tok=char:smooth=floor:value=0.25:case=lc:eff=yes:order=2", "sentence-bleu:eff=no",
    "nltk-bleu:smooth=method3", "chrf:nc=4:nw=1:beta=1.0:case=lc:space=yes", "chrf++:eps=yes",
    "rouge-lsum:stem=yes",
  ])
  func optionsReadBack(name: String) throws {
    #expect(try Metric(name: name).name == name)
  }

  @Test func anUnknownMetricIsRefusedWithTheKnownOnes() {
    let error = #expect(throws: EvaluationError.self) { try Metric(name: "blue") }
    #expect(error?.description.contains("bleu, sentence-bleu, nltk-bleu") == true)
  }

  @Test(arguments: [
    "bleu:tok=moses", "bleu:order=5", "chrf:beta=-1", "exact-match:case=lc", "bleu:x",
  ])
  func anUnknownOptionIsRefused(name: String) {
    let error = #expect(throws: EvaluationError.self) { try Metric(name: name) }
    guard case .badOption = error else {
      Issue.record("expected badOption, got \(String(describing: error))")
      return
    }
  }

  @Test func nltkSaysWhichOrdersHadNoMatch() {
    let score = SentenceBLEU().score("the cat sat", ["the cat stood"])
    #expect(score.zeroOrders == [3, 4])
    #expect(score.value > 0 && score.value < 1e-100)
    #expect(SentenceBLEU().score("dog", ["cat"]).value == 0)
  }

  @Test func textsAreComparedByCodePointsAndNotByWhatTheyLookLike() {
    let (one, two) = ("caf\u{E9}", "cafe\u{301}")
    #expect(one == two)
    #expect(!AnswerMatch.exact(one, two))
    #expect(BLEU(tokenizer: .none).sentence(one, [two]) == 0)
  }

  @Test(arguments: [
    ("3.5", "35", false), ("-5", "5", false), ("$1,234.50", "$1234.5", true),
    ("5 %", "5%", true), ("5%", "5", false), ("the  Apple!", "apple", true),
    ("{\"a\":1,\"b\":2}", "{\"b\": 2.0, \"a\": 1}", true), ("[1,2]", "[2,1]", false),
    ("x = 3.5", "x = 35", false), ("12,34", "1234", false), ("", "the", true),
  ])
  func normalisedMatchKnowsNumbersAndDocuments(a: String, b: String, equal: Bool) {
    #expect(AnswerMatch.normalised(a, b) == equal)
    #expect(AnswerMatch.normalised(b, a) == equal)
  }

  @Test func aFencedDocumentIsNoJSON() {
    #expect(AnswerMatch.isJSON(" {\"a\": [1, 2]}\n"))
    #expect(!AnswerMatch.isJSON("```json\n{}\n```"))
    #expect(!AnswerMatch.isJSON("{\"a\":1,\"a\":2}"))
    #expect(!AnswerMatch.isJSON(""))
  }

  @Test func classificationNamesEveryLabel() throws {
    let found = try #require(
      Classification(predictions: ["a", "b", "c"], references: ["a", "a", "b"]))
    #expect(found.labels.map(\.name) == ["a", "b", "c"])
    #expect(found.labels.map(\.support) == [2, 1, 0])
    #expect(found.labels[0].precision == 1 && found.labels[0].recall == 0.5)
    #expect(found.accuracy == 1.0 / 3)
    #expect(Classification(predictions: [], references: []) == nil)
  }

  @Test func aLongWordOfOneLetterIsStemmedInLinearTime() {
    let word = String(repeating: "y", count: 200_000)
    let clock = ContinuousClock()
    let time = clock.measure { _ = Rouge(stems: true).score(word + "ing", [word]) }
    #expect(time < .seconds(20))
  }
}
