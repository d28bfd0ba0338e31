internal import ExpertTensors

/// What the forward pass of one layer keeps for its backward pass; norms and the gated activation
/// are computed again.
final class LayerTape {
  let input: FloatBuffer
  let projected: FloatBuffer
  let queryKeyValue: FloatBuffer
  let attention: FloatBuffer
  let logSumExp: FloatBuffer
  let middle: FloatBuffer
  let gateUp: FloatBuffer
  let adapters: [ModuleGroup: AdapterTape]
  private let inputInverse: FloatBuffer
  private let middleInverse: FloatBuffer
  private let queryInverse: FloatBuffer
  private let keyInverse: FloatBuffer

  init(_ config: ModelConfig, tokens: Int, modules: [ModuleGroup: ModuleAdapter]) {
    func buffer(_ width: Int) -> FloatBuffer { FloatBuffer(count: tokens * width) }
    input = buffer(config.hiddenSize)
    projected = buffer(config.querySize + 2 * config.keyValueSize)
    queryKeyValue = buffer(config.querySize + 2 * config.keyValueSize)
    attention = buffer(config.querySize)
    logSumExp = buffer(config.attentionHeads)
    middle = buffer(config.hiddenSize)
    gateUp = buffer(2 * config.intermediateSize)
    inputInverse = buffer(1)
    middleInverse = buffer(1)
    queryInverse = buffer(config.attentionHeads)
    keyInverse = buffer(config.keyValueHeads)
    adapters = modules.mapValues { AdapterTape($0, tokens: tokens, training: true) }
  }

  var inverses: LayerMemory.Inverses {
    .init(
      input: inputInverse.base, middle: middleInverse.base, query: queryInverse.base,
      key: keyInverse.base)
  }

  /// The tape as a layer writes it.
  func memory(_ scratch: TrainingScratch, output: MutableFloats) -> LayerMemory {
    LayerMemory(
      input: input.base, normed: scratch.hidden.base, projected: projected.base,
      queryKeyValue: queryKeyValue.base, attention: attention.base, middle: middle.base,
      middleNormed: scratch.hidden.base, gateUp: gateUp.base,
      activated: scratch.activated.base, output: output, inverses: inverses)
  }
}

/// Memory that all layers share in training.
final class TrainingScratch {
  /// [T, C] each.
  let hidden: FloatBuffer
  let gradient: FloatBuffer
  let copy: FloatBuffer
  /// [T, F] each.
  let activated: FloatBuffer
  let activatedGradient: FloatBuffer
  /// [T, 2F]
  let gateUpGradient: FloatBuffer
  /// [T, H D]
  let attentionGradient: FloatBuffer
  /// [T, (H + 2G) D]
  let projectedGradient: FloatBuffer

  init(_ config: ModelConfig, tokens: Int) {
    func buffer(_ width: Int) -> FloatBuffer { FloatBuffer(count: tokens * width) }
    hidden = buffer(config.hiddenSize)
    gradient = buffer(config.hiddenSize)
    copy = buffer(config.hiddenSize)
    activated = buffer(config.intermediateSize)
    activatedGradient = buffer(config.intermediateSize)
    gateUpGradient = buffer(2 * config.intermediateSize)
    attentionGradient = buffer(config.querySize)
    projectedGradient = buffer(config.querySize + 2 * config.keyValueSize)
  }
}
