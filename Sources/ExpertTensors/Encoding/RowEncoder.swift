internal import CKernels

/// Rounds fp32 numbers to the encodings that files hold: the inverse of `TensorView.copyFloats`.
///
/// Floats are rounded to the nearest, ties to even; blocks as the reference quantisers of ggml do
/// it (`quantize_row_q8_0_ref`, `quantize_row_q4_0_ref`), code for code.
package enum RowEncoder {
  /// The encodings that can be written.
  package static let types: [ElementType] = [.f32, .f16, .bf16, .q8_0, .q4_0]

  /// Bytes of `count` elements; `nil` where they make no whole blocks, or the type is not written.
  package static func bytes(_ count: Int, as type: ElementType) -> Int? {
    guard types.contains(type), count % type.blockElements == 0 else { return nil }
    return count / type.blockElements * type.blockBytes
  }

  /// Writes `count` numbers, whole blocks of them, to `out`.
  package static func encode(
    _ from: UnsafePointer<Float>, count: Int, as type: ElementType,
    to out: UnsafeMutableRawPointer
  ) {
    precondition(bytes(count, as: type) != nil, "\(count) elements cannot be \(type.rawValue)")
    switch type {
    case .f32: out.copyMemory(from: from, byteCount: count * 4)
    case .f16: store16(from, count, out) { expert_float_to_half($0) }
    case .bf16: store16(from, count, out) { expert_float_to_bf16($0) }
    case .q8_0:
      for block in 0..<count / 32 { BlockRounding.q8_0(from + block * 32, to: out + block * 34) }
    default:
      for block in 0..<count / 32 { BlockRounding.q4_0(from + block * 32, to: out + block * 18) }
    }
  }

  private static func store16(
    _ from: UnsafePointer<Float>, _ count: Int, _ out: UnsafeMutableRawPointer,
    _ round: (Float) -> UInt16
  ) {
    for i in 0..<count {
      out.storeBytes(of: round(from[i]).littleEndian, toByteOffset: i * 2, as: UInt16.self)
    }
  }
}

/// One block of 32 numbers as small integers with a shared scale.
private enum BlockRounding {
  /// d = max|x| / 127, codes x/d rounded half away from zero.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  static func q8_0(_ x: UnsafePointer<Float>, to out: UnsafeMutableRawPointer) {
    var largest: Float = 0
    for i in 0..<32 { largest = max(largest, abs(x[i])) }
    let scale = largest / 127
    let inverse = scale == 0 ? 0 : 1 / scale
    put(scale, out)
    for i in 0..<32 {
      let code = Int8(clamping: Int((x[i] * inverse).rounded(.toNearestOrAwayFromZero)))
      out.storeBytes(of: code, toByteOffset: 2 + i, as: Int8.self)
    }
  }

  /// d = the number of largest magnitude / −8, with its sign, codes ⌊x/d + 8.5⌋ up to 15.
  ///
  /// ggml is built with fused multiplication and addition, so the sum is rounded once: both steps
  /// are done in double here, where product and sum of floats are exact.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  static func q4_0(_ x: UnsafePointer<Float>, to out: UnsafeMutableRawPointer) {
    var largest: Float = 0
    for i in 0..<32 where abs(x[i]) > abs(largest) { largest = x[i] }
    let scale = largest / -8
    let inverse = scale == 0 ? 0 : 1 / scale
    put(scale, out)
    for i in 0..<16 {
      let byte = code(x[i], inverse) | code(x[i + 16], inverse) << 4
      out.storeBytes(of: byte, toByteOffset: 2 + i, as: UInt8.self)
    }
  }

  private static func code(_ x: Float, _ inverse: Float) -> UInt8 {
    let shifted = Float(Double(x) * Double(inverse) + 8.5)
    return UInt8(min(15, max(0, shifted)))
  }

  private static func put(_ scale: Float, _ out: UnsafeMutableRawPointer) {
    out.storeBytes(of: expert_float_to_half(scale).littleEndian, as: UInt16.self)
  }
}
