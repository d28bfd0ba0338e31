internal import ExpertPlatform
internal import ExpertProviders
internal import ExpertRecord
internal import ExpertStore

/// One run of a job: rounds of asking, until there is enough or something stops it.
struct JobRun: Sendable {
  let store: Store
  let job: Job
  let bench: JudgeBench
  let task: GenerationTask
  let options: JobOptions
  let questioner: Questioner
  let workers: Int
  let clock: any PlatformClock
  let onProgress: @Sendable (JobProgress) -> Void

  /// Asks round after round; gives the reason why it stopped short, or `nil`.
  func ask() async throws -> StopReason? {
    var asked: [Int: Int] = [:]
    while true {
      try bench.judgeWaiting()
      if bench.isComplete { return nil }
      if Task.isCancelled { return .interrupted }
      let waiting = try waitingSlots()
      let tired = waiting.filter { asked[$0.n, default: 0] >= Self.passes }
      guard tired.isEmpty else {
        try giveUp(tired)
        continue
      }
      guard !waiting.isEmpty else {
        guard try planRound() else { return .maxCandidates }
        continue
      }
      let isFirstTry = waiting.contains { asked[$0.n] == nil }
      for slot in waiting { asked[slot.n, default: 0] += 1 }
      switch try await pass(over: waiting) {
      case .stopped(let reason): return reason
      case .nothing(let error) where isFirstTry: return .failing("\(error)")
      case .nothing, .received: continue
      }
    }
  }

  /// How often a run asks a slot that fails, beyond the retries of each asking.
  private static let passes = 2

  /// Slots that failed too often get no answer; others are planned in their place.
  private func giveUp(_ slots: [PlannedSlot]) throws {
    let failures = slots.map { SlotFailure(n: $0.n, attempts: [], mayBeAskedAgain: false) }
    try store.fail(failures, job: job)
  }

  // MARK: planning

  /// Slots that have no answer yet, with their requests.
  private func waitingSlots() throws -> [PlannedSlot] {
    let builder = RequestBuilder(task: task)
    let cells = Dictionary(
      task.plan.cells.map { ($0.json, $0) }, uniquingKeysWith: { first, _ in first })
    return try store.slots(of: job, in: [.planned]).compactMap { slot in
      cells[slot.cell].map { cell in
        PlannedSlot(n: slot.n, cell: cell, request: builder.request(slot: slot.n, cell: cell))
      }
    }
  }

  /// Stores the next round; `false` where no more candidates may be asked for.
  private func planRound() throws -> Bool {
    let tally = try store.tally(job)
    let slotsSoFar = tally.slots.values.reduce(0, +)
    // What a reply could not give counts as asked for: a model that answers nothing usable must
    // come to the limit too.
    let asked = max(tally.candidates, slotsSoFar * task.batchSize)
    let left = options.candidateLimit - asked
    let progress = Plan.Progress(
      accepted: task.plan.cells.map { tally.acceptedByCell[$0.json] ?? 0 }, judged: asked)
    let cells = task.plan.nextRound(
      count: options.count, batchSize: task.batchSize, progress: progress,
      maxRequests: (left + task.batchSize - 1) / task.batchSize, seed: task.seed)
    guard !cells.isEmpty else { return false }
    let round = (try store.slots(of: job).last?.round ?? -1) + 1
    let builder = RequestBuilder(task: task)
    let source = TemplateSource(
      name: task.template.name, version: task.template.version, digest: task.template.digest,
      text: task.template.text)
    try store.plan(
      cells.enumerated().map { offset, index in
        let n = slotsSoFar + offset
        let request = builder.request(slot: n, cell: task.plan.cells[index])
        return SlotPlan(
          n: n, round: round, cell: task.plan.cells[index].json, template: source,
          request: request.identity, idempotencyKey: request.idempotencyKey)
      }, job: job)
    return true
  }

  // MARK: asking

  /// Asks the slots side by side and stores what comes. In-flight requests outlive a cancelled
  /// task: the workers run in a task of their own, and cancelling only closes the queue.
  private func pass(over slots: [PlannedSlot]) async throws -> PassResult {
    try bench.prepare()
    let spent = try store.tally(job).costMicros
    let questioner = questioner
    let queue = SlotQueue(
      slots, budget: Budget(limit: options.budget, spent: spent),
      highestCost: { questioner.highestCost($0) })
    let count = max(1, min(workers, slots.count))
    let inbox = Inbox<Questioner.Outcome?>(senders: count)
    let work = Task {
      await withDiscardingTaskGroup { group in
        for _ in 0..<count {
          group.addTask {
            await Self.work(queue, inbox, questioner, store, job)
          }
        }
      }
    }
    do {
      return try await withTaskCancellationHandler {
        try await collect(inbox, queue)
      } onCancel: {
        queue.stop(.interrupted)
      }
    } catch {
      queue.stop(nil)
      work.cancel()
      inbox.close()
      throw error
    }
  }

