package import ExpertModel
package import ExpertTensors

/// The peak memory of a run before it has begun, in bytes by part.
package struct MemoryForecast: Sendable, Hashable {
  /// Frozen weights of the base.
  package var weights: Int
  /// Trained parameters, their gradients, and the optimiser's moments.
  package var adapter: Int
  /// What the forward pass keeps for the backward pass.
  package var activations: Int
  /// Logits in flight.
  package var logits: Int
  /// The program.
  package var program: Int

  package var total: Int { weights + adapter + activations + logits + program }

  /// `tokens`: rows of the largest microbatch.
  /// `supervised`: rows of it whose logits are needed.
  package init(
    config: TrainingConfig, model: ModelConfig, precision: Precision, tokens: Int,
    supervised: Int, constants: EstimateConstants = .init()
  ) throws(TrainingError) {
    let size = try AdapterSize(config, model)
    weights = Self.weightBytes(model, precision)
    adapter = Self.adapterBytes(size, eightBit: config.uses8BitStates)
    let perToken = Self.activationBytes(
      model, checkpointing: config.checkpointsActivations, constants)
    let oneLayer =
      config.checkpointsActivations ? Self.layerBytes(model, constants) : 0
    let adapters = Self.adapterTape(config, model)
    let layers = config.checkpointsActivations ? 1 : model.layers
    let tape = adapters * Double(layers) * constants.activationBytes
    let working = Self.workingBytes(model, constants)
    activations = Int((perToken + oneLayer + tape + working) * Double(tokens))
    logits = constants.logitTile + 4 * supervised * model.hiddenSize * 4
    program = constants.fixedBytes
  }

  /// Bytes of the frozen weights: the linears in the precision, embeddings not below bf16 unless
  /// everything is quantised.
  static func weightBytes(_ model: ModelConfig, _ precision: Precision) -> Int {
    let bytes: Double =
      switch precision {
      case .fp32: 4
      case .bf16: 2
      case .int8: 1 + 4.0 / 64  // a scale for each 64
      case .int4: 0.5 + 4.0 / 64  // scale and least value in 16 bits each
      case .nf4: 0.5 + 4.0 / 64
      }
    return Int(Double(AdapterSize.parameters(of: model)) * bytes)
  }

  /// fp32 values and gradients, and two moments in 32 or 8 bits.
  static func adapterBytes(_ size: AdapterSize, eightBit: Bool) -> Int {
    let perParameter = eightBit ? 8.0 + 2.0 * (1 + 4.0 / 256) : 16.0
    return Int(Double(size.trainable) * perParameter) + 4 * (size.saved - size.trainable)
  }

  /// Bytes that a token leaves behind until the backward pass, over all layers.
  static func activationBytes(
    _ model: ModelConfig, checkpointing: Bool, _ constants: EstimateConstants
  ) -> Double {
    let boundary = Double(model.hiddenSize) * constants.activationBytes
    return Double(model.layers) * (checkpointing ? boundary : layerBytes(model, constants))
  }

  /// Floats that the adapters of a layer keep for each token: what lies between A and B, the outputs
  /// that DoRA and IA³ scale, the inputs that dropout left.
  private static func adapterTape(_ config: TrainingConfig, _ model: ModelConfig) -> Double {
    let groups = ModuleGroup.allCases
    let inner = groups.reduce(0) { $0 + $1.targets.count * config.rank }
    let scaled = [.dora, .ia3].contains(config.method)
    let outputs = scaled ? groups.reduce(0) { $0 + $1.outputs(in: model) } : 0
    let dropped = config.dropout > 0 ? groups.reduce(0) { $0 + $1.inputs(in: model) } : 0
    return Double(inner + outputs + dropped)
  }

  /// Bytes for each token that layers share.
  private static func workingBytes(
    _ model: ModelConfig, _ constants: EstimateConstants
  ) -> Double {
    let values =
      constants.workingHidden * Double(model.hiddenSize)
      + constants.workingFeedforward * Double(model.intermediateSize)
      + 3 * Double(2 * model.querySize + 2 * model.keyValueSize)
    return values * constants.activationBytes
  }

  /// Bytes that a token leaves in one layer.
  static func layerBytes(_ model: ModelConfig, _ constants: EstimateConstants) -> Double {
    let values =
      constants.hiddenVectors * Double(model.hiddenSize)
      + Double(2 * model.querySize + 2 * model.keyValueSize)
      + constants.feedforwardVectors * Double(model.intermediateSize)
    return values * constants.activationBytes
  }
}
