package import ExpertModel

/// The operations of training, and the time they take on a machine of known speed.
package struct TimeForecast: Sendable, Hashable {
  /// Floating-point operations of one epoch.
  package var operationsPerEpoch: Double
  /// Rows computed in one epoch.
  package var tokensPerEpoch: Int
  package var steps: Int
  package var seconds: Double

  /// Rows a second over the whole run.
  package var tokensPerSecond: Double { seconds > 0 ? tokensTotal / seconds : 0 }
  private var tokensTotal: Double

  /// `statistics`: the data of one epoch.
  /// `count`: the steps of the run.
  /// `rate`: floating-point operations per second that this machine's products reach alone.
  package init(
    config: TrainingConfig, model: ModelConfig, statistics: DataStatistics, count: StepCount,
    rate: Double, constants: EstimateConstants = .init()
  ) throws(TrainingError) {
    let passes = Passes(config)
    let cost = try TokenCost(config, model, constants)
    let averageLength = Double(statistics.tokens) / Double(max(1, statistics.examples))
    let perRow = cost.perRow(passes, context: averageLength)
    operationsPerEpoch =
      Double(statistics.rows) * perRow
      + Double(statistics.supervisedTokens) * cost.perTarget(passes)
    tokensPerEpoch = statistics.rows
    steps = count.total
    let epochs = Double(count.total) / Double(max(1, count.stepsPerEpoch))
    tokensTotal = epochs * Double(statistics.rows)
    seconds =
      epochs * operationsPerEpoch / (rate * constants.productShare)
      + Double(count.total) * constants.secondsPerStep
  }

  /// How often the network is gone through for a row.
  struct Passes: Sendable {
    var forward: Double
    var backward: Double

    /// One forward and one backward; checkpointing repeats the forward, a reference or a teacher of
    /// the same size adds one.
    init(_ config: TrainingConfig) {
      (forward, backward) = (1, 1)
      if config.checkpointsActivations { forward += 1 }
      let reference = config.objective == .dpo && !["simpo", "orpo"].contains(config.lossType)
      let teacher = config.objective == .distill && config.teacherModel != nil
      if reference || teacher { forward += 1 }
    }
  }
}

/// Operations for a row and for a target: two for each multiplication and addition. The base is
/// frozen, so that its backward pass has only the product for the inputs, none for the weights.
struct TokenCost: Sendable {
  private let linears: Double
  private let head: Double
  private let adapters: Double
  private let attentionPerContext: Double

  init(
    _ config: TrainingConfig, _ model: ModelConfig, _ constants: EstimateConstants
  ) throws(TrainingError) {
    let perLayer = TargetModule.allCases.reduce(0) { sum, target in
      let (inputs, outputs) = target.size(in: model)
      return sum + inputs * outputs
    }
    linears = 2 * Double(model.layers * perLayer)
    head = 2 * Double(model.hiddenSize * model.vocabularySize)
    let size = try AdapterSize(config, model)
    let narrow = config.method == .softPrompt || config.method == .ia3 ? 0 : size.saved
    adapters = 2 * Double(narrow) * constants.adapterFactor
    // Scores and values, causal: half of the context on average.
    attentionPerContext =
      2 * 2 * Double(model.layers * model.querySize) / 2 * constants.attentionFactor
  }

  /// The adapters' backward pass has the products for the inputs and for the weights; attention's
  /// has five products where the forward pass has two.
  func perRow(_ passes: TimeForecast.Passes, context: Double) -> Double {
    (passes.forward + passes.backward) * linears
      + (passes.forward + 2 * passes.backward) * adapters
      + (passes.forward + 2.5 * passes.backward) * attentionPerContext * context
  }

  /// The head runs on supervised rows only, and never twice for checkpointing.
  func perTarget(_ passes: TimeForecast.Passes) -> Double { 2 * head }
}
