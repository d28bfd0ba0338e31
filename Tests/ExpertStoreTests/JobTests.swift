import ExpertPlatform
import ExpertRecord
import ExpertStore
import Testing

@Suite struct JobTests {
  @Test func aJobGoesFromPlanToVersion() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let job = try store.openJob(spec("job"))
    try store.plan((0..<3).map { slot($0) }, job: job)
    try store.receive([receipt(2, job: job), receipt(0, job: job)], job: job)
    let waiting = try store.unjudged(job, limit: 100)
    #expect(waiting.map(\.n) == [0, 0])
    try store.receive([receipt(1, job: job)], job: job)
    let all = try store.unjudged(job, limit: 100)
    #expect(
      all.map { [$0.n, $0.ordinal] } == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]])
    try store.judge(
      all.enumerated().map { i, candidate in
        Judgement(
          candidate: candidate.id,
          verdict: i == 3 ? .rejected(filter: "length", score: 2, detail: "too short") : .accepted)
      }, job: job)
    let commit = try #require(
      try store.commitJob(job, note: note) { $0.map { _ in .train } })
    #expect(commit.recordCount == 5 && commit.number == 1 && commit.semver == "1.0.0")
    #expect(try store.commitJob(job, note: note) == nil)
    let tally = try store.tally(job)
    #expect(tally.slots == [.received: 3])
    #expect([tally.candidates, tally.accepted, tally.rejected, tally.unjudged] == [6, 5, 1, 0])
    #expect(tally.rejectionsByFilter == ["schema": 3, "length": 1])
    #expect(tally.costMicros == 21 && tally.tokensIn == 30 && tally.tokensOut == 60)
    #expect(tally.acceptedByCell == [["topic": "sums"]: 5])
    var stream = try store.records(of: try store.resolve("sums:train"))
    let records = try stream.nextGroup()
    #expect(records.map(\.rid) == all.enumerated().filter { $0.offset != 3 }.map(\.element.rid))
    #expect(records.allSatisfy { $0.attributes.split == .train })
  }

  @Test func aSecondArrivalChangesNothing() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let job = try store.openJob(spec("job"))
    try store.plan([slot(0)], job: job)
    #expect(try store.receive([receipt(0, job: job)], job: job) == [0])
    let before = try store.tally(job)
    #expect(try store.receive([receipt(0, job: job, reply: "other")], job: job) == [])
    #expect(try store.tally(job) == before)
  }
}
