package import ExpertTensors

/// Weights of a shape without a model: for benchmarks, where only the shape decides the speed.
///
/// bf16 values of about the size that trained weights have (a deviation of 0.02); norms are ones.
package struct RandomWeights: Sendable {
  package let config: ModelConfig
  private let pattern: Bytes

  /// Memory that lives as long as a view of it. `@unchecked Sendable`: written before it is shared.
  private final class Bytes: @unchecked Sendable {
    let base: UnsafeMutableRawBufferPointer
    init(count: Int) { base = .allocate(byteCount: count, alignment: 64) }
    deinit { base.deallocate() }
  }

  package init(_ config: ModelConfig) {
    self.config = config
    pattern = Self.pattern(count: 1 << 22)
  }

  /// One tensor, in memory of its own.
  package func tensor(_ name: String) -> TensorView {
    let shape = config.neededTensors.first { $0.name == name }?.shape ?? []
    let bytes = Bytes(count: shape.reduce(2, *))
    let seed = name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }
    fill(bytes.base, ones: name.hasSuffix("norm.weight"), seed: seed)
    return TensorView(
      name: name, shape: shape, type: .bf16, bytes: UnsafeRawBufferPointer(bytes.base),
      owner: bytes)
  }

  /// Copies the pattern from a place that differs between tensors.
  private func fill(_ bytes: UnsafeMutableRawBufferPointer, ones: Bool, seed: Int) {
    if ones {
      bytes.bindMemory(to: UInt16.self).update(repeating: 0x3f80)
      return
    }
    var rest = bytes[...]
    var from = (seed & 0xfffff) * 2
    while !rest.isEmpty {
      let part = pattern.base[from...].prefix(rest.count)
      UnsafeMutableRawBufferPointer(rebasing: rest).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: part))
      rest = rest.dropFirst(part.count)
      from = 0
    }
  }

  /// bf16 numbers of a normal distribution (a sum of four uniform ones), by xorshift.
  private static func pattern(count: Int) -> Bytes {
    let bytes = Bytes(count: count * 2)
    let values = bytes.base.bindMemory(to: UInt16.self)
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    for place in values.indices {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      let parts = (0..<4).map { Float((state >> ($0 * 16)) & 0xffff) / 65536 - 0.5 }
      let value = (parts[0] + parts[1] + parts[2] + parts[3]) * 0.0346
      values[place] = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
    }
    return bytes
  }
}
