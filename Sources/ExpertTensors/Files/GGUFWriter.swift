package import ExpertPlatform

/// Writes GGUF files (version 3, little-endian) as llama.cpp reads them.
///
/// Whole numbers are written as the narrowest of u32, i32 and 64 bits that holds them, floats as
/// 32 bits where those keep the value: the types that llama.cpp asks for.
package enum GGUFWriter {
  /// One tensor to write; shape row-major, outermost first.
  package struct Tensor: Sendable, Hashable {
    package var name: String
    package var type: ElementType
    package var shape: [Int]

    package init(_ name: String, _ type: ElementType, shape: [Int]) {
      self.name = name
      self.type = type
      self.shape = shape
    }

    /// Bytes of the data; `nil` where rows make no whole blocks.
    package var bytes: Int? {
      guard let columns = shape.last, columns % type.blockElements == 0 else { return nil }
      return shape.dropLast().reduce(columns / type.blockElements * type.blockBytes, *)
    }
  }

  /// Takes the bytes of one tensor, in pieces.
  package typealias Put = (UnsafeRawBufferPointer) throws -> Void

  static let alignment = 32

  /// Writes the file as a whole or not at all. `fill` is called once a tensor, in order, and puts
  /// exactly its bytes; nothing is held in memory.
  package static func write(
    _ path: String, metadata: [(key: String, value: GGUFValue)], tensors: [Tensor],
    access: AtomicFile.Access = .everyone, fill: (Tensor, Put) throws -> Void
  ) throws {
    let head = try head(metadata, tensors, path: path)
    var file = try AtomicFileWriter(path, access: access)
    try file.append(head)
    for tensor in tensors {
      let size = tensor.bytes ?? 0
      var left = size
      try fill(tensor) { bytes in
        left -= bytes.count
        guard left >= 0 else { throw wrongLength(tensor, path: path) }
        try file.append(bytes)
      }
      guard left == 0 else { throw wrongLength(tensor, path: path) }
      try file.append([UInt8](repeating: 0, count: padding(size)))
    }
    try file.commit()
  }

  private static func wrongLength(_ tensor: Tensor, path: String) -> TensorFileError {
    .malformed(
      path: path, field: tensor.name,
      reason: "shape \(tensor.shape) wants \(tensor.bytes ?? 0) bytes and got others")
  }

  private static func padding(_ size: Int) -> Int { (alignment - size % alignment) % alignment }

  /// Everything before the first tensor's bytes.
  private static func head(
    _ metadata: [(key: String, value: GGUFValue)], _ tensors: [Tensor], path: String
  ) throws(TensorFileError) -> [UInt8] {
    var out = GGUFBytes()
    out.put(UInt32(0x4655_4747))
    out.put(UInt32(3))
    out.put(UInt64(tensors.count))
    out.put(UInt64(metadata.count))
    var names: Set<String> = []
    for (key, value) in metadata {
      guard names.insert(key).inserted else {
        throw .malformed(path: path, field: key, reason: "the key stands twice")
      }
      out.put(key)
      out.put(value)
    }
    names = []
    var offset = 0
    for tensor in tensors {
      guard names.insert(tensor.name).inserted, let size = tensor.bytes,
        let code = GGUFTensorType.code(tensor.type)
      else {
        throw .malformed(
          path: path, field: tensor.name,
          reason: "it stands twice, or rows of \(tensor.shape) make no whole blocks of "
            + tensor.type.rawValue)
      }
      out.put(tensor.name)
      out.put(UInt32(tensor.shape.count))
      for size in tensor.shape.reversed() { out.put(UInt64(size)) }
      out.put(code)
      out.put(UInt64(offset))
      offset += size + padding(size)
    }
    out.bytes += [UInt8](repeating: 0, count: padding(out.bytes.count))
    return out.bytes
  }
}

/// The head of a GGUF file under way.
private struct GGUFBytes {
  var bytes: [UInt8] = []

  mutating func put(_ number: some FixedWidthInteger & BitwiseCopyable) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ text: String) {
    put(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func put(_ value: GGUFValue) {
    switch value {
    case .bool(let truth): put(.bool) { $0.put(UInt8(truth ? 1 : 0)) }
    case .integer(let number): putTyped(number)
    case .unsigned(let number): put(.u64) { $0.put(number) }
    case .float(let number):
      let isNarrow = Self.isNarrow(number)
      put(isNarrow ? .f32 : .f64) { $0.put(number, narrow: isNarrow) }
    case .string(let text): put(.string) { $0.put(text) }
    case .bools(let values): list(.bool, values) { $0.put(UInt8($1 ? 1 : 0)) }
    case .integers(let values):
      if values.allSatisfy({ Int32(exactly: $0) != nil }) {
        list(.i32, values) { $0.put(Int32($1)) }
      } else {
        list(.i64, values) { $0.put($1) }
      }
    case .floats(let values):
      let areNarrow = values.allSatisfy(Self.isNarrow)
      list(areNarrow ? .f32 : .f64, values) { $0.put($1, narrow: areNarrow) }
    case .strings(let values): list(.string, values) { $0.put($1) }
    }
  }

  /// A whole number with the type that holds it.
  private mutating func putTyped(_ number: Int64) {
    if let small = UInt32(exactly: number) {
      put(.u32) { $0.put(small) }
    } else if let small = Int32(exactly: number) {
      put(.i32) { $0.put(small) }
    } else {
      put(.i64) { $0.put(number) }
    }
  }

  private static func isNarrow(_ number: Double) -> Bool {
    number.isNaN || Double(Float(number)) == number
  }

  private mutating func put(_ number: Double, narrow: Bool) {
    if narrow { put(Float(number).bitPattern) } else { put(number.bitPattern) }
  }

  private mutating func put(_ type: GGUFValueType, _ body: (inout Self) -> Void) {
    put(type.rawValue)
    body(&self)
  }

  private mutating func list<Element>(
    _ type: GGUFValueType, _ values: [Element], _ body: (inout Self, Element) -> Void
  ) {
    put(GGUFValueType.array.rawValue)
    put(type.rawValue)
    put(UInt64(values.count))
    for value in values { body(&self, value) }
  }
}
