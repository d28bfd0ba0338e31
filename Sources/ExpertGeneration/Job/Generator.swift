internal import ExpertCuration
package import ExpertPlatform
internal import ExpertProviders
internal import ExpertRecord
package import ExpertStore

/// Runs a job: asks until it has its accepted records, and commits them as a version.
///
/// Everything it does is in the store before it does the next thing, so it may be killed at any
/// moment; run again, it goes on. What it asks and what it keeps does not depend on timing: see
/// Documentation/Decisions/0002.
package final class Generator: Sendable {
  private let store: Store
  private let task: GenerationTask
  private let options: JobOptions
  private let answerers: [Teacher: Answerer]
  private let clock: any PlatformClock
  private let onProgress: @Sendable (JobProgress) -> Void

  package init(
    store: Store, task: GenerationTask, options: JobOptions, answerers: [Teacher: Answerer],
    clock: any PlatformClock = SystemClock(),
    onProgress: @escaping @Sendable (JobProgress) -> Void = { _ in }
  ) {
    self.store = store
    self.task = task
    self.options = options
    self.answerers = answerers
    self.clock = clock
    self.onProgress = onProgress
  }

  /// The job's own name for itself: the task and the dataset that it fills.
  package static func key(of task: GenerationTask, dataset: String) -> Digest {
    Digest.tagged(.config, CanonicalJSON.bytes(of: config(of: task, dataset: dataset)))
  }

  private static func config(of task: GenerationTask, dataset: String) -> JSONValue {
    ["dataset": .string(dataset), "task": task.json]
  }

  /// Runs to the end, or until something stops it; what was accepted until then is committed,
  /// unless the job is to go on.
  ///
  /// Cancelling the task stops the asking; requests in flight are finished first, because they may
  /// be paid for. Throws `StoreError`, and `ProviderError` where nothing could be asked at all.
  package func run() async throws -> JobOutcome {
    let job = try store.openJob(
      JobSpec(
        key: Self.key(of: task, dataset: options.dataset), dataset: options.dataset,
        kind: task.format.kind, config: Self.config(of: task, dataset: options.dataset)))
    let bench = try JudgeBench(store: store, job: job, options: options)
    let run = JobRun(
      store: store, job: job, bench: bench, task: task, options: options,
      questioner: Questioner(
        task: task, answerers: answerers, maxTokens: options.maxTokens, jobKey: job.key),
      workers: answerers.values.map(\.workers).max() ?? 1, clock: clock, onProgress: onProgress)
    let reason = try await run.ask()
    return try finish(job, bench, reason)
  }

  private func finish(_ job: Job, _ bench: JudgeBench, _ reason: StopReason?) throws -> JobOutcome {
    let goesOn = reason == .interrupted || reason?.isPause == true
    let commit = goesOn ? nil : try bench.commit(author: options.author, task: task)
    let state: JobState = reason == nil ? .done : reason?.isPause == true ? .paused : .stopped
    if reason != .interrupted { try store.setState(job, state, note: reason?.words) }
    return JobOutcome(
      dataset: options.dataset, jobKey: job.key, requested: options.count,
      tally: try store.tally(job), committed: commit,
      head: try store.head(of: options.dataset), reason: reason)
  }
}

/// How a job stands, for a progress line.
package struct JobProgress: Sendable, Hashable {
  package var accepted: Int
  package var requested: Int
  package var candidates: Int
  package var inFlight: Int
  package var costMicros: Int64
}

/// How a run of a job ended.
package struct JobOutcome: Sendable, Hashable {
  package var dataset: String
  package var jobKey: Digest
  package var requested: Int
  package var tally: JobTally
  /// The version that this run made; `nil` where it added nothing, or the job is to go on.
  package var committed: Commit?
  /// The dataset's newest version.
  package var head: Commit?
  /// Why it stopped short; `nil` when it has what was asked for.
  package var reason: StopReason?
}

extension StopReason {
  /// Whether the same command later goes on without any change.
  package var isPause: Bool {
    if case .longPause = self { true } else { false }
  }

  /// What happened and what to do, for the user.
  package var words: String {
    switch self {
    case .budget:
      "the next request could cost more than is left of the budget; raise --budget to go on"
    case .maxCandidates:
      "the limit of candidates is reached; raise --max-candidates, or see “dataset funnel” for "
        + "what was dropped"
    case .billing(let message):
      "the provider will not bill this account: \(message); settle that and run the same command"
    case .longPause(let message): "\(message); run the same command later to go on"
    case .failing(let message): "requests keep failing: \(message)"
    case .interrupted: "interrupted; run the same command to go on"
    }
  }
}
