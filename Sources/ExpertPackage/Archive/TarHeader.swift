/// One 512-byte header of a ustar archive (POSIX.1-1988), in the only form that a package has:
/// a regular file, mode 0644, no owner, no time.
package enum TarHeader {
  package static let blockBytes = 512

  /// The canonical header of a member.
  package static func bytes(name: String, size: Int) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: blockBytes)
    put(name, at: 0, in: &header)
    put("0000644\0", at: 100, in: &header)
    put("0000000\0", at: 108, in: &header)
    put("0000000\0", at: 116, in: &header)
    put(octal(size, digits: 11) + "\0", at: 124, in: &header)
    put("00000000000\0", at: 136, in: &header)
    put("0", at: 156, in: &header)
    put("ustar\0" + "00", at: 257, in: &header)
    put("0000000\0", at: 329, in: &header)
    put("0000000\0", at: 337, in: &header)
    put(octal(checksum(header), digits: 6) + "\0 ", at: 148, in: &header)
    return header
  }

  /// The sum of all bytes with the checksum's own field taken as blanks.
  package static func checksum(_ header: [UInt8]) -> Int {
    header.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(header[$1])) }
  }

  /// Bytes that fill a member up to a whole block.
  package static func padding(_ size: Int) -> Int { (blockBytes - size % blockBytes) % blockBytes }

  private static func octal(_ value: Int, digits: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func put(_ text: String, at offset: Int, in header: inout [UInt8]) {
    for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
  }
}
