import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct GGUFTests {
  private static let golden = GoldenFolder("Golden/gguf", besides: #filePath)

  @Test func theFixturesAreThoseOfTheManifest() throws {
    let (wrong, count) = try Self.golden.check()
    #expect(wrong == [])
    #expect(count == 2)
  }

  @Test func readsMetadataOfEveryKind() throws {
    let file = try GGUF(Self.golden.file("Blocks.gguf"))
    #expect(file.version == 3)
    #expect(file.alignment == 32)
    let expected: [String: GGUFValue] = [
      "general.architecture": .string("test"), "test.uint8": .integer(200),
      "test.int8": .integer(-100), "test.uint16": .integer(60000), "test.int16": .integer(-30000),
      "test.uint32": .integer(4_000_000_000), "test.int32": .integer(-2_000_000_000),
      "test.uint64": .unsigned(1 << 63 + 1), "test.int64": .integer(-(1 << 62)),
      "test.float32": .float(Double(Float(0.1))), "test.float64": .float(0.1),
      "test.bool": .bool(true), "test.string": .string("Zoë ☃ 𝄞"),
      "test.strings": .strings(["", "a", "Ġthe"]), "test.integers": .integers([3, -4, 5]),
      "test.floats": .floats([0.5, -1.25]), "test.bools": .bools([true, false]),
    ]
    #expect(file.metadata == expected)
  }

  /// Bit for bit what the reference's own dequantisation gives, in another order of operations at
  /// most one rounding away.
  @Test(arguments: ElementType.allCases)
  func decodesEveryTypeAsTheReferenceDoes(_ type: ElementType) throws {
    let stored = try GGUF(Self.golden.file("Blocks.gguf")).tensor(type.rawValue)
    let expected = try Safetensors(Self.golden.file("Blocks.safetensors")).tensor(type.rawValue)
    #expect(stored.type == type)
    #expect(stored.shape == expected.shape)
    let (found, wanted) = (stored.floats().array, expected.floats().array)
    #expect(found.count == wanted.count)
    let largest = wanted.map(abs).max() ?? 0
    #expect(largest > 0)
    for (a, b) in zip(found, wanted) where a != b {
      #expect(abs(a - b) <= 1e-6 * largest, "\(type): \(a) instead of \(b)")
    }
  }

  @Test(arguments: HostileGGUF.allCases)
  func refusesACraftedHeadAndNamesTheField(_ hostile: HostileGGUF) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("crafted.gguf")
    try AtomicFile.write(path, hostile.bytes)
    let error = #expect(throws: TensorFileError.self) { try GGUF(path) }
    let text = error?.description ?? ""
    #expect(text.contains(path))
    #expect(text.contains(hostile.field), "\(text)")
  }

  @Test func theBytesThatTheCraftedHeadsStartFromAreGood() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("good.gguf")
    try AtomicFile.write(path, GGUFBytes().bytes)
    let file = try GGUF(path)
    #expect(file.entries.map(\.name) == ["a", "b"])
    #expect(file.entries.map(\.shape) == [[2, 32], [2, 32]])
    #expect(try file.tensor("b").floats().count == 64)
  }

  @Test func everyCutOfAFileIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("cut.gguf")
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: Self.golden.file("Blocks.gguf"))))
    var refused = 0
    for length in stride(from: 0, to: whole.count - 31, by: 7) {
      try AtomicFile.write(path, Array(whole[..<length]))
      if (try? GGUF(path)) == nil { refused += 1 }
    }
    #expect(refused == (whole.count - 31 + 6) / 7)
  }
}

/// A small file of two tensors, whose parts a test changes.
struct GGUFBytes {
  var magic = Array("GGUF".utf8)
  var version: UInt32 = 3
  var tensorCount: UInt64 = 2
  var pairCount: UInt64 = 1
  var pairs: [UInt8] = Self.text("general.architecture") + Self.number(UInt32(8)) + Self.text("x")
  var names = ["a", "b"]
  var dimensions: [UInt64] = [32, 2]
  var type: UInt32 = 0
  var offsets: [UInt64] = [0, 256]
  var dataBytes = 512

