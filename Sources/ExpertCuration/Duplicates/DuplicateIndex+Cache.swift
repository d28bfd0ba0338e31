internal import CKernels
package import ExpertPlatform

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The cache of an index: everything in it can be made again from the records, so a file that is
/// damaged, of another version or of other records is simply not used.
///
/// Layout, little-endian: a header of eight 64-bit words (magic, version, bands, rows of a band,
/// number of rows, number of shingles, two spare), the 32 bytes of the basis, then ids (8 bytes
/// each), set sizes (4), band keys (4, `bands` a row), shingles (8), and a checksum (8) of all
/// before it.
extension DuplicateIndex {
  /// `EXGNDUP1`, read as a little-endian number.
  private static let magic: UInt64 = 0x3150_5544_4e47_5845
  /// Raised whenever tokens, shingles, hash functions or this layout change.
  private static let version: UInt64 = 1

  /// Writes the cache; another process sees the old file or the whole new one.
  ///
  /// `basis` says what the index was built from, such as a version's root: `load` wants the same.
  package func save(to path: String, basis: Digest) throws(CurationError) {
    let temporary = path + ".tmp-\(getpid())"
    guard let file = fopen(temporary, "wb") else {
      throw .cacheNotWritten(path: path, reason: Self.reason())
    }
    var writer = CacheWriter(file: file)
    write(to: &writer, basis)
    let written = writer.finish()
    let closed = fclose(file) == 0
    guard written, closed, rename(temporary, path) == 0 else {
      let reason = Self.reason()
      unlink(temporary)
      throw .cacheNotWritten(path: path, reason: reason)
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }

  private func write(to writer: inout CacheWriter, _ basis: Digest) {
    let shingles = (0..<count).reduce(0) { $0 + sets.count($1) }
    writer.write([
      Self.magic, Self.version, UInt64(plan.bands), UInt64(plan.rows), UInt64(count),
      UInt64(shingles), 0, 0,
    ])
    writer.write(basis.bytes)
    writer.write(ids)
    writer.write((0..<count).map { UInt32(sets.count($0)) })
    for row in 0..<count {
      let links = tables.links(row)
      writer.write((0..<plan.bands).map { links[$0].key })
    }
    for row in 0..<count {
      writer.write(UnsafeRawBufferPointer(start: sets.start(row), count: 8 * sets.count(row)))
    }
  }

  /// The index that a cache file holds; `nil` where there is none, or it is damaged, of another
  /// version, of other bands than the threshold wants, or of another basis.
  package static func load(
    from path: String, basis: Digest, threshold: Double = 0.85
  ) -> DuplicateIndex? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var reader = CacheReader(file: file)
    guard let header: [UInt64] = reader.read(8), header[0] == magic, header[1] == version,
      let bytes: [UInt8] = reader.read(32), Digest(bytes: bytes) == basis
    else { return nil }
    let plan = BandPlan(threshold: min(1, max(0.5, threshold)))
    guard header[2] == UInt64(plan.bands), header[3] == UInt64(plan.rows),
      let rows = Int(exactly: header[4]), let shingles = Int(exactly: header[5]),
      expectedSize(rows, shingles, plan) == fileSize(file)
    else { return nil }
    let index = DuplicateIndex(threshold: threshold, expectedRows: rows)
    return index.read(from: &reader, rows: rows) ? index : nil
  }

  /// The cache's index, or a new one filled by `rebuild` and saved; a cache that cannot be saved is
  /// only slower next time.
  package static func open(
    cache path: String, basis: Digest, threshold: Double = 0.85,
    rebuild: (DuplicateIndex) throws -> Void
  ) rethrows -> DuplicateIndex {
    if let index = load(from: path, basis: basis, threshold: threshold) { return index }
    let index = DuplicateIndex(threshold: threshold)
    try rebuild(index)
    try? index.save(to: path, basis: basis)
    return index
  }

  /// Sizes are taken from the file itself, so a damaged header cannot ask for memory.
  private static func expectedSize(_ rows: Int, _ shingles: Int, _ plan: BandPlan) -> Int? {
    let perRow = rows.multipliedReportingOverflow(by: 12 + 4 * plan.bands)
    let perShingle = shingles.multipliedReportingOverflow(by: 8)
    let sum = perRow.partialValue.addingReportingOverflow(perShingle.partialValue)
    guard rows >= 0, shingles >= 0, !perRow.overflow, !perShingle.overflow, !sum.overflow,
      sum.partialValue < Int.max - 104
    else { return nil }
    return 64 + 32 + sum.partialValue + 8
  }

  private static func fileSize(_ file: UnsafeMutablePointer<FILE>) -> Int? {
    var status = stat()
    return fstat(fileno(file), &status) == 0 ? Int(status.st_size) : nil
  }

  private func read(from reader: inout CacheReader, rows: Int) -> Bool {
    guard let ids: [Int] = reader.read(rows), let counts: [UInt32] = reader.read(rows) else {
      return false
    }
    for _ in 0..<rows {
      guard let keys: [UInt32] = reader.read(plan.bands) else { return false }
      tables.append(keys)
    }
    for count in counts {
      guard count > 0, let set: [UInt64] = reader.read(Int(count)) else { return false }
      // 0 marks an empty place in the search's tables; no shingle is 0.
      if set.contains(0) { return false }
      sets.append(set, count: set.count)
    }
    self.ids = ids
    return reader.isIntact()
  }
}

/// Writes values and keeps the checksum of what it wrote.
private struct CacheWriter {
  let file: UnsafeMutablePointer<FILE>
  private var checksum: UInt64 = 0
  private var failed = false

  init(file: UnsafeMutablePointer<FILE>) { self.file = file }

  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    checksum = expert_checksum(checksum, bytes.baseAddress, bytes.count)
    if !bytes.isEmpty, fwrite(bytes.baseAddress, 1, bytes.count, file) != bytes.count {
      failed = true
    }
  }

  mutating func write<T: FixedWidthInteger>(_ values: [T]) {
    values.map(\.littleEndian).withUnsafeBytes { write($0) }
  }

  mutating func finish() -> Bool {
    write([checksum])
    return !failed && fflush(file) == 0
  }
}

/// Reads values and keeps the checksum of what it read.
private struct CacheReader {
  let file: UnsafeMutablePointer<FILE>
  private var checksum: UInt64 = 0

  init(file: UnsafeMutablePointer<FILE>) { self.file = file }

  /// As many values, or `nil` where the file ends before.
  mutating func read<T: FixedWidthInteger>(_ count: Int) -> [T]? {
    let bytes = count * MemoryLayout<T>.stride
    let values = [T](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = fread(buffer.baseAddress, 1, bytes, file) == bytes ? count : 0
    }
    guard values.count == count else { return nil }
    checksum = values.withUnsafeBytes { expert_checksum(checksum, $0.baseAddress, $0.count) }
    return values.map { T(littleEndian: $0) }
  }

  /// Whether the file ends with the checksum of everything before it.
  mutating func isIntact() -> Bool {
    let expected = checksum
    guard let stored: [UInt64] = read(1) else { return false }
    return stored[0] == expected
  }
}
