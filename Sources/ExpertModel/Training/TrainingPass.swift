package import ExpertPlatform
package import ExpertTensors

/// One forward and one backward pass through the frozen base with an adapter.
///
/// The batch is segments laid end to end, no row of it padding. The forward pass keeps per token
/// and layer what the backward pass needs: about 74 KiB for Qwen3-0.6B.
package final class TrainingPass {
  package let model: BaseModel
  package let adapter: Adapter
  /// The tokens of the batch [T]; −1 − i is vector i of the soft prompt.
  package let tokens: [Int32]
  package let segments: AttentionSegments
  /// The last layer's states, before the last norm: [T, C].
  package let states: FloatBuffer
  private let pass: PassContext
  private let tapes: [LayerTape]
  private let scratch: TrainingScratch
  private let dropout: (seed: UInt64, step: Int)?
  var pool: ThreadPool { pass.pool }

  /// A pass over `tokens`, whose sequences and prefixes `segments` describe. Where `dropout` is
  /// given and the adapter has some, inputs are dropped as seed and step say.
  package init(
    _ model: BaseModel, _ adapter: Adapter, tokens: [Int32], positions: [Int32]? = nil,
    segments: AttentionSegments, dropout: (seed: UInt64, step: Int)? = nil, pool: ThreadPool
  ) {
    precondition(segments.rows == tokens.count, "segments cover all tokens")
    self.model = model
    self.adapter = adapter
    self.tokens = tokens
    self.segments = segments
    self.dropout = dropout
    let positions = positions ?? segments.positions
    pass = PassContext(
      positions: positions, rotary: model.rotary.covering(Int(positions.max() ?? 0) + 1),
      pool: pool)
    tapes = adapter.modules.map {
      LayerTape(model.config, tokens: tokens.count, modules: $0)
    }
    scratch = TrainingScratch(model.config, tokens: tokens.count)
    states = FloatBuffer(count: tokens.count * model.config.hiddenSize)
  }

  private func attachments(_ layer: Int) -> LayerAdapters {
    let dropout = dropout.map { key in
      { (group: ModuleGroup) in
        DropoutKey(seed: key.seed, step: key.step, layer: layer, group: group)
      }
    }
    return LayerAdapters(
      adapter.modules[layer], tapes: tapes[layer].adapters, dropout: dropout)
  }

  /// Computes `states`.
  package func forward() {
    model.embed(tokens, adapter, into: tapes[0].input.base, pool: pool)
    let shape = model.attentionShape
    for (number, layer) in model.layers.enumerated() {
      let tape = tapes[number]
      let output = number + 1 < tapes.count ? tapes[number + 1].input.base : states.base
      layer.forward(
        tape.memory(scratch, output: output), model.config, pass,
        adapters: attachments(number)
      ) { memory in
        let qkv = memory.queryKeyValue
        Attention.forward(
          q: qkv, k: qkv + shape.keyOffset, v: qkv + shape.valueOffset, shape: shape,
          segments: segments, into: memory.attention, logSumExp: tape.logSumExp.base,
          pool: pool)
      }
    }
  }

  /// Adds to the gradients of the adapter's parameters; `gradient` [T, C] is that of `states` and is
  /// used up.
  package func backward(_ gradient: MutableFloats) {
    for number in model.layers.indices.reversed() {
      feedForward(number, gradient)
      attention(number, gradient)
    }
    guard let prompt = adapter.prompt else { return }
    let width = model.config.hiddenSize
    for (row, token) in tokens.enumerated() where token < 0 {
      let to = prompt.gradient + Int(-1 - token) * width
      for k in 0..<width { to[k] += gradient[row * width + k] }
    }
  }

  private var hiddenNorm: RMSNorm {
    RMSNorm(width: model.config.hiddenSize, epsilon: model.config.normEpsilon)
  }

  /// Back through middle + down(silu(gate)·up), added to the gradient in place.
  private func feedForward(_ number: Int, _ gradient: MutableFloats) {
    let (layer, tape, config) = (model.layers[number], tapes[number], model.config)
    let attached = attachments(number)
    SwiGLU.forward(
      tape.gateUp.base, rows: tokens.count, width: config.intermediateSize,
      into: scratch.activated.base, pool: pool)
    scratch.copy.base.update(from: gradient, count: scratch.copy.count)
    layer.product(.down, attached, pool: pool).backward(
      scratch.copy.base, x: scratch.activated.base, rows: tokens.count,
      into: scratch.activatedGradient.base)
    SwiGLU.backward(
      scratch.activatedGradient.base, gateUp: tape.gateUp.base, rows: tokens.count,
      width: config.intermediateSize, into: scratch.gateUpGradient.base, pool: pool)
    hiddenNorm.forward(
      tape.middle.base, weight: layer.feedForwardNorm.base, tokens: tokens.count,
      into: scratch.hidden.base, pool: pool)
    layer.product(.gateUp, attached, pool: pool).backward(
      scratch.gateUpGradient.base, x: scratch.hidden.base, rows: tokens.count,
      into: scratch.gradient.base)
    hiddenNorm.backward(
      scratch.gradient.base, x: tape.middle.base, weight: layer.feedForwardNorm.base,
      inverse: tape.inverses.middle, tokens: tokens.count, into: gradient, accumulate: true,
      pool: pool)
  }

  /// Back through input + o(attention(q, k, v)), added to the gradient in place.
  private func attention(_ number: Int, _ gradient: MutableFloats) {
    let (layer, tape) = (model.layers[number], tapes[number])
    let attached = attachments(number)
    let shape = model.attentionShape
    scratch.copy.base.update(from: gradient, count: scratch.copy.count)
    layer.product(.attentionOutput, attached, pool: pool).backward(
      scratch.copy.base, x: tape.attention.base, rows: tokens.count,
      into: scratch.attentionGradient.base)
    let (qkv, d) = (tape.queryKeyValue.base, scratch.projectedGradient.base)
    Attention.backward(
      scratch.attentionGradient.base, q: qkv, k: qkv + shape.keyOffset,
      v: qkv + shape.valueOffset, out: tape.attention.base, logSumExp: tape.logSumExp.base,
      shape: shape, segments: segments, dq: d, dk: d + shape.keyOffset,
      dv: d + shape.valueOffset, pool: pool)
    unrotate(layer, tape, d)
    hiddenNorm.forward(
      tape.input.base, weight: layer.attentionNorm.base, tokens: tokens.count,
      into: scratch.hidden.base, pool: pool)
    layer.product(.queryKeyValue, attached, pool: pool).backward(
      d, x: scratch.hidden.base, rows: tokens.count, into: scratch.gradient.base)
    hiddenNorm.backward(
      scratch.gradient.base, x: tape.input.base, weight: layer.attentionNorm.base,
      inverse: tape.inverses.input, tokens: tokens.count, into: gradient, accumulate: true,
      pool: pool)
  }

  /// Back through rotation and, in Qwen3, the norms of queries and keys.
  private func unrotate(_ layer: DecoderLayer, _ tape: LayerTape, _ d: MutableFloats) {
    let config = model.config
    let stride = layer.queryKeyValue.outputs
    Rotary.backward(
      d, stride: stride, heads: config.attentionHeads + config.keyValueHeads,
      tokens: tokens.count, positions: pass.positions, table: pass.rotary, pool: pool)
    guard let queryNorm = layer.queryNorm, let keyNorm = layer.keyNorm else { return }
    let parts = [
      (0, config.attentionHeads, queryNorm, tape.inverses.query),
      (config.querySize, config.keyValueHeads, keyNorm, tape.inverses.key),
    ]
    for (offset, heads, weight, inverse) in parts {
      RMSNorm(width: config.headSize, heads: heads, epsilon: config.normEpsilon).backward(
        d + offset, dyStride: stride, x: tape.projected.base + offset, stride: stride,
        weight: weight.base, inverse: inverse, tokens: tokens.count, into: d + offset,
        dxStride: stride, pool: pool)
    }
  }
}