  static func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func text(_ text: String) -> [UInt8] { number(UInt64(text.utf8.count)) + text.utf8 }

  var bytes: [UInt8] {
    var out = magic + Self.number(version) + Self.number(tensorCount) + Self.number(pairCount)
    out += pairs
    for (name, offset) in zip(names, offsets) {
      out += Self.text(name) + Self.number(UInt32(dimensions.count))
      out += dimensions.flatMap { Self.number($0) } + Self.number(type) + Self.number(offset)
    }
    while out.count % 32 != 0 { out.append(0) }
    return out + [UInt8](repeating: 0, count: dataBytes)
  }
}

/// Heads that lie, and the field that the refusal names.
enum HostileGGUF: String, CaseIterable {
  case magic, oldVersion, bigEndian, manyTensors, manyPairs, hugeString, hugeList, nestedList,
    unknownValueType, invalidText, truthValue, doubledKey, alignment, noDimension, manyDimensions,
    zeroDimension, negativeDimension, overflow, partialBlock, unreadType, unknownType, misaligned,
    outside, farOutside, overlap, doubledTensor

  private typealias B = GGUFBytes

  var field: String {
    switch self {
    case .magic: "magic"
    case .oldVersion, .bigEndian: "version"
    case .manyTensors: "tensor count"
    case .manyPairs: "metadata count"
    case .hugeString, .hugeList, .nestedList, .unknownValueType, .invalidText, .truthValue: "key"
    case .doubledKey: "general.architecture"
    case .alignment: "general.alignment"
    case .unreadType: "Q5_K"
    case .unknownType: "type 999"
    case .outside, .farOutside, .overlap, .doubledTensor: "b: "
    default: "a: "
    }
  }

  private static func pair(_ type: UInt32, _ value: [UInt8]) -> [UInt8] {
    B.text("key") + B.number(type) + value
  }

  var bytes: [UInt8] {
    var file = GGUFBytes()
    switch self {
    case .magic: file.magic = Array("GGML".utf8)
    case .oldVersion: file.version = 1
    case .bigEndian: file.version = UInt32(3).byteSwapped
    case .manyTensors: file.tensorCount = .max
    case .manyPairs: file.pairCount = 1 << 40
    case .hugeString: file.pairs = Self.pair(8, B.number(UInt64(1) << 62))
    case .hugeList: file.pairs = Self.pair(9, B.number(UInt32(8)) + B.number(UInt64(1) << 61))
    case .nestedList: file.pairs = Self.pair(9, B.number(UInt32(9)) + B.number(UInt64(1)))
    case .unknownValueType: file.pairs = Self.pair(99, [0])
    case .invalidText: file.pairs = Self.pair(8, B.number(UInt64(2)) + [0xc3, 0x28])
    case .truthValue: file.pairs = Self.pair(7, [2])
    case .doubledKey:
      file.pairs += file.pairs
      file.pairCount = 2
    case .alignment:
      file.pairs = B.text("general.alignment") + B.number(UInt32(4)) + B.number(UInt32(24))
    case .noDimension: file.dimensions = []
    case .manyDimensions: file.dimensions = [1, 1, 1, 1, 1]
    case .zeroDimension: file.dimensions = [32, 0]
    case .negativeDimension: file.dimensions = [32, .max]
    case .overflow: file.dimensions = [1 << 40, 1 << 40]
    case .partialBlock:
      file.dimensions = [33, 2]
      file.type = 8
    case .unreadType: file.type = 13
    case .unknownType: file.type = 999
    case .misaligned: file.offsets = [8, 256]
    case .outside: file.dataBytes = 480
    case .farOutside: file.offsets[1] = UInt64(Int.max) & ~31
    case .overlap: file.offsets[1] = 224
    case .doubledTensor: file.names = ["b", "b"]
    }
    return file.bytes
  }
}
