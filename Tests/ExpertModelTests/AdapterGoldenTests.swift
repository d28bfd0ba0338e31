import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
import Testing

/// Adapters in PEFT's form against PEFT: logits and first gradients, in fp32.
@Suite struct AdapterGoldenTests {
  private static let folder = GoldenFolder("Golden/adapters", besides: #filePath)

  static let cases: [String] = [
    "qwen3/lora", "qwen3/lora_warm", "qwen3/lora_qv", "qwen3/rslora_warm", "qwen3/dora",
    "qwen3/dora_warm", "qwen3/ia3", "qwen3/ia3_warm", "qwen3/prompt", "qwen2/lora_warm",
    "qwen2/dora_warm", "qwen2/ia3_warm", "qwen2/prompt", "llama/lora_warm", "llama/rslora_warm",
    "llama/dora_warm", "llama/ia3_warm", "llama/prompt",
  ]

  @Test func theFixturesAreThere() throws {
    let found = try Self.folder.check()
    #expect(found.wrong == [])
    // Two adapters of two files, gradients, logits and the curve of each case, and the batch.
    #expect(found.count == 7 * Self.cases.count + 1)
  }

  @Test(arguments: cases) func logitsAreThoseOfPEFT(name: String) throws {
    let golden = try Case(name)
    let ids = golden.batch[1]
    let decoder = Decoder(golden.model, adapter: golden.adapter, pool: .shared)
    let stream = decoder.stream(capacity: golden.adapter.promptLength + ids.count)
    let logits = Array(decoder.read(ids, stream))
    let reference = try golden.tensor("logits0.safetensors", "logits_row1")
    let last = Array(reference.suffix(logits.count))
    #expect(difference(logits, last) < 1e-5)
  }

  @Test(arguments: cases) func firstGradientsAreThoseOfPEFT(name: String) throws {
    let golden = try Case(name)
    golden.adapter.clearGradients()
    golden.backward()
    let file = try Safetensors(Self.folder.file(name) + "/grads0.safetensors")
    #expect(Set(file.entries.map(\.name)) == Set(golden.adapter.trained.map(\.name)))
    for parameter in golden.adapter.trained {
      let found = Array(UnsafeBufferPointer(start: parameter.gradient, count: parameter.count))
      let reference = try file.tensor(parameter.name).floats().array
      #expect(difference(found, reference) < 1e-4, "\(parameter.name)")
    }
  }

  /// Three texts laid end to end give the gradients that each gives alone, summed.
  @Test func textsOfOneBatchDoNotTouchEachOther() throws {
    let together = try Case("qwen3/lora_warm")
    let alone = try Case("qwen3/lora_warm")
    together.backward()
    for row in alone.batch.indices { alone.backward(rows: [row]) }
    for (a, b) in zip(together.adapter.trained, alone.adapter.trained) {
      let (x, y) = (
        Array(UnsafeBufferPointer(start: a.gradient, count: a.count)),
        Array(UnsafeBufferPointer(start: b.gradient, count: b.count))
      )
      #expect(difference(x, y) < 1e-5)
    }
  }

  /// Saved and loaded, an adapter is the same; in bf16 to eight bits.
  @Test(arguments: cases) func savingAndLoadingKeepsEverything(name: String) throws {
    let golden = try Case(name)
    let place = try TemporaryFolder()
    try AdapterFolder.save(golden.adapter, to: place.path + "/a")
    let again = try AdapterFolder.load(place.path + "/a", for: golden.model.config)
    #expect(again.config == golden.adapter.config)
    #expect(again.parameters.map(\.array) == golden.adapter.parameters.map(\.array))
    try AdapterFolder.save(golden.adapter, to: place.path + "/b", type: .bf16)
    let rounded = try AdapterFolder.load(place.path + "/b", for: golden.model.config)
    for (a, b) in zip(rounded.parameters, golden.adapter.parameters) {
      #expect(difference(a.array, b.array) < 1 / 256)
    }
  }

  @Test func anAdapterOfAnotherBaseIsRefusedByItsTensor() throws {
    let config = try Case("llama/lora_warm").model.config
    var wider = config
    wider.hiddenSize *= 2
    #expect(throws: AdapterError.self) {
      try AdapterFolder.load(Self.folder.file("llama/lora_warm/init"), for: wider)
    }
    var deeper = config
    deeper.layers += 1
    #expect(throws: AdapterError.self) {
      try AdapterFolder.load(Self.folder.file("llama/lora_warm/init"), for: deeper)
    }
    deeper.layers -= 2
    #expect(throws: AdapterError.self) {
      try AdapterFolder.load(Self.folder.file("llama/lora_warm/init"), for: deeper)
    }
  }

  /// Dropping inputs changes the pass as a function of seed and step, and its gradient is the
  /// derivative of what was computed: by central differences on elements of A and B.
  @Test func theGradientUnderDropoutIsTheDerivative() throws {
    let golden = try Case("qwen3/lora_warm")
    var config = golden.adapter.config
    var options = try #require(config.method.lora)
    options.dropout = 0.3
    config.method = .lora(options)
    let adapter = Adapter(config, for: golden.model.config)
    for (to, from) in zip(adapter.parameters, golden.adapter.parameters) {
      to.value.update(from: from.value, count: from.count)
    }
    let loss = { golden.loss(adapter, dropout: (5, 7)) }
    #expect(loss() == loss())
    #expect(loss() != golden.loss(adapter, dropout: (5, 8)))
    adapter.clearGradients()
    golden.backward(adapter: adapter, dropout: (5, 7))
    for parameter in adapter.trained.prefix(4) {
      let place = parameter.count / 3
      let before = parameter.value[place]
      parameter.value[place] = before + 1e-2
      let above = loss()
      parameter.value[place] = before - 1e-2
      let slope = (above - loss()) / 2e-2
      parameter.value[place] = before
      let largest = (0..<parameter.count).reduce(0) { max($0, abs(parameter.gradient[$1])) }
      #expect(abs(Double(parameter.gradient[place]) - slope) < 2e-2 * Double(largest))
    }
  }

  private func difference(_ found: [Float], _ reference: [Float]) -> Float {
    guard found.count == reference.count else { return .infinity }
    let most = reference.reduce(Float(1e-30)) { max($0, abs($1)) }
    return zip(found, reference).reduce(0) { max($0, abs($1.0 - $1.1)) } / most
  }

  /// One adapter on its tiny base, with the batch that its references were made with.
  private struct Case {
    let model: BaseModel
    let adapter: Adapter
    let batch: [[Int32]]
    let labels: [[Int32]]
    private let path: String

    init(_ name: String) throws {
      path = AdapterGoldenTests.folder.file(name)
      let base = GoldenFolder(besides: #filePath).file("tiny/\(name.split(separator: "/")[0])")
      let files = try ModelFiles.open(base)
      model = try BaseModel(files.config, precision: .fp32, pool: .shared) {
        try files.tensor($0)
      }
      adapter = try AdapterFolder.load(path + "/init", for: model.config)
      model.prepare(adapter, pool: .shared)
      let file = try Safetensors(AdapterGoldenTests.folder.file("batch.safetensors"))
      let mask = try file.integers("attention_mask")
      let rows = file.entry("input_ids")?.shape ?? [0, 0]
      func read(_ tensor: String) throws -> [[Int32]] {
        let values = try file.integers(tensor)
        return (0..<rows[0]).map { row in
          (row * rows[1]..<(row + 1) * rows[1]).filter { mask[$0] == 1 }.map { Int32(values[$0]) }
        }
      }
      (batch, labels) = (try read("input_ids"), try read("labels"))
    }

    func tensor(_ file: String, _ name: String) throws -> [Float] {
      try Safetensors(path + "/" + file).tensor(name).floats().array
    }

    private func pass(
      _ adapter: Adapter, _ rows: [Int], _ dropout: (seed: UInt64, step: Int)?
    ) -> TrainingPass {
      let soft = (0..<adapter.promptLength).map { Int32(-1 - $0) }
      return TrainingPass(
        model, adapter, tokens: rows.flatMap { soft + batch[$0] },
        segments: AttentionSegments(lengths: rows.map { soft.count + batch[$0].count }),
        dropout: dropout, pool: .shared)
    }

    /// Rows of the batch whose next token is a label, and the labels.
    private func targets(_ rows: [Int], soft: Int) -> (rows: [Int], ids: [Int32]) {
      var (places, ids, start): ([Int], [Int32], Int) = ([], [], 0)
      for row in rows {
        for place in 1..<batch[row].count where labels[row][place] >= 0 {
          places.append(start + soft + place - 1)
          ids.append(labels[row][place])
        }
        start += soft + batch[row].count
      }
      return (places, ids)
    }

    private var labelCount: Int { targets(Array(batch.indices), soft: 0).ids.count }

    func loss(_ adapter: Adapter, dropout: (seed: UInt64, step: Int)?) -> Double {
      let rows = Array(batch.indices)
      let pass = pass(adapter, rows, dropout)
      pass.forward()
      let targets = targets(rows, soft: adapter.promptLength)
      let supervised = SupervisedRows(targets.rows, of: pass)
      let scores = FusedHead(model.head).score(
        supervised.normed.base, rows: targets.ids.count, targets: targets.ids, pool: .shared)
      return scores.losses.reduce(0) { $0 + Double($1) } / Double(labelCount)
    }

    /// Mean cross-entropy over all labels of the batch, backward for some of its texts.
    func backward(
      rows: [Int]? = nil, adapter other: Adapter? = nil,
      dropout: (seed: UInt64, step: Int)? = nil
    ) {
      let adapter = other ?? adapter
      let rows = rows ?? Array(batch.indices)
      let pass = pass(adapter, rows, dropout)
      pass.forward()
      let targets = targets(rows, soft: adapter.promptLength)
      let supervised = SupervisedRows(targets.rows, of: pass)
      let gradient = FloatBuffer(count: targets.rows.count * model.config.hiddenSize)
      let weights = [Float](repeating: 1 / Float(labelCount), count: targets.ids.count)
      _ = FusedHead(model.head).crossEntropy(
        supervised.normed.base, rows: targets.ids.count, targets: targets.ids,
        rowWeights: weights, into: gradient.base, pool: .shared)
      supervised.backward(gradient.base)
    }
  }
}
