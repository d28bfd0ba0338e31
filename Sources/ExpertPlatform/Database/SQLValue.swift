/// A value of an SQLite column or parameter.
package enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  package static func optional(_ value: Int64?) -> SQLValue { value.map(SQLValue.integer) ?? .null }
  package static func optional(_ value: Double?) -> SQLValue { value.map(SQLValue.real) ?? .null }
  package static func optional(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }
  package static func digest(_ value: Digest) -> SQLValue { .blob(value.bytes) }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByNilLiteral
{
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(stringLiteral value: String) { self = .text(value) }
  package init(nilLiteral: ()) { self = .null }
}
