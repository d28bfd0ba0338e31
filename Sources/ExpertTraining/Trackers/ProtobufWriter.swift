/// Writes the few protocol-buffer fields that event files need.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  /// A whole number, as a varint.
  mutating func integer(_ field: Int, _ value: Int64) {
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: value))
  }

  mutating func double(_ field: Int, _ value: Double) {
    varint(UInt64(field) << 3 | 1)
    fixed(value.bitPattern)
  }

  mutating func float(_ field: Int, _ value: Float) {
    varint(UInt64(field) << 3 | 5)
    fixed(value.bitPattern)
  }

  mutating func text(_ field: Int, _ value: String) { block(field, Array(value.utf8)) }

  /// A message within the message.
  mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    block(field, inner.bytes)
  }

  private mutating func block(_ field: Int, _ content: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Little endian.
  mutating func fixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
