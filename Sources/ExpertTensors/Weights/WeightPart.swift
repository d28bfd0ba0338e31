internal import CKernels

/// Neighbouring rows of a frozen matrix that are held in one way.
///
/// `@unchecked Sendable`: the memory is written while the part is made and never afterwards.
struct WeightPart: @unchecked Sendable {
  /// What the kernels see.
  let weights: expert_weights
  /// The first row of the whole matrix that this part holds; divisible by 32.
  let start: Int
  /// What keeps the memory alive.
  let owners: [any AnyObject & Sendable]
  /// Bytes of private memory.
  let bytes: Int

  /// The rows of the whole matrix.
  var range: Range<Int> { start..<start + weights.outputs }
}

extension expert_weights {
  /// A description without memory.
  init(
    _ kind: expert_weight_kind, outputs: Int, inputs: Int, group: Int = 32, wide: Bool = false,
    least: Bool = false, table: [Float] = (0..<16).map(Float.init)
  ) {
    self.init()
    self.kind = kind
    self.outputs = outputs
    self.inputs = inputs
    padded = (inputs + 31) & ~31
    stride = inputs
    self.group = group
    wide_scales = wide ? 1 : 0
    has_least = least ? 1 : 0
    withUnsafeMutableBytes(of: &self.table) { to in
      table.withUnsafeBytes { to.copyMemory(from: $0) }
    }
  }

  /// Panels of 32 rows.
  var panels: Int { (outputs + 31) / 32 }
}
