import ExpertRecord
import ExpertTraining
import Testing

/// Single answers, from pairs and from labels.
@Suite struct UnpairedTests {
  private func limiter(_ whole: Int, _ policy: LengthPolicy = .drop) -> LengthLimiter {
    LengthLimiter(LengthLimits(whole: whole, policy: policy))
  }

  private func answer(_ text: TokenExample) -> [Int32] {
    text.supervised.flatMap { text.ids[$0] }
  }

  /// Good answers first, so that a mismatched answer is one to another prompt.
  @Test func aPairIsAGoodAndABadAnswer() throws {
    let pairs = try GoldenPairs.all()
    let (kept, counts) = try limiter(512).apply(pairs: pairs, answers: [])
    #expect(kept.count == 24 && counts.over == 0)
    #expect(kept.map(\.isDesirable) == (0..<24).map { $0 < 12 })
    #expect(kept.prefix(12).map(\.completion) == pairs.map(\.chosen))
    #expect(kept.suffix(12).map(\.completion) == pairs.map(\.rejected))
    for (place, example) in kept.enumerated() {
      let other = kept[(place + 23) % 24].completion
      #expect(answer(example.mismatched) == answer(other))
      #expect(other.rid != example.rid)
      #expect(example.mismatched.rid == example.rid)
    }
  }

  @Test func labelledAnswersKeepTheirLabels() throws {
    let answers = try GoldenPairs.all().enumerated().map { number, pair in
      (text: pair.chosen, isDesirable: number % 3 == 0)
    }
    let whole = answers.map(\.text.ids.count).max() ?? 0
    let (kept, counts) = try limiter(whole - 1).apply(pairs: [], answers: answers)
    #expect(counts.dropped > 0 && kept.count == 12 - counts.dropped)
    for example in kept {
      let number = Int(example.rid.dropFirst()) ?? -1
      #expect(example.isDesirable == (number % 3 == 0))
      #expect(example.mismatched.ids.count < whole)
    }
  }

  @Test func labelsAreReadFromAColumnOrFromNames() {
    func isDesirable(_ value: JSONValue?, _ labels: [String] = []) -> Bool? {
      RecordAttributes(
        labels: labels, meta: value.map { [JSONValue.Member("label", $0)] } ?? []
      ).isDesirable
    }
    #expect(isDesirable(true) == true && isDesirable(false) == false)
    #expect(isDesirable(1) == true && isDesirable(0) == false)
    #expect(isDesirable("yes") == nil && isDesirable(nil) == nil && isDesirable(2) == nil)
    #expect(isDesirable(nil, ["desirable", "x"]) == true)
    #expect(isDesirable(nil, ["undesirable"]) == false)
    #expect(isDesirable(nil, ["desirable", "undesirable"]) == nil)
  }

  @Test func aBatchOfOneIsRefused() {
    let error = failure {
      _ = try config([.objective: "dpo", .lossType: "kto", .batchSize: "1"])
    }
    #expect(error?.description.contains("--batch-size") == true)
  }

  @Test func textsAreLaidOutInPairs() throws {
    let examples = try GoldenPairs.answers(2)
    let texts = UnpairedTexts(examples)
    let batch = texts.batch([1, 3])
    #expect(batch.texts == 4)
    #expect(batch.ids.count == examples[1].rowCount + examples[3].rowCount)
    #expect(texts.items[1].rows == examples[1].rowCount)
    #expect(
      texts.items[1].tokens
        == examples[1].completion.ids.count + examples[1].mismatched.ids.count)
    #expect(texts.preview(2) == [examples[2].completion])
  }
}
