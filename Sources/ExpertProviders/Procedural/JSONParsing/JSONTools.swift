internal import ExpertRecord

/// One step from a value to a part of it.
enum Step: Sendable, Hashable {
  case member(String)
  case index(Int)
}

/// A scalar or an empty container of a document, with the way to it.
struct Leaf: Sendable, Hashable {
  var path: [Step]
  var value: JSONValue

  /// The last member name on the way, or an empty text in an array of arrays.
  var name: String {
    for step in path.reversed() { if case .member(let name) = step { return name } }
    return ""
  }

  /// RFC 6901: `/a/0/b`.
  var pointer: String {
    path.map {
      switch $0 {
      case .member(let name): "/" + name
      case .index(let index): "/\(index)"
      }
    }.joined()
  }

  /// `a[0].b`.
  var dotted: String {
    var text = ""
    for step in path {
      switch step {
      case .member(let name): text += text.isEmpty ? name : "." + name
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}

extension JSONValue {
  /// The leaves in document order.
  var leaves: [Leaf] { leaves(below: []) }

  private func leaves(below path: [Step]) -> [Leaf] {
    switch self {
    case .object(let members) where !members.isEmpty:
      members.flatMap { $0.value.leaves(below: path + [.member($0.name)]) }
    case .array(let elements) where !elements.isEmpty:
      elements.enumerated().flatMap { $1.leaves(below: path + [.index($0)]) }
    default: [Leaf(path: path, value: self)]
    }
  }

  /// A scalar as plain text: strings without quotes.
  var plain: String { string ?? ProceduralJSON.minified(self) }

  /// The name of the JSON type.
  var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// How deep containers nest: 0 for a scalar, 1 for a flat object.
  var depth: Int {
    switch self {
    case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
    case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
    default: 0
    }
  }

  /// The names of all members at any depth, in document order.
  var allNames: [String] {
    switch self {
    case .object(let members): members.flatMap { [$0.name] + $0.value.allNames }
    case .array(let elements): elements.flatMap(\.allNames)
    default: []
    }
  }

  /// The value with every object's members in another order; equal as JSON.
  func reordered(_ g: inout SeededGenerator) -> JSONValue {
    switch self {
    case .object(let members):
      let inner = members.map { Member($0.name, $0.value.reordered(&g)) }
      return .object(g.shuffled(inner))
    case .array(let elements): return .array(elements.map { $0.reordered(&g) })
    default: return self
    }
  }

  /// The value with the leaf at `path` replaced.
  func replacing(_ path: ArraySlice<Step>, with value: JSONValue) -> JSONValue {
    guard let step = path.first else { return value }
    switch (self, step) {
    case (.object(let members), .member(let name)):
      return .object(
        members.map {
          $0.name == name
            ? Member(name, $0.value.replacing(path.dropFirst(), with: value)) : $0
        })
    case (.array(let elements), .index(let index)):
      return .array(
        elements.enumerated().map {
          $0 == index ? $1.replacing(path.dropFirst(), with: value) : $1
        })
    default: return self
    }
  }

  /// The number in hundredths; generated documents have no finer ones.
  var hundredths: Int { Int(((number ?? 0) * 100).rounded()) }
}

/// What the JSON templates share.
enum JSONText {
  /// The document in one of the layouts that files have.
  static func shown(_ value: JSONValue, _ g: inout SeededGenerator) -> String {
    switch g.below(4) {
    case 0: ProceduralJSON.minified(value)
    case 1: ProceduralJSON.spaced(value)
    case 2: ProceduralJSON.pretty(value, indent: 4)
    default: ProceduralJSON.pretty(value)
    }
  }

  /// Hundredths as a plain decimal without trailing zeros: 1250 → 12.5.
  static func decimal(hundredths: Int) -> String {
    let sign = hundredths < 0 ? "-" : ""
    let size = abs(hundredths)
    let (whole, part) = (size / 100, size % 100)
    if part == 0 { return "\(sign)\(whole)" }
    if part % 10 == 0 { return "\(sign)\(whole).\(part / 10)" }
    return "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
  }

  /// Wrong answers where the right one is a JSON document in the given text form.
  static func wrong(_ value: JSONValue, as text: String) -> [ProceduralItem.Corruption] {
    var list: [ProceduralItem.Corruption] = []
    if let last = text.last, last == "}" || last == "]", text.count > 2 {
      let body = text.dropLast()
      let trimmed = body.reversed().drop { $0.isWhitespace }.reversed()
      list.append(
        .init(
          "trailing-comma",
          String(trimmed) + "," + body.dropFirst(trimmed.count)
            + String(last)))
      list.append(.init("missing-bracket", String(body)))
    }
    if text.contains("\"") {
      list.append(.init("single-quotes", text.replacing("\"", with: "'")))
    }
    if let number = value.leaves.first(where: { $0.value.number != nil }) {
      let changed = value.replacing(number.path[...], with: .string(number.value.plain))
      list.append(.init("number-as-string", ProceduralJSON.minified(changed)))
    }
    switch value {
    case .object(let members) where members.count > 1:
      let fewer = JSONValue.object(Array(members.dropLast()))
      list.append(.init("dropped-member", ProceduralJSON.minified(fewer)))
    case .array(let elements) where elements.count > 1:
      let fewer = JSONValue.array(Array(elements.dropLast()))
      list.append(.init("dropped-element", ProceduralJSON.minified(fewer)))
    default: break
    }
    return Wrong.answers(text, list)
  }
}

extension ProceduralItem {
  /// A problem whose answer is a JSON document in minified form.
  static func json(
    _ instruction: String, input: String, answer: JSONValue, reasoning: String,
    text: String? = nil
  ) -> ProceduralItem {
    let output = text ?? ProceduralJSON.minified(answer)
    return ProceduralItem(
      instruction: instruction, input: input, output: output, reasoning: reasoning,
      answerKind: .json, corruptions: JSONText.wrong(answer, as: output))
  }

  /// A problem whose answer is a whole number.
  static func count(
    _ instruction: String, input: String, answer: Int, reasoning: String,
    wrong: [Corruption] = []
  ) -> ProceduralItem {
    ProceduralItem(
      instruction: instruction, input: input, output: "\(answer)", reasoning: reasoning,
      answerKind: .literal, corruptions: Wrong.count(answer, wrong))
  }

  /// A problem whose answer is one of a closed set.
  static func label(
    _ instruction: String, input: String, answer: String, of labels: [String], reasoning: String
  ) -> ProceduralItem {
    ProceduralItem(
      instruction: instruction, input: input, output: answer, reasoning: reasoning,
      answerKind: .label, corruptions: Wrong.label(answer, of: labels))
  }
}
