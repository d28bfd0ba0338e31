import ExpertCuration
import ExpertPlatform
import ExpertRecord
import Testing

@Suite struct StratifierTests {
  private func rows(_ easy: Int, _ medium: Int, _ hard: Int) -> [(
    hash: Digest, difficulty: Difficulty?
  )] {
    let list = [(Difficulty.easy, easy), (.medium, medium), (.hard, hard)]
    return list.flatMap { difficulty, count in
      (0..<count).map { (SHA256.hash("\(difficulty) \($0)"), difficulty) }
    }
  }

  @Test func theMixAndTheTotalComeOutExactly() throws {
    let distribution = try DifficultyDistribution("easy:0.3, medium:0.5,hard:0.2")
    let result = Stratifier(distribution).draw(rows(500, 500, 500), total: 333)
    #expect(result.rows.count == 333 && result.short.isEmpty)
    #expect(result.drawn == [.easy: 100, .medium: 166, .hard: 67])
    #expect(distribution.quotas(total: 1).values.reduce(0, +) == 1)
  }

  @Test func whatIsShortIsSaidAndNotMadeUp() throws {
    let distribution = try DifficultyDistribution("easy:0.3,medium:0.5,hard:0.2")
    let result = Stratifier(distribution).draw(rows(500, 500, 3), total: 100)
    #expect(result.drawn == [.easy: 30, .medium: 50, .hard: 3])
    #expect(result.short == [.hard: 17])
    #expect(result.summary == "83 records: easy 30, medium 50, hard 3; short of 17 hard")
  }

  @Test func withoutATotalTheMixDecidesHowMany() throws {
    let distribution = try DifficultyDistribution("easy:0.5,hard:0.5")
    let result = Stratifier(distribution).draw(rows(10, 90, 7))
    #expect(result.drawn == [.easy: 7, .medium: 0, .hard: 7] && result.short.isEmpty)
    #expect(Stratifier(distribution).draw([]).rows.isEmpty)
  }

  @Test func theSameSeedDrawsTheSameRowsWhateverTheirOrder() throws {
    let distribution = try DifficultyDistribution("easy:0.5,medium:0.5")
    let all = rows(100, 100, 0)
    var random = SeededGenerator(seed: 2, stream: "order")
    let shuffled = random.shuffled(all)
    let first = Stratifier(distribution, seed: 1).draw(all, total: 40)
    let again = Stratifier(distribution, seed: 1).draw(shuffled, total: 40)
    #expect(Set(first.rows.map { all[$0].hash }) == Set(again.rows.map { shuffled[$0].hash }))
    #expect(Stratifier(distribution, seed: 2).draw(all, total: 40).rows != first.rows)
  }

  @Test(arguments: [
    "easy:0.3", "easy:0.5,easy:0.5", "trivial:1", "easy:x,hard:1", "", "easy:1.5,hard:-0.5", "easy",
  ])
  func badDistributionsAreRefused(_ text: String) {
    #expect(throws: CurationError.self) { try DifficultyDistribution(text) }
  }

  @Test func perplexityTellsDifficulty() {
    #expect(Difficulty(perplexity: 1) == .easy && Difficulty(perplexity: 4.99) == .easy)
    #expect(Difficulty(perplexity: 5) == .medium && Difficulty(perplexity: 14.9) == .medium)
    #expect(Difficulty(perplexity: 15) == .hard && Difficulty(perplexity: .infinity) == .hard)
    #expect(Difficulty(perplexity: .nan) == .hard)
  }

  @Test func aSpotCheckIsOneInAHundredAndAtLeastTen() {
    #expect(
      [0, 5, 10, 500, 1000, 1001, 20_000].map(SpotCheck.size) == [0, 5, 10, 10, 10, 11, 200])
    let hashes = (0..<2000).map { SHA256.hash("\($0)") }
    let sample = SpotCheck.sample(hashes)
    #expect(sample.count == 20 && sample == sample.sorted() && Set(sample).count == 20)
    #expect(sample == SpotCheck.sample(hashes) && sample != SpotCheck.sample(hashes, seed: 1))
  }
}
