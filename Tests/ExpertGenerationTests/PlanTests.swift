import ExpertGeneration
import ExpertRecord
import Testing

@Suite struct PlanTests {
  private let plan = Plan(topics: [Topic("a"), Topic("b")], mix: .mixed, personas: [])

  @Test func sharesSumToOne() {
    let plan = Plan(
      topics: [Topic("a"), Topic("b", weight: 2), Topic("c")], mix: .mixed, personas: ["x", "y"])
    #expect(plan.cells.count == 18)
    #expect(abs(plan.cells.reduce(0) { $0 + $1.share } - 1) < 1e-12)
  }

  @Test func aFirstRoundMeetsTheQuotas() {
    let round = plan.nextRound(
      count: 400, batchSize: 4, progress: .init(accepted: [0, 0, 0, 0, 0, 0], judged: 0),
      maxRequests: 1_000)
    #expect(round.count == 100)
    let perCell = plan.cells.indices.map { cell in round.filter { $0 == cell }.count }
    #expect(perCell == [15, 25, 10, 15, 25, 10])
  }

  @Test func aLaterRoundFillsTheCellsThatAreBehind() {
    let round = plan.nextRound(
      count: 400, batchSize: 4, progress: .init(accepted: [60, 100, 40, 60, 100, 0], judged: 400),
      maxRequests: 1_000)
    #expect(round.count == 12)
    #expect(round.allSatisfy { $0 == 5 })
  }

  @Test func aFewRequestsStillMixTheDifficulties() {
    let plan = Plan(
      topics: (0..<6).map { Topic("t\($0)") }, mix: .mixed, personas: [])
    let round = plan.nextRound(
      count: 80, batchSize: 4, progress: .init(accepted: [Int](repeating: 0, count: 18), judged: 0),
      maxRequests: 1_000)
    let byDifficulty = Dictionary(grouping: round) { plan.cells[$0].difficulty }.mapValues(\.count)
    #expect(round.count == 20)
    #expect(abs((byDifficulty[.easy] ?? 0) - 6) <= 1)
    #expect(abs((byDifficulty[.medium] ?? 0) - 10) <= 1)
    #expect(abs((byDifficulty[.hard] ?? 0) - 4) <= 1)
  }

  @Test func nothingIsPlannedPastTheEnd() {
    let done = Plan.Progress(accepted: [60, 100, 40, 60, 100, 40], judged: 500)
    #expect(plan.nextRound(count: 400, batchSize: 4, progress: done, maxRequests: 9).isEmpty)
    let none = Plan.Progress(accepted: [0, 0, 0, 0, 0, 0], judged: 0)
    #expect(plan.nextRound(count: 400, batchSize: 4, progress: none, maxRequests: 7).count == 7)
    #expect(plan.nextRound(count: 400, batchSize: 4, progress: none, maxRequests: 0).isEmpty)
  }

  @Test func aBadPassRatePlansMoreButNotWithoutBound() {
    let none = Plan.Progress(accepted: [0, 0, 0, 0, 0, 0], judged: 100_000)
    #expect(none.passRate == 0.02)
    let round = plan.nextRound(count: 4, batchSize: 4, progress: none, maxRequests: 1_000_000)
    #expect(round.count == 50)
  }
}
