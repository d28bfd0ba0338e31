internal import ExpertTensors

/// What the forward pass of one group's adapter leaves for its backward pass.
package final class AdapterTape {
  /// x Aᵀ of all low-rank targets: [T, R].
  let inner: FloatBuffer
  /// The outputs before a trained vector scaled them: [T, out] of the whole group; `nil` where
  /// nothing is scaled.
  let unscaled: FloatBuffer?
  /// The inputs of A after dropout: [T, in]; `nil` without dropout.
  let dropped: FloatBuffer?

  package init(_ adapter: ModuleAdapter, tokens: Int, training: Bool) {
    inner = FloatBuffer(count: tokens * adapter.rank)
    let scales = adapter.parts.contains(where: \.scalesOutput)
    unscaled = scales && training ? FloatBuffer(count: tokens * adapter.outputs) : nil
    let drops = training && adapter.dropout > 0
    dropped = drops ? FloatBuffer(count: tokens * adapter.inputs) : nil
  }
}

/// Which inputs are dropped: a function of seed, step, layer and group, so that a step that is
/// repeated drops the same.
package struct DropoutKey: Sendable, Hashable {
  package var seed: UInt64
  package var step: UInt64
  package var layer: UInt64
  package var group: UInt64

  package init(seed: UInt64, step: Int, layer: Int, group: ModuleGroup) {
    self.seed = seed
    self.step = UInt64(step)
    self.layer = UInt64(layer)
    self.group = UInt64(group.rawValue)
  }

  /// The key of one text's noise.
  init(seed: UInt64, step: Int, text: UInt64) {
    self.seed = seed
    self.step = UInt64(step)
    layer = text
    group = 0
  }

  /// Random bits of element `index`: the output function of SplitMix64 over a counter.
  func bits(_ index: Int) -> UInt64 {
    var z = seed &+ step &* 0x9e37_79b9_7f4a_7c15 &+ layer &* 0xd1b5_4a32_d192_ed03
    z = z &+ group &* 0x8cb9_2ba7_2f3d_8dd7 &+ UInt64(index) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Whether element `index` is kept when the share `rate` is dropped.
  func keeps(_ index: Int, rate: Double) -> Bool {
    Double(bits(index) >> 11) * 0x1p-53 >= rate
  }
}

extension ModuleAdapter.Part {
  /// Whether the outputs are multiplied by a trained vector.
  var scalesOutput: Bool {
    switch kind {
    case .lowRank(_, _, _, let magnitude): magnitude != nil
    case .scaledOutput: true
    case .scaledInput: false
    }
  }
}
