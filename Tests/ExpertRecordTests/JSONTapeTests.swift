import ExpertRecord
import Testing

/// The fast parser against the plain one.
@Suite struct JSONTapeTests {
  static func plain(_ bytes: [UInt8]) -> Result<JSONValue, JSONError> {
    bytes.withUnsafeBytes { buffer in
      var parser = JSONParser(buffer, limits: JSONLimits())
      return Result { () throws(JSONError) in try parser.document() }
    }
  }

  static func fast(_ bytes: [UInt8]) -> Result<JSONValue, JSONError> {
    Result { () throws(JSONError) in try JSONValue.parse(bytes) }
  }

  static var rounds: Int {
    #if DEBUG
      2000
    #else
      100_000
    #endif
  }

  /// A random document, mostly of the shapes that rows have.
  static func document(_ random: inout SeededGenerator, depth: Int = 0) -> JSONValue {
    switch random.below(depth > 2 ? 5 : 9) {
    case 0: return .null
    case 1: return .bool(random.below(2) == 0)
    case 2: return .number(Double(random.integer(in: -1000...1000)) / 8)
    case 3, 4: return .string(text(&random))
    case 5, 6: return .array((0..<random.below(5)).map { _ in document(&random, depth: depth + 1) })
    default:
      let many = random.below(12) == 0 ? 40 : 5
      let names = Set((0..<random.below(many)).map { _ in text(&random) })
      return .object(names.sorted().map { .init($0, document(&random, depth: depth + 1)) })
    }
  }

  static func text(_ random: inout SeededGenerator) -> String {
    let pieces = [
      "a", "plain words of some length ", "é", "€", "😀", "\"", "\\", "\n", "\u{1}", "/", "e\u{301}",
      "\u{FFFF}", "\u{E000}", "instruction",
    ]
    return (0..<random.below(6)).map { _ in random.pick(pieces) }.joined()
  }

  /// The document with a few bytes changed, removed, doubled or put in.
  static func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    let alphabet = Array("{}[]\",:\\/u0123456789.eE+-truefalsn \n\t\u{0}\u{1F}dD8cC".utf8)
    var bytes = bytes
    for _ in 0...random.below(3) {
      let at = random.below(bytes.count + 1)
      let byte = random.below(4) == 0 ? UInt8(random.below(256)) : random.pick(alphabet)
      switch random.below(4) {
      case 0: bytes.insert(byte, at: at)
      case 1 where at < bytes.count: bytes[at] = byte
      case 2 where at < bytes.count: bytes.remove(at: at)
      default: bytes.insert(contentsOf: bytes[min(at, bytes.count)...].prefix(9), at: at)
      }
    }
    return bytes
  }

  @Test func agreesWithThePlainParserOnRandomDocuments() throws {
    var random = SeededGenerator(seed: 3, stream: "documents")
    for _ in 0..<Self.rounds / 4 {
      let value = Self.document(&random)
      let bytes = CanonicalJSON.bytes(of: value)
      let read = try Self.fast(bytes).get()
      #expect(read == (try Self.plain(bytes).get()))
      #expect(CanonicalJSON.bytes(of: read) == bytes)
    }
  }

  @Test func agreesWithThePlainParserOnDamagedDocuments() {
    var random = SeededGenerator(seed: 4, stream: "damage")
    var accepted = 0
    var refused = 0
    for _ in 0..<Self.rounds {
      let bytes = Self.mutated(CanonicalJSON.bytes(of: Self.document(&random)), &random)
      let (fast, plain) = (Self.fast(bytes), Self.plain(bytes))
      guard fast == plain else {
        Issue.record("they differ on \(bytes): \(fast), \(plain)")
        return
      }
      if case .success = fast { accepted += 1 } else { refused += 1 }
    }
    // Both outcomes must have been seen often, or the comparison says little.
    #expect(accepted > Self.rounds / 20)
    #expect(refused > Self.rounds / 4)
  }

  @Test func agreesOnEveryPrefixOfADocument() {
    let text = #"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00é😀",true,false,null,{}],"b":{"c":"\\\"/"}}"#
    let bytes = Array(text.utf8)
    for end in 0...bytes.count {
      #expect(Self.fast(Array(bytes[..<end])) == Self.plain(Array(bytes[..<end])))
    }
  }

  @Test func aTapeServesManyDocuments() throws {
    var tape = JSONTape()
    var random = SeededGenerator(seed: 5, stream: "documents")
    for round in 0..<200 {
      let value = Self.document(&random)
      var bytes = CanonicalJSON.bytes(of: value)
      if round % 3 == 0 { bytes.removeLast() }
      let read = bytes.withUnsafeBytes { buffer in try? tape.read(buffer) { $0.value } }
      #expect(read == (try? Self.plain(bytes).get()))
    }
  }
}
