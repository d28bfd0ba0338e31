import ExpertProviders
import Testing

@Suite struct LaneTests {
  typealias Action = Lane.Action

  static func lane(cap: Int = 4, rpm: Int? = nil, tpm: Int? = nil) -> Lane {
    Lane(
      provider: "test",
      limits: ProviderLimits(requestsPerMinute: rpm, tokensPerMinute: tpm), cap: cap, now: .zero)
  }

  func started(_ actions: [Action]) -> [Lane.Ticket] {
    actions.compactMap { if case .start(let ticket) = $0 { ticket } else { nil } }
  }

  func wake(_ actions: [Action]) -> Duration? {
    actions.compactMap { if case .wake(let moment) = $0 { moment } else { nil } }.first
  }

  @Test func asManyGoAsTheCapAllowsInOrderOfArrival() {
    var lane = Self.lane(cap: 2)
    #expect(lane.enqueue(1, size: 1, now: .zero) == [.start(1)])
    #expect(lane.enqueue(2, size: 1, now: .zero) == [.start(2)])
    #expect(lane.enqueue(3, size: 1, now: .zero) == [])
    #expect(lane.enqueue(4, size: 1, now: .zero) == [])
    #expect(lane.finish(2, .success, now: .seconds(1)) == [.start(3)])
    #expect(lane.finish(1, .success, now: .seconds(1)) == [.start(4)])
    #expect(lane.inFlight == 2 && lane.queued == 0)
  }

  @Test func aPauseHoldsEverybodyUntilItsEnd() {
    var lane = Self.lane(cap: 4)
    #expect(started(lane.enqueue(1, size: 1, now: .zero)) == [1])
    #expect(started(lane.enqueue(2, size: 1, now: .zero)) == [2])
    _ = lane.finish(1, .pacing(.seconds(30)), now: .seconds(1))
    #expect(lane.enqueue(3, size: 1, now: .seconds(2)) == [.wake(at: .seconds(31))])
    #expect(lane.wake(now: .seconds(30)) == [.wake(at: .seconds(31))])
    #expect(lane.wake(now: .seconds(31)) == [.start(3)])
    // A shorter wish does not shorten the pause.
    _ = lane.finish(3, .pacing(.seconds(60)), now: .seconds(32))
    _ = lane.finish(2, .pacing(.seconds(1)), now: .seconds(33))
    #expect(lane.enqueue(4, size: 1, now: .seconds(40)) == [.wake(at: .seconds(92))])
  }

  @Test func theRoomIsHalvedOnceForAllThatFlewTogetherAndGrowsByOneAfterARun() {
    var lane = Self.lane(cap: 8)
    for ticket in 1...8 { _ = lane.enqueue(UInt64(ticket), size: 1, now: .zero) }
    for ticket in 1...8 { _ = lane.finish(UInt64(ticket), .pacing(.zero), now: .seconds(1)) }
    #expect(lane.concurrency == 4)
    var next: Lane.Ticket = 100
    func succeed(_ lane: inout Lane, _ count: Int, at now: Duration) {
      for _ in 0..<count {
        next += 1
        _ = lane.enqueue(next, size: 1, now: now)
        _ = lane.finish(next, .success, now: now)
      }
    }
    succeed(&lane, 3, at: .seconds(2))
    #expect(lane.concurrency == 4)
    succeed(&lane, 1, at: .seconds(2))
    #expect(lane.concurrency == 5)
    succeed(&lane, 1000, at: .seconds(3))
    #expect(lane.concurrency == 8)
  }

  @Test func theRoomNeverFallsBelowOne() {
    var lane = Self.lane(cap: 3)
    for round in 1...9 {
      let now = Duration.seconds(round)
      #expect(started(lane.enqueue(UInt64(round), size: 1, now: now)) == [UInt64(round)])
      _ = lane.finish(UInt64(round), .pacing(.zero), now: now)
    }
    #expect(lane.concurrency == 1)
  }

  @Test func requestsAMinuteAreSpreadOverTheMinute() {
    var lane = Self.lane(cap: 100, rpm: 60)
    var sent: [Duration] = []
    var now = Duration.zero
    for ticket in 1...30 { _ = lane.enqueue(UInt64(ticket), size: 1, now: .zero) }
    // The first six, a burst of six seconds' worth, went at once.
    #expect(lane.inFlight == 6)
    while lane.queued > 0 {
      let before = lane.inFlight
      guard let moment = wake(lane.wake(now: now)) else { break }
      for _ in before..<lane.inFlight { sent.append(now) }
      now = moment
    }
    #expect(now >= .seconds(23) && now <= .seconds(25))
  }

  @Test func tokensAMinuteAreHeldAndALargeRequestIsNotStarved() {
    var lane = Self.lane(cap: 100, tpm: 6000)
    #expect(started(lane.enqueue(1, size: 500, now: .zero)) == [1])
    #expect(wake(lane.enqueue(2, size: 500, now: .zero)) == .seconds(4))
    #expect(lane.wake(now: .seconds(4)) == [.start(2)])
    let actions = lane.enqueue(3, size: 50_000, now: .seconds(4))
    #expect(wake(actions) == .seconds(10))
    #expect(lane.wake(now: .seconds(10)) == [.start(3)])
  }

