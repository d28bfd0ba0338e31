internal import CKernels

/// In which way one tensor is held; neighbours held alike share panels.
struct Holding: Hashable {
  enum Form: Hashable {
    /// The mapped file itself.
    case rows16
    case panels32
    case panels16
    /// Codes that the file holds, kept exactly.
    case kept(ElementType)
    /// Codes made here.
    case rounded4
    case rounded8
    case nf4
    /// NF4 values as bf16, where rows are not made of whole parts of blocks.
    case nf4Values
  }

  let form: Form

  init(form: Form) { self.form = form }

  /// How to hold `view` at this precision.
  init(_ view: TensorView, _ precision: Precision, _ layout: WeightLayout) {
    switch precision {
    // What is rounded in both directions is held as a `RoundedMatrix`.
    case .fp32, .bf16, .w8a8:
      if view.type == .bf16 {
        form = layout != .packed && Self.canStayMapped(view) ? .rows16 : .panels16
      } else {
        form = precision == .fp32 ? .panels32 : .panels16
      }
    case .int8, .int4:
      if view.type.isQuantized {
        form = .kept(view.type)
      } else {
        form = precision == .int8 ? .rounded8 : .rounded4
      }
    case .nf4: form = Self.nf4Group(inputs: view.columns) > 0 ? .nf4 : .nf4Values
    }
  }

  private static func canStayMapped(_ view: TensorView) -> Bool {
    view.rowOrder == .natural && Int(bitPattern: view.bytes.baseAddress) % 2 == 0
  }

  /// The kernels' description of `outputs` rows held like this.
  func description(outputs: Int, inputs: Int) -> expert_weights {
    let n = outputs
    let k = inputs
    switch form {
    case .rows16: return expert_weights(EXPERT_ROWS_BF16, outputs: n, inputs: k)
    case .panels32: return expert_weights(EXPERT_PANELS_F32, outputs: n, inputs: k)
    case .panels16, .nf4Values: return expert_weights(EXPERT_PANELS_BF16, outputs: n, inputs: k)
    case .kept(.q4_0):
      return expert_weights(
        EXPERT_PANELS_4BIT, outputs: n, inputs: k, table: (0..<16).map { Float($0 - 8) })
    case .kept(.q4_k):
      return expert_weights(EXPERT_PANELS_4BIT, outputs: n, inputs: k, wide: true, least: true)
    case .kept(.q6_k):
      return expert_weights(EXPERT_PANELS_8BIT, outputs: n, inputs: k, group: 16, wide: true)
    case .kept(.q8_0), .rounded8:
      return expert_weights(EXPERT_PANELS_8BIT, outputs: n, inputs: k)
    case .kept, .rounded4:
      return expert_weights(EXPERT_PANELS_4BIT, outputs: n, inputs: k, least: true)
    case .nf4:
      return expert_weights(
        EXPERT_PANELS_4BIT, outputs: n, inputs: k, group: Self.nf4Group(inputs: k), wide: true,
        table: Self.nf4Table)
    }
  }

  /// Blocks of NF4 run along the flattened weight, 64 elements each; within a row, this many
  /// columns surely share a block. 0 where that is too few to be worth a scale.
  static func nf4Group(inputs: Int) -> Int {
    for group in [64, 32, 16] where inputs % group == 0 { return group }
    return 0
  }

  static let nf4Table = withUnsafeBytes(of: expert_nf4_table) {
    Array($0.bindMemory(to: Float.self))
  }
}
