import ExpertRecord
import ExpertTensors
import Testing

@Suite struct RowEncoderTests {
  private func encode(_ values: [Float], _ type: ElementType) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: RowEncoder.bytes(values.count, as: type) ?? 0)
    bytes.withUnsafeMutableBytes { out in
      if let base = out.baseAddress {
        RowEncoder.encode(values, count: values.count, as: type, to: base)
      }
    }
    return bytes
  }

  private func decode(_ bytes: [UInt8], _ type: ElementType, count: Int) -> [Float] {
    let owner = RawBuffer(count: bytes.count)
    for (place, byte) in bytes.enumerated() {
      owner.base.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
    }
    let view = TensorView(
      name: "x", shape: [1, count], type: type,
      bytes: UnsafeRawBufferPointer(start: owner.base, count: bytes.count), owner: owner)
    return view.floats().array
  }

  private func block(_ start: [Float]) -> [Float] {
    start + [Float](repeating: 0, count: 32 - start.count)
  }

  /// The largest is 127, so d is 1 (0x3C00) and codes are the numbers, halves away from zero.
  @Test func eightBitsByHand() {
    let bytes = encode(block([127, -127, 63.5, 0.4, -0.5, 2.5, -126.6]), .q8_0)
    #expect(bytes.count == 34)
    #expect(Array(bytes[..<2]) == [0x00, 0x3C])
    #expect(bytes[2..<10].map { Int8(bitPattern: $0) } == [127, -127, 64, 0, -1, 3, -127, 0])
  }

  /// The largest magnitude is −8, so d is 1 and a code is ⌊x + 8.5⌋, at most 15; element j and
  /// j + 16 share a byte.
  @Test func fourBitsByHand() {
    var values = block([-8, 7, 0.5, -0.5, 7.9])
    values[16] = 3
    values[18] = -8
    let bytes = encode(values, .q4_0)
    #expect(bytes.count == 18)
    #expect(Array(bytes[..<2]) == [0x00, 0x3C])
    #expect(Array(bytes[2..<8]) == [0xB0, 0x8F, 0x09, 0x88, 0x8F, 0x88])
  }

  /// With the largest magnitude positive, the scale is negative.
  @Test func fourBitsOfAPositiveLargestHaveANegativeScale() {
    let bytes = encode(block([4, -4, 2]), .q4_0)
    #expect(Array(bytes[..<2]) == [0x00, 0xB8])
    // 4/−0.5 + 8.5 = 0.5, −4/−0.5 + 8.5 = 16.5, 2/−0.5 + 8.5 = 4.5
    #expect(Array(bytes[2..<6]) == [0x80, 0x8F, 0x84, 0x88])
  }

  @Test func zerosStayZeros() {
    let zeros = [Float](repeating: 0, count: 64)
    for type in RowEncoder.types {
      #expect(decode(encode(zeros, type), type, count: 64) == zeros)
    }
  }

  @Test func halvesRoundTiesToEven() {
    let values: [Float] = [1, 1 + 0x1p-11, 1 + 0x3p-11, -2, 65520, 6e-8, -0.0]
    let expected: [UInt16] = [0x3C00, 0x3C00, 0x3C02, 0xC000, 0x7C00, 1, 0x8000]
    let bytes = encode(values, .f16)
    let found = values.indices.map { UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8 }
    #expect(found == expected)
  }

  /// What is read back is at most half a step away: of a block, half its scale, and what rounding
  /// the scale to half precision adds.
  @Test(arguments: RowEncoder.types) func readingBackIsAtMostHalfAStepAway(_ type: ElementType) {
    var random = SeededGenerator(seed: 7, stream: "encoder")
    let values = (0..<4096).map { _ in Float(random.unit() * 2 - 1) }
    let again = decode(encode(values, type), type, count: values.count)
    for start in stride(from: 0, to: values.count, by: 32) {
      let largest = values[start..<start + 32].reduce(0) { max($0, abs($1)) }
      let step: Float =
        switch type {
        case .f32: 0
        case .f16: largest * 0x1p-11
        case .bf16: largest * 0x1p-8
        case .q8_0: largest / 127 * 0.5 + largest * 0x1p-11
        // The side without a code for its end loses a whole step.
        default: largest / 8 + largest * 0x1p-11
        }
      for place in start..<start + 32 { #expect(abs(values[place] - again[place]) <= step) }
    }
  }

  @Test func onlyWholeBlocksOfKnownTypesAreWritten() {
    #expect(RowEncoder.bytes(33, as: .q8_0) == nil)
    #expect(RowEncoder.bytes(33, as: .f16) == 66)
    #expect(RowEncoder.bytes(256, as: .q6_k) == nil)
  }
}
