/// The plain parser: one function per grammar rule of RFC 8259, no tricks. It is the oracle of
/// `JSONTape` and says why and where a document is refused.
///
/// Stricter than the RFC where identity needs it: duplicate names (compared code point by code
/// point, after unescaping, without Unicode normalisation), a byte order mark, lone surrogates,
/// invalid UTF-8, numbers outside the range of a double, and documents beyond the limits are
/// refused.
package struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private let limits: JSONLimits
  private var at = 0
  private var depth = 0

  package init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// The one value of the document.
  package mutating func document() throws(JSONError) -> JSONValue {
    if bytes.count > limits.maxBytes {
      throw fail(
        "the document has \(bytes.count) bytes, the limit is \(limits.maxBytes)",
        at: limits.maxBytes)
    }
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      throw fail("the document starts with a byte order mark: save it as UTF-8 without one")
    }
    skipSpace()
    let value = try value()
    skipSpace()
    if at < bytes.count { throw fail("something follows the end of the document") }
    return value
  }

  private func fail(_ reason: String, at offset: Int? = nil) -> JSONError {
    JSONError(offset: offset ?? at, in: bytes, reason: reason)
  }

  /// The byte at the reading position, or 0, which no rule of the grammar accepts, at the end.
  private var current: UInt8 { at < bytes.count ? bytes[at] : 0 }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    switch current {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default:
      if at >= bytes.count { throw fail("the document ends where a value should stand") }
      throw fail("a value should stand here")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError)
    -> JSONValue
  {
    let start = at
    for i in 0..<text.utf8CodeUnitCount {
      guard current == text.utf8Start[i] else { throw fail("a value should stand here", at: start) }
      at += 1
    }
    return value
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    if depth > limits.maxDepth {
      throw fail("arrays and objects stand more than \(limits.maxDepth) deep in each other")
    }
    at += 1
    skipSpace()
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try enter()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    if current == UInt8(ascii: "]") {
      at += 1
      return .array(elements)
    }
    while true {
      elements.append(try value())
      skipSpace()
      switch current {
      case UInt8(ascii: ","):
        at += 1
        skipSpace()
      case UInt8(ascii: "]"):
        at += 1
        return .array(elements)
      default: throw fail("a comma or ] should stand here")
      }
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try enter()
    defer { depth -= 1 }
    var members: [JSONValue.Member] = []
    if current == UInt8(ascii: "}") {
      at += 1
      return .object(members)
    }
    var names: Set<[UInt8]> = []
    while true {
      let start = at
      guard current == UInt8(ascii: "\"") else {
        throw fail("a name in double quotes should stand here")
      }
      let name = try string()
      guard names.insert(Array(name.utf8)).inserted else {
        throw fail("the same name stands twice in one object", at: start)
      }
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw fail("a colon should stand here") }
      at += 1
      skipSpace()
      members.append(JSONValue.Member(name, try value()))
      skipSpace()
      switch current {
      case UInt8(ascii: ","):
        at += 1
        skipSpace()
      case UInt8(ascii: "}"):
        at += 1
        return .object(members)
      default: throw fail("a comma or } should stand here")
      }
    }
  }

  private mutating func digits() throws(JSONError) {
    guard case 0x30...0x39 = current else { throw fail("a digit should stand here") }
    while case 0x30...0x39 = current { at += 1 }
  }

  private mutating func number() throws(JSONError) -> Double {
    let start = at
    if current == UInt8(ascii: "-") { at += 1 }
    if current == UInt8(ascii: "0") {
      at += 1
      if case 0x30...0x39 = current { throw fail("a number may not start with 0") }
    } else {
      try digits()
    }
    if current == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if current | 0x20 == UInt8(ascii: "e") {
      at += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw fail("the number is too large for a double (about 1.8e308)", at: start)
    }
    return value
  }

  private mutating func string() throws(JSONError) -> String {
    let start = at
    at += 1
    var text: [UInt8] = []
    while true {
      if at >= bytes.count { throw fail("the string that starts here has no end", at: start) }
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20:
        throw fail("a control character stands in a string: write it as \\u00XX")
      case 0x20..<0x80:
        text.append(bytes[at])
        at += 1
      default: try sequence(into: &text)
      }
    }
  }

  /// A character of two to four bytes, by the table of RFC 3629, section 4.
  private mutating func sequence(into text: inout [UInt8]) throws(JSONError) {
    let (count, second): (Int, ClosedRange<UInt8>) =
      switch bytes[at] {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0...0)
      }
    guard count > 0, at + count <= bytes.count, second.contains(bytes[at + 1]),
      (2..<count).allSatisfy({ bytes[at + $0] & 0xC0 == 0x80 })
    else { throw fail("these bytes are no UTF-8 text: save the file as UTF-8") }
    text.append(contentsOf: bytes[at..<at + count])
    at += count
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    let start = at
    at += 1
    let letter = current
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try escapedScalar(start: start)
      text.append(contentsOf: String(scalar).utf8)
    default: throw fail("JSON has no such escape after a backslash", at: start)
    }
  }

  private mutating func escapedScalar(start: Int) throws(JSONError) -> Unicode.Scalar {
    let unit = try hexadecimal(start: start)
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, current == UInt8(ascii: "\\"), at + 1 < bytes.count,
      bytes[at + 1] == UInt8(ascii: "u")
    else { throw fail("half of a surrogate pair stands alone", at: start) }
    at += 2
    let low = try hexadecimal(start: start)
    guard case 0xDC00..<0xE000 = low,
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else { throw fail("half of a surrogate pair stands alone", at: start) }
    return scalar
  }

  private mutating func hexadecimal(start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch current {
      case 0x30...0x39: digit = current - 0x30
      case 0x41...0x46: digit = current - 0x41 + 10
      case 0x61...0x66: digit = current - 0x61 + 10
      default: throw fail("four hexadecimal digits should follow \\u", at: start)
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
