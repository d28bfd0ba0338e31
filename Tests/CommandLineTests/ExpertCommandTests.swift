internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct ExpertCommandTests {
  /// A tool with an IA3 adapter in `adapter` and a key.
  private func prepared() throws -> CommandLineTool {
    let tool = try CommandLineTool()
    try FileManager.default.createDirectory(
      atPath: tool.folder.file("adapter"), withIntermediateDirectories: true)
    try tool.write(
      #"{"peft_type":"IA3","target_modules":["k_proj"],"feedforward_modules":[],"base_model_name_or_path":"tiny"}"#,
      to: "adapter/adapter_config.json")
    let count = 512 << 10
    var header =
      #"{"base_model.model.model.layers.0.self_attn.k_proj.ia3_l":{"dtype":"F32","shape":[\#(count),1],"data_offsets":[0,\#(4 * count)]}}"#
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    bytes += Data(header.utf8) + Data(count: 4 * count)
    try bytes.write(to: URL(filePath: tool.folder.file("adapter/adapter_model.safetensors")))
    #expect(try tool.run("expert", "keygen").status == 0)
    return tool
  }

  private func pack(_ tool: CommandLineTool, _ version: String, _ more: String...) throws {
    let outcome = try tool.run(
      ["expert", "package", "adapter", "--name", "tiny", "--version", version] + more)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func anExpertTravelsFromItsFolderToAnotherHome() throws {
    var tool = try prepared()
    try pack(tool, "1.0.0", "--key", "publisher", "--capability", "format:json")
    let refused = try tool.run("expert", "verify", "tiny.v1.0.0.expert", "--json")
    #expect(refused.status == 12)
    #expect(try refused.json()["error"]?["kind"]?.string == "package-refused")
    #expect(
      try tool.run("expert", "verify", "tiny.v1.0.0.expert", "--key", "publisher").status == 0)
    #expect(try tool.run("expert", "publish", "tiny.v1.0.0.expert", "--to", "registry").status == 0)
    let key = tool.folder.file("home/keys/publisher.pub")
    tool.environment["EXPERT_HOME"] = tool.folder.file("other")
    #expect(try tool.run("expert", "install", "tiny", "--from", "registry").status == 12)
    #expect(try tool.run("expert", "trust", "add", key, "--label", "me").status == 0)
    #expect(try tool.run("expert", "install", "tiny", "--from", "registry").status == 0)
    let listed = try tool.run("expert", "list", "--json").json()["experts"]?[0]
    #expect(listed?["slug"]?.string == "tiny")
    #expect(listed?["signed"]?.bool == true && listed?["trusted"]?.bool == true)
    #expect(try tool.run("expert", "info", "tiny").output.contains("format:json"))
    tool.environment["EXPERT_HOME"] = nil
    try pack(tool, "1.1.0", "--key", "publisher")
    #expect(try tool.run("expert", "publish", "tiny.v1.1.0.expert", "--to", "registry").status == 0)
    tool.environment["EXPERT_HOME"] = tool.folder.file("other")
    let updated = try tool.run("expert", "update", "tiny", "--json").json()
    #expect(updated["experts"]?[0]?["version"]?.string == "1.1.0")
    #expect(try tool.run("expert", "install", "tiny.v1.0.0.expert").status == 12)
    #expect(try tool.run("expert", "trust", "remove", "me").status == 0)
    #expect(try tool.run("expert", "list").output.contains("key no longer trusted"))
    #expect(try tool.run("expert", "uninstall", "tiny").status == 0)
    #expect(try tool.run("expert", "info", "tiny").status == 2)
  }

  @Test func anUnsignedPackageIsRefusedThenMarkedForEver() throws {
    let tool = try prepared()
    try pack(tool, "1.0.0")
    #expect(try tool.run("expert", "install", "tiny.v1.0.0.expert").status == 12)
    #expect(try tool.run("expert", "install", "tiny.v1.0.0.expert", "--allow-unsigned").status == 0)
    #expect(try tool.run("expert", "list").output.contains("UNSIGNED"))
    #expect(
      try tool.run("expert", "inspect", "tiny.v1.0.0.expert", "--json").json()["signature"]
        == "none")
    #expect(try tool.run("expert", "sign", "tiny.v1.0.0.expert").status == 0)
    let inspected = try tool.run("expert", "inspect", "tiny.v1.0.0.expert", "--json").json()
    #expect(inspected["signature"] == "valid")
  }

  @Test func theSameInputGivesTheSameBytes() throws {
    var tool = try prepared()
    tool.environment["SOURCE_DATE_EPOCH"] = "1700000000"
    try pack(tool, "1.0.0", "--key", "publisher", "--output", "a.expert")
    try pack(tool, "1.0.0", "--key", "publisher", "--output", "b.expert")
    let files = try ["a.expert", "b.expert"].map {
      SHA256.hash(Array(try Data(contentsOf: URL(filePath: tool.folder.file($0)))))
    }
    #expect(files[0] == files[1])
    #expect(try tool.text("a.expert.sha256") == "\(files[0].hex)  a.expert\n")
  }

  @Test func aKeyWithAPassphraseSignsByItsFile() throws {
    var tool = try prepared()
    try tool.write("correct horse", to: "pass")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: tool.folder.file("pass"))
    tool.environment["EXPERT_KEY_PASSPHRASE_FILE"] = tool.folder.file("pass")
    #expect(try tool.run("expert", "keygen", "guarded", "--json").json()["passphrase"] == true)
    try pack(tool, "1.0.0", "--key", "guarded")
    tool.environment["EXPERT_KEY_PASSPHRASE_FILE"] = nil
    let outcome = try tool.run("expert", "sign", "tiny.v1.0.0.expert", "--key", "guarded")
    #expect(outcome.status == 3)
    #expect(!(outcome.output + outcome.errors).contains("correct horse"))
  }

  @Test func wrongUseSaysWhatToDo() throws {
    let tool = try prepared()
    func refused(_ status: Int32, _ words: String, _ arguments: String...) throws {
      let outcome = try tool.run(arguments)
      #expect(outcome.status == status, "\(arguments) \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(arguments) \(outcome.errors)")
      #expect(!outcome.errors.contains("--allow-unsigned"), "\(outcome.errors)")
    }
    try refused(2, "--name", "expert", "package", "adapter", "--version", "1.0.0")
    try refused(2, "--version", "expert", "package", "adapter", "--name", "x")
    try refused(
      2, "semantic version", "expert", "package", "adapter", "--name", "x", "--version", "one")
    try refused(2, "small letters", "expert", "package", "adapter", "--name", "X Y")
    try refused(2, "no folder nowhere", "expert", "package", "nowhere", "--name", "x")
    try refused(
      2, "ed25519:<hex>, a .pub file, or a key of yours", "expert", "trust", "add", "junk")
    try refused(2, "no file ./nope.pub", "expert", "trust", "add", "./nope.pub")
    try refused(2, "no expert is installed", "run", "--prompt", "x")
    try refused(2, "between 0 and 1.1", "route", "x", "--threshold", "7")
    try pack(tool, "1.0.0")
    try refused(12, "not signed", "expert", "verify", "tiny.v1.0.0.expert")
    try refused(12, "not signed", "expert", "publish", "tiny.v1.0.0.expert", "--to", "r")
    #expect(try tool.run("expert", "install", "nowhere.expert").status == 2)
    #expect(try tool.run("expert", "sign", "x", "--key", "missing").status != 0)
    #expect(try tool.run("expert", "keygen").status == 2)
    for command in ["package", "install", "trust", "publish"] {
      #expect(try tool.run("expert", command, "--help").status == 0)
    }
  }

  @Test func aRegistryBelongsToItsKeyAndAPatternIsRead() throws {
    let tool = try prepared()
    try pack(tool, "1.0.0", "--key", "publisher")
    #expect(try tool.run("expert", "publish", "tiny.v1.0.0.expert", "--to", "r").status == 0)
    let made = try tool.run("expert", "keygen", "other", "--json")
    #expect(made.status == 0)
    let owner = try tool.text("home/keys/publisher.pub").trimmingCharacters(in: .newlines)
    try pack(tool, "1.1.0", "--key", "other")
    let refused = try tool.run(
      "expert", "publish", "tiny.v1.1.0.expert", "--to", "r", "--key", "other")
    #expect(refused.status == 12, "\(refused.errors)")
    #expect(refused.errors.contains("this index belongs to key \(owner)"), "\(refused.errors)")
    #expect(try tool.run("expert", "trust", "add", "publisher").status == 0)
    for pattern in ["tiny@", "tiny@one", "tiny@>1", "tiny@1.0"] {
      let outcome = try tool.run("expert", "install", pattern, "--from", "r")
      #expect(outcome.status == 2, "\(outcome.errors)")
      #expect(outcome.errors.contains("not a version pattern"), "\(outcome.errors)")
    }
    let none = try tool.run("expert", "install", "tiny@2.0.0", "--from", "r")
    #expect(none.status == 2 && none.errors.contains("does not offer"))
    #expect(try tool.run("expert", "install", "tiny@>=1.0.0", "--from", "r").status == 0)
  }

  @Test func whatOthersRequireStays() throws {
    let tool = try prepared()
    try pack(tool, "1.0.0", "--key", "publisher")
    try tool.write(#"{"constraints": {"requires": ["tiny@*"]}}"#, to: "needs.json")
    let packed = try tool.run(
      "expert", "package", "adapter", "--name", "user", "--version", "1.0.0", "--manifest",
      "needs.json", "--key", "publisher")
    #expect(packed.status == 0, "\(packed.errors)")
    #expect(try tool.run("expert", "trust", "add", "publisher").status == 0)
    #expect(try tool.run("expert", "install", "user.v1.0.0.expert").status == 12)
    for name in ["tiny", "user"] {
      #expect(try tool.run("expert", "install", "\(name).v1.0.0.expert").status == 0)
    }
    let held = try tool.run("expert", "uninstall", "tiny")
    #expect(held.status == 2 && held.errors.contains("user requires tiny"), "\(held.errors)")
    #expect(try tool.run("expert", "uninstall", "tiny", "--force").status == 0)
  }

  /// Kills installations at moments spread over their length: the expert is there whole or not at
  /// all, and the next command leaves nothing of a broken one.
  @Test func aKilledInstallationLeavesNothingBehind() throws {
    let tool = try prepared()
    try pack(tool, "1.0.0", "--key", "publisher")
    #expect(try tool.run("expert", "trust", "add", "publisher").status == 0)
    let runs = ProcessInfo.processInfo.environment["EXPERT_LONG_TESTS"] == "1" ? 200 : 24
    var broken = 0
    for run in 0..<runs {
      let process = try tool.start(["expert", "install", "tiny.v1.0.0.expert"])
      usleep(UInt32(2_000 + run * 90_000 / runs))
      kill(process.processIdentifier, SIGKILL)
      broken += try tool.outcome(of: process).status == 128 + SIGKILL ? 1 : 0
      let experts = try tool.run("expert", "list", "--json").json()["experts"]?.array ?? []
      let folders = try FileManager.default.contentsOfDirectory(
        atPath: tool.folder.file("home/experts"))
      #expect(folders.count == experts.count && experts.count <= 1)
      guard let folder = experts.first?["folder"]?.string else { continue }
      let weights = try FileManager.default.attributesOfItem(
        atPath: folder + "/weights.safetensors")
      #expect(weights[.size] as? Int ?? 0 > 2_000_000)
      #expect(try tool.run("expert", "verify", folder).status == 0)
      #expect(try tool.run("expert", "uninstall", "tiny").status == 0)
    }
    #expect(broken > 0)
    #expect(try tool.run("expert", "install", "tiny.v1.0.0.expert").status == 0)
  }
}
