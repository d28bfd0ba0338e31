internal import ExpertPlatform

/// A GGUF file (version 2 or 3, little-endian), mapped: metadata is read, tensors are views.
///
/// Every size in the head is checked before it is used: counts against the bytes that are left,
/// dimensions by checked multiplication, offsets against alignment, each other and the file's end.
package final class GGUF: Sendable {
  /// One tensor: what it is and where it lies.
  package struct Entry: Sendable, Hashable {
    package var name: String
    package var type: ElementType
    /// Row-major, outermost first: the reverse of the file's own order.
    package var shape: [Int]
    /// Bytes behind the head.
    package var range: Range<Int>
  }

  package let file: MappedFile
  package let version: Int
  package let metadata: [String: GGUFValue]
  /// In the order of the head.
  package let entries: [Entry]
  package let alignment: Int
  private let dataStart: Int
  private let places: [String: Int]

  /// Maps the file and checks its head; no tensor is read.
  package init(_ path: String) throws(TensorFileError) {
    do throws(FileError) { file = try MappedFile(path) } catch { throw .file(error) }
    let head = try GGUFHead(file.bytes, path: path)
    version = head.version
    metadata = head.metadata
    entries = head.entries
    alignment = head.alignment
    dataStart = head.dataStart
    places = Dictionary(
      head.entries.enumerated().map { ($0.element.name, $0.offset) }
    ) { first, _ in first }
  }

  package var path: String { file.path }

  /// What the head says about a tensor.
  package func entry(_ name: String) -> Entry? { places[name].map { entries[$0] } }

  /// A tensor under the file's own name, rows as they are stored.
  package func tensor(_ name: String) throws(TensorFileError) -> TensorView {
    guard let entry = entry(name) else { throw .missingTensor(path: path, name: name) }
    let start = dataStart + entry.range.lowerBound
    return TensorView(
      name: name, shape: entry.shape, type: entry.type,
      bytes: UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + entry.range.count]),
      owner: file)
  }
}
