internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct ProviderCommandTests {
  @Test func theListHasEveryBuiltInProviderAndNeverAKey() throws {
    var tool = try CommandLineTool()
    tool.environment["DEEPSEEK_API_KEY"] = "sk-canary-0123456789abcdef"
    let outcome = try tool.run("provider", "list", "--json")
    #expect(outcome.status == 0)
    let rows = try #require(try outcome.json()["providers"]?.array)
    let keys = Dictionary(
      uniqueKeysWithValues: rows.compactMap { row in
        row["name"]?.string.map { ($0, row["key"]?.string) }
      })
    for name in [
      "anthropic", "deepseek", "expert", "gemini", "llamacpp", "mistral", "ollama", "openai",
      "openrouter",
      "procedural", "vllm",
    ] {
      #expect(keys[name] != nil, "\(name)")
    }
    #expect(keys["deepseek"] == "present")
    #expect(keys["openai"] == "missing")
    #expect(keys["procedural"] == "unneeded")
    #expect(!(outcome.output + outcome.errors).contains("canary"))
  }

  @Test func anUnknownProviderLeavesWithTwoAndNamesTheKnown() throws {
    let outcome = try CommandLineTool().run("provider", "show", "deepsek", "--json")
    #expect(outcome.status == 2)
    let error = try outcome.json()["error"]
    #expect(error?["kind"]?.string == "unknown-name")
    #expect(error?["message"]?.string?.contains("did you mean \"deepseek\"?") == true)
  }

  @Test func aFileOfTheWorkspaceTakesTheBuiltInsPlace() throws {
    let tool = try CommandLineTool()
    try FileManager.default.createDirectory(
      atPath: tool.folder.file("Providers"), withIntermediateDirectories: true)
    try tool.write(
      "name: deepseek\nwire: openai\nbase_url: http://127.0.0.1:9/v1\n",
      to: "Providers/deepseek.yaml")
    let shown = try tool.run("provider", "show", "deepseek", "--json").json()
    #expect(shown["base_url"]?.string == "http://127.0.0.1:9/v1")
  }

  @Test func theComputedDomainsAreListedWithTheirSkills() throws {
    let tool = try CommandLineTool()
    let text = try tool.run("provider", "show", "procedural", "--color", "never").output
    #expect(text.contains("json-parsing") && text.contains("parse, extract, validate"))
    let shown = try tool.run("provider", "show", "procedural", "--json").json()
    #expect(shown["domains"]?.array?.count == 6)
  }

  @Test func aMalformedProviderFileIsNamedWithItsLine() throws {
    let tool = try CommandLineTool()
    try FileManager.default.createDirectory(
      atPath: tool.folder.file("Providers"), withIntermediateDirectories: true)
    try tool.write("name: mine\nwire: telepathy\n", to: "Providers/mine.yaml")
    let outcome = try tool.run("provider", "list")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("Providers/mine.yaml:2:"))
    #expect(outcome.errors.contains("openai"))
    let doctor = try tool.run("doctor", "--color", "never")
    #expect(doctor.status == 2)
    #expect(doctor.output.contains("BAD   provider files"))
  }
}
