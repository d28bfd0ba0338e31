import ExpertModel
import ExpertTensors
import ExpertTraining
import Testing

@Suite struct EstimateTests {
  /// PEFT's `print_trainable_parameters` for the same configurations of Qwen3-0.6B, r = 16.
  @Test(arguments: [
    ("lora", "all-linear", 10_092_544, 10_092_544),
    ("lora", "q_proj,v_proj", 2_293_760, 2_293_760),
    ("lora-fa", "q_proj,v_proj", 1_376_256, 2_293_760),
    ("dora", "q_proj,v_proj", 2_379_776, 2_379_776),
  ])
  func parametersAreCountedAsPEFTDoes(
    method: String, modules: String, trainable: Int, saved: Int
  ) throws {
    let size = try AdapterSize(config([.method: method, .targetModules: modules]), qwen3)
    #expect(size.trainable == trainable)
    #expect(size.saved == saved)
    #expect(size.base == 596_049_920)
  }

  @Test func theLineIsThatOfPEFT() throws {
    #expect(
      try AdapterSize(config(), qwen3).text
        == "trainable params: 10,092,544 || all params: 606,142,464 || trainable%: 1.6650")
  }

  @Test func ia3AndSoftPromptsAreSmall() throws {
    let ia3 = try AdapterSize(config([.method: "ia3"]), smollm2)
    #expect(ia3.trainable == 30 * (192 + 192 + 1536))
    let prompt = try AdapterSize(
      config([.method: "soft-prompt", .virtualTokens: "20"]), smollm2)
    #expect(prompt.trainable == 20 * 576)
  }

  private static func forecast(_ values: [TrainingOption: String], tokens: Int) throws
    -> MemoryForecast
  {
    try MemoryForecast(
      config: config(values), model: qwen3, precision: values[.quantize] == nil ? .bf16 : .int4,
      tokens: tokens, supervised: tokens / 2)
  }

  @Test func theBytesOfEachPartFollowFromTheShapes() throws {
    let forecast = try Self.forecast([:], tokens: 1024)
    #expect(forecast.weights == 596_049_920 * 2)
    #expect(forecast.adapter == 10_092_544 * 16)
    #expect(forecast.logits == (16 << 20) + 4 * 512 * 1024 * 4)
    #expect(
      forecast.total
        == forecast.weights + forecast.adapter + forecast.activations + forecast.logits
        + forecast.program)
  }

  @Test func everyRemedyForMemoryLowersTheForecast() throws {
    let plain = try Self.forecast([:], tokens: 1024).total
    for remedy: [TrainingOption: String] in [
      [.checkpointing: "true"], [.quantize: "int4"], [.optimizer: "adamw_8bit"],
    ] {
      #expect(try Self.forecast(remedy, tokens: 1024).total < plain, "\(remedy)")
    }
    #expect(try Self.forecast([:], tokens: 512).total < plain)
  }

  /// 2.65 GFLOP a token of Qwen3-0.6B with all logits, 2.21 with logits on 30 %, and the forward
  /// pass again with checkpointing: counted by hand from the shapes.
  @Test(arguments: [(1.0, false, 2.65), (0.3, false, 2.21), (0.3, true, 3.17)])
  func theOperationsOfATokenAreThoseOfTheShapes(
    share: Double, checkpointing: Bool, wanted: Double
  ) throws {
    let config = try config([.checkpointing: "\(checkpointing)"])
    let example = example(512, answer: Int(512 * share) - 1)
    let plan = BatchPlan([.init(example)], shape: .init(config: config, longest: 512))
    var constants = EstimateConstants()
    constants.adapterFactor = 1
    constants.attentionFactor = 1
    let forecast = try TimeForecast(
      config: config, model: qwen3, statistics: DataStatistics([example], plan: plan),
      count: StepCount(examples: 1, config: config), rate: 1e12, constants: constants)
    let perToken = forecast.operationsPerEpoch / 512 / 1e9
    #expect(abs(perToken - wanted) < 0.04 * wanted, "\(perToken)")
  }

  @Test func timeGrowsWithEpochsAndReferencePasses() throws {
    func seconds(_ values: [TrainingOption: String]) throws -> Double {
      let config = try config(values)
      let examples = (0..<64).map { _ in example(100, answer: 50) }
      let plan = BatchPlan(
        examples.map(BatchPlan.Item.init), shape: .init(config: config, longest: 100))
      return try TimeForecast(
        config: config, model: qwen3, statistics: DataStatistics(examples, plan: plan),
        count: StepCount(examples: 64, config: config), rate: 1e12
      ).seconds
    }
    let one = try seconds([.epochs: "1"])
    #expect(abs(try seconds([.epochs: "3"]) / one - 3) < 0.01)
    #expect(
      try seconds([.epochs: "1", .objective: "dpo"])
        > seconds([.epochs: "1", .objective: "dpo", .lossType: "simpo"]))
  }
}
