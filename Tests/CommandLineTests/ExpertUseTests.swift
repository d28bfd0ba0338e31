internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTestSupport
internal import Foundation
import Testing

/// Installed experts are used by several commands, and by none of them when they must not be.
@Suite struct ExpertUseTests {
  private let tool: CommandLineTool
  private let model: String

  init() throws {
    tool = try CommandLineTool()
    model = try TinyChatModel(in: tool.folder).path
    #expect(try tool.run("model", "import", model, "--name", "tiny").status == 0)
    #expect(try tool.run("expert", "keygen").status == 0)
    #expect(try tool.run("expert", "trust", "add", "publisher", "--label", "me").status == 0)
    try tool.write(
      "{\"instruction\":\"Add.\",\"input\":\"1 2\",\"output\":\"3\",\"split\":\"test\"}\n",
      to: "rows.jsonl")
    #expect(try tool.run("dataset", "import", "d", "rows.jsonl").status == 0)
    try TinyChatModel.copy(ofAdapter: "lora_warm", to: tool.folder.file("work"))
    let packed = try pack("mine", "--base", "tiny")
    #expect(packed.status == 0, "\(packed.errors)")
    let installed = try tool.run("expert", "install", "mine.v1.0.0.expert")
    #expect(installed.status == 0 && !installed.errors.contains("note:"), "\(installed.errors)")
  }

  private func pack(_ name: String, _ more: String...) throws -> CommandLineTool.Outcome {
    try tool.run(
      [
        "expert", "package", "work", "--name", name, "--version", "1.0.0", "--base-name", "tiny",
        "--key", "publisher",
      ] + more)
  }

  /// Each command that loads an installed expert by its name.
  private static let commands: [[String]] = [
    ["run", "--experts", "mine", "--prompt", "Hi", "--max-tokens", "2", "--template", "chatml"],
    [
      "eval", "run", "--expert", "mine", "--base", "tiny", "--dataset", "d", "--max-tokens", "2",
      "--template", "chatml",
    ],
    ["export", "mine", "--base", "tiny", "--format", "peft", "-o", "out", "--overwrite"],
    ["expert", "merge", "mine", "--output", "merged", "--overwrite"],
    ["serve", "--base", "tiny", "--expert", "mine", "--port", "0"],
  ]

  private func folder() throws -> String {
    let listed = try tool.run("expert", "list", "--json").json()["experts"]?[0]
    return try #require(listed?["folder"]?.string)
  }

  @Test(arguments: commands)
  func aChangedFileIsRefusedAndMendedByInstalling(_ command: [String]) throws {
    let weights = try folder() + "/weights.safetensors"
    var bytes = try Data(contentsOf: URL(filePath: weights))
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: URL(filePath: weights))
    let refused = try tool.run(command)
    #expect(refused.status == 12, "\(refused.output) \(refused.errors)")
    #expect(refused.errors.contains("weights.safetensors"), "\(refused.errors)")
    let mended = try tool.run("expert", "install", "mine.v1.0.0.expert")
    #expect(mended.status == 0 && mended.errors.contains("damaged"), "\(mended.errors)")
    guard command[0] != "serve" else { return }
    let outcome = try tool.run(command)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test(arguments: commands)
  func anExpertWhoseKeyIsNoLongerTrustedIsRefused(_ command: [String]) throws {
    #expect(try tool.run("expert", "trust", "remove", "me").status == 0)
    let refused = try tool.run(command)
    #expect(refused.status == 12, "\(refused.output) \(refused.errors)")
    #expect(refused.errors.contains("not trusted"), "\(refused.errors)")
  }

