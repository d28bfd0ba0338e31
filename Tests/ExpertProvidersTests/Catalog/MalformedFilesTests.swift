import ExpertProviders
import Testing

/// Every mistake in a provider file is reported with its line and what is expected.
@Suite struct MalformedFilesTests {
  static let head = "name: mine\nwire: openai\nbase_url: https://example.com/v1\n"

  @Test(arguments: [
    ("", 1, "expected \"name: value\" lines"),
    ("- a\n- b\n", 1, "expected \"name: value\" lines"),
    ("name: [unclosed\n", 2, "not YAML"),
    ("name: mine\nname: other\nwire: openai\n", 1, "name stands twice"),
    ("wire: openai\n", 1, "lacks \"name\""),
    ("name: mine\n", 1, "lacks \"wire\""),
    ("name: mine\nwire: openia\n", 2, "expected one of openai, anthropic, gemini, procedural"),
    ("name: My Own\nwire: procedural\n", 1, "expected small letters"),
    ("name: mine\nwire: openai\n", 1, "lacks \"base_url\""),
    ("name: mine\nwire: openai\nbase_url: example.com\n", 3, "base_url"),
    ("name: mine\nwire: openai\nbase_url: ftp://example.com\n", 3, "only https and http"),
    ("name: mine\nwire: openai\nbase_url: https://u:p@example.com\n", 3, "user name or password"),
    (head + "base_ulr: x\n", 4, "unknown field \"base_ulr\"; did you mean \"base_url\"?"),
    (head + "zzzzzzzzzz: x\n", 4, "expected one of name, aliases"),
    (head + "key_variable: sk-proj-abcdef0123456789\n", 4, "a key itself never belongs in a file"),
    (head + "key_required: maybe\n", 4, "key_required: expected true or false, found \"maybe\""),
    (head + "local: \"true\"\n", 4, "expected true or false"),
    (head + "chat_path: chat\n", 4, "begins with \"/\""),
    (head + "aliases: claude\n", 4, "aliases: expected a list"),
    (head + "limits: 5\n", 4, "limits: expected \"name: value\" lines"),
    (head + "limits:\n  rpm: 0\n", 5, "rpm: expected a whole number from 1"),
    (head + "limits:\n  rpm: -3\n", 5, "rpm: expected a whole number from 1"),
    (head + "limits:\n  rpn: 3\n", 5, "did you mean \"rpm\"?"),
    (head + "capabilities:\n  structured: json\n", 5, "none, json_object, json_schema"),
    (head + "capabilities:\n  thinking_off: no\n", 5, "thinking_off: expected a mapping"),
    (head + "batch: {}\n", 4, "lacks \"price_factor\""),
    (head + "batch: {price_factor: 2}\n", 4, "expected a number from 0.0 to 1.0"),
    (head + "models:\n  - context: 5\n", 5, "lacks \"name\""),
    (head + "models:\n  - name: a\n    context: big\n", 6, "context: expected a whole number"),
    (head + "models:\n  - name: a\n  - name: a\n", 6, "\"a\" stands twice"),
    (
      head
        + "models:\n  - name: a\n    prices:\n      - date: today\n        source: https://x.y\n",
      7, "expected a day as YYYY-MM-DD"
    ),
    (
      head + "models:\n  - name: a\n    prices:\n      - date: 2026-02-30\n        source: x\n",
      7, "expected a day as YYYY-MM-DD"
    ),
    (
      head + "models:\n  - name: a\n    prices:\n      - date: 2026-02-03\n", 7, "lacks \"source\""
    ),
    (
      head + "models:\n  - name: a\n    prices:\n      - date: 2026-02-03\n"
        + "        source: https://x.y\n        input: 0\n", 9, "a price is not 0"
    ),
    (head + "default_model: b\nmodels:\n  - name: a\n", 4, "not among the models"),
    (head + "models:\n  - name: a\nmodel_aliases:\n  x: b\n", 7, "not among the models"),
    (head + "extra_headers:\n  Authorization: Bearer x\n", 5, "carries a key"),
    (head + "extra_body: 3\n", 4, "extra_body: expected a mapping"),
  ])
  func aMistakeIsReportedWithItsLine(text: String, line: Int, expected: String) {
    let error = #expect(throws: ProviderError.self) {
      _ = try ProviderFile.read(text, path: "Providers/mine.yaml")
    }
    guard case .badFile(let path, let found, let message)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == "Providers/mine.yaml")
    #expect(found == line, "\(message)")
    #expect(message.contains(expected), "\(message)")
  }

  @Test func aKeyInAFileIsNotRepeatedInTheComplaint() {
    let error = #expect(throws: ProviderError.self) {
      _ = try ProviderFile.read(
        Self.head + "key_variable: sk-proj-abcdef0123456789\n", path: "x.yaml")
    }
    #expect(!"\(String(describing: error))".contains("abcdef0123456789"))
  }

  @Test func theHeadAloneIsAGoodFile() throws {
    let spec = try ProviderFile.read(Self.head, path: "x.yaml")
    #expect(spec.name == "mine" && spec.baseURL == "https://example.com/v1")
    #expect(spec.keyRequired == false && spec.isLocal == false)
  }
}
