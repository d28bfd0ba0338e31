import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

/// Exports of the golden adapters, opened again, against PEFT's own logits.
@Suite struct ExportTests {
  private static let adapters = GoldenFolder("Golden/adapters", besides: #filePath)
  private static let tiny = GoldenFolder("Golden/tiny", besides: #filePath)

  /// Adapters that change weights; soft prompts do not.
  static let weightCases = AdapterGoldenTests.cases.filter { !$0.hasSuffix("prompt") }
  static let plainCases = weightCases.filter { $0.contains("lora") }
  static let otherCases = weightCases.filter { !$0.contains("lora") }

  /// An adapter on its tiny base, with a place for what is exported.
  private struct Case {
    let name: String
    let files: ModelFiles
    let adapter: Adapter
    let place: TemporaryFolder

    init(_ name: String) throws {
      self.name = name
      files = try ModelFiles.open(ExportTests.tiny.file(String(name.split(separator: "/")[0])))
      adapter = try AdapterFolder.load(
        ExportTests.adapters.file(name) + "/init", for: files.config)
      place = try TemporaryFolder()
    }

    func export(
      _ format: AdapterExportFormat, _ change: (inout ExportRequest) -> Void = { _ in }
    ) throws -> ExportReport {
      var request = ExportRequest(format, output: place.file("result"), name: "tiny")
      change(&request)
      return try Exporter(files, adapter, request, pool: .shared).run()
    }

    /// What lies in the place.
    var left: [String] {
      get throws { try FileManager.default.contentsOfDirectory(atPath: place.path) }
    }

    /// The last logits of the golden batch's second row, from files alone and from PEFT.
    func difference(_ files: ModelFiles, _ adapter: Adapter?) throws -> Float {
      let model = try BaseModel(files.config, precision: .fp32, pool: .shared) {
        try files.tensor($0)
      }
      if let adapter { model.prepare(adapter, pool: .shared) }
      let batch = try Safetensors(ExportTests.adapters.file("batch.safetensors"))
      let width = batch.entry("input_ids")?.shape.last ?? 0
      let ids = try batch.integers("input_ids")
      let mask = try batch.integers("attention_mask")
      let row = (width..<2 * width).filter { mask[$0] != 0 }.map { Int32(ids[$0]) }
      let decoder = Decoder(model, adapter: adapter, pool: .shared)
      let stream = decoder.stream(capacity: row.count + (adapter?.promptLength ?? 0))
      let found = Array(decoder.read(row, stream))
      let golden = try Safetensors(ExportTests.adapters.file(name) + "/logits0.safetensors")
      let wanted = Array(try golden.tensor("logits_row1").floats().array.suffix(found.count))
      let most = wanted.reduce(Float(1e-30)) { max($0, abs($1)) }
      return zip(found, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) } / most
    }
  }

  // MARK: - Round trips

  @Test(arguments: AdapterGoldenTests.cases) func aPEFTFolderIsTheAdapter(name: String) throws {
    let golden = try Case(name)
    let report = try golden.export(.peft)
    #expect(report.comparison.difference == 0)
    let again = try AdapterFolder.load(report.output, for: golden.files.config)
    #expect(again.config == golden.adapter.config)
    #expect(again.parameters.map(\.array) == golden.adapter.parameters.map(\.array))
    #expect(
      report.files.map(\.name)
        == ["README.md", "adapter_config.json", "adapter_model.safetensors"])
    let rounded = try golden.export(.peft) {
      $0.type = .bf16
      $0.output = golden.place.file("rounded")
    }
    #expect(rounded.comparison.difference < 8e-2)
  }

  @Test(arguments: weightCases) func aMergedFolderGivesTheLogitsOfPEFT(name: String) throws {
    let golden = try Case(name)
    let report = try golden.export(.merged)
    #expect(report.type == .f32)
    #expect(try golden.difference(ModelFiles.open(report.output), nil) < 1e-5)
    #expect(try golden.left == ["result"])
  }

