package import ExpertPlatform
package import ExpertTensors

extension BaseModel {
  /// Embeds the tokens and runs all layers over them; `memory.hidden` [T, C] then holds the last
  /// layer's states, before the last norm.
  ///
  /// A token −1 − i stands for vector i of the adapter's soft prompt. `attend` gets each layer's
  /// number and memory, and turns query, key and value into the attention's result.
  package func run(
    _ tokens: [Int32], positions: [Int32], memory: SharedMemory, adapter: Adapter? = nil,
    pool: ThreadPool, attend: (Int, LayerMemory) throws -> Void
  ) rethrows {
    precondition(tokens.count <= memory.capacity, "the tokens do not fit into the memory")
    embed(tokens, adapter, into: memory.hidden.base, pool: pool)
    let last = positions.max() ?? 0
    let pass = PassContext(
      positions: positions, rotary: rotary.covering(Int(last) + 1), pool: pool)
    for (number, layer) in layers.enumerated() {
      try layer.forward(
        memory.layer, config, pass, adapters: adapter.map { LayerAdapters($0.modules[number]) }
      ) { try attend(number, $0) }
    }
  }

  /// The same over segments laid end to end, each attending to itself and to its prefix alone.
  package func run(
    _ tokens: [Int32], positions: [Int32]? = nil, segments: AttentionSegments,
    memory: SharedMemory, adapter: Adapter? = nil, pool: ThreadPool
  ) {
    let shape = attentionShape
    run(
      tokens, positions: positions ?? segments.positions, memory: memory, adapter: adapter,
      pool: pool
    ) { _, memory in
      let qkv = memory.queryKeyValue
      Attention.forward(
        q: qkv, k: qkv + shape.keyOffset, v: qkv + shape.valueOffset, shape: shape,
        segments: segments, into: memory.attention, pool: pool)
    }
  }

  /// The embeddings of tokens and of the vectors of a soft prompt: out [T, C].
  package func embed(
    _ tokens: [Int32], _ adapter: Adapter?, into out: MutableFloats, pool: ThreadPool
  ) {
    Embedding.gather(embedding, ids: tokens.map { max(0, $0) }, into: out, pool: pool)
    guard let prompt = adapter?.prompt else { return }
    let width = config.hiddenSize
    for (row, token) in tokens.enumerated() where token < 0 {
      (out + row * width).update(from: prompt.value + Int(-1 - token) * width, count: width)
    }
  }

  /// The states of some rows of `hidden` [T, C] behind the last norm: out [rows.count, C].
  package func finish(
    rows: [Int], of hidden: Floats, into out: MutableFloats, pool: ThreadPool
  ) {
    let width = config.hiddenSize
    let norm = RMSNorm(width: width, epsilon: config.normEpsilon)
    for (place, row) in rows.enumerated() {
      norm.forward(
        hidden + row * width, weight: finalNorm.base, tokens: 1, into: out + place * width,
        pool: pool)
    }
  }

  /// The shape of attention over a concatenated buffer of query, key and value; its products round
  /// to bf16 where the frozen ones do.
  package var attentionShape: AttentionShape {
    var shape = AttentionShape(
      heads: config.attentionHeads, keyHeads: config.keyValueHeads, headSize: config.headSize)
    shape.narrow = precision != .fp32
    return shape
  }
}
