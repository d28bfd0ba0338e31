/// The columns of one row, sorted by the field that each fills.
struct RowColumns {
  private var slots = InlineArray<22, JSONNode?>(repeating: nil)
  private let row: JSONNode
  private let map: FieldMap
  /// The fields that the record or its attributes took, one bit each.
  private var used: UInt32 = 0
  private var count = 0
  /// Whether cells are text only, so that lists and numbers come spelled out.
  let isText: Bool

  init(_ row: JSONNode, map: FieldMap, isText: Bool) {
    self.row = row
    self.map = map
    self.isText = isText
    row.forEachMember { name, value in
      count += 1
      guard let field = Self.field(of: name, map), !isAbsent(field, value) else { return }
      let isNamed = !map.isEmpty && map.field(of: name.raw) != nil
      if slots[field.slot] == nil || isNamed { slots[field.slot] = value }
    }
  }

  /// Whether a value says that the row has no such column: a null, or a table's empty cell where
  /// a conversation would stand.
  private func isAbsent(_ field: Field, _ value: JSONNode) -> Bool {
    let isList = field == .messages || field == .conversations
    return value.isNull || isText && isList && value.raw.isEmpty
  }

  /// Whether the record or its attributes took this very column.
  private func isTaken(_ field: Field, _ value: JSONNode) -> Bool {
    used & 1 << UInt32(field.slot) != 0 && slots[field.slot]?.entry == value.entry
  }

  /// The field that a column fills. A name with escapes is looked up by its text.
  private static func field(of name: JSONNode, _ map: FieldMap) -> Field? {
    guard !name.hasEscapes else {
      return Array(name.text.utf8).withUnsafeBytes { field(of: $0, map) }
    }
    return field(of: name.raw, map)
  }

  private static func field(of name: UnsafeRawBufferPointer, _ map: FieldMap) -> Field? {
    if !map.isEmpty, let field = map.field(of: name) { return field }
    return Field(name: name)
  }

  /// Whether the row has a value for a field.
  func has(_ field: Field) -> Bool { slots[field.slot] != nil }

  /// The first of these fields that has a value.
  func first(_ fields: [Field]) -> Field? {
    for field in fields where has(field) { return field }
    return nil
  }

  /// The value of a field, which then is no left-over column any more.
  mutating func take(_ field: Field) -> JSONNode? {
    guard let value = slots[field.slot] else { return nil }
    used |= 1 << UInt32(field.slot)
    return value
  }

  /// Gives a taken value back to the left-over columns.
  mutating func release(_ field: Field) { used &= ~(1 << UInt32(field.slot)) }

  /// The value of a field, which stays a left-over column.
  func peek(_ field: Field) -> JSONNode? { slots[field.slot] }

  /// Starts anew: nothing is taken.
  mutating func releaseAll() { used = 0 }

  /// Every column that was not taken, in the row's order. An empty cell of a table says nothing.
  func leftOver() -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    if used.nonzeroBitCount == count { return members }
    row.forEachMember { name, value in
      if isText, value.raw.isEmpty { return }
      if let field = Self.field(of: name, map), isTaken(field, value) || value.isNull { return }
      members.append(JSONValue.Member(name.text, value.exactValue))
    }
    return members
  }

  /// The first names of the row's columns, for a message.
  var names: [String] {
    var names: [String] = []
    row.forEachMember { name, _ in
      if names.count < 8 { names.append("\"" + name.text.excerpt() + "\"") }
    }
    if count > names.count { names.append("…") }
    return names
  }
}

extension Field {
  /// The field's place in `RowColumns`.
  var slot: Int { Int(rawValue) }
}

extension JSONNode {
  /// The value as a tree; a whole number that no double holds exactly becomes the text of its
  /// digits, so that long identifiers survive.
  var exactValue: JSONValue {
    guard kind == .number else { return value }
    let digits = String(decoding: raw, as: UTF8.self)
    guard let number, !hasMark, number.magnitude >= 0x1p53 else { return value }
    return CanonicalJSON.text(of: .number(number)) == digits ? value : .string(digits)
  }
}
