import ExpertRecord
import Testing

/// What is refused, and where the message points.
@Suite struct JSONParserTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var text: [UInt8]
    var offset: Int
    var line = 1
    var column: Int
    var reason: String
    var testDescription: String { reason + " at \(offset)" }

    init(
      _ text: String, at offset: Int, line: Int = 1, column: Int? = nil, _ reason: String
    ) {
      self.init(bytes: Array(text.utf8), at: offset, line: line, column: column, reason)
    }

    init(bytes: [UInt8], at offset: Int, line: Int = 1, column: Int? = nil, _ reason: String) {
      text = bytes
      self.offset = offset
      self.line = line
      self.column = column ?? offset + 1
      self.reason = reason
    }
  }

  static let refusals: [Refusal] = [
    Refusal("", at: 0, "the document ends where a value should stand"),
    Refusal("  ", at: 2, "the document ends where a value should stand"),
    Refusal("{", at: 1, "a name in double quotes should stand here"),
    Refusal("[1,]", at: 3, "a value should stand here"),
    Refusal("[1 2]", at: 3, "a comma or ] should stand here"),
    Refusal("{\"a\" 1}", at: 5, "a colon should stand here"),
    Refusal("{\"a\":1,}", at: 7, "a name in double quotes should stand here"),
    Refusal("{\"a\":1 \"b\":2}", at: 7, "a comma or } should stand here"),
    Refusal("{a:1}", at: 1, "a name in double quotes should stand here"),
    Refusal("['a']", at: 1, "a value should stand here"),
    Refusal("nul", at: 0, "a value should stand here"),
    Refusal("NaN", at: 0, "a value should stand here"),
    Refusal("Infinity", at: 0, "a value should stand here"),
    Refusal("// c\n1", at: 0, "a value should stand here"),
    Refusal("1 2", at: 2, "something follows the end of the document"),
    Refusal("{}\u{0}", at: 2, "something follows the end of the document"),
    Refusal("01", at: 1, "a number may not start with 0"),
    Refusal("+1", at: 0, "a value should stand here"),
    Refusal("-", at: 1, "a digit should stand here"),
    Refusal("1.", at: 2, "a digit should stand here"),
    Refusal(".5", at: 0, "a value should stand here"),
    Refusal("1e", at: 2, "a digit should stand here"),
    Refusal("1e400", at: 0, "the number is too large for a double (about 1.8e308)"),
    Refusal("[-1e309]", at: 1, "the number is too large for a double (about 1.8e308)"),
    Refusal("\"abc", at: 0, "the string that starts here has no end"),
    Refusal("\"a\nb\"", at: 2, "a control character stands in a string: write it as \\u00XX"),
    Refusal("\"a\u{0}b\"", at: 2, "a control character stands in a string: write it as \\u00XX"),
    Refusal("\"\\x\"", at: 1, "JSON has no such escape after a backslash"),
    Refusal("\"\\u12g4\"", at: 1, "four hexadecimal digits should follow \\u"),
    Refusal("\"\\ud800\"", at: 1, "half of a surrogate pair stands alone"),
    Refusal("\"\\ud800\\u0041\"", at: 1, "half of a surrogate pair stands alone"),
    Refusal("\"\\ud800x\"", at: 1, "half of a surrogate pair stands alone"),
    Refusal("\"\\udc00\"", at: 1, "half of a surrogate pair stands alone"),
    Refusal("\"\\udc00\\ud800\"", at: 1, "half of a surrogate pair stands alone"),
    Refusal(
      "{\n  \"a\": 1,\n  \"a\": 2\n}", at: 14, line: 3, column: 3,
      "the same name stands twice in one object"),
    Refusal("{\"ab\":1,\"a\\u0062\":2}", at: 8, "the same name stands twice in one object"),
    Refusal(
      "[\n\"é\", x]", at: 8, line: 2, column: 6, "a value should stand here"),
    Refusal(
      "\u{FEFF}{}", at: 0,
      "the document starts with a byte order mark: save it as UTF-8 without one"),
    Refusal(
      bytes: [0x22, 0x61, 0xFF, 0x22], at: 2,
      "these bytes are no UTF-8 text: save the file as UTF-8"),
    Refusal(  // an overlong slash
      bytes: [0x22, 0xC0, 0xAF, 0x22], at: 1,
      "these bytes are no UTF-8 text: save the file as UTF-8"),
    Refusal(  // a surrogate written as UTF-8
      bytes: [0x22, 0xED, 0xA0, 0x80, 0x22], at: 1,
      "these bytes are no UTF-8 text: save the file as UTF-8"),
    Refusal(  // beyond U+10FFFF
      bytes: [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], at: 1,
      "these bytes are no UTF-8 text: save the file as UTF-8"),
    Refusal(  // cut short
      bytes: [0x22, 0xE2, 0x82], at: 1, "these bytes are no UTF-8 text: save the file as UTF-8"),
  ]

  @Test(arguments: refusals) func refuses(refusal: Refusal) {
    let wanted = JSONError(
      offset: refusal.offset, line: refusal.line, column: refusal.column, reason: refusal.reason)
    #expect(throws: wanted) { try JSONValue.parse(refusal.text) }
  }

  @Test func refusesWhatNestsDeeperThan64() throws {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: UInt8(ascii: "["), count: depth)
        + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(throws: Never.self) { try JSONValue.parse(nested(64)) }
    let wanted = JSONError(
      offset: 64, line: 1, column: 65,
      reason: "arrays and objects stand more than 64 deep in each other")
    #expect(throws: wanted) { try JSONValue.parse(nested(65)) }
    #expect(throws: wanted) { try JSONValue.parse(nested(1_000_000)) }
  }

  @Test func refusesWhatIsLongerThanTheLimit() throws {
    let limits = JSONLimits(maxBytes: 10)
    #expect(try JSONValue.parse("[1234567] ", limits: limits) == [1_234_567])
    let wanted = JSONError(
      offset: 10, line: 1, column: 11, reason: "the document has 11 bytes, the limit is 10")
    #expect(throws: wanted) { try JSONValue.parse("[1234567]  ", limits: limits) }
  }

  @Test func namesAreComparedByCodePointNotByLook() throws {
    // é in one code point and in two, the Kelvin sign and K: four names.
    let text = "{\"\u{e9}\":1,\"e\u{301}\":2,\"\u{212a}\":3,\"K\":4}"
    let value = try JSONValue.parse(text)
    #expect(value.members?.count == 4)
    #expect(value["e\u{301}"] == 2)
    #expect(value["K"] == 4)
    #expect(JSONValue.string("\u{e9}") != JSONValue.string("e\u{301}"))
  }

  @Test func findsATwinAmongManyNames() throws {
    for count in [2, 3, 31, 32, 33, 64, 65, 500] {
      let names = (0..<count).map { "\"a long common start \($0) and a long common end\":0" }
      #expect(throws: Never.self) {
        try JSONValue.parse("{" + names.joined(separator: ",") + "}")
      }
      for twin in [0, count / 2, count - 1] {
        let text = "{" + (names + [names[twin]]).joined(separator: ",") + "}"
        #expect(throws: JSONError.self) { try JSONValue.parse(text) }
      }
    }
  }

  @Test func readsEveryEscape() throws {
    let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00\u0000""#
    #expect(try JSONValue.parse(text) == .string("\"\\/\u{8}\u{c}\n\r\tAé€😀\u{0}"))
  }

  @Test func readsWhatRFC8259ShowsAsExamples() throws {
    #expect(
      try JSONValue.parse(#" { "Image": {"Width": 800, "Animated" : false, "IDs": [116, 943]}} "#)
        == ["Image": ["Width": 800, "Animated": false, "IDs": [116, 943]]])
    #expect(try JSONValue.parse("\t\r\n -0.5e+1 ") == -5)
    #expect(try JSONValue.parse("null") == nil)
    #expect(try JSONValue.parse("[]") == [])
    #expect(try JSONValue.parse("{}") == [:])
  }
}
