package import ExpertModel
package import ExpertPlatform
package import ExpertTensors

/// Goes forward through a model that is not trained: a reference, a teacher.
///
/// One set of buffers serves all layers, a tenth of what a pass that is differentiated keeps. Not
/// safe to share between threads.
package final class FrozenPass {
  package let model: BaseModel
  package let adapter: Adapter?
  package let head: FusedHead
  private let pool: ThreadPool
  private var memory: SharedMemory

  /// A pass through `model` with `adapter` as it stands (a DoRA adapter must be prepared), or
  /// without.
  package init(_ model: BaseModel, adapter: Adapter? = nil, pool: ThreadPool) {
    self.model = model
    self.adapter = adapter
    self.pool = pool
    head = FusedHead(model.head)
    memory = SharedMemory(model.config, capacity: 0)
  }

  /// How many vectors stand before each text.
  package var promptLength: Int { adapter?.promptLength ?? 0 }

  /// The states behind the last norm of the rows before the targets, [R, C]. Texts of the batch
  /// stand behind the soft prompt where there is one.
  package func states(of batch: SegmentBatch) -> FloatBuffer {
    if batch.ids.count > memory.capacity {
      memory = SharedMemory(model.config, capacity: batch.ids.count)
    }
    model.run(
      batch.ids, positions: batch.positions, segments: batch.attention, memory: memory,
      adapter: adapter, pool: pool)
    let states = FloatBuffer(count: batch.targets.count * model.config.hiddenSize)
    model.finish(
      rows: batch.targets.map { Int($0.row) }, of: memory.hidden.base, into: states.base,
      pool: pool)
    return states
  }

  /// Σ log p over the targets of each text of the batch.
  package func logProbabilities(of batch: SegmentBatch) -> [Double] {
    let states = states(of: batch)
    let scores = head.score(
      states.base, rows: batch.targets.count, targets: batch.targets.map(\.token), pool: pool)
    let texts = TextScores(scores, targets: batch.targets, texts: batch.texts)
    return (0..<batch.texts).map { texts[$0].logProbability }
  }
}
