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
  /// Logits in flight, and the rows that they are of.
  package var logits: Int
  /// Passes that are not differentiated, beside training: evaluations, a teacher with its weights.
  package var frozen: Int
  /// Copies while a checkpoint is written.
  package var saving: Int
  /// Passes before the first step: a reference or a teacher that is asked once.
  package var preparation: Int
  /// The program.
  package var program: Int

  /// The more of what preparation and training take.
  package var total: Int {
    weights + adapter + program + max(preparation, activations + logits + frozen + saving)
  }

  /// `tokens`: rows of the largest microbatch.
  /// `supervised`: rows of it whose logits are needed.
  /// `frozen`: passes beside training.
  package init(
    config: TrainingConfig, model: ModelConfig, precision: Precision, tokens: Int,
    supervised: Int, frozen work: FrozenWork = .init(), constants: EstimateConstants = .init()
  ) throws(TrainingError) {
    let size = try AdapterSize(config, model)
    let adapterConfig = try config.adapter(for: model.architecture, base: "")
    let row = RowMemory(
      model, adapterConfig, checkpointing: config.checkpointsActivations)
    weights = Self.weightBytes(model, precision)
    adapter = Self.adapterBytes(size, eightBit: config.uses8BitStates)
    activations = 4 * row.training * tokens
    // Their states before and behind the norm and the gradient; that of all rows behind it.
    logits = constants.logitTile + 4 * model.hiddenSize * (4 * supervised + tokens)
    let evaluated =
      4 * (row.frozen * work.evaluationRows + model.hiddenSize * work.evaluationTargets)
    let asked = min(work.askedRows, max(constants.rowsAskedAtOnce, tokens))
    frozen = evaluated
    preparation = asked > 0 ? 4 * row.frozen * asked + constants.logitTile : 0
    if let teacher = work.teacher {
      let teacherRow = RowMemory(teacher.model, adapterConfig, checkpointing: false).frozen
      if teacher.once {
        preparation = teacher.weights + 4 * teacherRow * asked + constants.logitTile
      } else {
        let rows = max(tokens, work.evaluationRows)
        frozen += teacher.weights + 4 * teacherRow * rows + constants.logitTile
      }
    }
    saving = Self.savingBytes(size, eightBit: config.uses8BitStates, constants)
    program = constants.fixedBytes
  }

  /// Bytes of the frozen weights: the linears in the precision, embeddings not below bf16 unless
  /// everything is quantised.
  static func weightBytes(_ model: ModelConfig, _ precision: Precision) -> Int {
    let bytes: Double =
      switch precision {
      case .fp32: 4
      case .bf16: 2
      case .w8a8: 2  // one for each direction of a product
      case .int8: 1 + 4.0 / 64  // a scale for each 64
      case .int4: 0.5 + 4.0 / 64  // scale and least value in 16 bits each
      case .nf4: 0.5 + 4.0 / 64
      }
    return Int(Double(AdapterSize.parameters(of: model)) * bytes)
  }

  /// Two moments of a parameter, in 32 or 8 bits.
  private static func momentBytes(eightBit: Bool) -> Double {
    eightBit ? 2 * (1 + 4.0 / 256) : 8
  }

  /// fp32 values and gradients, and the moments.
  static func adapterBytes(_ size: AdapterSize, eightBit: Bool) -> Int {
    Int(Double(size.trainable) * (8 + momentBytes(eightBit: eightBit)))
      + 4 * (size.saved - size.trainable)
  }

  private static func savingBytes(
    _ size: AdapterSize, eightBit: Bool, _ constants: EstimateConstants
  ) -> Int {
    Int(
      constants.savingBytes * Double(size.saved)
        + momentBytes(eightBit: eightBit) * Double(size.trainable))
  }
}
