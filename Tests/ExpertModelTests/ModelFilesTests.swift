import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct ModelFilesTests {
  static let golden = GoldenFolder("Golden/tiny", besides: #filePath)

  @Test func theFixturesAreThoseOfTheManifest() throws {
    let (wrong, count) = try Self.golden.check()
    #expect(wrong == [])
    #expect(count == 21)
  }

  @Test(arguments: ModelConfig.Architecture.allCases)
  func opensEveryArchitecture(_ architecture: ModelConfig.Architecture) throws {
    let files = try ModelFiles.open(Self.golden.file(architecture.rawValue))
    var expected = ModelConfig(
      architecture: architecture, hiddenSize: 64, intermediateSize: 192, layers: 2,
      attentionHeads: 4, keyValueHeads: 2, headSize: 16, vocabularySize: 512, normEpsilon: 1e-6,
      ropeTheta: 1e6, contextLength: 512, tiedEmbeddings: true,
      attentionBias: architecture == .qwen2, endTokens: [2], beginToken: 1)
    if architecture == .llama {
      (expected.normEpsilon, expected.ropeTheta, expected.tiedEmbeddings) = (1e-5, 1e4, false)
    }
    #expect(files.config == expected)
    #expect(files.format == .safetensors)
    #expect(files.weightFiles == [Self.golden.file(architecture.rawValue) + "/model.safetensors"])
    #expect(try files.tensor("lm_head.weight").shape == [512, 64])
    try files.verify()
    let whole = try SHA256.hash(file: files.weightFiles[0])
    #expect(try files.weightsHash() == whole)
    guard case .none = files.tokenizerSource else {
      Issue.record("a tokenizer where there is none")
      return
    }
  }

  /// Made by llama.cpp's own permutation of the rows of q and k.
  @Test func aGGUFHoldsTheSameModel() throws {
    let original = try ModelFiles.open(Self.golden.file("llama"))
    let gguf = try ModelFiles.open(Self.golden.file("llama.gguf"))
    #expect(gguf.config == original.config)
    #expect(gguf.format == .gguf)
    #expect(gguf.tensorNames == original.tensorNames)
    for name in original.tensorNames {
      let (wanted, found) = (try original.tensor(name), try gguf.tensor(name))
      #expect(wanted.shape == found.shape)
      for (a, b) in zip(wanted.floats().array, found.floats().array) where a != b {
        #expect(abs(a - b) <= abs(a) * 0x1p-11 + 0x1p-25, "\(name)")
      }
    }
    try gguf.verify()
    guard case .gguf(let metadata) = gguf.tokenizerSource else {
      Issue.record("no tokenizer")
      return
    }
    #expect(metadata["tokenizer.ggml.tokens"]?.strings?.count == 512)
  }

  @Test func shardsAreTheSameModel() throws {
    let folder = try TemporaryFolder()
    let single = try ModelFiles.open(Self.golden.file("qwen3"))
    try Self.split(single, into: folder.path)
    let sharded = try ModelFiles.open(folder.path)
    #expect(sharded.config == single.config)
    #expect(sharded.weightFiles.count == 2)
    for name in single.tensorNames {
      #expect(Array(try single.tensor(name).bytes) == Array(try sharded.tensor(name).bytes))
    }
    let lines = try sharded.weightFiles.map { file in
      "\(file.split(separator: "/").last ?? ""):\(try SHA256.hash(file: file))"
    }
    #expect(try sharded.weightsHash() == SHA256.hash(lines.joined(separator: "\n")))
  }

  /// Writes a model's tensors as two shards, with its configuration.
  private static func split(_ model: ModelFiles, into folder: String) throws {
    var map: [String] = []
    for part in 0..<2 {
      let names = model.tensorNames.enumerated().filter { $0.offset % 2 == part }.map(\.element)
      let file = "model-0000\(part + 1)-of-00002.safetensors"
      try SafetensorsWriter.write(
        folder + "/" + file,
        floats: try names.map {
          let view = try model.tensor($0)
          return (name: $0, shape: view.shape, values: view.floats())
        })
      map += names.map { "\"\($0)\":\"\(file)\"" }
    }
    let json = "{\"weight_map\":{\(map.joined(separator: ","))}}"
    try AtomicFile.write(folder + "/model.safetensors.index.json", Array(json.utf8))
    try FileManager.default.copyItem(
      atPath: model.path + "/config.json", toPath: folder + "/config.json")
  }
}

/// A folder with a tiny model whose configuration or weights a test changes.
struct ChangedModel {
  let folder: TemporaryFolder
  var path: String { folder.path }

  /// A copy of a tiny model, `change` applied to the text of its config.json.
  init(_ name: String, config change: (String) -> String = { $0 }) throws {
    folder = try TemporaryFolder()
    let source = ModelFilesTests.golden.file(name)
    for file in ["config.json", "generation_config.json", "model.safetensors"] {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: source + "/" + file)))
      let text = file == "config.json" ? change(String(decoding: bytes, as: UTF8.self)) : nil
      try AtomicFile.write(folder.file(file), text.map { Array($0.utf8) } ?? bytes)
    }
  }

  /// Writes the weights again: `change` gets each tensor's floats and may drop or change it.
  func rewrite(
    _ change: (String, inout [Int], FloatBuffer) -> Bool
  ) throws {
    let source = try Safetensors(folder.file("model.safetensors"))
    let tensors = try source.entries.compactMap {
      entry -> (name: String, shape: [Int], values: FloatBuffer)? in
      var shape = entry.shape
      let values = try source.tensor(entry.name).floats()
      return change(entry.name, &shape, values) ? (entry.name, shape, values) : nil
    }
    try SafetensorsWriter.write(folder.file("model.safetensors"), floats: tensors)
  }
}