  @Test(arguments: weightCases) func aMergedGGUFGivesTheLogitsOfPEFT(name: String) throws {
    let golden = try Case(name)
    let limits: [(ElementType, Float)] = [(.f32, 1e-5), (.f16, 1e-2), (.bf16, 8e-2)]
    for (type, limit) in limits {
      let report = try golden.export(.gguf) {
        $0.type = type
        $0.replaces = true
      }
      let file = try ModelFiles.open(report.output)
      #expect(file.format == .gguf && file.elementTypes.first?.type == type)
      #expect(try golden.difference(file, nil) < limit)
    }
    #expect(try golden.left == ["result"])
  }

  @Test(arguments: weightCases, [ElementType.q8_0, .q4_0])
  func blocksTellTheirDivergence(name: String, type: ElementType) throws {
    let golden = try Case(name)
    let report = try golden.export(.gguf) { $0.type = type }
    #expect(report.limit == nil)
    #expect(report.comparison.divergence > 0 && report.comparison.divergence < 0.2)
    #expect(abs(report.comparison.changeOfNLL) < 0.1)
    let file = try GGUF(report.output)
    #expect(file.metadata["general.quantization_version"]?.integer == 2)
    #expect(file.entry("blk.0.attn_q.weight")?.type == type)
    // Embedding and head keep eight bits, vectors all.
    #expect(file.entry("token_embd.weight")?.type == .q8_0)
    #expect(file.entry("blk.0.attn_norm.weight")?.type == .f32)
  }

  @Test(arguments: plainCases) func aGGUFAdapterGivesTheLogitsOfPEFT(name: String) throws {
    let golden = try Case(name)
    let report = try golden.export(.ggufAdapter)
    let again = try GGUFAdapter.read(report.output, for: golden.files.config)
    #expect(try golden.difference(golden.files, again) < 1e-5)
    let half = try golden.export(.ggufAdapter) {
      $0.type = .f16
      $0.replaces = true
    }
    let rounded = try GGUFAdapter.read(half.output, for: golden.files.config)
    #expect(try golden.difference(golden.files, rounded) < 1e-2)
  }

  // MARK: - What the files say

  /// A merge that changes nothing is the base as the reference's converter writes it, rows of
  /// query and key interleaved.
  @Test func aMergeOfNothingIsTheConvertersFile() throws {
    let files = try ModelFiles.open(Self.tiny.file("llama"))
    let config = AdapterConfig(method: .lora(.init(rank: 1)), targets: TargetModule.allCases)
    let place = try TemporaryFolder()
    let request = ExportRequest(.gguf, output: place.file("a.gguf"), name: "tiny")
    let nothing = Adapter(config, for: files.config)
    _ = try Exporter(files, nothing, request, pool: .shared).run()
    let found = try GGUF(place.file("a.gguf"))
    let wanted = try GGUF(Self.tiny.file("llama.gguf"))
    #expect(Set(found.entries.map(\.name)) == Set(wanted.entries.map(\.name)))
    for entry in wanted.entries {
      let (one, two) = (try found.tensor(entry.name), try wanted.tensor(entry.name))
      #expect(one.type == two.type && one.shape == two.shape)
      #expect(Array(one.bytes) == Array(two.bytes), "\(entry.name)")
    }
    for key in wanted.metadata.keys where key.hasPrefix("llama.") {
      #expect(found.metadata[key] == wanted.metadata[key], "\(key)")
    }
  }

