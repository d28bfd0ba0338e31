package import ExpertTensors

/// A safetensors file that is judged while its bytes go by: its header as soon as it is there, then
/// every number.
package struct WeightStream {
  private let path: String
  private let size: Int
  private let judge: (SafetensorsHeader) throws -> Void
  private var head: [UInt8] = []
  private var entries: ArraySlice<SafetensorsEntry> = []
  private var isInData = false
  private var offset = 0
  private var scan: FiniteScan?

  /// A file of `size` bytes; `judge` sees the header before any number.
  package init(path: String, size: Int, judge: @escaping (SafetensorsHeader) throws -> Void) {
    self.path = path
    self.size = size
    self.judge = judge
  }

  private func refused(_ reason: String) -> PackageError {
    .refused(member: path, reason: reason)
  }

  /// Takes the next bytes of the file.
  package mutating func take(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    if !isInData { try takeHead(&rest) }
    if isInData, !rest.isEmpty { try takeData(rest) }
  }

  /// Must be called after the last byte.
  package func finish() throws {
    guard isInData else { throw refused("its header is cut off") }
  }

  private mutating func takeHead(_ rest: inout Slice<UnsafeRawBufferPointer>) throws {
    take(&rest, upTo: 8)
    guard head.count >= 8 else { return }
    let length = head.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(SafetensorsHeader.maxBytes), Int(length) <= size - 8 else {
      throw refused("its header claims \(length) bytes")
    }
    take(&rest, upTo: 8 + Int(length))
    guard head.count == 8 + Int(length) else { return }
    let header: SafetensorsHeader
    do {
      header = try head.withUnsafeBytes { bytes throws(TensorFileError) in
        try SafetensorsHeader(bytes, fileBytes: size, path: path)
      }
    } catch {
      throw refused("\(error)")
    }
    try judge(header)
    entries = header.entries[...]
    head = []
    isInData = true
  }

  private mutating func take(_ rest: inout Slice<UnsafeRawBufferPointer>, upTo count: Int) {
    let part = rest.prefix(max(0, count - head.count))
    head.append(contentsOf: part)
    rest = rest.dropFirst(part.count)
  }

  /// The header has made sure that tensor follows tensor without a gap up to the end.
  private mutating func takeData(_ bytes: Slice<UnsafeRawBufferPointer>) throws {
    var rest = bytes
    while !rest.isEmpty {
      while let entry = entries.first, offset == entry.range.upperBound { entries.removeFirst() }
      guard let entry = entries.first else { throw refused("something follows its tensors") }
      if offset == entry.range.lowerBound { try start(entry) }
      let part = rest.prefix(entry.range.upperBound - offset)
      guard scan?.isFinite(UnsafeRawBufferPointer(rebasing: part)) != false else {
        throw refused("\(entry.name) holds NaN or infinity")
      }
      offset += part.count
      rest = rest.dropFirst(part.count)
    }
  }

  private mutating func start(_ entry: SafetensorsEntry) throws {
    scan = FiniteScan(entry.type)
    guard scan != nil else {
      throw refused("\(entry.name) is \(entry.type.rawValue); weights are F16, BF16 or F32")
    }
  }
}
