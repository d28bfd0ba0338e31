/// The head of a GGUF file: metadata, what tensors there are, and where their bytes start.
struct GGUFHead {
  static let maxPairs = 1 << 16
  static let maxTensors = 1 << 17
  static let maxDimensions = 4
  static let maxAlignment = 1 << 16
  /// Key, type and one byte; name, dimensions, type and offset.
  private static let leastPairBytes = 13
  private static let leastTensorBytes = 24

  private(set) var version = 0
  private(set) var metadata: [String: GGUFValue] = [:]
  private(set) var entries: [GGUF.Entry] = []
  private(set) var alignment = 32
  private(set) var dataStart = 0
  private let path: String

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(TensorFileError) {
    self.path = path
    var cursor = GGUFCursor(bytes, path: path)
    try readVersion(&cursor)
    cursor.field = "tensor count"
    let tensors = try count(&cursor, least: Self.leastTensorBytes, atMost: Self.maxTensors)
    cursor.field = "metadata count"
    let pairs = try count(&cursor, least: Self.leastPairBytes, atMost: Self.maxPairs)
    for _ in 0..<pairs { try readPair(&cursor) }
    try readAlignment()
    for i in 0..<tensors { try readTensor(&cursor, number: i) }
    try placeData(cursor, fileBytes: bytes.count)
    try checkNames()
    try checkOverlaps()
  }

  private mutating func readVersion(_ cursor: inout GGUFCursor) throws(TensorFileError) {
    cursor.field = "magic"
    guard try cursor.number(UInt32.self) == 0x4655_4747 else {
      throw cursor.fail("the file does not start with GGUF")
    }
    cursor.field = "version"
    let number = try cursor.number(UInt32.self)
    guard number == 2 || number == 3 else {
      let reason =
        number.byteSwapped <= 3 ? "the file is big-endian" : "version \(number); 2 and 3 are read"
      throw .unsupported(path: path, field: "version", reason: reason)
    }
    version = Int(number)
  }

  private func count(
    _ cursor: inout GGUFCursor, least: Int, atMost limit: Int
  ) throws(TensorFileError) -> Int {
    let count = try cursor.count(least: least)
    guard count <= limit else {
      throw .unsupported(path: path, field: cursor.field, reason: "\(count) are more than \(limit)")
    }
    return count
  }

  private mutating func readPair(_ cursor: inout GGUFCursor) throws(TensorFileError) {
    cursor.field = "metadata key \(metadata.count)"
    let key = try cursor.string(atMost: GGUFCursor.maxNameBytes)
    cursor.field = SafetensorsHeader.shown(key)
    let value = try cursor.value()
    guard metadata.updateValue(value, forKey: key) == nil else {
      throw cursor.fail("the key stands twice")
    }
  }

  private mutating func readAlignment() throws(TensorFileError) {
    guard let value = metadata["general.alignment"] else { return }
    guard let size = value.integer, (8...Self.maxAlignment).contains(size), size & (size - 1) == 0
    else {
      throw .malformed(
        path: path, field: "general.alignment",
        reason: "it should be a power of two from 8 to \(Self.maxAlignment)")
    }
    alignment = size
  }

  private mutating func readTensor(
    _ cursor: inout GGUFCursor, number: Int
  ) throws(TensorFileError) {
    cursor.field = "tensor \(number)"
    let name = try cursor.string(atMost: GGUFCursor.maxNameBytes)
    cursor.field = SafetensorsHeader.shown(name)
    let shape = try readShape(&cursor)
    let code = try cursor.number(UInt32.self)
    guard let type = GGUFTensorType.elementType(code) else {
      throw .unsupported(
        path: path, field: cursor.field,
        reason: "\(GGUFTensorType.name(code)) is not read; \(GGUFTensorType.readable) are")
    }
    let offset = try cursor.number(UInt64.self)
    guard offset % UInt64(alignment) == 0, let start = Int(exactly: offset) else {
      throw cursor.fail("offset \(offset) is no multiple of \(alignment)")
    }
    let bytes = try byteCount(shape, type, cursor)
    let (end, overflow) = start.addingReportingOverflow(bytes)
    guard !overflow else { throw cursor.fail("offset \(offset) lies behind the end of any file") }
    entries.append(GGUF.Entry(name: name, type: type, shape: shape, range: start..<end))
  }

  /// The dimensions, turned into row-major order.
  private func readShape(_ cursor: inout GGUFCursor) throws(TensorFileError) -> [Int] {
    let count = try cursor.number(UInt32.self)
    guard (1...UInt32(Self.maxDimensions)).contains(count) else {
      throw cursor.fail("\(count) dimensions")
    }
    var shape: [Int] = []
    for _ in 0..<count {
      let size = try cursor.number(UInt64.self)
      guard size > 0, let size = Int(exactly: size) else {
        throw cursor.fail("a dimension of \(size)")
      }
      shape.append(size)
    }
    return shape.reversed()
  }

  private func byteCount(
    _ shape: [Int], _ type: ElementType, _ cursor: GGUFCursor
  ) throws(TensorFileError) -> Int {
    guard let columns = shape.last, columns % type.blockElements == 0 else {
      throw cursor.fail("rows of shape \(shape) are no whole blocks of \(type.rawValue)")
    }
    var total = columns / type.blockElements
    for size in shape.dropLast() + [type.blockBytes] {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow else { throw cursor.fail("shape \(shape) fits in no file") }
      total = product
    }
    return total
  }

  private mutating func placeData(
    _ cursor: GGUFCursor, fileBytes: Int
  ) throws(TensorFileError) {
    dataStart = (cursor.at + alignment - 1) & ~(alignment - 1)
    for entry in entries {
      guard entry.range.upperBound <= fileBytes - dataStart else {
        throw .malformed(
          path: path, field: SafetensorsHeader.shown(entry.name),
          reason: "its bytes end at \(entry.range.upperBound) of \(max(0, fileBytes - dataStart))")
      }
    }
  }

  private func checkNames() throws(TensorFileError) {
    var names: Set<String> = []
    for entry in entries where !names.insert(entry.name).inserted {
      throw .malformed(
        path: path, field: SafetensorsHeader.shown(entry.name), reason: "the tensor stands twice")
    }
  }

  private func checkOverlaps() throws(TensorFileError) {
    let sorted = entries.sorted { $0.range.lowerBound < $1.range.lowerBound }
    for (one, next) in zip(sorted, sorted.dropFirst())
    where one.range.upperBound > next.range.lowerBound {
      throw .malformed(
        path: path, field: SafetensorsHeader.shown(next.name),
        reason: "its bytes overlap those of \(SafetensorsHeader.shown(one.name))")
    }
  }
}
