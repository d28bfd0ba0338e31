internal import CZlib

/// Reads a gzip file made elsewhere: one member of ordinary deflate, nothing behind it, and no
/// more than twentyfold expansion.
package final class InflateStream: ByteStream {
  private static let capacity = 64 << 10

  private let file: FileBytes
  private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var ended = false
  private var waiting = UnsafeRawBufferPointer(start: nil, count: 0)
  private var taken = 0
  private var given = 0

  package init(_ file: FileBytes) throws {
    self.file = file
    stream.initialize(to: z_stream())
    guard expert_inflate_gzip_begin(stream) == Z_OK else {
      throw Self.refused("there is no memory to read it")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    buffer.deallocate()
  }

  private static func refused(_ reason: String) -> PackageError {
    .refused(member: "", reason: reason)
  }

  package func next(_ limit: Int) throws -> UnsafeRawBufferPointer {
    if waiting.isEmpty, !ended { try inflateMore() }
    let lent = UnsafeRawBufferPointer(rebasing: waiting.prefix(limit))
    waiting = UnsafeRawBufferPointer(rebasing: waiting.dropFirst(limit))
    return lent
  }

  /// Decodes until there is something to lend or the member has ended.
  private func inflateMore() throws {
    stream.pointee.next_out = buffer
    stream.pointee.avail_out = UInt32(Self.capacity)
    while stream.pointee.avail_out == Self.capacity, !ended {
      if stream.pointee.avail_in == 0 { try feed() }
      let code = inflate(stream, Z_NO_FLUSH)
      guard code == Z_OK || code == Z_STREAM_END else {
        throw Self.refused("it is no gzip file, or a damaged one")
      }
      if code == Z_STREAM_END { try finish() }
    }
    let count = Self.capacity - Int(stream.pointee.avail_out)
    given += count
    guard given <= PackageLimits.expansionFloor || given / PackageLimits.expansion <= taken else {
      throw Self.refused("it expands more than \(PackageLimits.expansion) times")
    }
    waiting = UnsafeRawBufferPointer(start: buffer, count: count)
  }

  /// Lends zlib the next bytes of the file; they stay valid until the file is read again.
  private func feed() throws {
    let bytes = try file.next(Self.capacity)
    guard let start = bytes.baseAddress, !bytes.isEmpty else {
      throw Self.refused("it ends too early")
    }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: start.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(bytes.count)
    taken += bytes.count
  }

  private func finish() throws {
    guard stream.pointee.avail_in == 0, try file.next(1).isEmpty else {
      throw Self.refused("something follows its end")
    }
    ended = true
  }
}
