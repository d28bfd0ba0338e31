import ExpertEvaluation
import ExpertRecord
import Testing

@Suite struct StatisticsTests {
  private func column(_ share: Double, count: Int, seed: UInt64) -> ScoreColumn {
    var generator = SeededGenerator(seed: seed, stream: "test")
    return ScoreColumn(means: (0..<count).map { _ in generator.unit() < share ? 1 : 0 })
  }

  @Test func theSameSeedGivesTheSameInterval() throws {
    let column = column(0.7, count: 50, seed: 1)
    let first = Bootstrap(seed: 3, resamples: 1000).interval(column)
    #expect(first != nil)
    #expect(first == Bootstrap(seed: 3, resamples: 1000).interval(column))
    #expect(first != Bootstrap(seed: 4, resamples: 1000).interval(column))
  }

  /// Of 200 samples of 100 examples with a true share of 0.7, the 95 % interval must hold it in about
  /// 190: 178 and 198 are four standard deviations away from its exact coverage.
  @Test func aboutNinetyFiveOfAHundredIntervalsHoldTheTruth() throws {
    var held = 0
    for seed in 0..<200 {
      let interval = try #require(
        Bootstrap(seed: 9, resamples: 400).interval(column(0.7, count: 100, seed: UInt64(seed))))
      held += (interval.low...interval.high).contains(0.7) ? 1 : 0
    }
    #expect((178...198).contains(held), "\(held)")
  }

  @Test func sharedDrawsMakeTheDifferenceNarrowerThanItsParts() throws {
    let base = column(0.5, count: 200, seed: 5)
    let expert = ScoreColumn(means: base.examples.map { ($0 ?? 0) + 0.1 })
    let found = Bootstrap(seed: 1, resamples: 500).intervals(base: base, expert: expert)
    let difference = try #require(found.difference)
    #expect(abs(difference.low - 0.1) < 1e-9 && abs(difference.high - 0.1) < 1e-9)
    let own = try #require(found.expert)
    #expect(own.high - own.low > 0.1)
  }

  @Test func theIntervalOfACorpusScoreIsNoMeanOfSentences() throws {
    let predictions = (0..<40).map { i in
      Prediction(
        text: i % 3 == 0 ? "the cat sat on the mat" : "a dog ran over the green hill",
        references: ["the cat sat on the \(i % 2 == 0 ? "mat" : "hill") today"])
    }
    let column = ScoreColumn(.bleu(BLEU()), predictions)
    let interval = try #require(Bootstrap(resamples: 300).interval(column))
    let score = try #require(column.score)
    #expect(interval.low < score && score < interval.high)
    #expect(column.score(of: Array(0..<40)) == score)
  }

  /// numpy.percentile([1, 2, 4, 8, 16], [2.5, 50, 97.5]) is 1.1, 4, 15.2.
  @Test func quantilesAreNumPys() {
    let values = [1.0, 2, 4, 8, 16]
    #expect(abs(Bootstrap.quantile(values, 0.025) - 1.1) < 1e-12)
    #expect(Bootstrap.quantile(values, 0.5) == 4)
    #expect(abs(Bootstrap.quantile(values, 0.975) - 15.2) < 1e-12)
  }

  @Test func noDrawsOrNoExamplesGiveNoInterval() {
    #expect(Bootstrap(resamples: 0).interval(column(0.5, count: 10, seed: 1)) == nil)
    #expect(Bootstrap().interval(ScoreColumn(means: [])) == nil)
    #expect(ScoreColumn(means: [nil, nil]).score == nil)
  }

  /// Rounding of another batch moves a likelihood by less than a millionth, and nobody wins by it.
  @Test func differencesUnderAMillionthAreTies() {
    let wins = WinRate(
      base: [100, 100, 1e-9, 0, .infinity, 1], expert: [100.00005, 100.0002, 2e-9, 1e-13, 1, 1])
    #expect((wins.wins, wins.ties, wins.losses) == (2, 3, 1))
  }

  @Test func winsTurnRoundWhereLowerIsBetter() {
    let wins = WinRate(base: [1, 2, 3, nil], expert: [2, 2, 1, 5])
    #expect((wins.wins, wins.ties, wins.losses) == (1, 1, 1))
    #expect(wins.rate == 0.5)
    let lower = WinRate(base: [1, 2, 3], expert: [2, 2, 2.5], higherIsBetter: false)
    #expect((lower.wins, lower.ties, lower.losses) == (1, 1, 1))
    #expect(WinRate().rate == nil)
  }
}
