import ExpertPlatform
import ExpertTensors

/// A small generator of test values: SplitMix64, uniform in [-1, 1).
struct Values {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func float() -> Float { Float(next() >> 40) * 0x1p-23 - 1 }

  mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

/// Bytes that a `TensorView` can point into.
final class Bytes: @unchecked Sendable {
  let buffer: UnsafeMutableRawBufferPointer

  init(_ bytes: [UInt8]) {
    buffer = .allocate(byteCount: bytes.count + 2, alignment: 64)
    buffer.copyBytes(from: bytes)
  }

  deinit { buffer.deallocate() }

  func view(
    _ type: ElementType, rows: Int, columns: Int, order: TensorView.RowOrder = .natural
  ) -> TensorView {
    let size = rows * columns / type.blockElements * type.blockBytes
    return TensorView(
      name: "w", shape: [rows, columns], type: type, rowOrder: order,
      bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<size]),
      owner: self)
  }
}

/// A random tensor of any encoding; scales are small finite numbers.
func randomView(
  _ type: ElementType, rows: Int, columns: Int, seed: UInt64,
  order: TensorView.RowOrder = .natural
) -> TensorView {
  var values = Values(seed: seed)
  var bytes: [UInt8] = []
  for _ in 0..<rows * columns / type.blockElements {
    var block = (0..<type.blockBytes).map { _ in UInt8(truncatingIfNeeded: values.next()) }
    func half(_ place: Int) {
      // Magnitudes from 2⁻⁷ to below 2⁻⁵, any sign.
      let bits = UInt16(truncatingIfNeeded: values.next()) & 0x83ff | 0x2000
      block[place] = UInt8(bits & 255)
      block[place + 1] = UInt8(bits >> 8)
    }
    switch type {
    case .f32: withUnsafeBytes(of: values.float().bitPattern) { block = Array($0) }
    case .bf16:
      withUnsafeBytes(of: UInt16(values.float().bitPattern >> 16)) { block = Array($0) }
    case .f16, .q8_0, .q4_0: half(0)
    case .q4_1, .q4_k:
      half(0)
      half(2)
    case .q6_k: half(208)
    }
    bytes += block
  }
  return Bytes(bytes).view(type, rows: rows, columns: columns, order: order)
}

/// The largest difference, divided by the largest magnitude of `expected`.
func error(_ actual: [Float], _ expected: [Float]) -> Float {
  precondition(actual.count == expected.count)
  var (difference, largest) = (Float(0), Float(0))
  for (a, e) in zip(actual, expected) {
    guard a.isFinite else { return .infinity }
    difference = max(difference, abs(a - e))
    largest = max(largest, abs(e))
  }
  return difference / largest
}
