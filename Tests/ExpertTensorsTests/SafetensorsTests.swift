import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct SafetensorsTests {
  private static let golden = GoldenFolder("Golden/gguf", besides: #filePath)

  /// A file with this header and so many bytes of data.
  private static func bytes(_ header: String, data: Int) -> [UInt8] {
    let json = Array(header.utf8)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
      + [UInt8](repeating: 0, count: data)
  }

  private static func open(_ bytes: [UInt8]) throws -> Safetensors {
    let folder = try TemporaryFolder()
    let path = folder.file("crafted.safetensors")
    try AtomicFile.write(path, bytes)
    return try Safetensors(path)
  }

  @Test func readsNamesShapesAndBytes() throws {
    let header = """
      {"__metadata__":{"format":"pt"},\
      "b":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
      "a":{"dtype":"I64","shape":[1],"data_offsets":[24,32]},\
      "empty":{"dtype":"BF16","shape":[0,4],"data_offsets":[32,32]}}
      """
    let file = try Self.open(Self.bytes(header, data: 32))
    #expect(file.metadata == ["format": "pt"])
    #expect(file.entries.map(\.name) == ["b", "a", "empty"])
    #expect(try file.tensor("b").floats().array == [0, 0, 0, 0, 0, 0])
    #expect(try file.tensor("empty").count == 0)
    #expect(try file.integers("a") == [0])
    #expect(throws: TensorFileError.self) { try file.tensor("a") }
    #expect(throws: TensorFileError.missingTensor(path: file.path, name: "c")) {
      try file.tensor("c")
    }
  }

  private static let one = #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#

  /// Header, bytes of data, what the refusal names.
  @Test(arguments: [
    ("[]", 0, "header"), ("{", 0, "header"), ("{\(one),\(one)}", 8, "header"),
    ("{\(one)} x", 8, "header"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#, 9, "a data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "a data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}"#, 8, "a data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, 8, "a data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "a data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-0,8]}}"#, 8, "a data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.0]}}"#, 8, "a data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8e0]}}"#, 8, "a data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[1e1],"data_offsets":[0,8]}}"#, 8, "a shape"),
    (#"{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}"#, 8, "a shape"),
    (#"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#, 4, "a shape"),
    (
      #"{"a":{"dtype":"F32","shape":[999999999999999999,999999999999999999],"#
        + #""data_offsets":[0,8]}}"#, 8, "a data_offsets"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0,
      "a data_offsets"
    ),
    (#"{"a":{"dtype":"F128","shape":[2],"data_offsets":[0,8]}}"#, 8, "F128"),
    (#"{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}"#, 8, "a dtype"),
    (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, 8, "a dtype"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, 8, "unknown member x"),
    (#"{"a":[]}"#, 0, "a dtype"),
    (#"{"__metadata__":{"a":1}}"#, 0, "__metadata__"),
    (#"{"__metadata__":[]}"#, 0, "__metadata__"),
    ("{\(one)}", 9, "data_offsets"), ("{\(one)}", 7, "data_offsets"),
    (
      "{\(one)," + #""b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "b data_offsets"
    ),
    (
      "{\(one)," + #""b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}"#, 20,
      "b data_offsets"
    ),
  ])
  func refusesACraftedHeaderAndNamesTheField(_ header: String, _ data: Int, _ field: String) {
    let error = #expect(throws: TensorFileError.self) {
      try Self.open(Self.bytes(header, data: data))
    }
    let text = error?.description ?? ""
    #expect(text.contains("crafted.safetensors: ") && text.contains(field), "\(text)")
  }

  @Test func refusesAHeaderLengthThatLies() throws {
    for length in [UInt64.max, UInt64(1) << 63, UInt64(16 << 20 + 1), UInt64(9)] as [UInt64] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
      let error = #expect(throws: TensorFileError.self) { try Self.open(bytes) }
      #expect(error?.description.contains("header length") == true)
    }
    for count in 0..<8 {
      #expect(throws: TensorFileError.self) { try Self.open([UInt8](repeating: 0, count: count)) }
    }
  }

  @Test func aFolderOrAMissingFileIsAnErrorOfTheSystem() throws {
    let folder = try TemporaryFolder()
    #expect(throws: TensorFileError.self) { try Safetensors(folder.path) }
    #expect(throws: TensorFileError.self) { try Safetensors(folder.file("absent")) }
    #expect(throws: TensorFileError.self) { try Safetensors("/dev/null") }
  }

  @Test func writesTheBytesThatTheReferenceWrites() throws {
    let source = try Safetensors(Self.golden.file("Blocks.safetensors"))
    let folder = try TemporaryFolder()
    let path = folder.file("again.safetensors")
    try SafetensorsWriter.write(path, source.entries.shuffled()) { entry, put in
      try put(try source.bytes(entry.name))
    }
    let digest = try SHA256.hash(file: path)
    #expect(digest == (try SHA256.hash(file: source.path)))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("mixed.safetensors")
    let tensors = [
      SafetensorsEntry("ids", .i64, shape: [3]), SafetensorsEntry("b", .bf16, shape: [5]),
      SafetensorsEntry("a\"\u{7}ü", .f32, shape: [2, 1]), SafetensorsEntry("none", .u8, shape: [0]),
    ]
    try SafetensorsWriter.write(path, tensors, metadata: [("note", "“x”\n")]) { entry, put in
      for i in 0..<entry.range.count {
        try withUnsafeBytes(of: UInt8(truncatingIfNeeded: i)) { try put($0) }
      }
    }
    let file = try Safetensors(path)
    #expect(file.metadata == ["note": "“x”\n"])
    #expect(file.entries.map(\.name) == ["ids", "a\"\u{7}ü", "b", "none"])
    #expect(file.entries.map(\.shape) == [[3], [2, 1], [5], [0]])
    #expect(Array(try file.bytes("b")) == Array(0..<10))
    #expect(Int(bitPattern: try file.bytes("ids").baseAddress) % 8 == 0)
  }

  @Test func aTensorThatIsNotFilledLeavesNoFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("short.safetensors")
    for count in [0, 7, 9] {
      #expect(throws: TensorFileError.self) {
        try SafetensorsWriter.write(path, [SafetensorsEntry("a", .f32, shape: [2])]) { _, put in
          try [UInt8](repeating: 0, count: count).withUnsafeBytes { try put($0) }
        }
      }
    }
    let doubled = [
      SafetensorsEntry("a", .f32, shape: [1]), SafetensorsEntry("a", .f16, shape: [1]),
    ]
    #expect(throws: TensorFileError.self) { try SafetensorsWriter.write(path, doubled) { _, _ in } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test func shardsReadAsOneFileDoes() throws {
    let source = try Safetensors(Self.golden.file("Blocks.safetensors"))
    let folder = try TemporaryFolder()
    var map: [String] = []
    for (i, names) in [["F32", "Q4_0"], ["F16", "BF16", "Q4_1"], ["Q8_0", "Q4_K", "Q6_K"]]
      .enumerated()
    {
      let file = "model-0000\(i + 1)-of-00003.safetensors"
      let entries = source.entries.filter { names.contains($0.name) }
      try SafetensorsWriter.write(folder.file(file), entries) { entry, put in
        try put(try source.bytes(entry.name))
      }
      map += names.map { "\"\($0)\":\"\(file)\"" }
    }
    let index = folder.file("model.safetensors.index.json")
    let json = "{\"metadata\":{\"total_size\":1},\"weight_map\":{\(map.joined(separator: ","))}}"
    try AtomicFile.write(index, Array(json.utf8))
    let sharded = try ShardedSafetensors(index: index)
    #expect(sharded.shards.count == 3)
    #expect(sharded.names == source.entries.map(\.name).sorted())
    for name in sharded.names {
      let (one, other) = (try source.tensor(name), try sharded.tensor(name))
      #expect(one.shape == other.shape)
      #expect(Array(one.bytes) == Array(other.bytes))
    }
  }

  @Test(arguments: [
    ("[]", "weight_map"), ("{}", "weight_map"), (#"{"weight_map":{}}"#, "weight_map"),
    (#"{"weight_map":{"a":"../a.safetensors"}}"#, "weight_map a"),
    (#"{"weight_map":{"a":"/etc/a.safetensors"}}"#, "weight_map a"),
    (#"{"weight_map":{"a":".safetensors"}}"#, "weight_map a"),
    (#"{"weight_map":{"a":"a.bin"}}"#, "weight_map a"),
    (#"{"weight_map":{"a":1}}"#, "weight_map a"),
    (#"{"weight_map":{"a":"gone.safetensors"}}"#, "gone.safetensors"),
    (#"{"weight_map":{"b":"some.safetensors"}}"#, "no tensor b"), ("{", "index"),
  ])
  func refusesACraftedIndex(_ json: String, _ field: String) throws {
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(
      folder.file("some.safetensors"), floats: [("a", [1], FloatBuffer([1]))])
    let index = folder.file("model.safetensors.index.json")
    try AtomicFile.write(index, Array(json.utf8))
    let error = #expect(throws: TensorFileError.self) { try ShardedSafetensors(index: index) }
    #expect(error?.description.contains(field) == true, "\(error?.description ?? "")")
  }
}