  @Test func limitsAreLearnedFromHeaders() {
    var lane = Self.lane(cap: 100)
    _ = lane.enqueue(1, size: 1, now: .zero)
    let rates = RateHeaders(requests: .init(limit: 60, remaining: 0, reset: .seconds(20)))
    _ = lane.finish(1, .success, rates: rates, now: .zero)
    #expect(lane.enqueue(2, size: 1, now: .seconds(1)) == [.wake(at: .seconds(20))])
    #expect(lane.wake(now: .seconds(20)) == [.start(2)])
  }

  @Test func wantOfMoneyRefusesAllWhoWaitAndAllWhoComeButNotThoseInFlight() {
    var lane = Self.lane(cap: 2)
    let error = ProviderError.billing(provider: "test", message: "empty")
    for ticket in 1...4 { _ = lane.enqueue(UInt64(ticket), size: 1, now: .zero) }
    #expect(lane.finish(1, .stop(error), now: .zero) == [.refuse(3, error), .refuse(4, error)])
    #expect(lane.inFlight == 1)
    #expect(lane.enqueue(5, size: 1, now: .zero) == [.refuse(5, error)])
    #expect(lane.finish(2, .success, now: .zero) == [])
  }

  @Test func theBreakerOpensWhenAllFailAndProbesWithOne() {
    var lane = Self.lane(cap: 3)
    for ticket in 1...5 {
      #expect(started(lane.enqueue(UInt64(ticket), size: 1, now: .zero)) == [UInt64(ticket)])
      _ = lane.finish(UInt64(ticket), .failure("down"), now: .zero)
    }
    #expect(lane.enqueue(10, size: 1, now: .zero) == [.wake(at: .seconds(1))])
    #expect(lane.enqueue(11, size: 1, now: .zero) == [.wake(at: .seconds(1))])
    #expect(lane.wake(now: .seconds(1)) == [.start(10)])
    #expect(lane.inFlight == 1 && lane.queued == 1)
    // The probe fails: a longer silence.
    #expect(lane.finish(10, .failure("down"), now: .seconds(1)) == [.wake(at: .seconds(3))])
    #expect(lane.wake(now: .seconds(3)) == [.start(11)])
    // The probe succeeds: all go again.
    _ = lane.finish(11, .success, now: .seconds(3))
    for ticket in 20...22 {
      #expect(started(lane.enqueue(UInt64(ticket), size: 1, now: .seconds(3))) == [UInt64(ticket)])
    }
  }

  @Test func afterManyFailedProbesThoseWhoWaitAreTold() {
    var lane = Self.lane(cap: 1)
    var now = Duration.zero
    var ticket: Lane.Ticket = 0
    var refused = 0
    _ = lane.enqueue(9999, size: 1, notBefore: .seconds(100_000), now: now)
    for _ in 0..<40 where refused == 0 {
      ticket += 1
      var actions = lane.enqueue(ticket, size: 1, now: now)
      while started(actions).isEmpty, let moment = wake(actions) {
        now = moment
        actions = lane.wake(now: now)
      }
      for action in lane.finish(ticket, .failure("down"), now: now) {
        if case .refuse(9999, .exhausted) = action { refused += 1 }
      }
    }
    #expect(refused == 1)
    #expect(now >= .seconds(100) && now <= .seconds(600))
  }

  @Test func aWaitingRequestCanLeaveAndOneInFlightCannotBeTakenBack() {
    var lane = Self.lane(cap: 1)
    _ = lane.enqueue(1, size: 1, now: .zero)
    _ = lane.enqueue(2, size: 1, now: .zero)
    _ = lane.enqueue(3, size: 1, now: .zero)
    #expect(lane.cancel(2, now: .zero) == [.refuse(2, .cancelled)])
    #expect(lane.cancel(1, now: .zero) == [])
    #expect(lane.finish(1, .success, now: .zero) == [.start(3)])
  }

  @Test func aRetryWaitsForItsOwnMomentWithoutHoldingUpOthers() {
    var lane = Self.lane(cap: 2)
    #expect(
      lane.enqueue(1, size: 1, notBefore: .seconds(5), now: .zero) == [.wake(at: .seconds(5))])
    #expect(started(lane.enqueue(2, size: 1, now: .zero)) == [2])
    #expect(lane.wake(now: .seconds(5)) == [.start(1)])
  }

  @Test func aLongLineIsServedInOrderAndWhole() {
    var lane = Self.lane(cap: 1)
    var order: [Lane.Ticket] = started(lane.enqueue(1, size: 1, now: .zero))
    for ticket in 2...1000 { _ = lane.enqueue(UInt64(ticket), size: 1, now: .zero) }
    while let current = order.last, order.count < 1000 {
      order += started(lane.finish(current, .success, now: .zero))
    }
    #expect(order == (1...1000).map { UInt64($0) })
  }
}
