internal import CZlib

/// The one form of gzip that a package has (RFC 1952 around RFC 1951): a fixed header, stored
/// blocks of 65,535 bytes with a last one of 1 to 65,535, zero padding bits, the trailer, the end.
package enum StoredGzip {
  /// Deflate, no flags, no time, no extra flags, unknown system.
  package static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
  package static let blockBytes = 65_535
  package static let blockHeaderBytes = 5
  package static let trailerBytes = 8

  /// The head of a block: final bit, type 00, padding 0; the length; its complement.
  package static func blockHeader(count: Int, isLast: Bool) -> [UInt8] {
    let low = UInt8(count & 255)
    let high = UInt8(count >> 8)
    return [isLast ? 1 : 0, low, high, ~low, ~high]
  }

  /// CRC-32 of what came before, and the length modulo 2³², both little-endian.
  package static func trailer(crc: UInt, count: Int) -> [UInt8] {
    [UInt32(truncatingIfNeeded: crc), UInt32(truncatingIfNeeded: count)].flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
  }

  /// How long a package is whose tar archive has `count` bytes.
  package static func fileBytes(ofTar count: Int) -> Int {
    let blocks = (count + blockBytes - 1) / blockBytes
    return header.count + blocks * blockHeaderBytes + count + trailerBytes
  }

  /// CRC-32 of more bytes, from that of those before.
  static func crc(_ crc: UInt, _ bytes: UnsafeRawBufferPointer) -> UInt {
    guard let start = bytes.baseAddress else { return crc }
    return crc32_z(crc, start.assumingMemoryBound(to: UInt8.self), bytes.count)
  }
}

/// Reads the canonical form and nothing else: any other bit is an error, and the end is reported
/// only when trailer and file have ended as they must.
package final class StoredGzipStream: ByteStream {
  private let file: FileBytes
  private var inBlock = 0
  private var isLast = false
  private var ended = false
  private var crc: UInt = 0
  private var count = 0

  package init(_ file: FileBytes) throws {
    self.file = file
    guard try file.take(StoredGzip.header.count) == StoredGzip.header else {
      throw Self.refused("its gzip header is not the canonical one")
    }
  }

  /// Whether a file starts as a canonical package does.
  package static func isCanonical(firstBytes: [UInt8]) -> Bool {
    firstBytes.count > StoredGzip.header.count
      && firstBytes.starts(with: StoredGzip.header)
      && firstBytes[StoredGzip.header.count] & 0b110 == 0
  }

  private static func refused(_ reason: String) -> PackageError {
    .refused(member: "", reason: reason)
  }

  package func next(_ limit: Int) throws -> UnsafeRawBufferPointer {
    if inBlock == 0 { try advance() }
    if ended { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let bytes = try file.next(min(limit, inBlock))
    guard !bytes.isEmpty else { throw Self.refused("it ends in the middle") }
    crc = StoredGzip.crc(crc, bytes)
    count += bytes.count
    inBlock -= bytes.count
    return bytes
  }

  /// From the end of one block to the next, or to the end of the file.
  private func advance() throws {
    if ended { return }
    if isLast { return try finish() }
    let head = try file.take(StoredGzip.blockHeaderBytes)
    guard head.count == StoredGzip.blockHeaderBytes else { throw Self.refused("it ends too early") }
    inBlock = Int(head[1]) | Int(head[2]) << 8
    isLast = head[0] == 1
    guard head == StoredGzip.blockHeader(count: inBlock, isLast: isLast), inBlock > 0,
      isLast || inBlock == StoredGzip.blockBytes
    else {
      throw Self.refused("a compressed or irregular block; a package stores its bytes plainly")
    }
  }

  private func finish() throws {
    guard try file.take(StoredGzip.trailerBytes) == StoredGzip.trailer(crc: crc, count: count)
    else { throw Self.refused("its checksum is wrong: the file is damaged or was changed") }
    guard try file.next(1).isEmpty else { throw Self.refused("something follows its end") }
    ended = true
  }
}
