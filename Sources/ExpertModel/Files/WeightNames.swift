/// One tensor that a decoder needs: its name in Hugging Face's spelling and its shape.
package struct NeededTensor: Sendable, Hashable {
  package let name: String
  package let shape: [Int]
}

extension ModelConfig {
  /// Every tensor that the decoder reads, `lm_head` only where it is not the embedding.
  package var neededTensors: [NeededTensor] {
    var needed = [
      NeededTensor(name: WeightNames.embedding, shape: [vocabularySize, hiddenSize]),
      NeededTensor(name: WeightNames.finalNorm, shape: [hiddenSize]),
    ]
    if !tiedEmbeddings {
      needed.append(NeededTensor(name: WeightNames.head, shape: [vocabularySize, hiddenSize]))
    }
    for layer in 0..<layers {
      needed += layerTensors.map {
        NeededTensor(name: "model.layers.\(layer).\($0.name)", shape: $0.shape)
      }
    }
    return needed
  }

  /// The tensors of one layer, by their names behind `model.layers.{i}.`.
  private var layerTensors: [NeededTensor] {
    let (c, f, q, kv) = (hiddenSize, intermediateSize, querySize, keyValueSize)
    var tensors = [
      NeededTensor(name: "input_layernorm.weight", shape: [c]),
      NeededTensor(name: "self_attn.q_proj.weight", shape: [q, c]),
      NeededTensor(name: "self_attn.k_proj.weight", shape: [kv, c]),
      NeededTensor(name: "self_attn.v_proj.weight", shape: [kv, c]),
      NeededTensor(name: "self_attn.o_proj.weight", shape: [c, q]),
      NeededTensor(name: "post_attention_layernorm.weight", shape: [c]),
      NeededTensor(name: "mlp.gate_proj.weight", shape: [f, c]),
      NeededTensor(name: "mlp.up_proj.weight", shape: [f, c]),
      NeededTensor(name: "mlp.down_proj.weight", shape: [c, f]),
    ]
    if attentionBias {
      tensors.append(NeededTensor(name: "self_attn.q_proj.bias", shape: [q]))
      tensors.append(NeededTensor(name: "self_attn.k_proj.bias", shape: [kv]))
      tensors.append(NeededTensor(name: "self_attn.v_proj.bias", shape: [kv]))
    }
    if architecture == .qwen3 {
      tensors.append(NeededTensor(name: "self_attn.q_norm.weight", shape: [headSize]))
      tensors.append(NeededTensor(name: "self_attn.k_norm.weight", shape: [headSize]))
    }
    return tensors
  }
}

/// The names of Hugging Face and those of GGUF.
enum WeightNames {
  static let embedding = "model.embed_tokens.weight"
  static let finalNorm = "model.norm.weight"
  static let head = "lm_head.weight"

  private static let whole = [
    (hf: embedding, gguf: "token_embd.weight"), (hf: finalNorm, gguf: "output_norm.weight"),
    (hf: head, gguf: "output.weight"),
  ]
  private static let inLayer = [
    (hf: "input_layernorm", gguf: "attn_norm"), (hf: "self_attn.q_proj", gguf: "attn_q"),
    (hf: "self_attn.k_proj", gguf: "attn_k"), (hf: "self_attn.v_proj", gguf: "attn_v"),
    (hf: "self_attn.o_proj", gguf: "attn_output"), (hf: "self_attn.q_norm", gguf: "attn_q_norm"),
    (hf: "self_attn.k_norm", gguf: "attn_k_norm"),
    (hf: "post_attention_layernorm", gguf: "ffn_norm"),
    (hf: "mlp.gate_proj", gguf: "ffn_gate"), (hf: "mlp.up_proj", gguf: "ffn_up"),
    (hf: "mlp.down_proj", gguf: "ffn_down"),
  ]

  /// GGUF's name of a tensor; `nil` for one that no decoder has.
  static func gguf(_ name: String) -> String? {
    if let pair = whole.first(where: { $0.hf == name }) { return pair.gguf }
    let parts = name.split(separator: ".")
    guard parts.count > 4, parts[0] == "model", parts[1] == "layers" else { return nil }
    let middle = parts[3..<parts.count - 1].joined(separator: ".")
    guard let pair = inLayer.first(where: { $0.hf == middle }) else { return nil }
    return "blk.\(parts[2]).\(pair.gguf).\(parts[parts.count - 1])"
  }

  /// Hugging Face's name of a GGUF tensor; `nil` for what no decoder reads (`rope_freqs.weight`).
  static func huggingFace(_ name: String) -> String? {
    if let pair = whole.first(where: { $0.gguf == name }) { return pair.hf }
    let parts = name.split(separator: ".")
    guard parts.count == 4, parts[0] == "blk",
      let pair = inLayer.first(where: { $0.gguf == parts[2] })
    else { return nil }
    return "model.layers.\(parts[1]).\(pair.hf).\(parts[3])"
  }
}