  /// Asks slot after slot. A slot is taken before the last answer is handed in (the first one before
  /// an empty hand), so that the store knows what is under way before it is.
  private static func work(
    _ queue: SlotQueue<PlannedSlot>, _ inbox: Inbox<Questioner.Outcome?>,
    _ questioner: Questioner, _ store: Store, _ job: Job
  ) async {
    var next = queue.next()
    if next != nil { await inbox.put(nil) }
    while let (slot, reserved) = next {
      guard queue.isOpen else {
        queue.settle(reserved: reserved, cost: 0)
        let unasked = SlotFailure(n: slot.n, attempts: [], mayBeAskedAgain: true)
        await inbox.put(.failed(unasked, .cancelled))
        break
      }
      let (outcome, cost) = await questioner.ask(slot)
      queue.settle(reserved: reserved, cost: cost)
      if case .failed(_, let error) = outcome, let fatal = error.stopReason { queue.stop(fatal) }
      next = queue.next()
      await inbox.put(outcome)
    }
    inbox.leave()
  }

  /// Stores and judges what arrives until the workers are done.
  private func collect(
    _ inbox: Inbox<Questioner.Outcome?>, _ queue: SlotQueue<PlannedSlot>
  ) async throws -> PassResult {
    var received = 0
    var lastFailure: ProviderError?
    while let batch = await inbox.take() {
      let sorted = Sorted(batch.compactMap(\.self))
      try await store(sorted, launched: queue.takeLaunched().map(\.n))
      inbox.settle()
      received += sorted.receipts.count
      lastFailure = sorted.errors.last ?? lastFailure
      try bench.judgeWaiting()
      if bench.isComplete { queue.stop(nil) }
      report(queue)
    }
    if let reason = queue.stopReason, !bench.isComplete { return .stopped(reason) }
    if received == 0, let lastFailure { return .nothing(lastFailure) }
    return .received
  }

  private enum PassResult {
    case received
    /// Every request failed; the last one like this.
    case nothing(ProviderError)
    case stopped(StopReason)
  }

  private struct Sorted {
    var receipts: [Receipt] = []
    var failures: [SlotFailure] = []
    var errors: [ProviderError] = []

    init(_ batch: [Questioner.Outcome]) {
      for outcome in batch {
        switch outcome {
        case .received(let receipt): receipts.append(receipt)
        case .failed(let failure, let error):
          failures.append(failure)
          errors.append(error)
        }
      }
    }
  }

  /// Writes what came, and which slots are on their way, so that a kill can tell what it cost.
  private func store(_ batch: Sorted, launched: [Int]) async throws {
    if !batch.receipts.isEmpty || !launched.isEmpty {
      _ = try await storing { try store.receive(batch.receipts, asking: launched, job: job) }
    }
    if !batch.failures.isEmpty {
      try await storing { try store.fail(batch.failures, job: job) }
    }
  }

  /// A full disk is waited out for a while: the replies in memory are paid for.
  private func storing<T>(_ write: () throws -> T) async throws -> T {
    for _ in 0..<Self.diskPatience {
      do {
        return try write()
      } catch StoreError.diskFull {
        try await clock.sleep(for: .seconds(1))
      }
    }
    return try write()
  }

  /// Seconds to wait for space.
  private static let diskPatience = 20

  private func report(_ queue: SlotQueue<PlannedSlot>) {
    onProgress(
      JobProgress(
        accepted: bench.accepted, requested: options.count, candidates: bench.judged,
        inFlight: queue.inFlight, costMicros: queue.budget.spent))
  }
}

extension ProviderError {
  /// Why the whole job must stop, where one failed request says so.
  var stopReason: StopReason? {
    switch self {
    case .billing(_, let message): .billing(message)
    case .longPause: .longPause("\(self)")
    case .missingKey, .badKey, .unknown, .badFile, .forbiddenEndpoint: .failing("\(self)")
    case .rejected(_, let status, _):
      [401, 402, 403, 404].contains(status) ? .failing("\(self)") : nil
    case .exhausted, .cancelled: nil
    }
  }
}
