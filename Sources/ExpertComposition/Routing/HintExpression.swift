/// A `router_hint`: a boolean expression over the words of a query.
///
///     expression = conjunction { ("OR" | "||" | "|") conjunction }
///     conjunction = factor { ["AND" | "&&" | "&"] factor }
///     factor     = ("NOT" | "!") factor | "(" expression ")" | term
///     term       = word ["*"] | '"' phrase '"' | key ("=" | "==" | ":" | "!=") value
///
/// Operators may be written in small letters; factors without an operator between them are joined
/// by AND. A word with `*` stands for all that begin so. `key=value` holds where the request bears
/// that tag, or else where the value's words stand in the query: the key then only says what kind of
/// thing they are.
package indirect enum HintExpression: Sendable, Hashable {
  case term(HintTerm)
  case not(HintExpression)
  case and([HintExpression])
  case or([HintExpression])

  /// Bytes of an expression.
  package static let maxBytes = 4096
  /// Parentheses and NOTs within each other.
  package static let maxDepth = 30

  /// Reads an expression.
  package init(_ text: String) throws(HintError) {
    guard text.utf8.count <= Self.maxBytes else {
      throw HintError(
        offset: Self.maxBytes, reason: "a hint has at most \(Self.maxBytes) bytes")
    }
    var parser = HintParser(try HintToken.tokens(of: text))
    self = try parser.whole()
  }
}

/// One word, phrase or tag of a hint.
package struct HintTerm: Sendable, Hashable {
  /// The tag's key; `nil` for words.
  package var key: String?
  /// The value as it is written, for tags.
  package var value: String
  /// The words that stand for it, in order.
  package var words: [String]
  /// Whether the last word is only a beginning.
  package var isPrefix: Bool
}

/// What is wrong with a hint, and where.
package struct HintError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Bytes before the fault.
  package var offset: Int
  package var reason: String

  package var description: String { "router_hint, byte \(offset): \(reason)" }
}

/// The smallest parts of a hint.
enum HintToken: Sendable, Hashable {
  case open(Int)
  case close(Int)
  case and(Int)
  case or(Int)
  case not(Int)
  case term(HintTerm, Int)

  var offset: Int {
    switch self {
    case .open(let offset), .close(let offset), .and(let offset), .or(let offset),
      .not(let offset), .term(_, let offset):
      offset
    }
  }

  static func tokens(of text: String) throws(HintError) -> [HintToken] {
    var lexer = HintLexer(text)
    var tokens: [HintToken] = []
    while let token = try lexer.next() { tokens.append(contentsOf: token) }
    return tokens
  }
}

/// Cuts a hint into tokens.
private struct HintLexer {
  private let bytes: [UInt8]
  private var place = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private static let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
  private static let ends = space.union("()\"&|!=:".utf8)

  private func at(_ offset: Int) -> UInt8? {
    place + offset < bytes.count ? bytes[place + offset] : nil
  }

  /// The next tokens; `nil` at the end.
  mutating func next() throws(HintError) -> [HintToken]? {
    while let byte = at(0), Self.space.contains(byte) { place += 1 }
    let start = place
    guard let byte = at(0) else { return nil }
    switch byte {
    case UInt8(ascii: "("): return one(.open(start), length: 1)
    case UInt8(ascii: ")"): return one(.close(start), length: 1)
    case UInt8(ascii: "&"): return one(.and(start), length: at(1) == byte ? 2 : 1)
    case UInt8(ascii: "|"): return one(.or(start), length: at(1) == byte ? 2 : 1)
    case UInt8(ascii: "!") where at(1) != UInt8(ascii: "="): return one(.not(start), length: 1)
    case UInt8(ascii: "\""):
      return [.term(try term(key: nil, try quoted(), start, isQuoted: true), start)]
    default: return try word(start)
    }
  }

  private mutating func one(_ token: HintToken, length: Int) -> [HintToken] {
    place += length
    return [token]
  }

