import ExpertLoopback
import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTestSupport
internal import Foundation
import Testing

/// A registry in a folder of its own whose clock does not wait.
struct RegistryFixture {
  let folder: TemporaryFolder
  let registry: ModelRegistry

  init(catalog: ModelCatalog = ModelCatalog([])) throws {
    folder = try TemporaryFolder()
    registry = ModelRegistry(home: folder.path, catalog: catalog, clock: ScriptedClock())
  }

  /// What lies under way, locks apart.
  var leftovers: [String] {
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: registry.folder)) ?? []
    return all.filter { $0.hasPrefix(".partial/") && !$0.hasSuffix(".lock") }.sorted()
  }

  func file(_ model: String, _ name: String) -> String { registry.path(of: model) + "/" + name }
}

@Suite struct RegistryTests {
  @Test func anImportedFolderIsListedShownVerifiedAndRemoved() throws {
    let fixture = try RegistryFixture()
    let registry = fixture.registry
    let source = ModelFilesTests.golden.file("qwen3")
    let record = try registry.importModel(source, name: "tiny")
    #expect(registry.names == ["tiny"])
    #expect(try registry.list() == [record])
    #expect(record.source == .path(source))
    #expect(
      record.files.map(\.name) == ["config.json", "generation_config.json", "model.safetensors"])
    #expect(record.weightsHash == (try ModelFiles.open(source).weightsHash()))
    #expect(try ModelFiles.open(registry.path(of: "tiny")).config == ModelFiles.open(source).config)
    try registry.verify("tiny")
    #expect(fixture.leftovers == [])
    try registry.remove("tiny")
    #expect(registry.names == [])
    #expect(fixture.leftovers == [])
    #expect(throws: RegistryError.unknown(name: "tiny", installed: [])) {
      try registry.remove("tiny")
    }
  }

  @Test func aGGUFFileIsImportedToo() throws {
    let fixture = try RegistryFixture()
    let source = ModelFilesTests.golden.file("llama.gguf")
    let record = try fixture.registry.importModel(source, name: "gguf")
    #expect(record.format == .gguf)
    #expect(record.files.map(\.name) == ["llama.gguf"])
    #expect(record.weightsHash == (try SHA256.hash(file: source)))
    let resolved = try fixture.registry.resolve("gguf")
    #expect(resolved.record == record)
    #expect(try ModelFiles.open(resolved.path).format == .gguf)
  }

  @Test func whatIsNoModelLeavesNothing() throws {
    let fixture = try RegistryFixture()
    let broken = try ChangedModel("qwen3")
    try broken.rewrite { name, _, _ in name != "model.norm.weight" }
    #expect(throws: ModelFileError.self) {
      try fixture.registry.importModel(broken.path, name: "broken")
    }
    #expect(fixture.registry.names == [])
    #expect(fixture.leftovers == [])
  }

  @Test(arguments: [
    "", ".hidden", "-x", "a/b", "..", "a b", "ü", String(repeating: "a", count: 65),
  ])
  func namesThatAreNoneAreRefused(_ name: String) throws {
    let registry = try RegistryFixture().registry
    #expect(throws: RegistryError.badName(name)) {
      try registry.importModel(ModelFilesTests.golden.file("qwen3"), name: name)
    }
    #expect(throws: RegistryError.badName(name)) { try registry.record(name) }
    #expect(throws: RegistryError.badName(name)) { try registry.remove(name) }
  }

  @Test func aTakenNameIsRefusedAndNamesTheHolder() throws {
    let registry = try RegistryFixture().registry
    let source = ModelFilesTests.golden.file("qwen3")
    _ = try registry.importModel(source, name: "tiny")
    #expect(throws: RegistryError.taken(name: "tiny", source: source)) {
      try registry.importModel(ModelFilesTests.golden.file("qwen2"), name: "tiny")
    }
  }

  /// What is done to the stored model, and what `verify` says.
  @Test func verifyFindsEveryKindOfDamage() throws {
    let source = ModelFilesTests.golden.file("qwen3")
    let damages: [(reason: String, harm: (String) throws -> Void)] = [
      ("missing", { try FileManager.default.removeItem(atPath: $0 + "/config.json") }),
      ("bytes instead of", { try AtomicFile.write($0 + "/config.json", [0x7b, 0x7d]) }),
      (
        "SHA-256",
        { folder in
          let path = folder + "/model.safetensors"
          var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
          bytes[bytes.count - 9] ^= 1
          try AtomicFile.write(path, bytes)
        }
      ),
    ]
    for (reason, harm) in damages {
      let registry = try RegistryFixture().registry
      _ = try registry.importModel(source, name: "tiny")
      try harm(registry.path(of: "tiny"))
      let error = #expect(throws: RegistryError.self) { try registry.verify("tiny") }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test(arguments: [
    "{", "{}", #"{"schema":2}"#, #"{"schema":1,"name":"other"}"#,
  ])
  func aDamagedRecordIsNamed(_ text: String) throws {
    let registry = try RegistryFixture().registry
    _ = try registry.importModel(ModelFilesTests.golden.file("qwen3"), name: "tiny")
    let path = registry.path(of: "tiny") + "/model.json"
    try AtomicFile.write(path, Array(text.utf8))
    let error = #expect(throws: RegistryError.self) { try registry.list() }
    #expect(error?.description.contains(path) == true)
  }

  @Test func aRecordIsReadAsItWasWritten() throws {
    let digest = SHA256.hash("x")
    let record = ModelRecord(
      name: "a", source: .hub(endpoint: "e", repository: "r/s", revision: "main", commit: "c"),
      format: .gguf, weightsHash: digest, license: nil,
      files: [.init(name: "f", bytes: 7, digest: digest)], installed: "2026-01-01T00:00:00Z")
    #expect(ModelRecord(json: record.json) == record)
  }

  @Test func aPathAShortNameAndARepositoryAreResolved() throws {
    let entry = try CatalogEntry(
      name: "short", repository: RepositoryID("own/Short"), revision: "main", file: nil,
      license: "mit", parameters: 1, summary: "s", origin: "o")
    let registry = try RegistryFixture(catalog: ModelCatalog([entry])).registry
    let source = ModelFilesTests.golden.file("qwen3")
    #expect(try registry.resolve(source).path == source)
    #expect(throws: RegistryError.notPulled(name: "short")) { try registry.resolve("short") }
    #expect(throws: RegistryError.unknown(name: "own/Short", installed: [])) {
      try registry.resolve("own/Short")
    }
    _ = try registry.importModel(source, name: "short")
    #expect(try registry.resolve("short").path == registry.path(of: "short"))
  }
}

