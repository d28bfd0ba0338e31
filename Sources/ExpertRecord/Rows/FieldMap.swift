/// Which column fills which field, as the user said with `--map column=field,column=field`.
package struct FieldMap: Sendable, Hashable {
  private var entries: [[UInt8]: Field] = [:]

  /// No column is renamed.
  package static let none = FieldMap()

  private init() {}

  package var isEmpty: Bool { entries.isEmpty }

  /// Reads the text of `--map`, such as `question=instruction,ctx=input,answer=output`.
  package init(_ text: String) throws(FieldMapError) {
    var taken: Set<Field> = []
    for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw .malformed(pair: String(pair))
      }
      guard let field = Self.target(parts[1]) else {
        throw .unknownField(String(parts[1]))
      }
      guard entries.updateValue(field, forKey: Array(parts[0].utf8)) == nil else {
        throw .columnTwice(String(parts[0]))
      }
      guard taken.insert(field).inserted else { throw .fieldTwice(String(parts[1])) }
    }
  }

  private static func target(_ name: Substring) -> Field? {
    Field.targets.first { "\($0.name)" == name }
  }

  /// The field that the column of this name fills by the user's word.
  func field(of column: UnsafeRawBufferPointer) -> Field? { entries[Array(column)] }
}

/// Why the text of `--map` cannot be understood.
package enum FieldMapError: Error, Sendable, Hashable, CustomStringConvertible {
  case malformed(pair: String)
  case unknownField(String)
  case columnTwice(String)
  case fieldTwice(String)

  package var description: String {
    switch self {
    case .malformed(let pair):
      "--map expects column=field pairs with commas between them; \"\(pair)\" is none"
    case .unknownField(let name):
      "--map knows no field \"\(name)\"; the fields are "
        + Field.targets.map { "\($0.name)" }.joined(separator: ", ")
    case .columnTwice(let name): "--map names the column \"\(name)\" twice"
    case .fieldTwice(let name): "--map fills the field \"\(name)\" twice"
    }
  }
}
