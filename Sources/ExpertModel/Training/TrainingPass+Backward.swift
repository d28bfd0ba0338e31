internal import ExpertPlatform
package import ExpertTensors

extension TrainingPass {
  /// Adds to the gradients of the adapter's parameters; `gradient` [T, C] is that of `states` and is
  /// used up.
  package func backward(_ gradient: MutableFloats) {
    for number in model.layers.indices.reversed() {
      // What the layer yields is known; only its tape is wanted.
      if memory.checkpointing { forward(number, into: memory.scratch.gradient.base) }
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

  private var scratch: TrainingScratch { memory.scratch }

  private var hiddenNorm: RMSNorm {
    RMSNorm(width: model.config.hiddenSize, epsilon: model.config.normEpsilon)
  }

  /// A copy of the gradient that products may change.
  private func copy(_ gradient: MutableFloats) -> MutableFloats {
    let width = model.config.hiddenSize
    let copy = scratch.copy.base
    pool.run(tokens.count, grain: max(1, 65_536 / width)) { rows in
      (copy + rows.lowerBound * width).update(
        from: gradient + rows.lowerBound * width, count: rows.count * width)
    }
    return copy
  }

  /// Back through middle + down(silu(gate)·up), added to the gradient in place.
  private func feedForward(_ number: Int, _ gradient: MutableFloats) {
    let (layer, tape, config) = (model.layers[number], memory.tape(of: number), model.config)
    let attached = attachments(number)
    SwiGLU.forward(
      tape.gateUp.base, rows: tokens.count, width: config.intermediateSize,
      into: scratch.activated.base, pool: pool)
    layer.product(.down, attached, pool: pool).backward(
      copy(gradient), x: scratch.activated.base, rows: tokens.count,
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
    let (layer, tape) = (model.layers[number], memory.tape(of: number))
    let input = memory.boundaries[number].base
    let attached = attachments(number)
    let shape = model.attentionShape
    layer.product(.attentionOutput, attached, pool: pool).backward(
      copy(gradient), x: tape.attention.base, rows: tokens.count,
      into: scratch.attentionGradient.base)
    let own = tape.memory(scratch, input: input, output: gradient)
    if own.projected != nil { layer.rotate(own, model.config, context) }
    let (qkv, d) = (own.queryKeyValue, scratch.projectedGradient.base)
    Attention.backward(
      scratch.attentionGradient.base, q: qkv, k: qkv + shape.keyOffset,
      v: qkv + shape.valueOffset, out: tape.attention.base, logSumExp: tape.logSumExp.base,
      shape: shape, segments: segments, dq: d, dk: d + shape.keyOffset,
      dv: d + shape.valueOffset, pool: pool)
    unrotate(layer, tape, d)
    hiddenNorm.forward(
      input, weight: layer.attentionNorm.base, tokens: tokens.count, into: scratch.hidden.base,
      pool: pool)
    layer.product(.queryKeyValue, attached, pool: pool).backward(
      d, x: scratch.hidden.base, rows: tokens.count, into: scratch.gradient.base)
    hiddenNorm.backward(
      scratch.gradient.base, x: input, weight: layer.attentionNorm.base,
      inverse: tape.inverses.input, tokens: tokens.count, into: gradient, accumulate: true,
      pool: pool)
  }

  /// Back through rotation and, in Qwen3, the norms of queries and keys.
  private func unrotate(_ layer: DecoderLayer, _ tape: LayerTape, _ d: MutableFloats) {
    let config = model.config
    let stride = layer.queryKeyValue.outputs
    Rotary.backward(
      d, stride: stride, heads: config.attentionHeads + config.keyValueHeads,
      tokens: tokens.count, positions: context.positions, table: context.rotary, pool: pool)
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
