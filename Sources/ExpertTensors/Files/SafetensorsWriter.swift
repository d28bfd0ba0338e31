package import ExpertPlatform
internal import ExpertRecord

/// Writes safetensors files: the same tensors give the same bytes, and those that the format's own
/// library writes: the widest types first, then by name, the header padded to eight bytes.
package enum SafetensorsWriter {
  /// What PEFT and transformers look for before they load a file.
  package static let defaultMetadata = [("format", "pt")]

  /// Takes the bytes of one tensor, in pieces.
  package typealias Put = (UnsafeRawBufferPointer) throws -> Void

  /// Writes the file as a whole or not at all. `fill` is called once a tensor, in the order of the
  /// file, and puts exactly its bytes; nothing is held in memory.
  package static func write(
    _ path: String, _ tensors: [SafetensorsEntry],
    metadata: [(String, String)] = defaultMetadata, access: AtomicFile.Access = .everyone,
    fill: (SafetensorsEntry, Put) throws -> Void
  ) throws {
    let entries = try layOut(tensors, path: path)
    var file = try AtomicFileWriter(path, access: access)
    try file.append(header(entries, metadata: metadata))
    for entry in entries {
      var left = entry.range.count
      try fill(entry) { bytes in
        left -= bytes.count
        guard left >= 0 else { throw wrongLength(entry, path: path) }
        try file.append(bytes)
      }
      guard left == 0 else { throw wrongLength(entry, path: path) }
    }
    try file.commit()
  }

  /// Writes tensors that are in memory as F32.
  package static func write(
    _ path: String, floats: [(name: String, shape: [Int], values: FloatBuffer)],
    metadata: [(String, String)] = defaultMetadata
  ) throws {
    let entries = floats.map { SafetensorsEntry($0.name, .f32, shape: $0.shape) }
    let values = Dictionary(floats.map { ($0.name, $0.values) }) { first, _ in first }
    try write(path, entries, metadata: metadata) { entry, put in
      guard let buffer = values[entry.name] else { return }
      try put(UnsafeRawBufferPointer(start: buffer.base, count: buffer.count * 4))
    }
  }

  private static func wrongLength(_ entry: SafetensorsEntry, path: String) -> TensorFileError {
    .malformed(
      path: path, field: entry.name,
      reason: "shape \(entry.shape) wants \(entry.range.count) bytes and got others")
  }

  /// Gives every tensor its place.
  private static func layOut(
    _ tensors: [SafetensorsEntry], path: String
  ) throws(TensorFileError) -> [SafetensorsEntry] {
    var entries = tensors.sorted {
      $0.type == $1.type
        ? Array($0.name.utf8).lexicographicallyPrecedes($1.name.utf8) : $0.type > $1.type
    }
    var end = 0
    var names: Set<String> = []
    for i in entries.indices {
      let entry = entries[i]
      guard names.insert(entry.name).inserted, entry.name != "__metadata__",
        let bytes = SafetensorsHeader.byteCount(entry.shape, entry.type)
      else {
        throw .malformed(
          path: path, field: entry.name, reason: "the name stands twice, or its size fits nowhere")
      }
      entries[i].range = end..<end + bytes
      end += bytes
    }
    return entries
  }

  /// The length and the JSON, padded with blanks.
  private static func header(
    _ entries: [SafetensorsEntry], metadata: [(String, String)]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.map { "\(quoted($0.0)):\(quoted($0.1))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    members += entries.map { entry in
      let shape = entry.shape.map(String.init).joined(separator: ",")
      return "\(quoted(entry.name)):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(shape)],"
        + "\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}"
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(0x20) }
    var length = UInt64(json.count).littleEndian
    return withUnsafeBytes(of: &length) { Array($0) } + json
  }

  private static func quoted(_ text: String) -> String { CanonicalJSON.text(of: .string(text)) }
}
