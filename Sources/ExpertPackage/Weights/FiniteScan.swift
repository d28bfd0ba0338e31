package import ExpertTensors

/// Looks for NaN and infinity in floating-point numbers as their bytes go by.
///
/// All of them have an exponent of ones only, so that adding one to it carries into the sign's bit:
/// three operations a vector, whatever the numbers are.
package struct FiniteScan {
  private let type: SafetensorsType
  private var carry: [UInt8] = []

  /// A scan of F32, F16 or BF16 numbers; `nil` for other types.
  package init?(_ type: SafetensorsType) {
    guard [.f32, .f16, .bf16].contains(type) else { return nil }
    self.type = type
  }

  /// Whether all numbers that end in these bytes are finite. A number may be cut between two calls.
  package mutating func isFinite(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    var good = true
    if !carry.isEmpty {
      let missing = rest.prefix(type.bytes - carry.count)
      carry.append(contentsOf: missing)
      rest = rest.dropFirst(missing.count)
      guard carry.count == type.bytes else { return true }
      good = carry.withUnsafeBytes { isFiniteWhole($0) }
      carry.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / type.bytes * type.bytes
    carry.append(contentsOf: rest.dropFirst(whole))
    return isFiniteWhole(UnsafeRawBufferPointer(rebasing: rest.prefix(whole))) && good
  }

  private func isFiniteWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch type {
    case .f32: Self.scan(bytes, exponent: UInt32(0x7f80_0000), one: 0x0080_0000)
    case .f16: Self.scan(bytes, exponent: UInt16(0x7c00), one: 0x0400)
    default: Self.scan(bytes, exponent: UInt16(0x7f80), one: 0x0080)
    }
  }

  @inline(__always)
  private static func scan<Word: FixedWidthInteger & SIMDScalar & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, exponent: Word, one: Word
  ) -> Bool where Word.SIMD16Storage: BitwiseCopyable {
    let step = 16 * MemoryLayout<Word>.size
    var found = SIMD16<Word>()
    var offset = 0
    while offset + step <= bytes.count {
      let words = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Word>.self)
      found |= (words & exponent) &+ one
      offset += step
    }
    var one16 = (0..<16).reduce(Word(0)) { $0 | found[$1] }
    while offset < bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: Word.self)
      one16 |= (word & exponent) &+ one
      offset += MemoryLayout<Word>.size
    }
    return one16.leadingZeroBitCount > 0
  }
}
