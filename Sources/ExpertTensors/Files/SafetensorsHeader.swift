internal import ExpertRecord

/// One tensor of a safetensors file: what it is and where it lies.
package struct SafetensorsEntry: Sendable, Hashable {
  package var name: String
  package var type: SafetensorsType
  /// Row-major, outermost first.
  package var shape: [Int]
  /// Bytes behind the header.
  package var range: Range<Int>

  package init(_ name: String, _ type: SafetensorsType, shape: [Int], range: Range<Int> = 0..<0) {
    self.name = name
    self.type = type
    self.shape = shape
    self.range = range
  }
}

/// The header of a safetensors file, read with every check of the format: N ≤ 16 MiB, strict JSON
/// with unique names, offsets that leave no gap and no overlap and end with the file, lengths that
/// follow from shape and type.
package struct SafetensorsHeader {
  package static let maxBytes = 16 << 20
  static let maxTensors = 1 << 17
  static let maxDimensions = 8

  /// In the order of their bytes.
  package private(set) var entries: [SafetensorsEntry] = []
  package private(set) var metadata: [(name: String, value: String)] = []
  /// Where the tensors' bytes start in the file.
  package let dataStart: Int
  private let path: String

  /// Reads the header of a file from its bytes, or from its first bytes and its length: whoever
  /// reads a stream has seen no more when the header must be judged.
  package init(
    _ bytes: UnsafeRawBufferPointer, fileBytes: Int? = nil, path: String
  ) throws(TensorFileError) {
    self.path = path
    let json = try Self.json(bytes, path: path)
    dataStart = 8 + json.count
    try read(json)
    try checkLayout(dataBytes: (fileBytes ?? bytes.count) - dataStart)
  }

  private static func json(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(TensorFileError) -> UnsafeRawBufferPointer {
    func fail(_ reason: String) -> TensorFileError {
      .malformed(path: path, field: "header length", reason: reason)
    }
    guard bytes.count >= 8 else { throw fail("the file has \(bytes.count) bytes") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(maxBytes) else {
      throw fail("\(length) bytes are more than the \(maxBytes) that are read")
    }
    guard Int(length) <= bytes.count - 8 else {
      throw fail("\(length) bytes, but only \(bytes.count - 8) follow")
    }
    let json = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
    guard json.first == UInt8(ascii: "{") else {
      throw .malformed(path: path, field: "header", reason: "it does not start with {")
    }
    return json
  }

  private mutating func read(_ json: UnsafeRawBufferPointer) throws(TensorFileError) {
    var tape = JSONTape()
    let limits = JSONLimits(maxBytes: Self.maxBytes, maxDepth: 4)
    let path = path
    let result: Result<([SafetensorsEntry], [(String, String)]), TensorFileError>
    do throws(JSONError) {
      result = try tape.read(json, limits: limits) { root in
        Result { () throws(TensorFileError) in try Self.members(of: root, path: path) }
      }
    } catch {
      throw .malformed(path: path, field: "header", reason: error.description)
    }
    let (entries, metadata) = try result.get()
    self.entries = entries
    self.metadata = metadata.map { (name: $0.0, value: $0.1) }
  }

  private static func members(
    of root: JSONNode, path: String
  ) throws(TensorFileError) -> ([SafetensorsEntry], [(String, String)]) {
    var entries: [SafetensorsEntry] = []
    var metadata: [(String, String)] = []
    var failure: TensorFileError?
    root.forEachMember { name, value in
      guard failure == nil else { return }
      do throws(TensorFileError) {
        let name = name.string ?? ""
        if name == "__metadata__" {
          metadata = try strings(value, path: path)
        } else {
          guard entries.count < maxTensors else {
            throw .unsupported(
              path: path, field: "header", reason: "more than \(maxTensors) tensors")
          }
          entries.append(try entry(name, value, path: path))
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return (entries, metadata)
  }

  private static func strings(
    _ node: JSONNode, path: String
  ) throws(TensorFileError) -> [(String, String)] {
    var pairs: [(String, String)] = []
    var isMap = node.kind == .object
    node.forEachMember { name, value in
      guard let name = name.string, let text = value.string else { return isMap = false }
      pairs.append((name, text))
    }
    guard isMap else {
      throw .malformed(
        path: path, field: "__metadata__", reason: "it should map names to texts and does not")
    }
    return pairs
  }

  private static func entry(
    _ name: String, _ node: JSONNode, path: String
  ) throws(TensorFileError) -> SafetensorsEntry {
    func fail(_ field: String, _ reason: String) -> TensorFileError {
      .malformed(path: path, field: "\(shown(name)) \(field)", reason: reason)
    }
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    var unknown: String?
    node.forEachMember { member, value in
      switch member.string {
      case "dtype": typeName = value.string
      case "shape": shape = sizes(value, atMost: maxDimensions)
      case "data_offsets": offsets = sizes(value, atMost: 2)
      default: unknown = member.string
      }
    }
    if let unknown { throw fail("entry", "it has an unknown member \(shown(unknown))") }
    guard let typeName else { throw fail("dtype", "it is missing or no text") }
    guard let type = SafetensorsType(rawValue: typeName) else {
      throw .unsupported(
        path: path, field: "\(shown(name)) dtype", reason: "\(shown(typeName)) is not read")
    }
    guard let shape else {
      throw fail("shape", "it should be a list of at most \(maxDimensions) sizes")
    }
    guard let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
      throw fail("data_offsets", "they should be two sizes in rising order")
    }
    let entry = SafetensorsEntry(name, type, shape: shape, range: offsets[0]..<offsets[1])
    guard let bytes = byteCount(shape, type), bytes == entry.range.count else {
      throw fail(
        "data_offsets",
        "\(entry.range.count) bytes do not hold \(typeName) of shape \(shape)")
    }
    return entry
  }

  /// Shape × size of an element; `nil` where the product does not fit.
  static func byteCount(_ shape: [Int], _ type: SafetensorsType) -> Int? {
    var total = type.bytes
    for size in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { return nil }
      total = product
    }
    return total
  }

  /// A list of whole numbers of at most 18 digits, without sign, fraction or exponent.
  private static func sizes(_ node: JSONNode, atMost limit: Int) -> [Int]? {
    guard node.kind == .array else { return nil }
    var values: [Int] = []
    var isGood = true
    node.forEachElement { element in
      guard isGood, values.count < limit, let value = size(element) else { return isGood = false }
      values.append(value)
    }
    return isGood ? values : nil
  }

  private static func size(_ node: JSONNode) -> Int? {
    guard node.kind == .number, node.raw.count <= 18 else { return nil }
    var value = 0
    for byte in node.raw {
      guard case 0x30...0x39 = byte else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  /// A name for a message: cut, so that a crafted file cannot flood a terminal.
  static func shown(_ name: String) -> String {
    name.count <= 120 ? name : name.prefix(120) + "…"
  }

  /// By offset each tensor starts where the one before it ended, the first at 0, the last at the
  /// end of the file.
  private mutating func checkLayout(dataBytes: Int) throws(TensorFileError) {
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw .malformed(
          path: path, field: "\(Self.shown(entry.name)) data_offsets",
          reason: "it starts at \(entry.range.lowerBound) where the tensor before it ends at \(end)"
        )
      }
      end = entry.range.upperBound
    }
    guard end == dataBytes else {
      throw .malformed(
        path: path, field: "data_offsets",
        reason: "the tensors take \(end) bytes and the file holds \(dataBytes)")
    }
  }
}
