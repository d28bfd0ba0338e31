import ExpertPlatform
import ExpertProviders
import ExpertRecord
import ExpertTestSupport
import FoundationEssentials
import Testing

@Suite struct PriceTests {
  static let full = Price(
    date: "2026-10-07", source: "https://example.com", input: 2, cachedInput: 0.1,
    cacheWrite: 2.5, output: 10)

  @Test func everyKindOfTokenHasItsPrice() {
    // 700 plain at 2, 200 cached at 0.1, 100 written at 2.5, 50 out at 10.
    let usage = Usage(input: 1000, cachedInput: 200, cacheWrite: 100, output: 50)
    #expect(Self.full.cost(of: usage) == 1400 + 20 + 250 + 500)
  }

  @Test func fractionsAreRoundedUpAndExactOnesAreNot() {
    let price = Price(date: "2026-10-07", source: "https://x", input: 0.1, output: 0.3)
    #expect(price.cost(input: 30, output: 0) == 3)
    #expect(price.cost(input: 1, output: 0) == 1)
    #expect(price.cost(input: 0, output: 0) == 0)
  }

  @Test func whatIsUnknownIsNeverFree() {
    let noOutput = Price(date: "2026-10-07", source: "https://x", input: 1)
    #expect(noOutput.cost(input: 10, output: 10) == nil)
    #expect(Self.full.cost(of: Usage(input: 10)) == nil)
    #expect(Self.full.cost(of: Usage(output: 10)) == nil)
    let noWrite = Price(date: "2026-10-07", source: "https://x", input: 1, output: 1)
    #expect(noWrite.cost(of: Usage(input: 10, cacheWrite: 5, output: 1)) == nil)
    // Cached input without a price of its own costs as much as plain input, not nothing.
    #expect(noWrite.cost(of: Usage(input: 10, cachedInput: 5, output: 1)) == 11)
    #expect(Price.free.cost(of: Usage(input: 10, output: 10)) == 0)
    #expect(Price.free.cost(of: Usage()) == nil)
  }

  @Test func aPriceHoldsOnlyForPromptsOfItsSize() {
    var price = Self.full
    price.maxPrompt = 100
    #expect(price.cost(input: 100, output: 1) != nil)
    #expect(price.cost(input: 101, output: 1) == nil)
    let many = TokenEstimate(low: 1000, expected: 2000, high: 3000)
    #expect(price.cost(input: many, output: many)?.expected == 24_000)
  }

  @Test func wildCountsFromAServerDoNotTrap() {
    let usage = Usage(input: 5, cachedInput: 900, cacheWrite: 900, output: 1)
    #expect(Self.full.cost(of: usage) == 11)
    #expect(Self.full.cost(of: Usage(input: 1 << 53, output: 1 << 53)) == nil)
  }

  @Test func daysAreCountedByTheCalendar() {
    #expect(Timestamp.day(0).description == "1970-01-01")
    #expect(Timestamp.day(-1).description == "1969-12-31")
    #expect(Timestamp.day(951_782_400_000_000).description == "2000-02-29")
    #expect(Timestamp.day(RetryPolicyTests.wall).description == "2026-11-22")
  }

  @Test func estimatesEncloseWhatTextsUsuallyTake() {
    let estimate = TokenEstimate.input([
      Message(role: "user", content: String(repeating: "word ", count: 800))
    ])
    #expect(estimate.low == 803 && estimate.expected == 1004 && estimate.high == 1608)
    let output = TokenEstimate.output(expected: 300, maxTokens: 500)
    #expect(output == TokenEstimate(low: 150, expected: 300, high: 500))
  }
}

@Suite struct ProviderKeyTests {
  static func spec() throws -> ProviderSpec {
    try ProviderFilesTests.catalog().provider(named: "openai")
  }

  func write(_ folder: TemporaryFolder, mode: Int) throws -> String {
    let path = folder.file("key")
    try AtomicFile.write(path, Array("sk-from-a-file-0123\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  @Test func aKeyComesFromItsVariableOrFromAPrivateFile() throws {
    let folder = try TemporaryFolder()
    let path = try write(folder, mode: 0o600)
    let spec = try Self.spec()
    let first = try ProviderKey.find(
      for: spec, environment: ["OPENAI_API_KEY": " sk-direct \n", "OPENAI_API_KEY_FILE": path])
    #expect(first?.secret.withValue { $0 } == "sk-direct")
    let second = try ProviderKey.find(for: spec, environment: ["OPENAI_API_KEY_FILE": path])
    #expect(second?.secret.withValue { $0 } == "sk-from-a-file-0123")
    #expect(second?.origin.host == "api.openai.com")
  }

  @Test func aFileThatOthersMayReadIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try write(folder, mode: 0o644)
    let error = #expect(throws: ProviderError.self) {
      _ = try ProviderKey.find(
        for: try Self.spec(), environment: ["OPENAI_API_KEY_FILE": path])
    }
    let text = "\(try #require(error))"
    #expect(text.contains("chmod 600") && !text.contains("sk-from-a-file"))
  }

  @Test func aKeyWithALineBreakInItIsRefusedAndNotShown() throws {
    let error = #expect(throws: ProviderError.self) {
      _ = try ProviderKey.find(
        for: try Self.spec(), environment: ["OPENAI_API_KEY": "sk-one\r\nX-Evil: 1"])
    }
    #expect(!"\(try #require(error))".contains("sk-one"))
  }

  @Test func aLocalServerNeedsNoKey() throws {
    let spec = try ProviderFilesTests.catalog().provider(named: "vllm")
    #expect(try ProviderKey.find(for: spec, environment: [:]) == nil)
    #expect(try ProviderKey.find(for: spec, environment: ["VLLM_API_KEY": "k"]) != nil)
  }
}
