import ExpertTensors
import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct GGUFWriterTests {
  private static let metadata: [(key: String, value: GGUFValue)] = [
    ("general.architecture", .string("test")), ("a.small", .integer(7)),
    ("a.negative", .integer(-7)), ("a.large", .integer(1 << 40)), ("a.least", .integer(.min)),
    ("a.huge", .unsigned(1 << 63 + 1)), ("a.float", .float(0.5)), ("a.double", .float(0.1)),
    ("a.yes", .bool(true)), ("a.text", .string("Zoë ☃ 𝄞")), ("a.bools", .bools([true, false])),
    ("a.ints", .integers([1, -2])), ("a.longs", .integers([1 << 40])),
    ("a.floats", .floats([0.5, -1])), ("a.doubles", .floats([0.1])),
    ("a.texts", .strings(["", "Ġthe"])), ("a.none", .strings([])),
  ]

  /// The shapes make tensors whose bytes need padding.
  private static let tensors = [
    GGUFWriter.Tensor("one", .f32, shape: [5]), GGUFWriter.Tensor("two", .q4_0, shape: [3, 64]),
    GGUFWriter.Tensor("three", .f16, shape: [2, 3, 7]),
  ]

  private func bytes(_ tensor: GGUFWriter.Tensor) -> [UInt8] {
    (0..<(tensor.bytes ?? 0)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ tensor.name.count) }
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.gguf")
    try GGUFWriter.write(path, metadata: Self.metadata, tensors: Self.tensors) { tensor, put in
      let all = bytes(tensor)
      // In two pieces.
      try all[..<3].withUnsafeBytes { try put($0) }
      try all[3...].withUnsafeBytes { try put($0) }
    }
    let file = try GGUF(path)
    #expect(file.version == 3)
    #expect(file.metadata.count == Self.metadata.count)
    for (key, value) in Self.metadata where key != "a.none" { #expect(file.metadata[key] == value) }
    #expect(file.metadata["a.none"]?.strings == [])
    #expect(file.entries.map(\.name) == Self.tensors.map(\.name))
    for tensor in Self.tensors {
      let view = try file.tensor(tensor.name)
      #expect(view.shape == tensor.shape && view.type == tensor.type)
      #expect(Array(view.bytes) == bytes(tensor))
    }
  }

  @Test(arguments: [-1, 1]) func tooFewAndTooManyBytesLeaveNoFile(_ more: Int) throws {
    let folder = try TemporaryFolder()
    #expect(throws: TensorFileError.self) {
      try GGUFWriter.write(
        folder.file("a.gguf"), metadata: [], tensors: [Self.tensors[0]]
      ) { tensor, put in
        let all = [UInt8](repeating: 1, count: (tensor.bytes ?? 0) + more)
        try all.withUnsafeBytes { try put($0) }
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test func namesThatStandTwiceAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.gguf")
    #expect(throws: TensorFileError.self) {
      try GGUFWriter.write(
        path, metadata: [("a", .bool(true)), ("a", .bool(true))], tensors: []
      ) { _, _ in }
    }
    #expect(throws: TensorFileError.self) {
      try GGUFWriter.write(path, metadata: [], tensors: [Self.tensors[0], Self.tensors[0]]) {
        _, _ in
      }
    }
    #expect(throws: TensorFileError.self) {
      try GGUFWriter.write(
        path, metadata: [], tensors: [GGUFWriter.Tensor("x", .q8_0, shape: [2, 33])]
      ) { _, _ in }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }
}
