package import ExpertPlatform
package import ExpertTensors

/// One forward and one backward pass through the frozen base with an adapter.
///
/// The batch is segments laid end to end, no row of it padding. The forward pass keeps per token
/// and layer what the backward pass needs: 58 KiB for Qwen3-0.6B, or 4 KiB where layers are computed
/// again.
package final class TrainingPass {
  package let model: BaseModel
  package let adapter: Adapter
  /// The tokens of the batch [T]; −1 − i is vector i of the soft prompt.
  package let tokens: [Int32]
  package let segments: AttentionSegments
  let context: PassContext
  let memory: TrainingMemory
  private let noise: EmbeddingNoise?
  private let dropout: (seed: UInt64, step: Int)?
  var pool: ThreadPool { context.pool }

  /// A pass over `tokens`, whose sequences and prefixes `segments` describe. Where `dropout` is
  /// given and the adapter has some, inputs are dropped as seed and step say. Passes that share a
  /// `memory` follow each other.
  package init(
    _ model: BaseModel, _ adapter: Adapter, tokens: [Int32], positions: [Int32]? = nil,
    segments: AttentionSegments, dropout: (seed: UInt64, step: Int)? = nil,
    noise: EmbeddingNoise? = nil, memory: TrainingMemory? = nil, pool: ThreadPool
  ) {
    precondition(segments.rows == tokens.count, "segments cover all tokens")
    precondition(tokens.count <= memory?.capacity ?? .max, "the tokens do not fit into the memory")
    self.model = model
    self.adapter = adapter
    self.tokens = tokens
    self.segments = segments
    self.dropout = dropout
    self.noise = noise
    self.memory = memory ?? TrainingMemory(model, adapter, tokens: tokens.count)
    let positions = positions ?? segments.positions
    context = PassContext(
      positions: positions, rotary: model.rotary.covering(Int(positions.max() ?? 0) + 1),
      pool: pool)
  }

  /// The last layer's states, before the last norm: [T, C].
  package var states: FloatBuffer { memory.boundaries[model.config.layers] }

  /// Floats of so many columns of the whole batch.
  func size(_ width: Int) -> Int { tokens.count * width }

  func attachments(_ layer: Int) -> LayerAdapters {
    let dropout = dropout.map { key in
      { (group: ModuleGroup) in
        DropoutKey(seed: key.seed, step: key.step, layer: layer, group: group)
      }
    }
    return LayerAdapters(
      adapter.modules[layer], tapes: memory.tape(of: layer).adapters, dropout: dropout)
  }

  /// Computes `states`.
  package func forward() {
    let first = memory.boundaries[0].base
    model.embed(tokens, adapter, into: first, pool: pool)
    noise?.add(to: first, width: model.config.hiddenSize, segments: segments, pool: pool)
    for number in model.layers.indices {
      forward(number, into: memory.boundaries[number + 1].base)
    }
  }

  /// Runs one layer from its boundary and fills its tape.
  func forward(_ number: Int, into output: MutableFloats) {
    let (tape, shape) = (memory.tape(of: number), model.attentionShape)
    let own = tape.memory(
      memory.scratch, input: memory.boundaries[number].base, output: output)
    model.layers[number].forward(
      own, model.config, context, adapters: attachments(number)
    ) { memory in
      let qkv = memory.queryKeyValue
      Attention.forward(
        q: qkv, k: qkv + shape.keyOffset, v: qkv + shape.valueOffset, shape: shape,
        segments: segments, into: memory.attention, logSumExp: tape.logSumExp.base, pool: pool)
    }
  }
}