  /// A base of other shapes under the very name that a manifest has.
  @Test func theModelOfTheManifestsNameIsCompared() throws {
    #expect(try tool.run("expert", "uninstall", "mine").status == 0)
    #expect(try tool.run("model", "remove", "tiny").status == 0)
    let unknown = try tool.run("expert", "install", "mine.v1.0.0.expert")
    #expect(unknown.status == 0, "\(unknown.errors)")
    #expect(unknown.errors.contains("tiny is not among your models"), "\(unknown.errors)")
    #expect(try tool.run("expert", "uninstall", "mine").status == 0)
    let other = try TinyChatModel(in: tool.folder, architecture: "qwen3-teacher").path
    #expect(try tool.run("model", "import", other, "--name", "tiny").status == 0)
    let refused = try tool.run("expert", "install", "mine.v1.0.0.expert")
    #expect(refused.status == 12, "\(refused.errors)")
    #expect(refused.errors.contains("base"), "\(refused.errors)")
    #expect(try tool.run("expert", "list", "--json").json()["experts"] == [])
    // The right one by another name is found by its hash.
    #expect(try tool.run("model", "import", model, "--name", "right").status == 0)
    let found = try tool.run("expert", "install", "mine.v1.0.0.expert", "--json")
    #expect(found.status == 0, "\(found.errors)")
    #expect(try found.json()["experts"]?[0]?["warning"] == .null)
    #expect(try tool.run("expert", "uninstall", "mine").status == 0)
    #expect(
      try tool.run("expert", "install", "mine.v1.0.0.expert", "--base", "tiny").status == 12)
    #expect(
      try tool.run("expert", "install", "mine.v1.0.0.expert", "--base", "nobody").status == 2)
  }

  @Test func aGGUFBaseIsComparedToo() throws {
    let made = try tool.run(
      "export", "work", "--base", "tiny", "--format", "gguf", "-o", "right.gguf")
    try #require(made.status == 0, "\(made.errors)")
    // Every projection of the right one, but narrower by half.
    let right = try GGUF(tool.folder.file("right.gguf"))
    let narrow = right.entries.filter { $0.shape.count == 2 }.map {
      GGUFWriter.Tensor($0.name, .f32, shape: [$0.shape[0], $0.shape[1] / 2])
    }
    #expect(narrow.count > 10)
    try GGUFWriter.write(tool.folder.file("narrow.gguf"), metadata: [], tensors: narrow) {
      tensor, put in
      try [UInt8](repeating: 0, count: tensor.bytes ?? 0).withUnsafeBytes { try put($0) }
    }
    func install(_ base: String) throws -> CommandLineTool.Outcome {
      _ = try tool.run("expert", "uninstall", "mine")
      return try tool.run("expert", "install", "mine.v1.0.0.expert", "--base", base)
    }
    let fitting = try install("right.gguf")
    #expect(fitting.status == 0 && fitting.errors.contains("another hash"), "\(fitting.errors)")
    let refused = try install("narrow.gguf")
    #expect(refused.status == 12 && refused.errors.contains("shape"), "\(refused.errors)")
  }

  @Test func anUnpackedPackageIsVerifiedBeforeItIsExported() throws {
    let copy = tool.folder.file("copy")
    try FileManager.default.copyItem(atPath: try folder(), toPath: copy)
    let command = ["export", "copy", "--base", "tiny", "--format", "peft", "-o", "out"]
    #expect(try tool.run(command).status == 0)
    try Data("{}".utf8).write(to: URL(filePath: copy + "/run.json"))
    #expect(try tool.run(command + ["--overwrite"]).status == 12)
  }

  @Test func aMergeReplacesNothingUnasked() throws {
    func merge(_ more: String...) throws -> CommandLineTool.Outcome {
      try tool.run(["expert", "merge", "mine", "work:0.5", "--base", "tiny"] + more)
    }
    let first = try merge("--output", "both")
    #expect(first.status == 0, "\(first.errors)")
    try tool.write("keep", to: "both/mine.txt")
    let again = try merge("--output", "both")
    #expect(again.status == 2 && again.errors.contains("--overwrite"), "\(again.errors)")
    #expect(try tool.text("both/mine.txt") == "keep")
    // What fails leaves what was there, and nothing half made.
    #expect(try merge("nowhere", "--output", "both", "--overwrite").status == 2)
    #expect(try tool.text("both/mine.txt") == "keep")
    #expect(try merge("--output", "both", "--overwrite").status == 0)
    #expect(!FileManager.default.fileExists(atPath: tool.folder.file("both/mine.txt")))
    let left = try FileManager.default.contentsOfDirectory(atPath: tool.folder.path)
    #expect(!left.contains { $0.hasSuffix(".partial") || $0.hasSuffix(".old") }, "\(left)")
  }
}
