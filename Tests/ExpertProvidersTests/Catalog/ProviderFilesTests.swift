import ExpertPlatform
import ExpertProviders
import ExpertTestSupport
import FoundationEssentials
import Testing

/// The provider files of the repository.
@Suite struct ProviderFilesTests {
  /// The repository's root, found from this file's own place.
  static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

  static func catalog() throws -> ProviderCatalog {
    try ProviderCatalog.load(workspace: root, home: nil, embedded: [:])
  }

  @Test func everyFileLoadsAndNoneIsForgotten() throws {
    let names = try Self.catalog().providers.map(\.name)
    #expect(
      names == [
        "anthropic", "deepseek", "expert", "gemini", "llamacpp", "mistral", "ollama", "openai",
        "openrouter", "procedural", "vllm",
      ])
  }

  @Test func theEmbeddedFilesGiveTheSameCatalog() throws {
    let embedded = try ProviderCatalog.load(
      workspace: nil, home: nil, embedded: EmbeddedFiles.all)
    #expect(embedded.providers.map(\.name) == (try Self.catalog().providers.map(\.name)))
    #expect(
      embedded.providers.flatMap(\.models) == (try Self.catalog().providers.flatMap(\.models)))
  }

  @Test(arguments: [
    ("deepseek", nil, "deepseek", "deepseek-flash", nil),
    ("deepseek", "deepseek-chat", "deepseek", "deepseek-flash", "deepseek-chat"),
    ("claude", nil, "anthropic", "claude-haiku-5-5", nil),
    ("claude", "sonnet", "anthropic", "claude-sonnet-5-5", "sonnet"),
    ("gpt-4o", nil, "openai", "gpt-4o", nil),
    ("deepseek-reasoner", nil, "deepseek", "deepseek-flash", "deepseek-reasoner"),
    ("openrouter", "qwen/qwen3-32b", "openrouter", "qwen/qwen3-32b", nil),
    ("procedural", nil, "procedural", "procedural", nil),
  ])
  func namesAndAliasesResolve(
    name: String, model: String?, provider: String, resolved: String, writtenAs: String?
  ) throws {
    let target = try Self.catalog().resolve(provider: name, model: model)
    #expect(target.provider.name == provider)
    #expect(target.model.name == resolved)
    #expect(target.writtenAs == writtenAs)
  }

  @Test func anUnknownProviderNamesTheNearest() throws {
    let error = #expect(throws: ProviderError.self) {
      _ = try Self.catalog().resolve(provider: "deepsek")
    }
    #expect("\(try #require(error))".contains("did you mean \"deepseek\"?"))
  }

  @Test func onlyServersOfOnesOwnAreFree() throws {
    let catalog = try Self.catalog()
    for spec in catalog.providers {
      for model in spec.models + [spec.unlisted("anything")] {
        let price = model.price(on: "2026-11-22")
        #expect((price == .free) == spec.isLocal, "\(spec.name) \(model.name)")
      }
    }
    #expect(catalog.providers.filter(\.isLocal).count == 5)
    #expect(catalog.localServers.map(\.name) == ["ollama", "vllm", "llamacpp", "expert"])
  }

  @Test func aPriceHoldsFromItsDateOn() throws {
    let target = try Self.catalog().resolve(provider: "gemini", model: "gemini-3.8-flash")
    #expect(target.model.price(on: "2026-10-06") == nil)
    #expect(target.model.price(on: "2026-12-31")?.input == 0.75)
    #expect(target.model.price(on: "2027-01-01")?.input == 1.5)
  }

  @Test func aWorkspaceFileWinsOverTheHomeAndTheEmbeddedOnes() throws {
    let folder = try TemporaryFolder()
    func write(_ place: String, _ model: String) throws {
      let path = folder.path + "/" + place
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let text = """
        name: mine
        wire: openai
        base_url: https://example.com/v1
        default_model: \(model)
        """
      try AtomicFile.write(path + "/mine.yaml", Array(text.utf8))
    }
    let embedded = [
      "Providers/mine.yaml": "name: mine\nwire: procedural\n",
      "Prompts/other.md": "not a provider",
    ]
    func model() throws -> String? {
      try ProviderCatalog.load(
        workspace: folder.path + "/work", home: folder.path + "/home", embedded: embedded
      ).provider(named: "mine").defaultModel
    }
    #expect(try model() == nil)
    try write("home/providers", "from-home")
    #expect(try model() == "from-home")
    try write("work/Providers", "from-work")
    #expect(try model() == "from-work")
  }
}