  private mutating func word(_ start: Int) throws(HintError) -> [HintToken] {
    let text = run()
    guard !text.isEmpty else {
      throw HintError(offset: start, reason: "a word or a key is missing here")
    }
    guard let (isNegated, length) = relation() else {
      switch text.lowercased() {
      case "and": return [.and(start)]
      case "or": return [.or(start)]
      case "not": return [.not(start)]
      default: return [.term(try term(key: nil, text, start, isQuoted: false), start)]
      }
    }
    place += length
    let isQuoted = at(0) == UInt8(ascii: "\"")
    let value = isQuoted ? try quoted() : run()
    guard !value.isEmpty else {
      throw HintError(offset: place, reason: "\(text) has no value; write \(text)=value")
    }
    let term = try term(key: text.lowercased(), value, start, isQuoted: isQuoted)
    return (isNegated ? [.not(start)] : []) + [.term(term, start)]
  }

  /// `=`, `==`, `:` or `!=`, where one stands here.
  private func relation() -> (isNegated: Bool, length: Int)? {
    switch (at(0), at(1)) {
    case (UInt8(ascii: "!"), UInt8(ascii: "=")): (true, 2)
    case (UInt8(ascii: "="), UInt8(ascii: "=")): (false, 2)
    case (UInt8(ascii: "="), _), (UInt8(ascii: ":"), _): (false, 1)
    default: nil
    }
  }

  private mutating func run() -> String {
    let start = place
    while let byte = at(0), !Self.ends.contains(byte) { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func quoted() throws(HintError) -> String {
    let start = place
    place += 1
    while let byte = at(0), byte != UInt8(ascii: "\"") { place += 1 }
    guard at(0) != nil else {
      throw HintError(offset: start, reason: "the quotation mark is never closed")
    }
    place += 1
    return String(decoding: bytes[start + 1..<place - 1], as: UTF8.self)
  }

  private func term(
    key: String?, _ text: String, _ start: Int, isQuoted: Bool
  ) throws(HintError) -> HintTerm {
    let isPrefix = !isQuoted && text.hasSuffix("*")
    let words = QueryWords(text).words
    guard !words.isEmpty else {
      throw HintError(offset: start, reason: "\"\(text)\" has neither letters nor digits")
    }
    return HintTerm(key: key, value: text.lowercased(), words: words, isPrefix: isPrefix)
  }
}

/// Reads tokens by the grammar.
private struct HintParser {
  private let tokens: [HintToken]
  private var place = 0
  private var depth = 0

  init(_ tokens: [HintToken]) { self.tokens = tokens }

  private var next: HintToken? { place < tokens.count ? tokens[place] : nil }
  private var offset: Int { next?.offset ?? tokens.last?.offset ?? 0 }

  mutating func whole() throws(HintError) -> HintExpression {
    guard !tokens.isEmpty else { throw HintError(offset: 0, reason: "the hint is empty") }
    let expression = try expression()
    guard next == nil else {
      throw HintError(offset: offset, reason: "this parenthesis was never opened")
    }
    return expression
  }

  private mutating func expression() throws(HintError) -> HintExpression {
    var parts = [try conjunction()]
    while case .or = next {
      place += 1
      parts.append(try conjunction())
    }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction() throws(HintError) -> HintExpression {
    var parts = [try factor()]
    while true {
      switch next {
      case .and:
        place += 1
        parts.append(try factor())
      case .not, .open, .term: parts.append(try factor())
      case .or, .close, nil: return parts.count == 1 ? parts[0] : .and(parts)
      }
    }
  }

  private mutating func factor() throws(HintError) -> HintExpression {
    let start = offset
    depth += 1
    defer { depth -= 1 }
    guard depth <= HintExpression.maxDepth else {
      throw HintError(
        offset: start,
        reason: "more than \(HintExpression.maxDepth) parentheses and NOTs within each other")
    }
    switch next {
    case .term(let term, _):
      place += 1
      return .term(term)
    case .not:
      place += 1
      return .not(try factor())
    case .open:
      place += 1
      let inner = try expression()
      guard case .close = next else {
        throw HintError(offset: start, reason: "this parenthesis is never closed")
      }
      place += 1
      return inner
    case .and, .or: throw HintError(offset: start, reason: "an operator without a word before it")
    case .close: throw HintError(offset: start, reason: "nothing stands before this parenthesis")
    case nil: throw HintError(offset: start, reason: "a word is missing at the end")
    }
  }
}
