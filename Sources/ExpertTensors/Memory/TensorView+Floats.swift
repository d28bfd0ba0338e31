extension TensorView {
  /// Writes rows of the natural order as fp32, `columns` floats a row: the naive reading of every
  /// encoding, by the formulas of the GGUF specification, and the oracle of the fast ones.
  package func copyFloats(rows range: Range<Int>, to out: UnsafeMutablePointer<Float>) {
    for row in range {
      decodeRow(address(ofRow: row), to: out + (row - range.lowerBound) * columns)
    }
  }

  /// The whole tensor as fp32.
  package func floats() -> FloatBuffer {
    let buffer = FloatBuffer(count: count)
    copyFloats(rows: 0..<rows, to: buffer.base)
    return buffer
  }

  private func decodeRow(_ from: UnsafeRawPointer, to out: UnsafeMutablePointer<Float>) {
    let size = type.blockElements
    for block in 0..<columns / size {
      decodeBlock(from + block * type.blockBytes, to: out + block * size)
    }
  }

  private func decodeBlock(_ from: UnsafeRawPointer, to out: UnsafeMutablePointer<Float>) {
    switch type {
    case .f32: out[0] = from.loadUnaligned(as: Float.self)
    case .f16: out[0] = Self.half(from, 0)
    case .bf16:
      out[0] = Float(bitPattern: UInt32(from.loadUnaligned(as: UInt16.self)) << 16)
    case .q8_0:
      let scale = Self.half(from, 0)
      for j in 0..<32 { out[j] = Float(from.load(fromByteOffset: 2 + j, as: Int8.self)) * scale }
    case .q4_0: Self.nibbles(from + 2, to: out) { Float(Int($0) - 8) * Self.half(from, 0) }
    case .q4_1:
      let (scale, least) = (Self.half(from, 0), Self.half(from, 2))
      Self.nibbles(from + 4, to: out) { Float($0) * scale + least }
    case .q4_k: Self.decodeQ4K(from, to: out)
    case .q6_k: Self.decodeQ6K(from, to: out)
    }
  }

  /// Sixteen bytes: element j is the low half of byte j, element j + 16 the high half.
  private static func nibbles(
    _ from: UnsafeRawPointer, to out: UnsafeMutablePointer<Float>, _ value: (UInt8) -> Float
  ) {
    for j in 0..<16 {
      let byte = from.load(fromByteOffset: j, as: UInt8.self)
      out[j] = value(byte & 15)
      out[j + 16] = value(byte >> 4)
    }
  }

  /// Eight sub-blocks of 32 with 6-bit scales and minima.
  private static func decodeQ4K(_ from: UnsafeRawPointer, to out: UnsafeMutablePointer<Float>) {
    let (d, dmin) = (half(from, 0), half(from, 2))
    func s(_ j: Int) -> UInt8 { from.load(fromByteOffset: 4 + j, as: UInt8.self) }
    for j in 0..<8 {
      let scale = j < 4 ? s(j) & 63 : (s(j + 4) & 15) | ((s(j - 4) >> 6) << 4)
      let least = j < 4 ? s(j + 4) & 63 : (s(j + 4) >> 4) | ((s(j) >> 6) << 4)
      for i in 0..<32 {
        let byte = from.load(fromByteOffset: 16 + (j / 2) * 32 + i, as: UInt8.self)
        let code = j % 2 == 0 ? byte & 15 : byte >> 4
        out[j * 32 + i] = d * Float(scale) * Float(code) - dmin * Float(least)
      }
    }
  }

  /// Sixteen sub-blocks of 16 with 8-bit scales; codes of six bits, offset by 32.
  private static func decodeQ6K(_ from: UnsafeRawPointer, to out: UnsafeMutablePointer<Float>) {
    let d = half(from, 208)
    for i in 0..<256 {
      let (half, rest) = i.quotientAndRemainder(dividingBy: 128)
      let (quarter, l) = rest.quotientAndRemainder(dividingBy: 32)
      let low = from.load(fromByteOffset: half * 64 + (quarter % 2) * 32 + l, as: UInt8.self)
      let high = from.load(fromByteOffset: 128 + half * 32 + l, as: UInt8.self)
      let code = Int(quarter < 2 ? low & 15 : low >> 4) | Int((high >> (2 * quarter)) & 3) << 4
      let scale = from.load(fromByteOffset: 192 + i / 16, as: Int8.self)
      out[i] = d * Float(scale) * Float(code - 32)
    }
  }

  private static func half(_ from: UnsafeRawPointer, _ offset: Int) -> Float {
    float(half: from.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// The value of an IEEE 754 binary16, by its bits (Swift has no Float16 on every platform).
  package static func float(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 31
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      let value = Float(fraction) * 0x1p-24
      return sign == 0 ? value : -value
    case 31: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
