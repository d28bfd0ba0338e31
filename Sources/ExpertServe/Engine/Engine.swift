package import ExpertModel
package import ExpertPlatform
internal import Synchronization

/// A text to be continued, and where it goes. The closures are called by the engine's thread.
package struct TextJob: Sendable {
  package var request: GenerationRequest
  package var adapter: Adapter?
  package var isWanted: @Sendable () -> Bool
  package var text: @Sendable (_ text: String, _ tokens: [TokenLikelihood]) -> Void
  package var end: @Sendable (Result<GenerationResult, any Error>) -> Void

  package init(
    _ request: GenerationRequest, adapter: Adapter?, isWanted: @escaping @Sendable () -> Bool,
    text: @escaping @Sendable (_ text: String, _ tokens: [TokenLikelihood]) -> Void,
    end: @escaping @Sendable (Result<GenerationResult, any Error>) -> Void
  ) {
    self.request = request
    self.adapter = adapter
    self.isWanted = isWanted
    self.text = text
    self.end = end
  }
}

/// Texts to be turned into vectors.
package struct EmbeddingJob: Sendable {
  package var texts: [String]
  package var isWanted: @Sendable () -> Bool
  package var end: @Sendable (Result<[[Float]], any Error>) -> Void

  package init(
    _ texts: [String], isWanted: @escaping @Sendable () -> Bool,
    end: @escaping @Sendable (Result<[[Float]], any Error>) -> Void
  ) {
    self.texts = texts
    self.isWanted = isWanted
    self.end = end
  }
}

/// The one thread that computes: texts of all clients in one continuous batch, embeddings between
/// its steps. Adapters change from text to text; the base is loaded once.
package final class Engine: Sendable {
  package struct Limits: Sendable, Hashable {
    package var batch = ContinuousBatch.Limits()
    /// Jobs beyond those under way; further ones are told to come again.
    package var waiting = 64

    package init() {}
  }

  private enum Job: Sendable {
    case text(TextJob)
    case embedding(EmbeddingJob)

    func fail(_ error: any Error) {
      switch self {
      case .text(let job): job.end(.failure(error))
      case .embedding(let job): job.end(.failure(error))
      }
    }
  }

  private let queue = JobQueue<Job>()
  private let limits: Limits
  private let underWay = Atomic<Int>(0)
  private let thread: Mutex<LoopThread?>

  package init(_ base: Base, limits: Limits = Limits(), pool: ThreadPool) {
    self.limits = limits
    let queue = queue
    thread = Mutex(
      LoopThread(name: "engine") { EngineLoop(base, limits, pool).run(queue) })
  }

  deinit { stop() }

  /// Jobs that have not ended.
  package var count: Int { underWay.load(ordering: .relaxed) }

  /// Takes jobs, all or none; `false` where there are too many already.
  package func submit(_ jobs: [TextJob]) -> Bool {
    submit(jobs.count, jobs.map { .text(counting($0)) })
  }

  /// Takes a job; `false` where there are too many already.
  package func submit(_ job: EmbeddingJob) -> Bool {
    var counted = job
    counted.end = { [weak self] result in
      self?.underWay.wrappingSubtract(1, ordering: .relaxed)
      job.end(result)
    }
    return submit(1, [.embedding(counted)])
  }

  private func counting(_ job: TextJob) -> TextJob {
    var counted = job
    counted.end = { [weak self] result in
      self?.underWay.wrappingSubtract(1, ordering: .relaxed)
      job.end(result)
    }
    return counted
  }

  private func submit(_ count: Int, _ jobs: [Job]) -> Bool {
    let sum = underWay.wrappingAdd(count, ordering: .relaxed).newValue
    guard sum <= limits.batch.streams + limits.waiting else {
      underWay.wrappingSubtract(count, ordering: .relaxed)
      return false
    }
    for job in jobs where !queue.add(job) { job.fail(CancellationError()) }
    return true
  }

  /// Ends every job as cancelled and waits for the thread. A second call does nothing.
  package func stop() {
    for job in queue.close() { job.fail(CancellationError()) }
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }

  /// What the engine's thread owns.
  private struct EngineLoop {
    private let batch: ContinuousBatch
    private let embedder: TextEmbedder
    private var embeddings: [(job: EmbeddingJob, vectors: [[Float]])] = []

    init(_ base: Base, _ limits: Limits, _ pool: ThreadPool) {
      batch = ContinuousBatch(
        base.model, tokenizer: base.tokenizer, limits: limits.batch, pool: pool)
      embedder = TextEmbedder(base, maxTokens: base.model.config.contextLength, pool: pool)
    }

    func run(_ queue: JobQueue<Job>) {
      var loop = self
      while let jobs = queue.take(waits: loop.isIdle) {
        for job in jobs { loop.begin(job) }
        loop.embedOne()
        if !loop.batch.isIdle { loop.batch.step() }
      }
      loop.batch.cancelAll()
      for waiting in loop.embeddings { waiting.job.end(.failure(CancellationError())) }
    }

    private var isIdle: Bool { batch.isIdle && embeddings.isEmpty }

    private mutating func begin(_ job: Job) {
      switch job {
      case .embedding(let job): embeddings.append((job, []))
      case .text(let job):
        let sink = ContinuousBatch.Sink(isWanted: job.isWanted, text: job.text, end: job.end)
        do {
          try batch.add(job.request, adapter: job.adapter, sink: sink)
        } catch {
          job.end(.failure(error))
        }
      }
    }

    /// One text of the first embedding, so that streams never wait for a whole list.
    private mutating func embedOne() {
      guard let first = embeddings.first else { return }
      let place = first.vectors.count
      guard first.job.isWanted(), place < first.job.texts.count else {
        embeddings.removeFirst()
        return first.job.end(
          place == first.job.texts.count
            ? .success(first.vectors) : .failure(CancellationError()))
      }
      do {
        embeddings[0].vectors += try embedder.embed([first.job.texts[place]])
      } catch {
        embeddings.removeFirst()
        first.job.end(.failure(error))
      }
    }
  }
}
