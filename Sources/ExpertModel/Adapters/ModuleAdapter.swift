package import ExpertTensors

/// What is attached to the layers of one group in one decoder layer.
package final class ModuleAdapter: Sendable {
  /// One target of the group.
  package struct Part: Sendable {
    package var target: TargetModule
    /// Which outputs of the group are the target's.
    package var range: Range<Int>
    package var kind: Kind
  }

  /// What is done to a target.
  package enum Kind: Sendable {
    /// y += s B(A x): A is rows `rows` of the group's stacked A.
    case lowRank(rows: Range<Int>, b: Parameter, scale: Float, magnitude: Parameter?)
    /// y ⊙ l
    case scaledOutput(Parameter)
    /// x ⊙ l
    case scaledInput(Parameter)
  }

  package let group: ModuleGroup
  package let inputs: Int
  package let outputs: Int
  package let parts: [Part]
  package let parameters: [Parameter]
  /// The A of all low-rank targets, stacked: [R, in].
  package let stackedA: FloatBuffer?
  /// The gradient of `stackedA`.
  package let stackedGradient: FloatBuffer?
  /// R: the ranks of all targets together.
  package let rank: Int
  /// The share of inputs that are dropped in training.
  package let dropout: Double
  /// Whether A is trained.
  package let trainsA: Bool
  /// DoRA: ‖W‖² of each row of the group, n, and m/n; `nil` for other methods.
  let baseSquares: FloatBuffer?
  let norms: FloatBuffer?
  let factors: FloatBuffer?
  /// What several adapters do together; `nil` for one adapter.
  let composition: GroupComposition?

  /// `nil` where no target of the group is adapted.
  init?(_ group: ModuleGroup, layer: Int, config: AdapterConfig, model: ModelConfig) {
    let targets = group.targets.filter { config.targets.contains($0) }
    guard !targets.isEmpty else { return nil }
    self.group = group
    composition = nil
    inputs = group.inputs(in: model)
    outputs = group.outputs(in: model)
    var builder = PartBuilder(layer: layer, config: config, model: model, inputs: inputs)
    builder.add(targets, of: group)
    parts = builder.parts
    parameters = builder.parameters
    stackedA = builder.stackedA
    stackedGradient = builder.stackedGradient
    rank = builder.rank
    let isDecomposed = builder.isDecomposed
    baseSquares = isDecomposed ? FloatBuffer(count: outputs) : nil
    norms = isDecomposed ? FloatBuffer(count: outputs) : nil
    factors = isDecomposed ? FloatBuffer(count: outputs) : nil
    guard case .lora(let options) = config.method else {
      (dropout, trainsA) = (0, false)
      return
    }
    (dropout, trainsA) = (options.dropout, !options.frozenA)
  }

  /// Several adapters of one group with their weights; `nil` where none does anything.
  init?(composing modules: [(module: ModuleAdapter, weight: Float)]) {
    guard let first = modules.first?.module, let composition = GroupComposition(modules) else {
      return nil
    }
    self.composition = composition
    (group, inputs, outputs) = (first.group, first.inputs, first.outputs)
    (parts, parameters, stackedA, stackedGradient) = ([], [], nil, nil)
    (rank, dropout, trainsA) = (0, 0, false)
    (baseSquares, norms, factors) = (nil, nil, nil)
  }

  /// See `Adapter.start`; magnitudes need the base and are set by `prepareNorms`.
  func start(seed: UInt64) {
    for parameter in parameters where parameter.name.hasSuffix("lora_A.weight") {
      parameter.drawUniform(1 / Float(inputs).squareRoot(), seed: seed)
    }
    for parameter in parameters where parameter.name.hasSuffix("lora_B.weight") {
      parameter.fill(0)
    }
    for parameter in parameters where parameter.name.hasSuffix("ia3_l") { parameter.fill(1) }
  }
}

/// Lays out the tensors of one group.
private struct PartBuilder {
  let layer: Int
  let config: AdapterConfig
  let model: ModelConfig
  let inputs: Int
  var parts: [ModuleAdapter.Part] = []
  var parameters: [Parameter] = []
  var stackedA: FloatBuffer?
  var stackedGradient: FloatBuffer?
  var rank = 0

  var isDecomposed: Bool {
    if case .lora(let options) = config.method { options.decomposed } else { false }
  }

  mutating func add(_ targets: [TargetModule], of group: ModuleGroup) {
    switch config.method {
    case .lora(let options):
      rank = targets.reduce(0) { $0 + options.rank(of: $1) }
      addLowRank(targets, group, options, FloatBuffer(count: rank * inputs))
    case .ia3:
      for target in targets { addScaling(target, group) }
    case .promptTuning: break
    }
  }

  private mutating func addLowRank(
    _ targets: [TargetModule], _ group: ModuleGroup, _ options: AdapterConfig.LowRank,
    _ memory: FloatBuffer
  ) {
    let gradients = FloatBuffer(count: memory.count)
    var row = 0
    for target in targets {
      let r = options.rank(of: target)
      let outputs = target.size(in: model).outputs
      let a = Parameter(
        name: name(target, "lora_A.weight"), shape: [r, inputs], isTrained: !options.frozenA,
        values: memory, gradients: gradients, offset: row * inputs)
      let b = Parameter(
        name: name(target, "lora_B.weight"), shape: [outputs, r], isOutputSide: true)
      let magnitude =
        options.decomposed
        ? Parameter(name: name(target, "lora_magnitude_vector"), shape: [outputs]) : nil
      parameters += [a, b] + (magnitude.map { [$0] } ?? [])
      let kind = ModuleAdapter.Kind.lowRank(
        rows: row..<row + r, b: b, scale: options.scale(of: target), magnitude: magnitude)
      parts.append(.init(target: target, range: group.range(of: target, in: model), kind: kind))
      row += r
    }
    (stackedA, stackedGradient) = (memory, gradients)
  }

  private mutating func addScaling(_ target: TargetModule, _ group: ModuleGroup) {
    let scalesInput = config.scalesInput(target)
    let size = target.size(in: model)
    let shape = scalesInput ? [1, size.inputs] : [size.outputs, 1]
    let scaling = Parameter(name: name(target, "ia3_l"), shape: shape)
    parameters.append(scaling)
    parts.append(
      .init(
        target: target, range: group.range(of: target, in: model),
        kind: scalesInput ? .scaledInput(scaling) : .scaledOutput(scaling)))
  }

  private func name(_ target: TargetModule, _ tensor: String) -> String {
    "base_model.model.model.layers.\(layer).\(target.path).\(tensor)"
  }
}
