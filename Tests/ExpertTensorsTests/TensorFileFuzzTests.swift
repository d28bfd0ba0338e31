import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
internal import Foundation
import Testing

/// Crafted files end in an error or in tensors that lie inside the file: never in a crash, a long
/// wait or a large allocation. `FUZZ_SECONDS` sets how long each test looks.
@Suite(.serialized) struct TensorFileFuzzTests {
  private static let golden = GoldenFolder("Golden/gguf", besides: #filePath)

  private static func file(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: golden.file(name))))
  }

  /// Opens changed files until the time is over; `use` reads what opened. Returns how many were
  /// tried and how many opened.
  static func fuzz(
    _ corpus: [[UInt8]], seed: UInt64, name: String, use: (String) throws -> Void
  ) throws -> (tried: Int, opened: Int) {
    let folder = try TemporaryFolder()
    let path = folder.file(name)
    var mutator = Mutator(seed: seed, corpus: corpus)
    var (tried, opened) = (0, 0)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Mutator.seconds)
    let before = ResourceUsage.now().peakResidentBytes
    while clock.now < end {
      let bytes = mutator.next()
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let start = clock.now
      tried += 1
      do {
        try use(path)
        opened += 1
      } catch is TensorFileError {}
      #expect(clock.now - start < .seconds(5), "seed \(seed), file \(tried) took too long")
    }
    let grown = ResourceUsage.now().peakResidentBytes - before
    #expect(!Mutator.isAlone || grown < 256 << 20)
    return (tried, opened)
  }

  /// Touches both ends of every tensor: bytes outside the mapping would end the process.
  private static func touch(_ view: TensorView) {
    guard !view.bytes.isEmpty, view.columns > 0 else { return }
    var sum: UInt8 = 0
    sum ^= view.bytes[0] ^ view.bytes[view.bytes.count - 1]
    #expect(view.rows * view.rowBytes == view.bytes.count)
    #expect(sum <= .max)
  }

  @Test func ggufHeads() throws {
    let corpus =
      [try Self.file("Blocks.gguf"), GGUFBytes().bytes] + HostileGGUF.allCases.map(\.bytes)
    let (tried, opened) = try Self.fuzz(corpus, seed: 1, name: "f.gguf") { path in
      let file = try GGUF(path)
      for entry in file.entries { Self.touch(try file.tensor(entry.name)) }
    }
    #expect(tried > 100 && opened > 0 && opened < tried, "\(opened) of \(tried) opened")
  }

  @Test func safetensorsHeaders() throws {
    let corpus = [try Self.file("Blocks.safetensors")]
    let (tried, opened) = try Self.fuzz(corpus, seed: 2, name: "f.safetensors") { path in
      let file = try Safetensors(path)
      for entry in file.entries where entry.type.elementType != nil {
        Self.touch(try file.tensor(entry.name))
      }
    }
    #expect(tried > 100 && opened > 0 && opened < tried, "\(opened) of \(tried) opened")
  }

  @Test func indexFiles() throws {
    let json =
      #"{"metadata":{"total_size":1},"weight_map":{"a":"x.safetensors","b":"x.safetensors"}}"#
    let folder = try TemporaryFolder()
    let floats = ["a", "b"].map { (name: $0, shape: [1], values: FloatBuffer([1])) }
    try SafetensorsWriter.write(folder.file("x.safetensors"), floats: floats)
    let (tried, opened) = try Self.fuzz([Array(json.utf8)], seed: 3, name: "i.json") { path in
      let place = folder.file("model.safetensors.index.json")
      try? FileManager.default.removeItem(atPath: place)
      try FileManager.default.copyItem(atPath: path, toPath: place)
      let file = try ShardedSafetensors(index: place)
      for name in file.names { Self.touch(try file.tensor(name)) }
    }
    #expect(tried > 100 && opened > 0 && opened < tried, "\(opened) of \(tried) opened")
  }
}
