internal import ExpertPlatform
package import ExpertRecord
internal import Yams

/// A place in a YAML file, read with complaints that name the file, the line and what is expected.
package struct YAMLField {
  let node: Node
  let path: String
  /// The field's name as the user would look for it: "models[2].context".
  let name: String

  /// Reads a whole file as one mapping.
  package static func document(_ text: String, path: String) throws(ProviderError) -> YAMLField {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw badSyntax(error, path: path)
    }
    guard let node, node.mapping != nil else {
      throw .badFile(path: path, line: 1, message: "expected \"name: value\" lines")
    }
    return YAMLField(node: node, path: path, name: "the file")
  }

  package func fail(_ message: String) -> ProviderError {
    .badFile(path: path, line: node.mark?.line ?? 1, message: message)
  }

  // MARK: scalars

  package func text() throws(ProviderError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty, !isNull else {
      throw fail("\(name): expected a text")
    }
    return text
  }

  package func bool() throws(ProviderError) -> Bool {
    switch plain {
    case "true": return true
    case "false": return false
    default: throw fail("\(name): expected true or false, found \(found)")
    }
  }

  package func count(in range: ClosedRange<Int> = 1...1_000_000_000) throws(ProviderError) -> Int {
    guard let text = plain, let value = Int(text.filter { $0 != "_" }), range.contains(value) else {
      let bounds = "\(range.lowerBound) to \(range.upperBound)"
      throw fail("\(name): expected a whole number from \(bounds), found \(found)")
    }
    return value
  }

  package func number(in range: ClosedRange<Double>) throws(ProviderError) -> Double {
    guard let text = plain, let value = Double(text), range.contains(value) else {
      let bounds = "\(range.lowerBound) to \(range.upperBound)"
      throw fail("\(name): expected a number from \(bounds), found \(found)")
    }
    return value
  }

  package func choice<T: RawRepresentable & CaseIterable>(
    _ type: T.Type
  ) throws(ProviderError) -> T where T.RawValue == String {
    guard let text = node.scalar?.string, let value = T(rawValue: text) else {
      let known = T.allCases.map(\.rawValue).joined(separator: ", ")
      throw fail("\(name): expected one of \(known); found \(found)")
    }
    return value
  }

  /// A text, or `nil` for `unknown`, `null` and an empty value.
  var isUnknown: Bool { isNull || plain == "unknown" }

  // MARK: lists and mappings

  package func list() throws(ProviderError) -> [YAMLField] {
    guard let sequence = node.sequence else { throw fail("\(name): expected a list") }
    return sequence.enumerated().map { index, item in
      YAMLField(node: item, path: path, name: "\(name)[\(index)]")
    }
  }

  package func texts() throws(ProviderError) -> [String] {
    var result: [String] = []
    for item in try list() { result.append(try item.text()) }
    return result
  }

  /// The members of a mapping with texts for keys.
  package func members() throws(ProviderError) -> [(key: String, field: YAMLField)] {
    guard let mapping = node.mapping else {
      throw fail("\(name): expected \"name: value\" lines")
    }
    var result: [(key: String, field: YAMLField)] = []
    for (keyNode, value) in mapping {
      let keyField = YAMLField(node: keyNode, path: path, name: "a name in \(name)")
      let key = try keyField.text()
      result.append((key, YAMLField(node: value, path: path, name: key)))
    }
    return result
  }

  /// The members of a mapping whose names must be among the known ones.
  package func fields(_ known: [String]) throws(ProviderError) -> [String: YAMLField] {
    guard let mapping = node.mapping else {
      throw fail("\(name): expected \"name: value\" lines, one of \(known.joined(separator: ", "))")
    }
    var result: [String: YAMLField] = [:]
    for (keyNode, value) in mapping {
      let key = try YAMLField(node: keyNode, path: path, name: "a name in \(name)").text()
      guard known.contains(key) else {
        throw unknownKey(key, at: keyNode, known: known)
      }
      result[key] = YAMLField(node: value, path: path, name: key)
    }
    return result
  }

  /// The value as JSON, for what is passed on to a server as it stands.
  package func json() throws(ProviderError) -> JSONValue {
    if node.mapping != nil {
      var result: [JSONValue.Member] = []
      for (key, field) in try members() { result.append(.init(key, try field.json())) }
      return .object(result)
    }
    if node.sequence != nil {
      var result: [JSONValue] = []
      for item in try list() { result.append(try item.json()) }
      return .array(result)
    }
    return scalarJSON
  }

  // MARK: inside

  private var isNull: Bool {
    guard let text = plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The text of a scalar that stands without quotes.
  private var plain: String? {
    guard let scalar = node.scalar else { return nil }
    switch scalar.style {
    case .singleQuoted, .doubleQuoted, .literal, .folded: return nil
    default: return scalar.string
    }
  }

  private var found: String {
    if node.mapping != nil { return "a mapping" }
    if node.sequence != nil { return "a list" }
    return "\"\((node.scalar?.string ?? "").prefix(40))\""
  }

  private var scalarJSON: JSONValue {
    guard let text = plain else { return .string(node.scalar?.string ?? "") }
    if isNull { return .null }
    if text == "true" || text == "false" { return .bool(text == "true") }
    if let value = Double(text), value.isFinite { return .number(value) }
    return .string(text)
  }

  private func unknownKey(_ key: String, at node: Node, known: [String]) -> ProviderError {
    let hint =
      Spelling.nearest(to: key, among: known).map { "did you mean \"\($0)\"?" }
      ?? "expected one of \(known.joined(separator: ", "))"
    return .badFile(
      path: path, line: node.mark?.line ?? 1, message: "unknown field \"\(key)\"; \(hint)")
  }

  private static func badSyntax(_ error: any Error, path: String) -> ProviderError {
    guard let yaml = error as? YamlError else {
      return .badFile(path: path, line: 1, message: "not YAML: \(error)")
    }
    switch yaml {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return .badFile(path: path, line: mark.line, message: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      return .badFile(
        path: path, line: context.mark.line,
        message: "\(duplicates.sorted().joined(separator: ", ")) stands twice")
    default:
      return .badFile(path: path, line: 1, message: "not YAML: \(yaml)")
    }
  }
}