  /// Row 2j of a head is row j, row 2j + 1 row j + D/2, in the B of query and key of Llama alone.
  @Test func rowsOfQueryAndKeyAreInterleavedForLlama() throws {
    let golden = try Case("llama/lora_warm")
    let file = try GGUF(try golden.export(.ggufAdapter).output)
    let half = golden.files.config.headSize / 2
    func rows(_ target: TargetModule) throws -> [[Float]] {
      let parameter = try #require(
        golden.adapter.parameters.first {
          $0.name.contains("layers.0.") && $0.name.contains(target.rawValue)
            && $0.name.hasSuffix("lora_B.weight")
        })
      return stride(from: 0, to: parameter.count, by: parameter.shape[1]).map {
        Array(parameter.array[$0..<$0 + parameter.shape[1]])
      }
    }
    func stored(_ name: String) throws -> [Float] {
      try file.tensor("blk.0.\(name).weight.lora_b").floats().array
    }
    for (target, name) in [(TargetModule.query, "attn_q"), (.key, "attn_k")] {
      let natural = try rows(target)
      let expected = natural.indices.map { row in
        let (head, place) = row.quotientAndRemainder(dividingBy: 2 * half)
        return natural[head * 2 * half + place / 2 + (place % 2) * half]
      }
      #expect(try stored(name) == expected.flatMap(\.self))
      #expect(expected != natural)
    }
    #expect(try stored("attn_v") == (try rows(.value)).flatMap(\.self))
  }

  /// llama.cpp multiplies by alpha over rank: rsLoRA's √r goes into alpha, and what single targets
  /// have of their own into B.
  @Test func scalesAreFolded() throws {
    let golden = try Case("qwen3/rslora_warm")
    var options = try #require(golden.adapter.config.method.lora)
    let alpha = options.alpha * Double(options.rank).squareRoot()
    let file = try GGUF(try golden.export(.ggufAdapter).output)
    #expect(file.metadata["adapter.lora.alpha"]?.number == Double(Float(alpha)))
    #expect(file.metadata["general.type"]?.string == "adapter")
    #expect(file.metadata["adapter.type"]?.string == "lora")
    options.rankStabilized = false
    options.alphaPattern = [.query: options.alpha * 3]
    var config = golden.adapter.config
    config.method = .lora(options)
    let own = Adapter(config, for: golden.files.config)
    for (to, from) in zip(own.parameters, golden.adapter.parameters) {
      to.value.update(from: from.value, count: from.count)
    }
    let request = ExportRequest(.ggufAdapter, output: golden.place.file("own"), name: "own")
    let report = try Exporter(golden.files, own, request, pool: .shared).run()
    #expect(report.comparison.difference < 1e-5)
    let folded = try GGUF(report.output).tensor("blk.0.attn_q.weight.lora_b").floats().array
    let plain = try file.tensor("blk.0.attn_q.weight.lora_b").floats().array
    for (a, b) in zip(folded, plain) { #expect(abs(a - 3 * b) <= 1e-6 * abs(a)) }
  }

  @Test func largeModelsGoIntoSeveralFiles() throws {
    let golden = try Case("llama/lora_warm")
    let report = try golden.export(.merged) { $0.maxShardBytes = 200_000 }
    let weights = report.files.filter { $0.name.hasSuffix(".safetensors") }
    #expect(weights.count > 2 && weights.allSatisfy { $0.bytes < 210_000 })
    #expect(weights[0].name == "model-00001-of-0000\(weights.count).safetensors")
    #expect(report.files.contains { $0.name == "model.safetensors.index.json" })
    #expect(try golden.difference(ModelFiles.open(report.output), nil) < 1e-5)
  }

  @Test func aModelfileNamesItsParts() throws {
    let golden = try Case("qwen3/lora_warm")
    let merged = try golden.export(.modelfile) { $0.template = .chatml }
    #expect(merged.files.map(\.name) == ["Modelfile", "model.gguf"])
    let text = try String(contentsOfFile: merged.output + "/Modelfile", encoding: .utf8)
    #expect(
      text == """
        FROM ./model.gguf
        TEMPLATE \"\"\"{{- range .Messages }}<|im_start|>{{ .Role }}
        {{ .Content }}<|im_end|>
        {{ end }}<|im_start|>assistant
        \"\"\"
        PARAMETER stop "<|im_start|>"
        PARAMETER stop "<|im_end|>"

        """)
    let beside = try golden.export(.modelfile) {
      $0.ollamaBase = "qwen3:0.6b"
      $0.replaces = true
    }
    #expect(beside.files.map(\.name) == ["Modelfile", "adapter.gguf"])
    let other = try String(contentsOfFile: beside.output + "/Modelfile", encoding: .utf8)
    #expect(other == "FROM qwen3:0.6b\nADAPTER ./adapter.gguf\n")
  }

  @Test func aCardTellsWhatIsKnown() throws {
    let golden = try Case("qwen3/dora_warm")
    let report = try golden.export(.peft) {
      $0.facts = AdapterFacts(base: "Qwen/Qwen3-0.6B", baseHash: "00ff", license: "mit")
      $0.facts.training = [.init("dataset", "json@v3")]
    }
    let card = try String(contentsOfFile: report.output + "/README.md", encoding: .utf8)
    for line in [
      "base_model: \"Qwen/Qwen3-0.6B\"", "library_name: peft", "license: \"mit\"", "- dora",
      "- dataset: json@v3", "- sha256 of the base's weights: 00ff",
    ] {
      #expect(card.contains("\n\(line)\n"), "\(line)")
    }
  }

  // MARK: - Drift

  @Test func anotherBaseReportsTheDrift() throws {
    let golden = try Case("qwen3/lora_warm")
    #expect(try golden.export(.merged).drift == nil)
    // A base of the same shape and other weights.
    let changed = try Case("qwen3/rslora_warm").files
    let strange = try Case("qwen3/rslora_warm").adapter
    let request = ExportRequest(.merged, output: golden.place.file("other"), name: "other")
    _ = try Exporter(changed, strange, request, pool: .shared).run()
    let other = try ModelFiles.open(golden.place.file("other"))
    let report = try golden.export(.gguf) {
      $0.trainedOn = other
      $0.replaces = true
    }
    let drift = try #require(report.drift)
    #expect(drift.comparison.difference > 0.01 && drift.comparison.divergence > 1e-5)
  }

  @Test func aBaseOfOtherShapesIsRefused() throws {
    let golden = try Case("qwen3/lora_warm")
    for name in ["qwen3-teacher", "llama"] {
      let other = try ModelFiles.open(Self.tiny.file(name))
      #expect(throws: ExportError.otherShape(path: Self.tiny.file(name))) {
        try golden.export(.gguf) { $0.trainedOn = other }
      }
    }
    #expect(try golden.left == [])
  }

  @Test func aQuantizedBaseReportsTheDrift() throws {
    let golden = try Case("llama/lora_warm")
    _ = try golden.export(.gguf) {
      $0.type = .q8_0
      $0.output = golden.place.file("base.gguf")
    }
    let base = try ModelFiles.open(golden.place.file("base.gguf"))
    let request = ExportRequest(.merged, output: golden.place.file("again"), name: "again")
    let report = try Exporter(base, golden.adapter, request, pool: .shared).run()
    #expect(report.type == .f16)
    #expect(report.drift != nil)
    #expect(try ModelFiles.open(report.output).config.hiddenSize == base.config.hiddenSize)
  }

  // MARK: - Refusals

  @Test(arguments: ["qwen3/prompt", "qwen2/prompt", "llama/prompt"])
  func softPromptsAreNotMerged(name: String) throws {
    let golden = try Case(name)
    for format in AdapterExportFormat.allCases where format != .peft {
      #expect(throws: ExportError.softPrompt(format: title(format))) {
        try golden.export(format)
      }
    }
    #expect(try golden.left == [])
  }

  private func title(_ format: AdapterExportFormat) -> String {
    (format == .modelfile ? "an " : "a ") + format.title
  }

  @Test(arguments: otherCases) func onlyPlainLoRABecomesAGGUFAdapter(name: String) throws {
    let golden = try Case(name)
    #expect {
      try golden.export(.ggufAdapter)
    } throws: { error in
      guard case .needsMerging? = error as? ExportError else { return false }
      return "\(error)".contains("--format gguf")
    }
    #expect(try golden.left == [])
  }

  @Test func whatStandsThereIsKept() throws {
    let golden = try Case("qwen3/lora_warm")
    try Data("mine".utf8).write(to: URL(fileURLWithPath: golden.place.file("result")))
    #expect(throws: ExportError.exists(path: golden.place.file("result"))) {
      try golden.export(.gguf)
    }
    #expect(try String(contentsOfFile: golden.place.file("result"), encoding: .utf8) == "mine")
    _ = try golden.export(.merged) { $0.replaces = true }
    #expect(try golden.left == ["result"])
    #expect(try ModelFiles.open(golden.place.file("result")).format == .safetensors)
  }

  /// Numbers that half precision does not hold make another model: the check finds it, and nothing
  /// is left.
  @Test func aResultThatComputesSomethingElseIsNotLeftBehind() throws {
    let golden = try Case("qwen3/lora_warm")
    for parameter in golden.adapter.parameters where parameter.name.hasSuffix("lora_B.weight") {
      for place in 0..<parameter.count { parameter.value[place] *= 1e7 }
    }
    #expect(throws: (any Error).self) { try golden.export(.gguf) }
    #expect(throws: (any Error).self) { try golden.export(.merged) { $0.type = .f16 } }
    #expect(try golden.left == [])
  }

  @Test func anInterruptionLeavesNothing() throws {
    let golden = try Case("qwen3/lora_warm")
    for format in [AdapterExportFormat.merged, .gguf, .modelfile] {
      let request = ExportRequest(format, output: golden.place.file("result"), name: "tiny")
      let exporter = try Exporter(golden.files, golden.adapter, request, pool: .shared) {
        done, total in
        if done > total / 2 { throw CancellationError() }
      }
      #expect(throws: CancellationError.self) { try exporter.run() }
      #expect(try golden.left == [])
    }
  }

  @Test func damagedGGUFAdaptersAreRefused() throws {
    let golden = try Case("llama/lora_warm")
    let config = golden.files.config
    let good = try GGUF(try golden.export(.ggufAdapter).output)
    func write(
      _ name: String, _ change: (inout [String: GGUFValue], inout [GGUFWriter.Tensor]) -> Void
    ) throws -> String {
      var metadata = good.metadata
      var tensors = good.entries.map { GGUFWriter.Tensor($0.name, $0.type, shape: $0.shape) }
      change(&metadata, &tensors)
      let path = golden.place.file(name)
      try GGUFWriter.write(
        path, metadata: metadata.map { (key: $0.key, value: $0.value) }, tensors: tensors
      ) { tensor, put in
        try [UInt8](repeating: 0, count: tensor.bytes ?? 0).withUnsafeBytes { try put($0) }
      }
      return path
    }
    let paths = [
      try write("no-type") { metadata, _ in metadata["adapter.type"] = nil },
      try write("other-architecture") { metadata, _ in
        metadata["general.architecture"] = .string("qwen3")
      },
      try write("missing") { _, tensors in tensors.removeLast() },
      try write("stray") { _, tensors in
        tensors.append(GGUFWriter.Tensor("blk.0.attn_q.weight.lora_c", .f32, shape: [1, 1]))
      },
      try write("shape") { _, tensors in tensors[0].shape[1] += 1 },
      try write("rank") { _, tensors in tensors[0].shape[0] += 1 },
    ]
    for path in paths {
      #expect(throws: AdapterError.self, "\(path)") { try GGUFAdapter.read(path, for: config) }
    }
  }
}

