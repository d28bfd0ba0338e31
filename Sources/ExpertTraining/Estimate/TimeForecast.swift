package import ExpertModel
internal import ExpertTensors

/// The operations of training, and the time they take on a machine of known speed.
package struct TimeForecast: Sendable, Hashable {
  /// Floating-point operations of one epoch.
  package var operationsPerEpoch: Double
  /// Rows computed in one epoch.
  package var tokensPerEpoch: Int
  package var steps: Int
  /// Seconds of the steps alone.
  package var training: Double
  /// Seconds of evaluations with their samples.
  package var evaluation: Double
  /// Seconds of what is asked once, before the first step.
  package var preparation: Double

  package var seconds: Double { training + evaluation + preparation }
  /// Rows a second while steps are made.
  package var tokensPerSecond: Double { training > 0 ? tokensTotal / training : 0 }
  private var tokensTotal: Double

  /// `statistics`: the data of one epoch.
  /// `held`: what is evaluated, where something is.
  /// `teacher`: the model that is followed; `nil` without one.
  /// `count`: the steps of the run.
  /// `rate`: floating-point operations per second that this machine's products reach alone.
  package init(
    config: TrainingConfig, model: ModelConfig, statistics: DataStatistics,
    held: DataStatistics? = nil, teacher: ModelConfig? = nil, count: StepCount,
    rate: Double, constants: EstimateConstants = .init()
  ) throws(TrainingError) {
    let cost = try TokenCost(config, model, constants)
    let backward = Passes(forward: config.checkpointsActivations ? 2 : 1, backward: 1)
    let followed = try teacher.map { teacher throws(TrainingError) in
      try TokenCost(config, teacher, constants)
    }
    let alongside = config.distillLoss == "top-k" ? nil : followed
    operationsPerEpoch =
      cost.operations(backward, statistics) + (alongside?.operations(.frozen, statistics) ?? 0)
    tokensPerEpoch = statistics.rows
    steps = count.total
    let reached = rate * constants.productShare
    let epochs = Double(count.total) / Double(max(1, count.stepsPerEpoch))
    tokensTotal = epochs * Double(statistics.rows)
    training =
      epochs * operationsPerEpoch / reached + Double(count.total) * constants.secondsPerStep
    let evaluations = Double(Self.evaluations(config, count))
    var once = cost.operations(.frozen, held) + (alongside?.operations(.frozen, held) ?? 0)
    let samples = min(config.samples, held?.examples ?? 0)
    once += Double(samples) * 200 * cost.generated * constants.generationFactor
    evaluation = evaluations * once / reached
    preparation = Self.asked(config, cost, followed, [statistics, held]) / reached
  }

  /// How often the network is gone through for a row.
  struct Passes: Sendable {
    var forward: Double
    var backward: Double

    static let frozen = Passes(forward: 1, backward: 0)
  }

  /// Evaluations of a run: before the first step, in between, and behind the last one.
  private static func evaluations(_ config: TrainingConfig, _ count: StepCount) -> Int {
    guard let interval = config.evalInterval(stepsPerEpoch: count.stepsPerEpoch) else { return 0 }
    return 1 + count.total / interval + (count.total % interval == 0 ? 0 : 1)
  }

  /// Operations of a reference, or of a teacher whose answers are kept.
  private static func asked(
    _ config: TrainingConfig, _ cost: TokenCost, _ teacher: TokenCost?, _ data: [DataStatistics?]
  ) -> Double {
    if config.asksReference { return data.reduce(0) { $0 + cost.operations(.frozen, $1) } }
    guard config.distillLoss == "top-k", let teacher else { return 0 }
    return data.reduce(0) { $0 + teacher.operations(.frozen, $1) }
  }
}

extension TrainingConfig {
  /// Whether a preference loss is taken against a reference.
  package var asksReference: Bool {
    objective == .dpo && !["simpo", "orpo"].contains(lossType)
  }
}

/// Operations for a row and for a target: two for each multiplication and addition, in those of a
/// frozen product in bf16, against which others weigh more or less. The base is frozen, so that its
/// backward pass has only the product for the inputs, none for the weights.
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
    let factor = config.basePrecision == .w8a8 ? constants.roundedFactor : 1
    linears = 2 * Double(model.layers * perLayer) * factor
    head = 2 * Double(model.hiddenSize * model.vocabularySize)
    let size = try AdapterSize(config, model)
    let narrow = config.method == .softPrompt || config.method == .ia3 ? 0 : size.saved
    adapters = 2 * Double(narrow) * constants.adapterFactor
    // Scores and values, causal: half of the context on average.
    attentionPerContext =
      2 * 2 * Double(model.layers * model.querySize) / 2 * constants.attentionFactor
  }

  /// Operations of one go through some data.
  func operations(_ passes: TimeForecast.Passes, _ data: DataStatistics?) -> Double {
    guard let data else { return 0 }
    let context = Double(data.tokens) / Double(max(1, data.examples))
    return Double(data.rows) * perRow(passes, context: context)
      + Double(data.supervisedTokens) * perTarget(passes)
  }

  /// Operations of a token that is generated.
  var generated: Double { linears + adapters + head }

  /// The adapters' backward pass has the products for the inputs and for the weights; attention's
  /// has five products where the forward pass has two.
  func perRow(_ passes: TimeForecast.Passes, context: Double) -> Double {
    (passes.forward + passes.backward) * linears
      + (passes.forward + 2 * passes.backward) * adapters
      + (passes.forward + 2.5 * passes.backward) * attentionPerContext * context
  }

  /// The head runs on supervised rows only, and never twice for checkpointing.
  func perTarget(_ passes: TimeForecast.Passes) -> Double { (1 + passes.backward) * head }
}
