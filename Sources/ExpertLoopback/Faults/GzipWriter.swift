/// Just enough of gzip (RFC 1952) and deflate (RFC 1951) to test a reader: stored blocks for true
/// content, and matches of the longest length for content that explodes.
package enum GzipWriter {
  private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]

  /// A valid gzip file of `bytes`, uncompressed inside.
  package static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var out = header
    for start in stride(from: 0, to: bytes.count, by: 0xffff) {
      let piece = bytes[start..<min(start + 0xffff, bytes.count)]
      out.append(0)
      out += littleEndian(UInt32(piece.count), bytes: 2)
      out += littleEndian(~UInt32(piece.count), bytes: 2)
      out += piece
    }
    // An empty final block, for a body of any length.
    out += [1, 0, 0, 0xff, 0xff]
    return out + littleEndian(crc32(bytes), bytes: 4) + littleEndian(UInt32(bytes.count), bytes: 4)
  }

  /// The start of a gzip file, and a block that may follow it any number of times; every block
  /// becomes `bombBlockSize` zeros.
  package static var bomb: (start: [UInt8], block: [UInt8]) {
    var bits = BitWriter()
    bits.append(0b010, count: 3)  // not the last block; fixed codes
    bits.appendCode(0b0011_0000, count: 8)  // one literal zero byte
    for _ in 0..<bombMatches {
      bits.appendCode(0b1100_0101, count: 8)  // length 258
      bits.appendCode(0, count: 5)  // distance 1
    }
    bits.appendCode(0, count: 7)  // end of block
    bits.append(0b000, count: 3)  // an empty stored block, which ends on a whole byte
    bits.align()
    return (header, bits.bytes + [0, 0, 0xff, 0xff])
  }

  private static let bombMatches = 4096
  /// What one block of the bomb becomes.
  package static let bombBlockSize = 1 + 258 * bombMatches

  private static func littleEndian(_ value: UInt32, bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

/// Packs bits from the lowest of each byte upwards.
private struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var used = 8

  mutating func append(_ value: UInt32, count: Int) {
    for i in 0..<count {
      if used == 8 {
        bytes.append(0)
        used = 0
      }
      bytes[bytes.count - 1] |= UInt8(value >> UInt32(i) & 1) << UInt8(used)
      used += 1
    }
  }

  /// Huffman codes go highest bit first.
  mutating func appendCode(_ code: UInt32, count: Int) {
    for i in stride(from: count - 1, through: 0, by: -1) { append(code >> UInt32(i) & 1, count: 1) }
  }

  mutating func align() { used = 8 }
}