@Suite struct HuggingFaceConfigTests {
  private func scaling(_ old: String, _ new: String) throws -> RopeScaling {
    let model = try ChangedModel("qwen3") { text in
      text.replacingOccurrences(of: old, with: new)
    }
    return try ModelFiles.open(model.path).config.ropeScaling
  }

  private static let parameters = """
    "rope_parameters": {
        "rope_theta": 1000000.0,
        "rope_type": "default"
      }
    """

  /// The rotation in the spelling of old and of new files, and what it means.
  @Test(arguments: [
    (#""rope_theta": 5e5, "rope_scaling": null"#, 5e5, RopeScaling.none),
    (#""rope_scaling": {"type": "linear", "factor": 2.0}"#, 1e4, .linear(factor: 2)),
    (
      #""rope_parameters": {"rope_type": "linear", "factor": 4, "rope_theta": 7}"#, 7,
      .linear(factor: 4)
    ),
    (
      #""rope_theta": 1e6, "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "#
        + #""high_freq_factor": 4.0, "original_max_position_embeddings": 8192, "#
        + #""rope_type": "llama3"}"#, 1e6,
      .llama3(
        factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192)
    ),
    (
      #""rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128}"#,
      1e4,
      .yarn(
        factor: 4, originalContext: 128, betaFast: 32, betaSlow: 1, attentionFactor: nil,
        truncate: true)
    ),
    (
      #""rope_parameters": {"rope_type": "yarn", "original_max_position_embeddings": 128, "#
        + #""attention_factor": 1.5, "beta_fast": 16, "beta_slow": 2, "truncate": false}"#, 1e4,
      .yarn(
        factor: 4, originalContext: 128, betaFast: 16, betaSlow: 2, attentionFactor: 1.5,
        truncate: false)
    ),
  ])
  func readsTheRotationInOldAndNewSpelling(
    _ json: String, _ theta: Double, _ scaling: RopeScaling
  ) throws {
    let model = try ChangedModel("qwen3") {
      $0.replacingOccurrences(of: Self.parameters, with: json)
    }
    let config = try ModelFiles.open(model.path).config
    #expect(config.ropeTheta == theta)
    #expect(config.ropeScaling == scaling)
  }

  @Test func endTokensComeFromTheGenerationConfig() throws {
    let model = try ChangedModel("qwen3")
    let list = #"{"eos_token_id": [5, 3]}"#
    try AtomicFile.write(model.folder.file("generation_config.json"), Array(list.utf8))
    #expect(try ModelFiles.open(model.path).config.endTokens == [5, 3])
    try FileManager.default.removeItem(atPath: model.folder.file("generation_config.json"))
    #expect(try ModelFiles.open(model.path).config.endTokens == [2])
  }

  /// What is replaced in config.json, by what, and what the refusal names.
  @Test(arguments: [
    ("Qwen3ForCausalLM", "GPT2LMHeadModel", "architectures"),
    (#""hidden_size": 64"#, #""hidden_size": 65"#, "model.embed_tokens.weight"),
    (#""hidden_size": 64"#, #""hidden_size": "64""#, "hidden_size"),
    (#""hidden_size": 64,"#, "", "hidden_size"),
    (#""hidden_size": 64"#, #""hidden_size": 1e300"#, "hidden_size"),
    (#""hidden_size": 64"#, #""hidden_size": -64"#, "hidden_size"),
    (#""num_hidden_layers": 2"#, #""num_hidden_layers": 3"#, "model.layers.2."),
    (#""num_hidden_layers": 2"#, #""num_hidden_layers": 999999"#, "num_hidden_layers"),
    (#""num_key_value_heads": 2"#, #""num_key_value_heads": 3"#, "num_key_value_heads"),
    (#""num_key_value_heads": 2"#, #""num_key_value_heads": 4"#, "self_attn.k_proj.weight"),
    (#""head_dim": 16"#, #""head_dim": 17"#, "head_dim"),
    (#""vocab_size": 512"#, #""vocab_size": 1"#, "eos_token_id"),
    (#""vocab_size": 512"#, #""vocab_size": 511"#, "model.embed_tokens.weight"),
    (#""hidden_act": "silu""#, #""hidden_act": "gelu""#, "hidden_act"),
    (#""attention_bias": false"#, #""attention_bias": true"#, "attention_bias"),
    (#""use_sliding_window": false"#, #""use_sliding_window": true"#, "use_sliding_window"),
    (#""full_attention""#, #""sliding_attention""#, "layer_types"),
    (#""rope_type": "default""#, #""rope_type": "longrope""#, "rope_parameters.rope_type"),
    (#""rope_type": "default""#, #""rope_type": "yarn""#, "rope_parameters.factor"),
    (#""rope_theta": 1000000.0"#, #""rope_theta": 0"#, "rope_parameters.rope_theta"),
    (#""rope_theta": 1000000.0"#, #""partial_rotary_factor": 0.5"#, "partial_rotary_factor"),
    (#""use_cache": true"#, #""quantization_config": {}"#, "quantization_config"),
    (#""eos_token_id": 2"#, #""eos_token_id": 2"x"#, "line "),
    ("{", "[", "line "),
  ])
  func refusesWhatTheDecoderCannotDoAndNamesTheField(
    _ old: String, _ new: String, _ field: String
  ) throws {
    let model = try ChangedModel("qwen3") { $0.replacingOccurrences(of: old, with: new) }
    let error = #expect(throws: ModelFileError.self) { try ModelFiles.open(model.path) }
    let text = error?.description ?? ""
    #expect(text.contains(field) && text.contains(model.path), "\(text)")
  }
}

@Suite struct ModelWeightsTests {
  @Test func aMissingTensorIsNamed() throws {
    let model = try ChangedModel("qwen2")
    try model.rewrite { name, _, _ in name != "model.layers.1.mlp.up_proj.weight" }
    #expect(
      throws: ModelFileError.missingTensor(
        path: model.path, name: "model.layers.1.mlp.up_proj.weight")
    ) { try ModelFiles.open(model.path) }
  }

  @Test func aWrongShapeIsNamedWithBothShapes() throws {
    let model = try ChangedModel("qwen2")
    try model.rewrite { name, shape, _ in
      if name == "model.layers.0.mlp.up_proj.weight" { shape = [64, 192] }
      return true
    }
    #expect(
      throws: ModelFileError.wrongShape(
        path: model.path, tensor: "model.layers.0.mlp.up_proj.weight", expected: [192, 64],
        found: [64, 192])
    ) { try ModelFiles.open(model.path) }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, .signalingNaN])
  func weightsThatAreNoNumbersAreFound(_ value: Float) throws {
    let model = try ChangedModel("qwen3")
    let name = "model.layers.1.self_attn.o_proj.weight"
    for (row, atOpening) in [(0, true), (63, true), (31, false)] {
      try model.rewrite { tensor, _, values in
        if tensor == name {
          for i in [0, 31, 63] { values.base[i * 64 + 5] = i == row ? value : 0 }
        }
        return true
      }
      let error = ModelFileError.notFinite(path: model.path, tensor: name, row: row)
      if atOpening {
        #expect(throws: error) { try ModelFiles.open(model.path) }
      } else {
        #expect(throws: error) { try ModelFiles.open(model.path).verify() }
      }
    }
  }

  /// Half-precision scales of quantised blocks and plain halves are looked at too.
  @Test(arguments: [
    (ElementType.f16, 0), (.bf16, 0), (.q8_0, 0), (.q4_0, 0), (.q4_1, 0), (.q4_1, 2), (.q4_k, 0),
    (.q4_k, 2), (.q6_k, 208),
  ])
  func everyEncodingIsLookedAt(_ type: ElementType, _ place: Int) throws {
    let bad: UInt16 = type == .bf16 ? 0x7f80 : 0x7e00
    let count = max(2, type.blockBytes)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * 3, alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    let view = TensorView(
      name: "t", shape: [3, type.blockElements], type: type,
      bytes: UnsafeRawBufferPointer(memory), owner: FloatBuffer(count: 0))
    #expect(view.firstRowNotFinite(0..<3) == nil)
    memory.storeBytes(of: bad, toByteOffset: 2 * count + place, as: UInt16.self)
    #expect(view.firstRowNotFinite(0..<3) == 2)
    #expect(view.firstRowNotFinite(0..<2) == nil)
  }

  @Test func aHeadThatEqualsTheEmbeddingIsTheEmbedding() throws {
    let model = try ChangedModel("llama")
    var embedding: FloatBuffer?
    try model.rewrite { name, _, values in
      if name == "model.embed_tokens.weight" { embedding = values }
      return true
    }
    #expect(try !ModelFiles.open(model.path).config.tiedEmbeddings)
    let copy = try #require(embedding)
    try model.rewrite { name, _, values in
      if name == "lm_head.weight" { values.base.update(from: copy.base, count: copy.count) }
      return true
    }
    let files = try ModelFiles.open(model.path)
    #expect(files.config.tiedEmbeddings)
    #expect(!files.tensorNames.contains("lm_head.weight"))
    #expect(try files.tensor("lm_head.weight").name == "model.embed_tokens.weight")
  }

  @Test func picklesAndOtherThingsAreNoModel() throws {
    let folder = try TemporaryFolder()
    for path in [folder.path, folder.file("absent"), "/dev/null"] {
      #expect(throws: ModelFileError.self) { try ModelFiles.open(path) }
    }
    try AtomicFile.write(folder.file("pytorch_model.bin"), [0x80, 2])
    let model = try ChangedModel("qwen3")
    try FileManager.default.removeItem(atPath: model.folder.file("model.safetensors"))
    try AtomicFile.write(model.folder.file("pytorch_model.bin"), [0x80, 2])
    for path in [folder.file("pytorch_model.bin"), model.path] {
      let error = #expect(throws: ModelFileError.self) { try ModelFiles.open(path) }
      #expect(error?.description.contains("never read") == true)
    }
  }
}

/// The model that people run: what an independent reader says of it.
@Suite struct RealModelTests {
  @Test(.testModel(TestModels.smolLM2)) func opensSmolLM2() throws {
    let before = ResourceUsage.now().threadTime
    let model = try ModelFiles.open(TestModels.path(TestModels.smolLM2))
    // Of this thread alone: other tests run beside it. The vocabulary's texts take most of it.
    #expect(ResourceUsage.now().threadTime - before < .seconds(1))
    #expect(
      model.config
        == ModelConfig(
          architecture: .llama, hiddenSize: 576, intermediateSize: 1536, layers: 30,
          attentionHeads: 9, keyValueHeads: 3, headSize: 64, vocabularySize: 49152,
          normEpsilon: 1e-5, ropeTheta: 1e5, contextLength: 8192, tiedEmbeddings: true,
          attentionBias: false, endTokens: [2], beginToken: 1))
    #expect(model.parameterCount == 134_515_008)
    #expect(model.elementTypes.map(\.type) == [.q4_1, .q8_0, .f32])
    #expect(model.chatTemplate?.contains("<|im_start|>") == true)
    try model.verify()
    #expect(
      try model.weightsHash().description
        == "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53")
  }
}
