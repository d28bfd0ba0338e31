internal import ExpertPlatform

/// A safetensors file, mapped: its tensors are views of its bytes.
package final class Safetensors: Sendable {
  package let file: MappedFile
  /// In the order of their bytes.
  package let entries: [SafetensorsEntry]
  /// The free texts of `__metadata__`.
  package let metadata: [String: String]
  private let dataStart: Int
  private let places: [String: Int]

  /// Maps the file and checks its header; no tensor is read.
  package init(_ path: String) throws(TensorFileError) {
    do throws(FileError) { file = try MappedFile(path) } catch { throw .file(error) }
    let header = try SafetensorsHeader(file.bytes, path: path)
    entries = header.entries
    metadata = Dictionary(header.metadata.map { ($0.name, $0.value) }) { first, _ in first }
    dataStart = header.dataStart
    places = Dictionary(
      header.entries.enumerated().map { ($0.element.name, $0.offset) }
    ) { first, _ in first }
  }

  package var path: String { file.path }

  /// What the header says about a tensor.
  package func entry(_ name: String) -> SafetensorsEntry? { places[name].map { entries[$0] } }

  /// The bytes of a tensor of any type.
  package func bytes(_ name: String) throws(TensorFileError) -> UnsafeRawBufferPointer {
    guard let entry = entry(name) else { throw .missingTensor(path: path, name: name) }
    return bytes(of: entry)
  }

  private func bytes(of entry: SafetensorsEntry) -> UnsafeRawBufferPointer {
    let start = dataStart + entry.range.lowerBound
    return UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + entry.range.count])
  }

  /// A tensor of F32, F16 or BF16; other types are refused by name.
  package func tensor(_ name: String) throws(TensorFileError) -> TensorView {
    guard let entry = entry(name) else { throw .missingTensor(path: path, name: name) }
    guard let type = entry.type.elementType else {
      throw .unsupported(
        path: path, field: "\(name) dtype",
        reason: "\(entry.type.rawValue) is no type of weights; F32, F16 and BF16 are")
    }
    return TensorView(
      name: name, shape: entry.shape, type: type, bytes: bytes(of: entry), owner: file)
  }

  /// The elements of a tensor of whole numbers (I64, I32, U8 or BOOL), for token ids and masks.
  package func integers(_ name: String) throws(TensorFileError) -> [Int] {
    guard let entry = entry(name) else { throw .missingTensor(path: path, name: name) }
    let bytes = bytes(of: entry)
    switch entry.type {
    case .i64: return Self.load(bytes) { (value: Int64) in Int(value) }
    case .i32: return Self.load(bytes) { (value: Int32) in Int(value) }
    case .u8, .bool: return bytes.map { Int($0) }
    default:
      throw .unsupported(
        path: path, field: "\(name) dtype", reason: "\(entry.type.rawValue) is no list of integers")
    }
  }

  private static func load<Stored: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ convert: (Stored) -> Int
  ) -> [Int] {
    let size = MemoryLayout<Stored>.size
    return (0..<bytes.count / size).map {
      convert(bytes.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self))
    }
  }
}
