package import ExpertPlatform
internal import ExpertTensors
internal import ExpertTokenizer

/// Turns texts into vectors: the mean over a text's tokens of the base's last states, behind the
/// last norm, brought to length 1.
package final class TextEmbedder {
  private let pass: TextPass
  private let tokenizer: Tokenizer
  private let maxTokens: Int

  /// Longer texts are cut after `maxTokens` tokens.
  package init(_ base: Base, maxTokens: Int = 512, pool: ThreadPool) {
    tokenizer = base.tokenizer
    self.maxTokens = max(1, min(maxTokens, base.model.config.contextLength))
    pass = TextPass(base.model, pool: pool)
  }

  /// The vectors [C], in the order of the texts; an empty text has the vector zero.
  package func embed(_ texts: [String]) throws -> [[Float]] {
    try texts.map { text in
      let ids = Array(try tokenizer.encode(text, affixes: true).prefix(maxTokens))
      guard !ids.isEmpty else {
        return [Float](repeating: 0, count: pass.model.config.hiddenSize)
      }
      return Self.unit(mean(of: ids))
    }
  }

  private func mean(of ids: [Int32]) -> [Float] {
    let width = pass.model.config.hiddenSize
    let states = pass.states(of: ids, adapter: nil)
    var sums = [Double](repeating: 0, count: width)
    for row in 0..<ids.count {
      for k in 0..<width { sums[k] += Double(states.base[row * width + k]) }
    }
    return sums.map { Float($0 / Double(ids.count)) }
  }

  private static func unit(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    return length > 0 ? vector.map { Float(Double($0) / length) } : vector
  }
}

/// One forward pass over a whole text at once, for its states and logits.
final class TextPass {
  let model: BaseModel
  private let pool: ThreadPool
  private var memory: SharedMemory

  init(_ model: BaseModel, pool: ThreadPool) {
    self.model = model
    self.pool = pool
    memory = SharedMemory(model.config, capacity: 256)
  }

  /// The last states of the text's tokens behind the last norm: [T, C]. A soft prompt comes first
  /// and is left out of the result.
  func states(of ids: [Int32], adapter: Adapter?) -> FloatBuffer {
    let soft = adapter?.promptLength ?? 0
    let tokens = (0..<soft).map { Int32(-1 - $0) } + ids
    if tokens.count > memory.capacity {
      memory = SharedMemory(model.config, capacity: tokens.count)
    }
    let segments = AttentionSegments(lengths: [tokens.count])
    model.run(
      tokens, segments: segments, memory: memory, adapter: adapter, pool: pool)
    let states = FloatBuffer(count: ids.count * model.config.hiddenSize)
    model.finish(
      rows: Array(soft..<tokens.count), of: memory.hidden.base, into: states.base, pool: pool)
    return states
  }

  /// The logits behind the last `rows` tokens: [rows, V].
  func logits(of ids: [Int32], rows: Int, adapter: Adapter?) -> FloatBuffer {
    let rows = min(rows, ids.count)
    let states = states(of: ids, adapter: adapter)
    let logits = FloatBuffer(count: rows * model.config.vocabularySize)
    let start = (ids.count - rows) * model.config.hiddenSize
    model.head.forward(states.base + start, rows: rows, into: logits.base, pool: pool)
    return logits
  }
}
