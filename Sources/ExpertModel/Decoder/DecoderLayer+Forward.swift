package import ExpertPlatform
package import ExpertTensors

/// One pass over the tokens of a batch: what all layers share.
package struct PassContext {
  /// How many tokens the batch has.
  package var tokens: Int
  /// The position of each token in its own text [T].
  package var positions: [Int32]
  package var rotary: RotaryTable
  package var pool: ThreadPool

  package init(positions: [Int32], rotary: RotaryTable, pool: ThreadPool) {
    tokens = positions.count
    self.positions = positions
    self.rotary = rotary
    self.pool = pool
  }
}

extension DecoderLayer {
  /// Computes the layer: attention, then the gated feed-forward layer, each behind a norm and added
  /// to what came in.
  ///
  /// `attend` reads query, key and value from `memory.queryKeyValue` and writes `memory.attention`.
  package func forward(
    _ memory: LayerMemory, _ config: ModelConfig, _ pass: PassContext,
    adapters: LayerAdapters? = nil, attend: (LayerMemory) throws -> Void
  ) rethrows {
    projectAttention(memory, config, pass, adapters)
    try attend(memory)
    keep(memory.input, in: memory.middle, config, pass)
    product(.attentionOutput, adapters, pool: pass.pool)
      .forward(memory.attention, rows: pass.tokens, into: memory.middle, accumulate: true)
    feedForward(memory, config, pass, adapters)
  }

  private func projectAttention(
    _ memory: LayerMemory, _ config: ModelConfig, _ pass: PassContext, _ adapters: LayerAdapters?
  ) {
    RMSNorm(width: config.hiddenSize, epsilon: config.normEpsilon).forward(
      memory.input, weight: attentionNorm.base, tokens: pass.tokens, into: memory.normed,
      inverse: memory.inverses?.input, pool: pass.pool)
    product(.queryKeyValue, adapters, pool: pass.pool)
      .forward(memory.normed, rows: pass.tokens, into: memory.projected ?? memory.queryKeyValue)
    rotate(memory, config, pass)
  }

  /// Norms (in Qwen3) and turns queries and keys, from `projected` where that is kept.
  func rotate(_ memory: LayerMemory, _ config: ModelConfig, _ pass: PassContext) {
    let raw = memory.projected ?? memory.queryKeyValue
    let stride = queryKeyValue.outputs
    if raw != memory.queryKeyValue {
      keep(raw, in: memory.queryKeyValue, width: stride, pass)
    }
    if let queryNorm, let keyNorm {
      let parts = [
        (0, config.attentionHeads, queryNorm, memory.inverses?.query),
        (config.querySize, config.keyValueHeads, keyNorm, memory.inverses?.key),
      ]
      for (offset, heads, weight, inverse) in parts {
        let norm = RMSNorm(width: config.headSize, heads: heads, epsilon: config.normEpsilon)
        norm.forward(
          raw + offset, stride: stride, weight: weight.base, tokens: pass.tokens,
          into: memory.queryKeyValue + offset, yStride: stride, inverse: inverse,
          pool: pass.pool)
      }
    }
    Rotary.forward(
      memory.queryKeyValue, stride: stride, heads: config.attentionHeads + config.keyValueHeads,
      tokens: pass.tokens, positions: pass.positions, table: pass.rotary, pool: pass.pool)
  }

  private func feedForward(
    _ memory: LayerMemory, _ config: ModelConfig, _ pass: PassContext, _ adapters: LayerAdapters?
  ) {
    RMSNorm(width: config.hiddenSize, epsilon: config.normEpsilon).forward(
      memory.middle, weight: feedForwardNorm.base, tokens: pass.tokens,
      into: memory.middleNormed, inverse: memory.inverses?.middle, pool: pass.pool)
    product(.gateUp, adapters, pool: pass.pool)
      .forward(memory.middleNormed, rows: pass.tokens, into: memory.gateUp)
    SwiGLU.forward(
      memory.gateUp, rows: pass.tokens, width: config.intermediateSize, into: memory.activated,
      pool: pass.pool)
    keep(memory.middle, in: memory.output, config, pass)
    product(.down, adapters, pool: pass.pool)
      .forward(memory.activated, rows: pass.tokens, into: memory.output, accumulate: true)
  }

  /// Copies the residual stream, unless both are one buffer.
  private func keep(
    _ from: MutableFloats, in to: MutableFloats, _ config: ModelConfig, _ pass: PassContext
  ) {
    if from != to { keep(from, in: to, width: config.hiddenSize, pass) }
  }

  private func keep(
    _ from: MutableFloats, in to: MutableFloats, width: Int, _ pass: PassContext
  ) {
    pass.pool.run(pass.tokens, grain: max(1, 65_536 / width)) { range in
      (to + range.lowerBound * width).update(
        from: from + range.lowerBound * width, count: range.count * width)
    }
  }
}