/// The same with a real model and its tokenizer.
@Suite(.testModel(TestModels.smolLM2)) struct SmolLM2ExportTests {
  /// From GGUF to Hugging Face's form and back: shape, tokenizer and template stay what they are.
  @Test func theWayToHuggingFaceAndBackKeepsTokenizerAndLogits() throws {
    let files = try ModelFiles.open(TestModels.path(TestModels.smolLM2))
    let place = try TemporaryFolder()
    let config = AdapterConfig(method: .lora(.init(rank: 4)), targets: [.query, .value])
    let adapter = Adapter(config, for: files.config)
    adapter.start(seed: 3)
    for parameter in adapter.parameters where parameter.name.hasSuffix("lora_B.weight") {
      for at in 0..<parameter.count { parameter.value[at] = Float(at % 7 - 3) * 1e-3 }
    }
    func export(
      _ format: AdapterExportFormat, _ files: ModelFiles, _ name: String
    ) throws -> ExportReport {
      let request = ExportRequest(format, output: place.file(name), name: name)
      return try Exporter(files, adapter, request, pool: .shared).run()
    }
    let folder = try export(.merged, files, "folder")
    #expect(folder.type == .f16 && folder.comparison.difference < 1e-2)
    #expect(folder.drift != nil)
    let merged = try ModelFiles.open(folder.output)
    #expect(merged.template == .smollm2)
    #expect(merged.config == files.config)
    let back = try ModelFiles.open(try export(.gguf, merged, "back.gguf").output)
    #expect(back.config == files.config)
    #expect(back.template == .smollm2)
    let texts =
      ComparisonPrompts.texts + ["<|im_start|>user\n12345 x  y\t\n", "ÿ\u{301} 👩‍👩‍👧 \r\n\r\n"]
    let tokenizers = try [files, merged, back].map { try $0.tokenizer() }
    for text in texts {
      let ids = try tokenizers.map { try $0.encode(text) }
      #expect(ids[1] == ids[0] && ids[2] == ids[0], "\(text)")
    }
  }
}
