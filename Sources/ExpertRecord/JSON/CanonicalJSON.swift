/// Writes JSON in the form of RFC 8785 (JSON Canonicalization Scheme): one value, one spelling.
///
/// No white space; members sorted by the UTF-16 code units of their names; strings escape only
/// what must be; numbers as ECMAScript writes them. The writer expects unique names and finite
/// numbers, which everything that `JSONValue.parse` returns has.
package enum CanonicalJSON {
  /// The canonical bytes of a value.
  package static func bytes(of value: JSONValue) -> [UInt8] {
    var out: [UInt8] = []
    append(value, to: &out)
    return out
  }

  /// The canonical form of a value as text.
  package static func text(of value: JSONValue) -> String {
    String(decoding: bytes(of: value), as: UTF8.self)
  }

  /// Appends the canonical bytes of a value.
  package static func append(_ value: JSONValue, to out: inout [UInt8]) {
    switch value {
    case .null: append(literal: "null", to: &out)
    case .bool(true): append(literal: "true", to: &out)
    case .bool(false): append(literal: "false", to: &out)
    case .number(let number): append(number, to: &out)
    case .string(let text): append(text, to: &out)
    case .array(let elements): append(elements, to: &out)
    case .object(let members): append(members, to: &out)
    }
  }

  private static func append(_ elements: [JSONValue], to out: inout [UInt8]) {
    out.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      append(element, to: &out)
    }
    out.append(UInt8(ascii: "]"))
  }

  /// Appends an object of these members, which are sorted first.
  package static func append(_ members: [JSONValue.Member], to out: inout [UInt8]) {
    out.append(UInt8(ascii: "{"))
    for (index, member) in members.sorted(by: { precedes($0.name, $1.name) }).enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      append(member.name, to: &out)
      out.append(UInt8(ascii: ":"))
      append(member.value, to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  /// Appends text that needs no escapes, as it stands.
  package static func append(literal text: StaticString, to out: inout [UInt8]) {
    out.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Whether one name sorts before another by their UTF-16 code units.
  ///
  /// UTF-8 bytes sort the same way but for one case: characters beyond U+FFFF (first byte 0xF0 and
  /// up) are surrogates in UTF-16, which stand before U+E000 (first byte 0xEE).
  package static func precedes(_ a: String, _ b: String) -> Bool {
    var other = b.utf8.makeIterator()
    for x in a.utf8 {
      guard let y = other.next() else { return false }
      if x == y { continue }
      if x >= 0xEE, y >= 0xEE, (x >= 0xF0) != (y >= 0xF0) { return x >= 0xF0 }
      return x < y
    }
    return other.next() != nil
  }
}
