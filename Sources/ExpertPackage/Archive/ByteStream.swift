internal import ExpertPlatform
internal import Glibc

/// Bytes that come one stretch after another and are never all in memory.
package protocol ByteStream: AnyObject {
  /// Lends the next bytes, at least one and at most `limit`; none at the end. They are gone at the
  /// next call.
  func next(_ limit: Int) throws -> UnsafeRawBufferPointer
}

extension ByteStream {
  /// The next `count` bytes as an array; fewer only at the end.
  package func take(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(count, 1 << 16))
    while bytes.count < count {
      let part = try next(count - bytes.count)
      if part.isEmpty { break }
      bytes.append(contentsOf: part)
    }
    return bytes
  }
}

/// A range of an open file, read by position: several readers may share one descriptor.
package final class FileBytes: ByteStream {
  private static let capacity = 256 << 10

  private let descriptor: Int32
  private let path: String
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
  private var filled = 0
  private var used = 0
  private var offset: Int
  private let end: Int

  /// Reads `range` of the file, or all of it as it is long now. The descriptor stays the caller's.
  package init(_ descriptor: Int32, path: String, range: Range<Int>? = nil) throws {
    self.descriptor = descriptor
    self.path = path
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw FileError.failed(operation: "read", path: path, code: errno)
    }
    offset = range?.lowerBound ?? 0
    end = range?.upperBound ?? Int(facts.st_size)
  }

  deinit { buffer.deallocate() }

  /// Bytes of the range that have not been lent yet.
  package var remaining: Int { end - offset + filled - used }

  package func next(_ limit: Int) throws -> UnsafeRawBufferPointer {
    if used == filled { try refill() }
    let count = min(limit, filled - used)
    defer { used += count }
    return UnsafeRawBufferPointer(rebasing: buffer[used..<used + count])
  }

  private func refill() throws {
    used = 0
    filled = 0
    let wanted = min(Self.capacity, end - offset)
    while wanted > 0 {
      let count = pread(descriptor, buffer.baseAddress, wanted, off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw FileError.failed(operation: "read", path: path, code: errno)
      }
      filled = count
      offset += count
      return
    }
  }
}
