import ExpertCuration
import ExpertRecord
import Testing

@Suite struct DuplicateIndexTests {
  @Test func tokensAreRunsOfLettersOrDigitsAndSingleOtherCharacters() {
    #expect(
      TextTokens.strings(of: "x1 = {\"a\":10.5}") == [
        "x1", "=", "{", "\"", "a", "\"", ":", "10", ".", "5", "}",
      ])
    #expect(
      TextTokens.strings(of: "Größe e\u{301}té\u{a0}東京 Ⅷ½") == [
        "Größe", "été", "東", "京", "Ⅷ½",
      ])
    #expect(TextTokens.strings(of: " \n\t ").isEmpty)
  }

  @Test(arguments: [0.5, 0.6, 0.7, 0.75, 0.85, 0.95, 1.0])
  func theVerdictsAreThoseOfComparingAllPairs(_ threshold: Double) {
    let texts = families(40, copies: 4, seed: 1)
    let similarities = naiveSimilarities(texts)
    let index = DuplicateIndex(threshold: threshold)
    let verdicts = index.judge(texts, ids: Array(texts.indices))
    let expected = naiveDuplicates(similarities, threshold: threshold)
    let wanted = expected.compactMap { $0 }.count
    #expect(wanted > 2, "the families must hold duplicates")
    // A missed pair may change later verdicts, so a pair is judged by its similarity alone.
    for (row, verdict) in verdicts.enumerated() {
      guard let match = verdict.match else { continue }
      #expect(match.id < row && match.similarity >= threshold)
      #expect(match.similarity == similarities[row][match.id])
    }
    #expect(abs(verdicts.compactMap(\.match).count - wanted) <= 1)
  }

  @Test func rowByRowAndInBatchesWithAnyThreadsIsTheSame() {
    let texts = families(100, copies: 4, seed: 3)
    let ids = texts.indices.map { $0 * 7 }
    let one = DuplicateIndex(threshold: 0.8)
    let single = zip(texts, ids).map { one.judge($0, id: $1) }
    for threads in [1, 2, 3] {
      let index = DuplicateIndex(threshold: 0.8)
      #expect(index.judge(texts, ids: ids, threads: threads) == single)
      #expect(index.count == one.count)
    }
  }

  @Test func checkChangesNothingAndInsertKeepsWhatItIsGiven() {
    let index = DuplicateIndex(threshold: 0.85)
    #expect(index.check("one two three four") == nil)
    #expect(index.count == 0)
    index.insert("one two three four", id: 40)
    index.insert("one two three four", id: 41)
    let match = index.check("one  two\nthree four")
    #expect(match?.id == 40)
    #expect(match?.similarity == 1)
    #expect(match?.method == "minhash-25x5+jaccard")
    #expect(index.matches(of: "one two three four").map(\.id) == [40, 41])
    #expect(index.check("One two three four") == nil, "case counts")
  }

  @Test func shortAndEmptyTextsAreComparedToo() {
    let index = DuplicateIndex(threshold: 0.85)
    #expect(index.judge("Alice", id: 1) == .kept)
    #expect(index.judge("Bob", id: 2) == .kept)
    #expect(index.judge(" Alice ", id: 3).match?.id == 1)
    #expect(index.judge("", id: 4) == .kept)
    #expect(index.judge("  ", id: 5).match?.id == 4)
    #expect(index.judge("Alice Bob", id: 6) == .kept)
  }

  @Test func composedAndDecomposedLettersAreTheSameText() {
    let index = DuplicateIndex(threshold: 1)
    index.insert("Caf\u{e9} au lait pour Ren\u{e9}e", id: 1)
    #expect(index.check("Cafe\u{301} au lait pour Rene\u{301}e")?.similarity == 1)
    index.insert("日本語の文章です", id: 2)
    #expect(index.check("日本語の文章です")?.id == 2)
  }

  @Test func theBandPlanStatesItsRecall() {
    let plan = BandPlan(threshold: 0.75)
    #expect(plan == BandPlan(bands: 25, rows: 5))
    #expect(abs(plan.recall(at: 0.75) - 0.99886) < 0.0001)
    for threshold in stride(from: 0.5, through: 1, by: 0.05) {
      let plan = BandPlan(threshold: threshold)
      #expect(plan.bands * plan.rows <= 128)
      #expect(plan.recall(at: threshold) >= 0.996, "threshold \(threshold)")
    }
  }

  @Test func exactDuplicatesIgnoreWhiteSpaceAndCompositionButNotCase() {
    func record(_ output: String) -> Record { candidate(output).record }
    var exact = ExactDuplicates()
    #expect(exact.check(record("Caf\u{e9} noir"), id: 1) == nil)
    #expect(exact.check(record("  Cafe\u{301}\n\tnoir "), id: 2) == 1)
    #expect(exact.check(record("caf\u{e9} noir"), id: 3) == nil)
    #expect(exact.check(record("Caf\u{e9}noir"), id: 4) == nil)
  }

  @Test func aBetterAnswerWithTwoWorseOnesIsNotOneRecordTwice() {
    func pair(_ rejected: String) -> Record {
      .preference(
        PreferenceRecord(
          prompt: .text("2+2?"), chosen: .text("4"), rejected: .text(rejected)))
    }
    var exact = ExactDuplicates()
    #expect(exact.check(pair("5"), id: 1) == nil)
    #expect(exact.check(pair("22"), id: 2) == nil)
    #expect(exact.check(pair("5"), id: 3) == 1)
  }
}
