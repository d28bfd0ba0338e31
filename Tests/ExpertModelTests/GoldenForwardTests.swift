import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
import Testing

/// The tiny models' logits, made with transformers in fp32 (see Golden/README.md).
@Suite struct GoldenForwardTests {
  static let models = ["qwen3", "qwen2", "llama", "qwen3-teacher"]

  @Test(arguments: models)
  func logitsOfAWholePromptAreTheReferences(name: String) throws {
    let golden = try GoldenLogits(name)
    let decoder = Decoder(try golden.model(.fp32), pool: .shared)
    for row in golden.rows {
      let logits = decoder.read(row.ids, decoder.stream(capacity: row.ids.count))
      #expect(row.error(of: Array(logits), at: row.ids.count - 1) < 1e-5)
    }
  }

  @Test(arguments: models)
  func logitsTokenByTokenAreTheReferences(name: String) throws {
    let golden = try GoldenLogits(name)
    let decoder = Decoder(try golden.model(.fp32), pool: .shared)
    for row in golden.rows {
      let stream = decoder.stream(capacity: row.ids.count)
      for (place, id) in row.ids.enumerated() {
        #expect(row.error(of: Array(decoder.step([id], [stream])), at: place) < 1e-5)
      }
    }
  }

  @Test(arguments: models)
  func logitsInBF16AreWithinItsRounding(name: String) throws {
    let golden = try GoldenLogits(name)
    let decoder = Decoder(try golden.model(.bf16), pool: .shared)
    for row in golden.rows {
      let last = row.ids.count - 1
      let logits = Array(decoder.read(row.ids, decoder.stream(capacity: row.ids.count)))
      #expect(row.error(of: logits, at: last) < 2e-2)
      #expect(row.agreesOnTheBest(logits, at: last))
    }
  }

  @Test func streamsOfOneBatchDoNotTouchEachOther() throws {
    let golden = try GoldenLogits("qwen3")
    let decoder = Decoder(try golden.model(.fp32), maxStreams: 3, pool: .shared)
    let streams = golden.rows.map { decoder.stream(capacity: $0.ids.count) }
    for (row, stream) in zip(golden.rows, streams) {
      _ = decoder.read(Array(row.ids.dropLast()), stream)
    }
    let logits = Array(decoder.step(golden.rows.map { $0.ids[$0.ids.count - 1] }, streams))
    let width = logits.count / golden.rows.count
    for (place, row) in golden.rows.enumerated() {
      let part = Array(logits[place * width..<(place + 1) * width])
      #expect(row.error(of: part, at: row.ids.count - 1) < 1e-5)
    }
  }

  @Test func aStreamGoesOnWhereAPromptWasCut() throws {
    let golden = try GoldenLogits("llama")
    let decoder = Decoder(try golden.model(.fp32), pool: .shared)
    let row = golden.rows[0]
    let stream = decoder.stream(capacity: row.ids.count)
    _ = decoder.read(Array(row.ids[..<9]), stream)
    _ = decoder.read([1, 2, 3], stream)
    stream.rewind(to: 9)
    let logits = Array(decoder.read(Array(row.ids[9...]), stream))
    #expect(row.error(of: logits, at: row.ids.count - 1) < 1e-5)
  }
}

/// One tiny model with its reference logits.
struct GoldenLogits {
  struct Row {
    var ids: [Int32]
    /// [ids.count][V]
    var logits: [[Float]]

    /// The largest difference to the reference over the reference's largest value.
    func error(of found: [Float], at place: Int) -> Float {
      let reference = logits[place]
      let most = reference.reduce(0) { max($0, abs($1)) }
      return zip(found, reference).reduce(0) { max($0, abs($1.0 - $1.1)) } / most
    }

    /// Whether both name the same best token, or the reference's two best are nearly equal.
    func agreesOnTheBest(_ found: [Float], at place: Int) -> Bool {
      let order = logits[place].indices.sorted { logits[place][$0] > logits[place][$1] }
      let most = logits[place].reduce(0) { max($0, abs($1)) }
      let margin = logits[place][order[0]] - logits[place][order[1]]
      return margin <= 4e-2 * most || found.indices.max { found[$0] < found[$1] } == order[0]
    }
  }

  let files: ModelFiles
  let rows: [Row]

  init(_ name: String) throws {
    let folder = GoldenFolder(besides: #filePath).file("tiny/" + name)
    files = try ModelFiles.open(folder)
    let golden = try Safetensors(folder + "/golden_forward.safetensors")
    let ids = try golden.integers("input_ids")
    let mask = try golden.integers("attention_mask")
    let view = try golden.tensor("logits")
    let logits = view.floats().array
    let (count, width, vocabulary) = (view.shape[0], view.shape[1], view.shape[2])
    rows = (0..<count).map { row in
      let places = (row * width..<(row + 1) * width).filter { mask[$0] == 1 }
      return Row(
        ids: places.map { Int32(ids[$0]) },
        logits: places.map { Array(logits[$0 * vocabulary..<($0 + 1) * vocabulary]) })
    }
  }

  func model(_ precision: Precision) throws -> BaseModel {
    try BaseModel(files.config, precision: precision, pool: .shared) { try files.tensor($0) }
  }
}
