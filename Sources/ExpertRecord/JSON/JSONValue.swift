/// A JSON value as RFC 8259 defines it, held as a tree.
///
/// Numbers are IEEE doubles, as RFC 8785 requires for identity; objects keep the order in which
/// their members were read. Values are equal when their texts are byte by byte: "é" in one and in
/// two code points differ, as their canonical forms do. For megabytes of rows use `JSONTape`.
public indirect enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One member of an object.
  public struct Member: Sendable, Hashable {
    /// The member's name, unique within its object.
    public var name: String
    /// The member's value.
    public var value: JSONValue

    /// A member of an object.
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }

    /// Equal names, byte by byte, and equal values.
    public static func == (a: Member, b: Member) -> Bool {
      ExactText.equal(a.name, b.name) && a.value == b.value
    }
  }

  /// Equal types, texts byte by byte, numbers, and members in the same order.
  public static func == (a: JSONValue, b: JSONValue) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let x), .bool(let y)): x == y
    case (.number(let x), .number(let y)): x == y
    case (.string(let x), .string(let y)): ExactText.equal(x, y)
    case (.array(let x), .array(let y)): x == y
    case (.object(let x), .object(let y)): x == y
    default: false
    }
  }
}

extension JSONValue {
  /// The value of the member `name`, or `nil` where this is no object or has no such member.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { ExactText.equal($0.name, name) }?.value
  }

  /// The element at `index`, or `nil` where this is no array or is shorter.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The text of a string value.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The number of a number value.
  public var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  /// The number of a number value that is a whole number within ±2⁵³.
  public var integer: Int? {
    guard case .number(let value) = self, value.rounded() == value, abs(value) <= 0x1p53 else {
      return nil
    }
    return Int(value)
  }

  /// The truth value of a boolean value.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array value.
  public var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members of an object value.
  public var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A literal of the Swift source.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A literal of the Swift source.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// A literal of the Swift source.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A literal of the Swift source.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A literal of the Swift source.
  public init(nilLiteral: ()) { self = .null }
  /// A literal of the Swift source.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// A literal of the Swift source.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
