internal import ExpertRecord
internal import ExpertTensors
internal import Foundation

extension ModelFiles {
  /// Writes a folder in Hugging Face's form with random bf16 weights of a Qwen3 shape: config.json and
  /// model.safetensors, no tokenizer. For measuring how long opening takes.
  package static func writeRandom(_ config: ModelConfig, folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try CanonicalJSON.text(of: config.huggingFace).write(
      toFile: folder + "/config.json", atomically: true, encoding: .utf8)
    let weights = RandomWeights(config)
    let entries = config.neededTensors.map {
      SafetensorsEntry($0.name, .bf16, shape: $0.shape)
    }
    try SafetensorsWriter.write(folder + "/model.safetensors", entries) { entry, put in
      let view = weights.tensor(entry.name)
      try withExtendedLifetime(view) { try put(view.bytes) }
    }
  }
}

extension ModelConfig {
  /// The members of config.json that opening a Qwen3 model reads.
  fileprivate var huggingFace: JSONValue {
    [
      "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3",
      "hidden_size": .number(Double(hiddenSize)),
      "intermediate_size": .number(Double(intermediateSize)),
      "num_hidden_layers": .number(Double(layers)),
      "num_attention_heads": .number(Double(attentionHeads)),
      "num_key_value_heads": .number(Double(keyValueHeads)),
      "head_dim": .number(Double(headSize)), "vocab_size": .number(Double(vocabularySize)),
      "max_position_embeddings": .number(Double(contextLength)),
      "rms_norm_eps": .number(Double(normEpsilon)), "rope_theta": .number(ropeTheta),
      "tie_word_embeddings": .bool(tiedEmbeddings), "hidden_act": "silu",
    ]
  }
}
