internal import Yams

extension TrainingLayer {
  /// Groups that a recipe may gather its options in; they only order the file.
  private static let groups: Set<String> = [
    "training", "training_arguments", "adapter", "peft_config", "data", "tracking",
  ]

  /// Reads a YAML recipe: one option a line, in the names of `TrainingOption` or of the tools that
  /// have the same option. Complaints name the file and the line.
  package init(yaml: String, path: String) throws(TrainingError) {
    self.init()
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch {
      throw Self.badSyntax(error, yaml, path: path)
    }
    guard let mapping = node?.mapping else {
      throw .badFile(path: path, line: 1, message: "expected \"option: value\" lines")
    }
    try read(mapping, path: path, grouped: false)
  }

  private mutating func read(
    _ mapping: Node.Mapping, path: String, grouped: Bool
  ) throws(TrainingError) {
    for (key, value) in mapping {
      let line = key.mark?.line ?? 1
      guard let name = key.scalar?.string else {
        throw .badFile(path: path, line: line, message: "expected the name of an option")
      }
      if !grouped, Self.groups.contains(name), let inner = value.mapping {
        try read(inner, path: path, grouped: true)
        continue
      }
      if value.mapping != nil, Self.option(named: name) == nil, !Self.foreignNames.contains(name) {
        throw Self.unknown(
          name, "\(path):\(line): \(name)", besides: grouped ? [] : Self.groups.sorted())
      }
      guard let raw = Self.raw(value) else {
        throw .badFile(path: path, line: line, message: "\(name): lists and mappings end here")
      }
      try set(named: name, raw, place: "\(path):\(line): \(name)")
    }
  }

  private static func raw(_ node: Node) -> RawValue? {
    if let scalar = node.scalar { return raw(scalar) }
    if let sequence = node.sequence {
      let texts = sequence.compactMap { $0.scalar?.string }
      return texts.count == sequence.count ? .list(texts) : nil
    }
    guard let mapping = node.mapping else { return nil }
    var table: [String: String] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string, let text = value.scalar?.string else { return nil }
      table[name] = text
    }
    return .table(table)
  }

  private static func raw(_ scalar: Node.Scalar) -> RawValue {
    let isPlain = scalar.style == .plain || scalar.style == .any
    return isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      ? .null : .text(scalar.string)
  }

  /// The line of a key's second place in the mapping that begins at `start`.
  private static func secondLine(of key: String, in yaml: String, from start: Int) -> Int? {
    var indentation: Int?
    for (place, line) in yaml.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where place + 1 >= start {
      let text = line.drop { $0 == " " }
      let indent = line.count - text.count
      let name = text.prefix { $0 != ":" }.filter { $0 != "\"" && $0 != "'" }
      guard text.contains(":"), name.trimmed == key else { continue }
      if indentation == indent { return place + 1 }
      if indentation == nil { indentation = indent }
    }
    return nil
  }

  private static func badSyntax(
    _ error: any Error, _ text: String, path: String
  ) -> TrainingError {
    guard let yaml = error as? YamlError else {
      return .badFile(path: path, line: 1, message: "not YAML: \(error)")
    }
    switch yaml {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return .badFile(path: path, line: mark.line, message: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let start = context.mark.line
      let line = duplicates.compactMap { secondLine(of: $0, in: text, from: start) }.min()
      return .badFile(
        path: path, line: line ?? start,
        message: "\(duplicates.sorted().joined(separator: ", ")) stands twice")
    default: return .badFile(path: path, line: 1, message: "not YAML: \(yaml)")
    }
  }
}
