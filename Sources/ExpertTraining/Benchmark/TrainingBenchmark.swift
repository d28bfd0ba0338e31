package import ExpertModel
package import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors

/// Measures training steps of a model of Qwen3-0.6B's shape with random weights: what a step does
/// depends on shapes alone.
package struct TrainingBenchmark: Sendable {
  /// What is trained, and how.
  package enum Scenario: String, Sendable, CaseIterable {
    /// LoRA r = 16 in bf16, 4 × 256 tokens a step, half of them supervised.
    case sft
    /// The same with activations computed twice.
    case sftCheckpointing = "sft-checkpointing"
    /// The same with DoRA.
    case dora
    /// The base in four bits, 1,024 tokens a step in two microbatches.
    case int4
    /// The base in four bits with activations computed twice.
    case int4Checkpointing = "int4-checkpointing"
    /// Rows of 40 to 200 tokens, four a step.
    case shortRows = "short-rows"
    /// DPO on four pairs of such texts a step, the reference pass included.
    case dpo
    /// The same with reference log-probabilities known from an earlier run.
    case dpoCached = "dpo-cached"
    // The same in eight bits on both sides of the products.
    case sftW8A8 = "sft-w8a8"
    case shortRowsW8A8 = "short-rows-w8a8"
    case dpoW8A8 = "dpo-w8a8"
    case dpoCachedW8A8 = "dpo-cached-w8a8"

    var precision: Precision {
      switch self {
      case .int4, .int4Checkpointing: .int4
      case .sftW8A8, .shortRowsW8A8, .dpoW8A8, .dpoCachedW8A8: .w8a8
      default: .bf16
      }
    }

    /// What is done, whatever the precision.
    var work: Scenario {
      switch self {
      case .sftW8A8: .sft
      case .shortRowsW8A8: .shortRows
      case .dpoW8A8: .dpo
      case .dpoCachedW8A8: .dpoCached
      default: self
      }
    }

    var isPreference: Bool { [.dpo, .dpoCached].contains(work) }

    /// How many of the four texts of a step are computed at once.
    var microbatch: Int { self == .int4 ? 2 : 4 }

    var checkpoints: Bool { [.sftCheckpointing, .int4Checkpointing].contains(self) }
  }

  /// What was measured.
  package struct Report: Sendable, Hashable {
    package var scenario: String
    /// Tokens a second, prompts included, of the best and of the middle step; of all steps together
    /// where rows differ in length.
    package var best: Double
    package var median: Double
    /// Multiplications and additions a second of the middle step, counted as two: the frozen
    /// products forward and backward, attention and the head; `nil` where texts share rows.
    package var flops: Double?
    package var steps: Int
  }

  private let pool: ThreadPool
  private let config: ModelConfig

  package init(config: ModelConfig = ModelBenchmark.qwen3, pool: ThreadPool) {
    self.config = config
    self.pool = pool
  }

  /// The modules that the usual guides train.
  static let modules = "q_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"

  /// Trains `steps` steps after one that warms up.
  package func run(_ scenario: Scenario, steps: Int) throws -> Report {
    let settings = try settings(scenario)
    let model = try ModelBenchmark.random(config, precision: scenario.precision, pool: pool)
    let adapter = Adapter(
      try settings.adapter(for: config.architecture, base: "random"), for: config)
    adapter.start(seed: 1)
    model.prepare(adapter, start: true, pool: pool)
    let update = try StepUpdate(
      config: settings, schedule: settings.schedule(steps: steps + 1), model: model,
      adapter: adapter, pool: pool)
    let runner = MicrobatchRunner(
      model, adapter, checkpointing: scenario.checkpoints, pool: pool)
    let work =
      scenario.isPreference
      ? preferences(scenario, model, steps: steps + 1) : texts(scenario, steps: steps + 1)
    runner.reserve(rows: scenario.microbatch * work.texts.longest)
    var times: [StepTime] = []
    for step in 0...steps {
      let places = Array(step * 4..<step * 4 + 4)
      let items = places.map { work.texts.items[$0] }
      let plan = StepPlan(
        step: step, epoch: 0,
        microbatches: stride(from: 0, to: 4, by: scenario.microbatch).map {
          Array(places[$0..<$0 + scenario.microbatch])
        },
        targetCount: items.reduce(0) { $0 + $1.targets })
      let start = ContinuousClock.now
      let objective = try work.objective(places)
      _ = try runner.train(plan, of: work.texts, objective: objective, noise: .init(seed: 1))
      _ = update.apply(step: step, norm: update.gradientNorm())
      update.optimizer.clearGradients()
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let tokens = items.reduce(0) { $0 + $1.tokens }
      if step > 0 { times.append(StepTime(tokens: tokens, seconds: seconds)) }
    }
    return report(scenario, times)
  }

  private struct StepTime {
    var tokens: Int
    var seconds: Double
  }

  /// Texts with what makes a step's objective: where references are not known yet, it computes those
  /// of the step.
  private struct Work {
    var texts: any TrainingTexts
    var objective: ([Int]) throws -> any TrainingObjective
  }

  private func texts(_ scenario: Scenario, steps: Int) -> Work {
    Work(texts: SupervisedTexts(examples(scenario, steps: steps))) { _ in SupervisedObjective() }
  }

  private func preferences(_ scenario: Scenario, _ model: BaseModel, steps: Int) -> Work {
    let pairs = pairs(steps: steps)
    var reference = [PairLogProbabilities](repeating: .zero, count: pairs.count)
    return Work(texts: PreferenceTexts(pairs)) { places in
      if scenario.work == .dpo {
        let own = try ReferenceScorer(model, pool: pool).scores(of: places.map { pairs[$0] })
        for (place, score) in zip(places, own.values) { reference[place] = score }
      }
      return PreferenceObjective(PreferenceLoss(.sigmoid), pairs: pairs, reference: reference)
    }
  }

  private func settings(_ scenario: Scenario) throws -> TrainingConfig {
    var layer = TrainingLayer()
    try layer.set(.targetModules, flag: Self.modules)
    try layer.set(.method, flag: scenario == .dora ? "dora" : "lora")
    return try TrainingConfig(layers: [layer], objective: .sft)
  }

  /// Random tokens: 256 each, or 40 to 200; the second half is learned.
  private func examples(_ scenario: Scenario, steps: Int) -> [TokenExample] {
    var random = SeededGenerator(seed: 3, stream: "bench/train")
    return (0..<4 * steps).map { _ in
      let length = scenario.work == .shortRows ? 40 + Int(random.unit() * 161) : 256
      let ids = (0..<length).map { _ in Int32(random.unit() * Double(config.vocabularySize)) }
      return TokenExample(ids: ids, supervised: [length / 2..<length])
    }
  }

  /// A prompt and two answers of one length: 40 to 200 tokens each pair's text, half of it prompt.
  private func pairs(steps: Int) -> [PreferenceExample] {
    var random = SeededGenerator(seed: 3, stream: "bench/train/pairs")
    func ids(_ count: Int) -> [Int32] {
      (0..<count).map { _ in Int32(random.unit() * Double(config.vocabularySize)) }
    }
    return (0..<4 * steps).map { _ in
      let length = 40 + Int(random.unit() * 161)
      let prompt = ids(length / 2)
      func text() -> TokenExample {
        TokenExample(
          ids: prompt + ids(length - length / 2), supervised: [length / 2..<length])
      }
      return PreferenceExample(chosen: text(), rejected: text())
    }
  }

  private func report(_ scenario: Scenario, _ times: [StepTime]) -> Report {
    let rates = times.map { Double($0.tokens) / $0.seconds }.sorted()
    let tokens = times.reduce(0) { $0 + $1.tokens }
    let whole = Double(tokens) / times.reduce(0) { $0 + $1.seconds }
    let isEven = !scenario.isPreference && scenario.work != .shortRows
    let median = isEven ? rates[rates.count / 2] : whole
    let texts = scenario.isPreference ? 8 : 4
    let length = Double(tokens) / Double(texts * times.count)
    return Report(
      scenario: scenario.rawValue, best: rates[rates.count - 1], median: median,
      flops: scenario.isPreference ? nil : median * operations(perTokenOf: length),
      steps: times.count)
  }

  /// Operations of one token in a text of `length`: the frozen products forward and backward, the
  /// scores and values of half of all pairs (backward has five products where forward has two), the
  /// head for half of the tokens in both directions.
  private func operations(perTokenOf length: Double) -> Double {
    let head = Double(config.vocabularySize * config.hiddenSize)
    let layers = Double(config.weightCount) - head * (config.tiedEmbeddings ? 1 : 2)
    let attention = 2 * Double(config.layers * config.querySize) * length
    return 4 * layers + 3.5 * attention + 2 * head
  }
}