@Suite struct CatalogTests {
  @Test func everyShortNameOfTheProgramIsRead() throws {
    let catalog = try ModelCatalog.load(workspace: nil, embedded: EmbeddedFiles.all)
    #expect(
      catalog.entries.map(\.name) == [
        "qwen2.5-0.5b", "qwen2.5-0.5b-gguf", "qwen3-0.6b", "qwen3-0.6b-gguf", "smollm2-135m",
      ])
    #expect(catalog["Qwen3-0.6B"]?.repository.description == "Qwen/Qwen3-0.6B")
    #expect(catalog["qwen3-0.6b-gguf"]?.file == "Qwen3-0.6B-Q8_0.gguf")
    #expect(catalog["nope"] == nil)
  }

  @Test func aFileOfTheWorkspaceWins() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("Models"), withIntermediateDirectories: true)
    let text = """
      name: qwen3-0.6b
      repository: mine/Other
      revision: v2
      license: mit
      parameters: 5
      summary: mine
      """
    try AtomicFile.write(folder.file("Models/q.yaml"), Array(text.utf8))
    let catalog = try ModelCatalog.load(workspace: folder.path, embedded: EmbeddedFiles.all)
    #expect(catalog["qwen3-0.6b"]?.repository.description == "mine/Other")
    #expect(catalog.entries.count == 5)
    for (old, new, field) in [
      ("mine/Other", "mine", "mine"), ("parameters: 5", "parameters: x", "parameters"),
      ("license: mit", "licence: mit", "licence"), ("license: mit\n", "", "license"),
      ("name: qwen3-0.6b", "name: Qwen 3", "name"), ("revision: v2", "file: ../x", "revision"),
      ("summary: mine", "summary: [", "q.yaml"),
    ] {
      let changed = text.replacingOccurrences(of: old, with: new)
      try AtomicFile.write(folder.file("Models/q.yaml"), Array(changed.utf8))
      let error = #expect(throws: RegistryError.self) {
        try ModelCatalog.load(workspace: folder.path, embedded: [:])
      }
      #expect(error?.description.contains(field) == true, "\(error?.description ?? "")")
    }
  }
}
