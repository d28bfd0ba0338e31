import ExpertModel
import Testing

@Suite struct SamplerTests {
  @Test func greedyTakesTheLargestAndTheFirstOfEquals() {
    #expect(tokens([1, 3, 3, 2], SamplingOptions(), count: 2) == [1, 1])
    #expect(tokens([.nan, -2, -1], SamplingOptions(), count: 1) == [2])
  }

  @Test func drawsFollowTheProbabilities() {
    let options = SamplingOptions(temperature: 1, seed: 3)
    let drawn = tokens([0, 1, 2, -1], options, count: 20_000)
    let weights = [0.0871443, 0.2368828, 0.6439143, 0.0320586]
    for (token, weight) in weights.enumerated() {
      let share = Double(drawn.count { $0 == Int32(token) }) / 20_000
      #expect(abs(share - weight) < 0.012)
    }
  }

  @Test func aLowTemperatureSharpensAndAHighOneFlattens() {
    func share(_ temperature: Double) -> Double {
      let drawn = tokens([0, 1], SamplingOptions(temperature: temperature), count: 4_000)
      return Double(drawn.count { $0 == 1 }) / 4_000
    }
    #expect(abs(share(0.5) - 0.880797) < 0.02)
    #expect(abs(share(4) - 0.562177) < 0.03)
  }

  @Test func topKKeepsTheLikeliest() {
    let logits: [Float] = [5, 1, 4, 2, 3]
    let drawn = tokens(logits, SamplingOptions(temperature: 3, topK: 2), count: 500)
    #expect(Set(drawn) == [0, 2])
    #expect(Set(tokens(logits, SamplingOptions(temperature: 9), count: 500)).count == 5)
  }

  /// Probabilities 0.644, 0.237, 0.087, 0.032: the token that crosses the sum still counts.
  @Test(arguments: [(0.6, 1), (0.65, 2), (0.88, 2), (0.9, 3), (1, 4)])
  func topPKeepsTheSmallestSetThatReachesIt(sum: Double, kept: Int) {
    let drawn = tokens([2, 1, 0, -1], SamplingOptions(temperature: 1, topP: sum), count: 2_000)
    #expect(Set(drawn) == Set((0..<Int32(kept))))
  }

  @Test func minPDropsWhatIsFarBelowTheLikeliest() {
    let drawn = tokens([2, 1, 0, -1], SamplingOptions(temperature: 1, minP: 0.2), count: 2_000)
    #expect(Set(drawn) == [0, 1])
  }

  @Test func topPIsExactOnAWideVocabulary() {
    var random = SystemRandomNumberGenerator()
    let logits = (0..<30_000).map { _ in Float.random(in: -3...3, using: &random) }
    let whole = logits.reduce(0.0) { $0 + Double($1).exponential }
    var sum = 0.0
    var kept: Set<Int32> = []
    for (token, logit) in logits.enumerated().sorted(by: { $0.element > $1.element })
    where sum < 0.01 * whole {
      kept.insert(Int32(token))
      sum += Double(logit).exponential
    }
    let drawn = tokens(logits, SamplingOptions(temperature: 1, topP: 0.01), count: 2_000)
    #expect(Set(drawn).isSubset(of: kept))
    #expect(Set(drawn).count > kept.count / 2)
  }

  @Test func theRepetitionPenaltyWeakensWhatWasSeen() {
    let options = SamplingOptions(repetitionPenalty: 2)
    #expect(tokens([3, 2, -1], options, count: 3) == [0, 1, 0])
    var sampler = Sampler(options, prompt: [0])
    #expect(next(&sampler, [3, 2, -1]) == 1)
  }

  @Test func aSeedRepeatsAndStreamsDiffer() {
    let logits = (0..<50).map { _ in Float(0) }
    let options = SamplingOptions(temperature: 1, seed: 7)
    #expect(tokens(logits, options, count: 20) == tokens(logits, options, count: 20))
    #expect(
      tokens(logits, options, count: 20) != tokens(logits, options, stream: 1, count: 20))
  }

  @Test func uselessValuesAreNamed() {
    #expect(SamplingOptions(temperature: 0.7, topK: 40, topP: 0.9).problem == nil)
    #expect(SamplingOptions(temperature: -1).problem?.contains("temperature") == true)
    #expect(SamplingOptions(topP: 0).problem?.contains("top-p") == true)
    #expect(SamplingOptions(topK: -1).problem?.contains("top-k") == true)
    #expect(SamplingOptions(minP: 2).problem?.contains("min-p") == true)
    #expect(SamplingOptions(repetitionPenalty: 0).problem?.contains("penalty") == true)
  }

  private func tokens(
    _ logits: [Float], _ options: SamplingOptions, stream: Int = 0, count: Int
  ) -> [Int32] {
    var sampler = Sampler(options, stream: stream)
    return (0..<count).map { _ in next(&sampler, logits) }
  }

  private func next(_ sampler: inout Sampler, _ logits: [Float]) -> Int32 {
    var logits = logits
    return logits.withUnsafeMutableBufferPointer { sampler.next($0) }
  }
}

extension Double {
  /// e to this power, by its series: no library is asked for so little.
  fileprivate var exponential: Double {
    let small = self / 64
    var (sum, term) = (1.0, 1.0)
    for n in 1..<12 {
      term *= small / Double(n)
      sum += term
    }
    return (0..<6).reduce(sum) { power, _ in power * power }
  }
}

@Suite struct StopFinderTests {
  @Test func whatMayBecomeAStopIsHeldBack() {
    var finder = StopFinder(["END", "###"])
    #expect(finder.feed("one E") == "one ")
    #expect(finder.feed("N") == "")
    #expect(finder.feed("OUGH #") == "ENOUGH ")
    #expect(finder.feed("## two") == "")
    #expect(finder.found)
    #expect(finder.feed("more") == "")
    #expect(finder.finish() == "")
  }

  @Test func whatWasHeldBackComesAtTheEnd() {
    var finder = StopFinder(["END"])
    #expect(finder.feed("EN") == "")
    #expect(finder.finish() == "EN")
    #expect(!finder.found)
  }

  @Test func withoutStopsNothingIsHeldBack() {
    var finder = StopFinder([""])
    #expect(finder.feed("é\n") == "é\n")
  }
}
