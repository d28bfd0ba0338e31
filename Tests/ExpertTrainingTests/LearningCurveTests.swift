import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTestSupport
import ExpertTraining
import Testing

/// Ten steps of AdamW against PyTorch with PEFT, in fp32: losses and gradient norms of every step,
/// and the weights at the end.
@Suite struct LearningCurveTests {
  private static let sft = GoldenFolder("Golden/sft", besides: #filePath)

  static let adapters: [String] = [
    "qwen3/lora", "qwen3/lora_warm", "qwen3/lora_qv", "qwen3/rslora_warm", "qwen3/dora",
    "qwen3/dora_warm", "qwen3/ia3", "qwen3/ia3_warm", "qwen3/prompt", "qwen2/lora_warm",
    "qwen2/dora_warm", "qwen2/ia3_warm", "qwen2/prompt", "llama/lora_warm", "llama/rslora_warm",
    "llama/dora_warm", "llama/ia3_warm", "llama/prompt",
  ]

  @Test func theFixturesAreThere() throws {
    let found = try Self.sft.check()
    #expect(found.wrong == [])
    #expect(found.count == 10)
  }

  @Test(arguments: adapters) func everyAdapterLearnsAsInPEFT(name: String) throws {
    let run = try Self.tenSteps(of: name, precision: .fp32)
    Self.compare(run.found, run.curve)
    try Self.compare(run.adapter, with: TinyModel.adapters(name) + "/final", run.model)
  }

  /// Where products round, the losses stay near those in fp32: by NUMERICS' tolerance of bf16, and by
  /// one percent where both sides have eight bits.
  @Test(arguments: adapters, [(Precision.bf16, 5e-3), (.w8a8, 1e-2)])
  func roundedProductsLearnAlmostTheSame(name: String, rounding: (Precision, Double)) throws {
    let (precision, limit) = rounding
    let run = try Self.tenSteps(of: name, precision: precision)
    let found = run.found.map(\.loss)
    let wanted = run.curve.map { $0["loss"]?.number ?? .nan }
    #expect(found.count == wanted.count)
    for (loss, wanted) in zip(found, wanted) { #expect(abs(loss - wanted) <= limit * wanted) }
    #expect(precision == .bf16 || zip(found, wanted).contains { abs($0 - $1) > 1e-5 * $1 })
  }

  /// Activations that are computed twice change nothing, to the bit.
  @Test(arguments: ["qwen3/lora_warm", "llama/dora_warm", "qwen2/ia3_warm"])
  func checkpointingChangesNoBit(name: String) throws {
    let model = try TinyModel.open(String(name.prefix { $0 != "/" }))
    let weights = try [false, true].map { checkpointing in
      let adapter = try TinyModel.adapter(TinyModel.adapters(name) + "/init", on: model)
      let texts = SupervisedTexts(try Self.batch(softPrompt: 0))
      let steps = (0..<3).map {
        StepPlan(step: $0, epoch: 0, microbatches: [[0, 1, 2]], targetCount: 33)
      }
      _ = try Self.train(model, adapter, texts, steps, checkpointing: checkpointing)
      return adapter.parameters.map(\.array)
    }
    #expect(weights[0] == weights[1])
  }

  /// Accumulated microbatches, weighted by tokens, follow the reference; so do the same steps packed
  /// into one pass, in any order.
  @Test(arguments: [[[0, 1], [2, 3]], [[0, 1, 2, 3]], [[3], [0, 2], [1]]])
  func accumulationIsOneBatch(cut: [[Int]]) throws {
    let model = try TinyModel.open()
    let adapter = try TinyModel.adapter(Self.sft.file("init"), on: model)
    let texts = SupervisedTexts(try Self.examples())
    let steps = (0..<10).map { step -> StepPlan in
      let places = (0..<4).map { (4 * step + $0) % 24 }
      return StepPlan(
        step: step, epoch: 0, microbatches: cut.map { $0.map { places[$0] } },
        targetCount: places.reduce(0) { $0 + texts.items[$1].targets })
    }
    let found = try Self.train(model, adapter, texts, steps)
    let curves = try Self.json(Self.sft.file("curves.json"))
    Self.compare(found, curves["token_weighted"]?.array ?? [])
    try Self.compare(adapter, with: Self.sft.file("final_token_weighted"), model)
    // The mean of means is another loss: the test could tell.
    let other = curves["mean_of_means"]?.array?.first?["loss"]?.number ?? 0
    #expect(abs(found[0].loss - other) > 1e-3)
  }

  @Test func packedTextsDoNotSeeEachOther() throws {
    let model = try TinyModel.open()
    let adapter = try TinyModel.adapter(Self.sft.file("init_warm"), on: model)
    let texts = SupervisedTexts(try Self.examples())
    let runner = MicrobatchRunner(model, adapter, pool: .shared)
    let reference = try Self.json(Self.sft.file("packed.json"))
    let plan = StepPlan(step: 0, epoch: 0, microbatches: [[0, 1, 2]], targetCount: 20)
    let packed = try runner.evaluate(plan, of: texts, objective: SupervisedObjective())
    let loss = reference["loss_packed"]?.number ?? 0
    #expect(abs(packed.loss - loss) < 1e-5 * loss)
    let wrong = reference["loss_if_mask_is_wrong"]?.number ?? 0
    #expect(abs(packed.loss - wrong) > 1e-2)
  }

  /// Evaluating says what training says of the same weights.
  @Test func evaluationAgreesWithTraining() throws {
    let model = try TinyModel.open()
    let adapter = try TinyModel.adapter(Self.sft.file("init_warm"), on: model)
    let texts = SupervisedTexts(try Self.examples())
    let runner = MicrobatchRunner(model, adapter, pool: .shared)
    let plan = texts.evaluationPlan(rows: 64)
    let seen = try runner.evaluate(plan, of: texts, objective: SupervisedObjective())
    let trained = try runner.train(
      plan, of: texts, objective: SupervisedObjective(), noise: .init(seed: 0))
    #expect(abs(seen.loss - trained.loss) < 1e-6 * seen.loss)
  }

  /// NEFTune's noise follows from seed and step, and is of the stated size.
  @Test func noiseOnEmbeddingsFollowsFromTheSeed() throws {
    let model = try TinyModel.open()
    let adapter = try TinyModel.adapter(Self.sft.file("init_warm"), on: model)
    let texts = SupervisedTexts(try Self.examples())
    let runner = MicrobatchRunner(model, adapter, pool: .shared)
    func loss(_ noise: MicrobatchRunner.Noise, cut: [[Int]] = [[0, 1, 2]]) throws -> Double {
      let plan = StepPlan(step: 3, epoch: 0, microbatches: cut, targetCount: 20)
      return try runner.train(plan, of: texts, objective: SupervisedObjective(), noise: noise).loss
    }
    let plain = try loss(.init(seed: 1))
    let noisy = try loss(.init(seed: 1, neftune: 5))
    #expect(try loss(.init(seed: 1, neftune: 5)) == noisy)
    #expect(try loss(.init(seed: 2, neftune: 5)) != noisy)
    #expect(abs(try loss(.init(seed: 1, neftune: 5), cut: [[2], [0, 1]]) - noisy) < 1e-5)
    #expect(noisy != plain)
    #expect(abs(noisy - plain) < 0.5 * plain)
  }

  // MARK: helpers

  private typealias Point = (loss: Double, norm: Double, rate: Double)

  private static func train(
    _ model: BaseModel, _ adapter: Adapter, _ texts: SupervisedTexts, _ steps: [StepPlan],
    checkpointing: Bool = false
  ) throws -> [Point] {
    let settings = try config([
      .learningRate: "5e-3", .schedule: "cosine", .warmupSteps: "2", .weightDecay: "0.01",
      .maxGradNorm: "1.0",
    ])
    let update = try StepUpdate(
      config: settings, schedule: settings.schedule(steps: 10), model: model, adapter: adapter,
      pool: .shared)
    let runner = MicrobatchRunner(model, adapter, checkpointing: checkpointing, pool: .shared)
    return try steps.map { step in
      update.optimizer.clearGradients()
      let figures = try runner.train(
        step, of: texts, objective: SupervisedObjective(), noise: .init(seed: 0))
      let norm = update.gradientNorm()
      let rate = update.apply(step: step.step, norm: norm)
      return (figures.loss, norm, rate)
    }
  }

  private struct Run {
    var model: BaseModel
    var adapter: Adapter
    var found: [Point]
    /// What PyTorch with PEFT found.
    var curve: [JSONValue]
  }

  /// Ten steps of an adapter's fixture on a base held at `precision`.
  private static func tenSteps(of name: String, precision: Precision) throws -> Run {
    let model = try TinyModel.open(String(name.prefix { $0 != "/" }), precision: precision)
    let folder = TinyModel.adapters(name)
    let adapter = try TinyModel.adapter(folder + "/init", on: model)
    let texts = SupervisedTexts(try batch(softPrompt: adapter.promptLength))
    let steps = (0..<10).map { step in
      StepPlan(
        step: step, epoch: 0, microbatches: [Array(texts.examples.indices)],
        targetCount: texts.items.reduce(0) { $0 + $1.targets })
    }
    return Run(
      model: model, adapter: adapter, found: try train(model, adapter, texts, steps),
      curve: try json(folder + "/curve.json")["curve"]?.array ?? [])
  }

  private static func compare(_ found: [Point], _ curve: [JSONValue]) {
    #expect(found.count == curve.count)
    for (point, row) in zip(found, curve) {
      let (loss, norm) = (row["loss"]?.number ?? .nan, row["grad_norm"]?.number ?? .nan)
      #expect(abs(point.loss - loss) <= 1e-4 * loss, "step \(row["step"]?.integer ?? -1)")
      #expect(abs(point.norm - norm) <= 1e-4 * norm, "step \(row["step"]?.integer ?? -1)")
      #expect(abs(point.rate - (row["lr"]?.number ?? .nan)) <= 1e-12)
    }
  }

  private static func compare(
    _ adapter: Adapter, with folder: String, _ model: BaseModel
  ) throws {
    let reference = try AdapterFolder.load(folder, for: model.config)
    for (found, wanted) in zip(adapter.parameters, reference.parameters) {
      #expect(relative(found.array, wanted.array) < 1e-3, "\(found.name)")
    }
  }

  private static func json(_ path: String) throws -> JSONValue {
    try JSONValue.parse(try MappedFile(path).contents, limits: .init())
  }

  private static func examples() throws -> [TokenExample] {
    (try json(sft.file("examples.json")).array ?? []).map { row in
      func ids(_ name: String) -> [Int32] {
        (row[name]?.array ?? []).map { Int32($0.integer ?? 0) }
      }
      return TokenExample(ids: ids("input_ids"), labels: ids("labels"))
    }
  }

  /// The batch of the adapters' fixtures, without its padding.
  private static func batch(softPrompt: Int) throws -> [TokenExample] {
    let file = try Safetensors(TinyModel.adapters("batch.safetensors"))
    let shape = file.entry("input_ids")?.shape ?? [0, 0]
    let (ids, labels, mask) = (
      try file.integers("input_ids"), try file.integers("labels"),
      try file.integers("attention_mask")
    )
    return (0..<shape[0]).map { row in
      let places = (row * shape[1]..<(row + 1) * shape[1]).filter { mask[$0] == 1 }
      return TokenExample(
        ids: places.map { Int32(ids[$0]) }, labels: places.map { Int32(labels[$0]) }
      ).behind(softPrompt: softPrompt)
    }
  }
}

extension MappedFile {
  fileprivate var contents: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }
}
