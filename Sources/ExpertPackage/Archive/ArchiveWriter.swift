package import ExpertPlatform

/// Where the bytes of a member come from.
package enum MemberSource {
  case bytes([UInt8])
  /// A range of an open file; the holder keeps it open.
  case range(InputFile, Range<Int>)
  case scratch(ScratchFile, Range<Int>)

  package var size: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .range(_, let range), .scratch(_, let range): range.count
    }
  }

  /// Calls `body` with the bytes, stretch after stretch.
  package func each(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch self {
    case .bytes(let bytes): try bytes.withUnsafeBytes(body)
    case .range(let file, let range):
      try Self.each(FileBytes(file.descriptor, path: file.path, range: range), range.count, body)
    case .scratch(let file, let range):
      try Self.each(FileBytes(file.descriptor, path: file.path, range: range), range.count, body)
    }
  }

  private static func each(
    _ bytes: FileBytes, _ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var left = count
    while left > 0 {
      let part = try bytes.next(left)
      guard !part.isEmpty else {
        throw PackageError.invalid(
          place: "input", reason: "a file became shorter while it was read")
      }
      left -= part.count
      try body(part)
    }
  }

  /// SHA-256 of the bytes.
  package func digest() throws -> Digest {
    var hasher = SHA256()
    try each { hasher.update($0) }
    return hasher.finalize()
  }
}

/// Writes the canonical archive: tar members inside stored blocks, in constant memory.
package final class ArchiveWriter {
  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private var block: [UInt8] = []
  private var crc: UInt = 0
  private var count = 0

  /// Gives the file's bytes to `sink` as they come.
  package init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    self.sink = sink
    block.reserveCapacity(StoredGzip.blockBytes)
    try emit(StoredGzip.header)
  }

  private func emit(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes(sink) }

  /// Adds a member and returns the digest of what was written.
  package func add(_ name: String, _ source: MemberSource) throws -> Digest {
    try append(TarHeader.bytes(name: name, size: source.size))
    var hasher = SHA256()
    try source.each { part in
      hasher.update(part)
      try append(part)
    }
    try append([UInt8](repeating: 0, count: TarHeader.padding(source.size)))
    return hasher.finalize()
  }

  /// Ends the archive; nothing can be added after it.
  package func finish() throws {
    try append([UInt8](repeating: 0, count: 2 * TarHeader.blockBytes))
    try flush(isLast: true)
    try emit(StoredGzip.trailer(crc: crc, count: count))
  }

  private func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes(append) }

  /// A full block is held back until more comes, since the last one is marked.
  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      if block.count == StoredGzip.blockBytes { try flush(isLast: false) }
      let part = rest.prefix(StoredGzip.blockBytes - block.count)
      block.append(contentsOf: UnsafeRawBufferPointer(rebasing: part))
      rest = rest.dropFirst(part.count)
    }
  }

  private func flush(isLast: Bool) throws {
    try emit(StoredGzip.blockHeader(count: block.count, isLast: isLast))
    try block.withUnsafeBytes { bytes in
      crc = StoredGzip.crc(crc, bytes)
      try sink(bytes)
    }
    count += block.count
    block.removeAll(keepingCapacity: true)
  }
}
