internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation

/// A tool with a tiny model and a dataset of sums: 20 records to learn from, 4 held out.
struct TrainFixture {
  var tool: CommandLineTool
  let model: String

  init() throws {
    tool = try CommandLineTool()
    model = try TinyChatModel(in: tool.folder).path
    try tool.write(Self.rows(0..<24), to: "rows.jsonl")
    _ = try tool.run("dataset", "import", "sums", "rows.jsonl")
  }

  static func rows(_ numbers: Range<Int>) -> String {
    numbers.map { row in
      "{\"instruction\":\"Add.\",\"input\":\"\(row) \(row % 7)\",\"output\":\"\(row + row % 7)\","
        + "\"split\":\"\(row % 6 == 5 ? "valid" : "train")\"}\n"
    }.joined()
  }

  /// Adds records, so that the dataset has another version.
  func topUp() throws {
    try tool.write(Self.rows(30..<42), to: "more.jsonl")
    let outcome = try tool.run("dataset", "import", "sums", "more.jsonl")
    precondition(outcome.status == 0, outcome.errors)
  }

  /// Ten short steps.
  func arguments(
    _ objective: String = "sft", _ output: String, dataset: String = "sums@v1",
    _ more: [String] = []
  ) -> [String] {
    [
      "train", objective, "--base", model, "--dataset", dataset, "--output", output, "--epochs",
      "2", "--accumulation", "1", "--learning-rate", "1e-2", "--eval-steps", "5",
    ] + more
  }

  func train(
    _ objective: String = "sft", _ output: String, dataset: String = "sums@v1", _ more: String...
  ) throws -> CommandLineTool.Outcome {
    try tool.run(arguments(objective, output, dataset: dataset, more))
  }

  func path(_ name: String) -> String { tool.folder.file(name) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// The hash of a run's adapter.
  func weights(_ run: String) throws -> String {
    try SHA256.hash(file: path(run + "/adapter_model.safetensors")).hex
  }

  func record(_ run: String) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: URL(filePath: path(run + "/run.json")))))
  }

  /// Changes the bytes of a file.
  func change(_ name: String, _ body: (inout [UInt8]) -> Void) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    body(&bytes)
    try Data(bytes).write(to: URL(filePath: path(name)))
  }

  /// The bytes of the tensors of a run's adapter whose names hold a word.
  func tensors(_ run: String, _ word: String) throws -> [String: [UInt8]] {
    let name = run + "/adapter_model.safetensors"
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    return try Self.ranges(bytes, word).mapValues { Array(bytes[$0]) }
  }

  /// Where the tensors of a safetensors file lie.
  static func ranges(_ bytes: [UInt8], _ word: String) throws -> [String: Range<Int>] {
    let size = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONValue.parse(Array(bytes[8..<8 + size]))
    var found: [String: Range<Int>] = [:]
    for member in header.members ?? [] where member.name.contains(word) {
      guard let ends = member.value["data_offsets"]?.array?.compactMap(\.integer), ends.count == 2
      else { continue }
      found[member.name] = 8 + size + ends[0]..<8 + size + ends[1]
    }
    return found
  }
}
