/// Reads the head of a GGUF file forward, never past its end; every size is checked against what
/// is left before anything is allocated.
struct GGUFCursor {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private(set) var at = 0
  /// What is being read, for messages.
  var field = "header"

  /// The longest key or tensor name.
  static let maxNameBytes = 4096
  /// Elements of all lists together: a hundred vocabularies.
  static let maxListElements = 1 << 24
  private var listElements = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// Bytes that have not been read.
  var left: Int { bytes.count - at }

  func fail(_ reason: String) -> TensorFileError {
    .malformed(path: path, field: field, reason: reason)
  }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type = Number.self
  ) throws(TensorFileError) -> Number {
    let size = MemoryLayout<Number>.size
    guard left >= size else { throw fail("the file ends here, at byte \(bytes.count)") }
    defer { at += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Number.self))
  }

  /// A count of things that take `least` bytes each: no more than the rest of the file holds.
  mutating func count(least: Int) throws(TensorFileError) -> Int {
    let value = try number(UInt64.self)
    guard value <= UInt64(left / least) else {
      throw fail("a count of \(value) where \(left) bytes are left")
    }
    return Int(value)
  }

  mutating func string(atMost limit: Int = .max) throws(TensorFileError) -> String {
    let length = try count(least: 1)
    guard length <= limit else { throw fail("a name of \(length) bytes") }
    let text = UnsafeRawBufferPointer(rebasing: bytes[at..<at + length])
    guard let string = String(validating: text, as: UTF8.self) else {
      throw fail("a text that is not UTF-8")
    }
    at += length
    return string
  }

  mutating func value() throws(TensorFileError) -> GGUFValue {
    let type = try valueType()
    switch type {
    case .array: return try array()
    case .string: return .string(try string())
    case .bool: return .bool(try bool())
    case .f32, .f64: return .float(try float(type))
    case .u64:
      let value = try number(UInt64.self)
      return Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
    default: return .integer(try integer(type))
    }
  }

  private mutating func valueType() throws(TensorFileError) -> GGUFValueType {
    let code = try number(UInt32.self)
    guard let type = GGUFValueType(rawValue: code) else { throw fail("value type \(code)") }
    return type
  }

  private mutating func bool() throws(TensorFileError) -> Bool {
    let byte = try number(UInt8.self)
    guard byte <= 1 else { throw fail("\(byte) is no truth value") }
    return byte == 1
  }

  private mutating func float(_ type: GGUFValueType) throws(TensorFileError) -> Double {
    type == .f32
      ? Double(Float(bitPattern: try number(UInt32.self)))
      : Double(bitPattern: try number(UInt64.self))
  }

  private mutating func integer(_ type: GGUFValueType) throws(TensorFileError) -> Int64 {
    switch type {
    case .u8: return Int64(try number(UInt8.self))
    case .i8: return Int64(try number(Int8.self))
    case .u16: return Int64(try number(UInt16.self))
    case .i16: return Int64(try number(Int16.self))
    case .u32: return Int64(try number(UInt32.self))
    case .i32: return Int64(try number(Int32.self))
    case .i64: return try number(Int64.self)
    default:
      let value = try number(UInt64.self)
      guard let small = Int64(exactly: value) else { throw fail("\(value) in a list") }
      return small
    }
  }

  private mutating func array() throws(TensorFileError) -> GGUFValue {
    let type = try valueType()
    guard type != .array else {
      throw .unsupported(path: path, field: field, reason: "a list of lists is not read")
    }
    let count = try count(least: type.leastBytes)
    listElements += count
    guard listElements <= Self.maxListElements else {
      throw .unsupported(
        path: path, field: field, reason: "more than \(Self.maxListElements) elements in lists")
    }
    switch type {
    case .string:
      return .strings(try list(count) { cursor throws(TensorFileError) in try cursor.string() })
    case .bool:
      return .bools(try list(count) { cursor throws(TensorFileError) in try cursor.bool() })
    case .f32, .f64:
      return .floats(try list(count) { cursor throws(TensorFileError) in try cursor.float(type) })
    default:
      return .integers(
        try list(count) { cursor throws(TensorFileError) in try cursor.integer(type) })
    }
  }

  private mutating func list<Element>(
    _ count: Int, _ element: (inout Self) throws(TensorFileError) -> Element
  ) throws(TensorFileError) -> [Element] {
    var values: [Element] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try element(&self)) }
    return values
  }
}
