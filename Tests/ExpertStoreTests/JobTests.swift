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

@Suite struct ExactlyOnceTests {
  @Test func withoutTheKeyASecondArrivalIsStoredTwice() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let job = try store.openJob(spec("job"))
    try store.plan([slot(0)], job: job)
    try store.receive([receipt(0, job: job, records: 0)], job: job)
    try store.close()
    try fixture.sql("DROP INDEX answer_once")
    let open = try fixture.open()
    try open.receive([receipt(0, job: job, records: 0)], job: job)
    #expect(try fixture.int("SELECT count(*) FROM answer") == 2)
    #expect(try open.tally(job).attempts == 2)
  }

  @Test func anotherJobTakesAnAnswerOverAtNoCost() throws {
    let store = try Fixture().open()
    let first = try store.openJob(spec("first"))
    try store.plan([slot(0)], job: first)
    try store.receive([receipt(0, job: first)], job: first)
    let second = try store.openJob(spec("second"))
    try store.plan([slot(0), slot(1)], job: second)
    let slots = try store.slots(of: second)
    #expect(slots.map(\.state) == [.received, .planned] && slots.map(\.reused) == [true, false])
    let tally = try store.tally(second)
    #expect(tally.costMicros == 0 && tally.reusedSlots == 1 && tally.candidates == 2)
    #expect(
      try store.unjudged(second, limit: 9).map(\.rid)
        == [0, 1].map { RecordID(job: second.key, slot: 0, ordinal: $0) })
  }

  @Test func twoJobsThatAskTheSameShareTheFirstAnswer() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let jobs = try ["first", "second", "third"].map { try store.openJob(spec($0)) }
    for job in jobs { try store.plan([slot(0)], job: job) }
    try store.receive([receipt(0, job: jobs[0])], job: jobs[0])
    #expect(try store.receive([receipt(0, job: jobs[1], reply: "late")], job: jobs[1]) == [0])
    #expect(try store.tally(jobs[1]).costMicros == 7)
    _ = try store.openJob(spec("third"))
    for job in jobs {
      let texts = try store.unjudged(job, limit: 9).map(\.record)
      #expect(texts == [record(0, "answer"), record(1, "answer")])
    }
    #expect(try fixture.int("SELECT count(*) FROM answer") == 1)
  }

  @Test func whatWasUnderWayIsCountedWhenTheJobGoesOn() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let job = try store.openJob(spec("job"))
    try store.plan((0..<3).map { slot($0) }, job: job)
    try store.markInFlight([0, 1, 2], job: job)
    try store.receive([receipt(1, job: job)], job: job)
    try store.fail(
      [SlotFailure(n: 2, attempts: [AttemptRow(status: "timeout")], mayBeAskedAgain: false)],
      job: job)
    try store.close()
    let again = try fixture.open()
    #expect(try again.openJob(spec("job")).lostInFlight == 1)
    #expect(try again.openJob(spec("job")).lostInFlight == 1)
    #expect(try again.tally(job).slots == [.planned: 1, .received: 1, .failed: 1])
  }

  @Test func aFailedBatchIsTakenBackWhole() throws {
    let store = try Fixture().open()
    let job = try store.openJob(spec("job"))
    try store.plan([slot(0)], job: job)
    #expect(throws: StoreError.unknownSlot(job: job.key.hex, n: 5)) {
      try store.receive([receipt(0, job: job), receipt(5, job: job)], job: job)
    }
    #expect(try store.tally(job).slots == [.planned: 1])
    #expect(try store.receive([receipt(0, job: job)], job: job) == [0])
  }

  @Test func judgingAnewKeepsTheAnswers() throws {
    let store = try Fixture().open()
    let job = try store.openJob(spec("job"))
    try store.plan([slot(0)], job: job)
    try store.receive([receipt(0, job: job)], job: job)
    try store.judge(
      try store.unjudged(job, limit: 9).map {
        Judgement(
          candidate: $0.id, verdict: .rejected(filter: "length", score: nil, detail: "short"))
      }, job: job)
    #expect(try store.unjudged(job, limit: 9).isEmpty)
    try store.resetJudgement(job)
    #expect(try store.unjudged(job, limit: 9).count == 2)
    #expect(try store.tally(job).rejectionsByFilter == ["schema": 1])
  }

  @Test func theSameSlotsGiveTheSameRootWhateverTheOrderOfArrival() throws {
    let roots = try [[0, 1, 2, 3], [3, 1, 0, 2]].map { order in
      let store = try Fixture().open()
      let job = try store.openJob(spec("job"))
      try store.plan(order.map { slot($0) }, job: job)
      for n in order { try store.receive([receipt(n, job: job)], job: job) }
      try store.judge(
        try store.unjudged(job, limit: 99).map {
          Judgement(candidate: $0.id, verdict: .accepted)
        }, job: job)
      let commit = try #require(try store.commitJob(job, note: note))
      return [commit.root.hex] + (try store.lines("sums"))
    }
    #expect(roots[0] == roots[1])
  }
}
