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
    #expect(forecast.logits == (16 << 20) + 4 * 1024 * (4 * 512 + 1024))
    #expect(forecast.frozen == 0 && forecast.preparation == 0)
    #expect(
      forecast.total
        == forecast.weights + forecast.adapter + forecast.activations + forecast.logits
        + forecast.saving + forecast.program)
  }

  /// What runs beside training, and what runs before it and is gone by then.
  @Test func everyPassBesideTrainingIsCounted() throws {
    func forecast(_ work: FrozenWork, _ values: [TrainingOption: String] = [:]) throws
      -> MemoryForecast
    {
      try MemoryForecast(
        config: config(values), model: smollm2, precision: .bf16, tokens: 100, supervised: 50,
        frozen: work)
    }
    let plain = try forecast(.init())
    // 2C + (H + 2G) D + H D + 3F floats a row.
    let row = 4 * (2 * 576 + 960 + 576 + 3 * 1536)
    let evaluated = try forecast(.init(evaluationRows: 1000, evaluationTargets: 10))
    #expect(evaluated.total - plain.total == row * 1000 + 4 * 576 * 10)
    let reference = try forecast(.init(askedRows: 1_000_000))
    #expect(reference.preparation == row * 4096 + (16 << 20))
    let teacher = FrozenWork.Teacher(model: smollm2, weights: 5_000_000)
    let taught = try forecast(.init(evaluationRows: 300, teacher: teacher))
    #expect(taught.frozen == row * 300 + 5_000_000 + row * 300 + (16 << 20))
    var once = teacher
    once.once = true
    let asked = try forecast(.init(askedRows: 50, teacher: once))
    #expect(asked.frozen == 0 && asked.preparation == 5_000_000 + row * 50 + (16 << 20))
    #expect(
      asked.total
        == max(
          plain.total,
          plain.weights + plain.adapter + plain.program
            + asked.preparation))
  }

  /// IA³ keeps the outputs of the groups it scales, DoRA those of all that it changes.
  @Test func onlyGroupsThatAreScaledKeepTheirOutputs() throws {
    func floats(_ values: [TrainingOption: String]) throws -> Int {
      let config = try config(values)
      return RowMemory(
        smollm2, try config.adapter(for: .llama, base: ""), checkpointing: false
      ).training
    }
    let none = try floats([.method: "soft-prompt"])
    #expect(try floats([.method: "ia3"]) - none == 30 * 960)
    #expect(try floats([.r: "4", .targetModules: "q_proj"]) - none == 30 * 4)
    #expect(
      try floats([.method: "dora", .r: "4", .targetModules: "q_proj,down_proj"]) - none
        == 30 * (4 + 4 + 960 + 576))
    #expect(
      try floats([.r: "4", .targetModules: "down_proj", .loraDropout: "0.1"]) - none
        == 30 * (4 + 1536))
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
    let simpo = try seconds([.epochs: "1", .objective: "dpo", .lossType: "simpo"])
    let dpo = try seconds([.epochs: "1", .objective: "dpo"])
    #expect(dpo > 1.2 * simpo)
    // The reference is asked once, not in every epoch.
    let more = try seconds([.epochs: "3", .objective: "dpo"])
    #expect(abs(more - dpo - 2 * simpo) < 0.02 * more)
  }

  /// Evaluations, their samples and a teacher, beside the steps themselves.
  @Test func whatStandsBetweenTheStepsIsCounted() throws {
    func forecast(
      _ values: [TrainingOption: String], held: Bool = true, teacher: Bool = false
    ) throws -> TimeForecast {
      let config = try config(values.merging([.epochs: "4"]) { first, _ in first })
      let examples = (0..<64).map { _ in example(100, answer: 50) }
      let plan = BatchPlan(
        examples.map(BatchPlan.Item.init), shape: .init(config: config, longest: 100))
      let data = DataStatistics(examples, plan: plan)
      return try TimeForecast(
        config: config, model: smollm2, statistics: data, held: held ? data : nil,
        teacher: teacher ? smollm2 : nil, count: StepCount(examples: 64, config: config),
        rate: 1e12)
    }
    // 16 steps: before the first, after 4, 8, 12 and 16; then after each.
    let few = try forecast([.evalSteps: "4"])
    let many = try forecast([.evalSteps: "1"])
    #expect(abs(many.evaluation / few.evaluation - 17.0 / 5) < 1e-9)
    #expect(many.training == few.training && few.preparation == 0)
    #expect(try forecast([:], held: false).evaluation == 0)
    #expect(try forecast([.evalStrategy: "no"]).evaluation == 0)
    #expect(try forecast([.samples: "8", .evalSteps: "4"]).evaluation > few.evaluation)
    #expect(try forecast([.objective: "dpo"]).preparation > 0)
    let distill: [TrainingOption: String] = [.objective: "distill", .teacherAdapter: "t"]
    let taught = try forecast(distill, teacher: true)
    #expect(taught.training > 1.2 * few.training && taught.preparation == 0)
    let once = try forecast(
      distill.merging([.distillLoss: "top-k"]) { $1 }, teacher: true)
    #expect(once.training == few.training && once.preparation > 0)
    // Rows a second are those of the steps alone.
    #expect(many.tokensPerSecond == few.tokensPerSecond)
  }
}
