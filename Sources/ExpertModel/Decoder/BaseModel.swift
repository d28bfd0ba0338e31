package import ExpertPlatform
package import ExpertTensors

/// A frozen decoder, ready for products: what every adapter, every conversation and every score
/// stands on. Nothing in it is ever written again, so threads share it freely.
package final class BaseModel: Sendable {
  package let config: ModelConfig
  /// How the linear layers are held; `nil`: each as its file holds it.
  package let precision: Precision?
  /// The embedding of each token, [V, C], as the file holds it.
  package let embedding: TensorView
  package let layers: [DecoderLayer]
  /// The weight of the last norm, [C].
  package let finalNorm: FloatBuffer
  /// The head, [V, C]; made of the embedding where the two are tied.
  package let head: FrozenMatrix
  /// The rotation of every position.
  package let rotary: RotaryTables
  /// What DoRA needs of the rows of every linear layer.
  let rowSquares = RowSquares()

  /// Prepares the weights that `tensor` names, in Hugging Face's spelling.
  ///
  /// Linear layers are held in `precision`; with `nil` in bf16 where the file is that or wider, else
  /// in the bits of the file. Where four bits are asked for, the head keeps eight, and what the file
  /// holds at `w8a8`: it decides between tokens, and its errors are not averaged out by anything
  /// behind it.
  package init(
    _ config: ModelConfig, precision: Precision?, pool: ThreadPool,
    tensor: (String) throws -> TensorView
  ) throws {
    self.config = config
    self.precision = precision
    embedding = try tensor("model.embed_tokens.weight")
    layers = try (0..<config.layers).map { layer in
      try DecoderLayer(config, precision: precision, pool: pool) { name in
        try tensor("model.layers.\(layer).\(name)")
      }
    }
    finalNorm = try tensor("model.norm.weight").floats()
    let head = config.tiedEmbeddings ? embedding : try tensor("lm_head.weight")
    self.head = FrozenMatrix(
      [head], precision: Self.headPrecision(precision) ?? .natural(of: [head]), pool: pool)
    rotary = RotaryTables(config)
  }

  private static func headPrecision(_ precision: Precision?) -> Precision? {
    switch precision {
    case .int4?, .nf4?: .int8
    case .w8a8?: nil
    default: precision
    }
  }

  /// Bytes of all prepared weights; those mapped from a file count too.
  package var weightBytes: Int {
    layers.reduce(head.bytes) { sum, layer in
      sum + layer.queryKeyValue.bytes + layer.attentionOutput.bytes + layer.gateUp.bytes
        + layer.down.bytes
    }
  }
}

extension Precision {
  /// What a file's own encoding asks for: bf16 for floats, else its bits. Matrices that are stacked
  /// share one; where they differ, the wider serves.
  package static func natural(of views: [TensorView]) -> Precision {
    let types = Set(views.map(\.type))
    if types.isSubset(of: [.q4_0, .q4_1, .q4_k]) { return .int4 }
    return types.isSubset(of: [.q8_0, .q6_k]) ? .int8 : .bf16
  }
}

/// The weights of one layer. Query, key and value are one matrix, gate and up another.
package struct DecoderLayer: Sendable {
  /// [C]
  package let attentionNorm: FloatBuffer
  /// Query, key and value by rows: [(H + 2G) D, C]
  package let queryKeyValue: FrozenMatrix
  /// [(H + 2G) D], where the architecture has biases.
  package let queryKeyValueBias: FloatBuffer?
  /// [D], in Qwen3.
  package let queryNorm: FloatBuffer?
  /// [D], in Qwen3.
  package let keyNorm: FloatBuffer?
  /// [C, H D]
  package let attentionOutput: FrozenMatrix
  /// [C]
  package let feedForwardNorm: FloatBuffer
  /// Gate and up by rows: [2F, C]
  package let gateUp: FrozenMatrix
  /// [C, F]
  package let down: FrozenMatrix

  init(
    _ config: ModelConfig, precision: Precision?, pool: ThreadPool,
    tensor: (String) throws -> TensorView
  ) throws {
    func matrix(_ names: String...) throws -> FrozenMatrix {
      let views = try names.map { try tensor("\($0).weight") }
      return FrozenMatrix(views, precision: precision ?? .natural(of: views), pool: pool)
    }
    attentionNorm = try tensor("input_layernorm.weight").floats()
    queryKeyValue = try matrix("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
    queryKeyValueBias = config.attentionBias ? try Self.bias(tensor) : nil
    let normed = config.architecture == .qwen3
    queryNorm = normed ? try tensor("self_attn.q_norm.weight").floats() : nil
    keyNorm = normed ? try tensor("self_attn.k_norm.weight").floats() : nil
    attentionOutput = try matrix("self_attn.o_proj")
    feedForwardNorm = try tensor("post_attention_layernorm.weight").floats()
    gateUp = try matrix("mlp.gate_proj", "mlp.up_proj")
    down = try matrix("mlp.down_proj")
  }

  private static func bias(_ tensor: (String) throws -> TensorView) throws -> FloatBuffer {
    let parts = try ["q", "k", "v"].map {
      try tensor("self_attn.\($0)_proj.bias").floats().array
    }
    return FloatBuffer(parts.flatMap(\.self))
  }
}
