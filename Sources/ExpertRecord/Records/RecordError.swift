/// Why a JSON value is no record, or a record cannot be written in another form.
package enum RecordError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A field that the record cannot be without.
  case missing(field: String, kind: String)
  /// A field of another type than the record has there.
  case wrongType(field: String, expected: String, found: String)
  /// A field that this form does not have.
  case unknownField(String, kind: String)
  /// A value outside the closed set that the field takes.
  case invalid(field: String, value: String, expected: String)
  /// A conversation in which nothing is to be learnt.
  case noAssistantMessage
  /// A row whose columns make no record of any kind.
  case fitsNothing(columns: [String])
  /// A record that would lose something in the wanted form.
  case notConvertible(from: RecordKind, to: String, reason: String)

  package var description: String {
    switch self {
    case .missing(let field, let kind):
      "the field \"\(field)\" is missing; a record of kind \(kind) needs it"
    case .wrongType(let field, let expected, let found):
      "the field \"\(field)\" should be \(expected) and is \(found)"
    case .unknownField(let field, let kind):
      "a record of kind \(kind) has no field \"\(field)\""
    case .invalid(let field, let value, let expected):
      "the field \"\(field)\" has the value \"\(value)\"; expected \(expected)"
    case .noAssistantMessage:
      "no message has the role assistant, so there is nothing to learn"
    case .fitsNothing(let columns):
      "the columns \(columns.joined(separator: ", ")) make no record; say what they are with --map, "
        + "for example --map question=instruction,answer=output"
    case .notConvertible(let from, let to, let reason):
      "a record of kind \(from.rawValue) cannot be written as \(to): \(reason)"
    }
  }
}

extension JSONValue {
  /// The value's type in words, for messages.
  package var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
