internal import ExpertTensors

/// The memory of passes forward and backward. Made once for the largest microbatch of a run and used
/// by one pass after another, so that no step waits for fresh pages.
package final class TrainingMemory {
  /// How many tokens fit.
  package let capacity: Int
  /// Whether layers are computed again in the backward pass instead of being kept (Chen et al.
  /// 2016): only what each layer takes stays.
  package let checkpointing: Bool
  /// What each layer takes, and last what the last one yields: [T, C] each.
  let boundaries: [FloatBuffer]
  /// One for each layer; with checkpointing all share one.
  private let tapes: [LayerTape]
  let scratch: TrainingScratch

  /// Memory for `tokens` tokens under a model and an adapter of this shape.
  package init(_ model: BaseModel, _ adapter: Adapter, tokens: Int, checkpointing: Bool = false) {
    let config = model.config
    capacity = tokens
    self.checkpointing = checkpointing
    boundaries = (0...config.layers).map { _ in FloatBuffer(count: tokens * config.hiddenSize) }
    tapes = adapter.modules.prefix(checkpointing ? 1 : config.layers).map {
      LayerTape(config, tokens: tokens, modules: $0)
    }
    scratch = TrainingScratch(config, tokens: tokens)
  }

  func tape(of layer: Int) -> LayerTape { tapes[checkpointing ? 0 : layer] }
}

/// What the forward pass of one layer keeps for its backward pass; norms, rotations and the gated
/// activation are computed again.
final class LayerTape {
  /// [T, (H + 2G) D]: query, key and value as the products gave them; where queries and keys have no
  /// norm, rotated, for nothing needs them as they were.
  let projected: FloatBuffer
  let attention: FloatBuffer
  let logSumExp: FloatBuffer
  let middle: FloatBuffer
  let gateUp: FloatBuffer
  let adapters: [ModuleGroup: AdapterTape]
  private let normsQueries: Bool
  private let inputInverse: FloatBuffer
  private let middleInverse: FloatBuffer
  private let queryInverse: FloatBuffer
  private let keyInverse: FloatBuffer

  init(_ config: ModelConfig, tokens: Int, modules: [ModuleGroup: ModuleAdapter]) {
    func buffer(_ width: Int) -> FloatBuffer { FloatBuffer(count: tokens * width) }
    projected = buffer(config.querySize + 2 * config.keyValueSize)
    attention = buffer(config.querySize)
    logSumExp = buffer(config.attentionHeads)
    middle = buffer(config.hiddenSize)
    gateUp = buffer(2 * config.intermediateSize)
    normsQueries = config.architecture == .qwen3
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
  func memory(
    _ scratch: TrainingScratch, input: MutableFloats, output: MutableFloats
  ) -> LayerMemory {
    LayerMemory(
      input: input, normed: scratch.hidden.base, projected: normsQueries ? projected.base : nil,
      queryKeyValue: normsQueries ? scratch.queryKeyValue.base : projected.base,
      attention: attention.base, middle: middle.base, middleNormed: scratch.hidden.base,
      gateUp: gateUp.base, activated: scratch.activated.base, output: output, inverses: inverses)
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
  /// [T, (H + 2G) D] each.
  let projectedGradient: FloatBuffer
  let queryKeyValue: FloatBuffer

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
    let norms = config.architecture == .qwen3
    queryKeyValue = buffer(norms ? config.querySize + 2 * config.keyValueSize : 0)
  }
}
