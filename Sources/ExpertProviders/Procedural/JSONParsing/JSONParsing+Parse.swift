internal import ExpertRecord

extension JSONParsing {
  /// Understanding what JSON text means.
  static let parse: [ProceduralTemplate] = ProceduralTemplate.all(
    "parse",
    [
      ("parse-type-of-member", typeOfMember), ("parse-decode-string", decodeString),
      ("parse-encode-string", encodeString), ("parse-number-literal", numberLiteral),
      ("parse-names-in-order", namesInOrder), ("parse-element-types", elementTypes),
      ("parse-pointer-of-value", pointerOfValue), ("parse-leaf-values", leafValues),
      ("parse-equal-documents", equalDocuments), ("parse-last-duplicate", lastDuplicate),
      ("parse-paths", paths), ("parse-tree-outline", outline),
    ])

  private static let types = ["null", "boolean", "number", "string", "array", "object"]

  private static func typeOfMember(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    var members = DocumentFactory.document(d, &g).members ?? []
    let odd = g.pick(Vocabulary.nouns)
    let value: JSONValue = g.pick([
      .string("\(g.integer(in: 1...999))"), .string("true"), .string("null"), .string("[]"),
      .null, .array([]), .object([]), .number(Double(g.integer(in: -99...99))), .bool(false),
    ])
    members.insert(.init(odd, value), at: g.below(members.count + 1))
    let chosen = g.once(in: 2) ? JSONValue.Member(odd, value) : g.pick(members)
    let ask = g.pick([
      "What JSON type does the value of \"\(chosen.name)\" have?",
      "Name the type of `\(chosen.name)`.", "Which kind of JSON value is stored in \(chosen.name)?",
      "Determine the JSON type behind the key \"\(chosen.name)\".",
      "Is `\(chosen.name)` a string, a number or something else?",
    ])
    let form = g.pick([
      "Answer with one of: null, boolean, number, string, array, object.",
      "Choose from object, array, string, number, boolean and null.",
      "Possible answers: string, number, boolean, null, object, array.",
    ])
    let shown = ProceduralJSON.minified(chosen.value)
    return .label(
      "\(ask) \(form)", input: JSONText.shown(.object(members), &g),
      answer: chosen.value.typeName, of: types,
      reasoning: "The value of \"\(chosen.name)\" starts with `\(shown.prefix(1))`"
        + (chosen.value.string == nil ? "" : ", a quotation mark, whatever stands inside it")
        + ". That makes it a value of type \(chosen.value.typeName).")
  }

  /// Text with characters that JSON escapes.
  private static func tricky(_ d: Difficulty, _ g: inout SeededGenerator) -> String {
    var parts: [String] = []
    let marks = ["\n", "\t", "\"", "\\", "/", "é", "ß", "ñ", "—", "東", "🙂", " "]
    for _ in 0..<g.integer(d, easy: 2...3, medium: 3...5, hard: 5...7) {
      parts.append(g.pick(Vocabulary.nouns + Vocabulary.adjectives + Vocabulary.firstNames))
      parts.append(g.pick(d == .easy ? ["\"", "\n", "\\", " "] : marks))
    }
    return parts.joined() + g.pick(Vocabulary.cities)
  }

  /// A string literal with more escapes than necessary.
  private static func escapedLiteral(_ text: String, _ g: inout SeededGenerator) -> String {
    var out = "\""
    for character in text.unicodeScalars {
      let wide = character.value > 0x7e
      if wide || (character == " " && g.once(in: 3)) {
        for unit in String(character).utf16 { out += ProceduralJSON.unicodeEscape(unit) }
      } else if character == "/" {
        out += "\\/"
      } else {
        out += ProceduralJSON.literal(String(character)).dropFirst().dropLast()
      }
    }
    return out + "\""
  }

  private static func decodeString(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let text = tricky(d, &g)
    let literal = escapedLiteral(text, &g)
    let name = g.pick(Vocabulary.nouns)
    let ask = g.pick([
      "Decode this JSON string literal and write the text it stands for.",
      "Which characters does the string hold after parsing? Write them out.",
      "Print the decoded text of the JSON string below, escapes resolved.",
      "Unescape the JSON string. Answer with the raw text, line breaks included.",
      "A program parses the value and prints it. What appears on the screen?",
    ])
    let inner = String(literal.dropFirst().dropLast())
    return ProceduralItem(
      instruction: ask, input: g.once(in: 2) ? literal : "{\"\(name)\": \(literal)}", output: text,
      reasoning:
        "Take off the outer quotes and resolve the escapes: \\n is a line break, \\t a tab, "
        + "\\\" a quotation mark, \\\\ one backslash, \\/ a slash and \\uXXXX a UTF-16 unit. "
        + "The string has \(text.unicodeScalars.count) characters.",
      answerKind: .literal,
      corruptions: Wrong.answers(
        text,
        [
          .init("escapes-kept", inner), .init("cut-short", String(text.dropLast(2))),
          .init("quotes-kept", "\"\(text)\""),
        ]))
  }

  private static func encodeString(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let text = tricky(d, &g)
    let answer = ProceduralJSON.literal(text)
    let ask = g.pick([
      "Write the following text as one JSON string literal.",
      "Encode this text as a JSON string.", "Turn the raw text below into a quoted JSON string.",
      "Which JSON string literal represents exactly this text?",
    ])
    let rule = g.pick([
      "Escape only what JSON requires, with the short escapes \\n, \\t, \\\" and \\\\.",
      "Use \\n, \\t, \\\" and \\\\ where they are needed and leave all other characters as they are.",
      "Only quotes, backslashes and control characters are escaped, in the short form.",
    ])
    let raw = "\"" + text + "\""
    return ProceduralItem(
      instruction: "\(ask) \(rule)", input: text, output: answer,
      reasoning: "Put quotation marks around the text. Inside, \" becomes \\\", \\ becomes \\\\, a "
        + "line break \\n and a tab \\t; letters and other signs stay.",
      answerKind: .json,
      corruptions: Wrong.answers(
        answer,
        [
          .init("unescaped", raw), .init("double-escaped", ProceduralJSON.literal(answer)),
          .init("single-quotes", "'" + answer.dropFirst().dropLast() + "'"),
          .init("missing-quote", String(answer.dropLast())),
        ]))
  }

  private static func numberLiteral(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let digits = g.integer(d, easy: 2...99, medium: 101...9999, hard: 1001...999_999)
    let power = g.integer(in: d == .easy ? 1...3 : -4...5)
    let negative = g.once(in: 3)
    let text = "\(digits)"
    let scale = text.count - 1
    let mantissa = scale == 0 ? text : "\(text.prefix(1)).\(text.dropFirst())"
    let sign = power < 0 ? "-" : g.pick(["", "+"])
    let literal = (negative ? "-" : "") + mantissa + g.pick(["e", "E"]) + sign + "\(abs(power))"
    let answer = (negative ? "-" : "") + shifted(text, by: power - scale)
    let field = g.pick(["mass", "rate", "offset", "size", "energy", "price", "signal", "distance"])
    let owner = g.pick(Vocabulary.nouns)
    let ask = g.pick([
      "Write the number \(field) in plain decimal notation.",
      "What is the value of \"\(field)\" without an exponent?",
      "The member `\(field)` uses exponent notation. Expand it.",
      "Parse \(field) and print it as an ordinary decimal number.",
    ])
    let form = g.pick([
      "No exponent, no unnecessary zeros.", "Use digits and at most one point; no padding zeros.",
      "Plain digits only, without trailing zeros after the point.",
    ])
    let input = JSONText.shown(
      .object([
        .init("name", .string("\(g.pick(Vocabulary.adjectives)) \(owner)")),
        .init(field, .string("@")), .init("unit", .string(g.pick(["g", "m", "J", "V", "s"]))),
      ]), &g
    ).replacing("\"@\"", with: literal)
    let minus = negative ? "-" : ""
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: input, output: answer,
      reasoning: "\(literal) means \(minus)\(mantissa) times ten to the power \(power): move the "
        + "point \(abs(power)) place\(abs(power) == 1 ? "" : "s") to the "
        + "\(power < 0 ? "left" : "right"). That gives \(answer).",
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("point-off-by-one", minus + shifted(text, by: power - scale + 1)),
          .init("wrong-direction", minus + shifted(text, by: -power - scale)),
          .init("exponent-dropped", minus + mantissa),
        ]))
  }

  /// Digits times a power of ten as a plain decimal without padding zeros.
  static func shifted(_ digits: String, by power: Int) -> String {
    if power >= 0 { return digits + String(repeating: "0", count: power) }
    let padded = String(repeating: "0", count: max(0, 1 - power - digits.count)) + digits
    let whole = padded.dropLast(-power)
    var part = padded.suffix(-power)
    while part.last == "0" { part = part.dropLast() }
    return part.isEmpty ? String(whole) : "\(whole).\(part)"
  }

  private static func namesInOrder(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let names = (document.members ?? []).map(\.name)
    let all = document.allNames
    let separator = g.pick([", ", "\n"])
    let way = separator == "\n" ? "one per line" : "separated by a comma and a space"
    let ask = g.pick([
      "List the top-level keys in document order, \(way).",
      "Which members does the outermost object have? Name them in order, \(way).",
      "Write the names of the root object's members as they come, \(way).",
      "Give the keys of the root object, \(way), leaving out nested ones.",
    ])
    return ProceduralItem(
      instruction: ask, input: JSONText.shown(document, &g),
      output: names.joined(separator: separator),
      reasoning: "Only names at the first level count. There are \(names.count): "
        + Phrasing.list(names) + ".",
      answerKind: .literal,
      corruptions: Wrong.answers(
        names.joined(separator: separator),
        [.init("nested-too", all.joined(separator: separator))]
          + Wrong.list(names, separator: separator)))
  }

  private static func elementTypes(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let count = g.integer(d, easy: 3...4, medium: 5...6, hard: 7...9)
    let elements: [JSONValue] = (0..<count).map { _ in
      switch g.below(9) {
      case 0: .null
      case 1: .bool(g.once(in: 2))
      case 2: .number(DocumentFactory.decimal(-9999...9999, &g))
      case 3: .number(Double(g.integer(in: 0...5000)))
      case 4: .string("\(g.integer(in: 0...9999))")
      case 5: .string(g.pick(Vocabulary.nouns))
      case 6: .string(g.pick(["true", "false", "null", "{}", "[1, 2]", ""]))
      case 7: .array((0..<g.below(3)).map { _ in .number(Double(g.below(90))) })
      default: .object([.init(g.pick(Vocabulary.nouns), .number(Double(g.below(90))))])
      }
    }
    let names = elements.map(\.typeName)
    let ask = g.pick([
      "Name the JSON type of each element, in order.",
      "Go through the array and state every element's type.",
      "What types do the elements have, from first to last?",
      "Classify each element of this array by its JSON type.",
    ])
    let form = g.pick([
      "Use null, boolean, number, string, array and object, separated by a comma and a space.",
      "Write the type names (null, boolean, number, string, array, object) joined by \", \".",
    ])
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(.array(elements), &g),
      output: names.joined(separator: ", "),
      reasoning: elements.map { "\(ProceduralJSON.minified($0)) is of type \($0.typeName)" }
        .joined(separator: "; ") + ".",
      answerKind: .literal,
      corruptions: Wrong.answers(
        names.joined(separator: ", "),
        [
          .init(
            "content-taken-for-type",
            elements.map { Int($0.string ?? "") == nil ? $0.typeName : "number" }
              .joined(separator: ", "))
        ] + Wrong.list(names, separator: ", ")))
  }

  private static func pointerOfValue(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let leaves = document.leaves
    let unique = leaves.filter { leaf in leaves.count { $0.value == leaf.value } == 1 }
    let leaf = g.pick(unique.isEmpty ? [leaves[0]] : unique)
    let shown = ProceduralJSON.minified(leaf.value)
    let ask = g.pick([
      "Where in the document does the value \(shown) stand?",
      "Find the value \(shown) and say how to reach it.", "Locate \(shown) in this JSON.",
      "Which path leads to the value \(shown)?",
    ])
    let form = g.pick([
      "Answer with its JSON Pointer (RFC 6901), such as /a/0/b.",
      "Give the RFC 6901 pointer, for example /name/1.",
      "Write the JSON Pointer, starting with a slash; arrays count from 0.",
    ])
    let others = leaves.filter { $0 != leaf }.map(\.pointer)
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(document, &g), output: leaf.pointer,
      reasoning:
        "The value \(shown) is reached by \(leaf.dotted). As a pointer, every step follows "
        + "a slash: \(leaf.pointer).",
      answerKind: .literal,
      corruptions: Wrong.answers(
        leaf.pointer,
        [.init("dotted-path", leaf.dotted), .init("last-step-only", "/" + leaf.name)]
          + g.shuffled(others).prefix(2).map { .init("other-value", $0) }))
  }

  private static func leafValues(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let document = DocumentFactory.document(d == .hard ? .medium : d, &g)
    let values = document.leaves.map { ProceduralJSON.minified($0.value) }
    let ask = g.pick([
      "List every scalar value of the document in order, one per line.",
      "Walk through the tree and print each leaf value on its own line.",
      "Write all strings, numbers, booleans and nulls in document order, one on each line.",
      "Flatten the document to its values: one per line, from top to bottom.",
    ])
    let form = g.pick([
      "Use JSON notation, so strings keep their quotes.", "Strings stay in double quotes.",
      "Keep each value exactly as JSON has it.",
    ])
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(document, &g),
      output: values.joined(separator: "\n"),
      reasoning: "The leaves are, in order, \(Phrasing.list(document.leaves.map(\.dotted))). "
        + "Their values are written one below the other.",
      answerKind: .literal, corruptions: Wrong.list(values, separator: "\n"))
  }

  private static func equalDocuments(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let first = DocumentFactory.document(d, &g)
    let same = g.once(in: 2)
    var second = first.reordered(&g)
    let leaf = g.pick(second.leaves)
    if !same {
      let changed: JSONValue =
        switch leaf.value {
        case .number(let number): g.once(in: 2) ? .string(leaf.value.plain) : .number(number + 1)
        case .bool(let truth): .bool(!truth)
        case .null: .string("null")
        default: .string(leaf.value.plain + g.pick(["s", " ", "."]))
        }
      second = second.replacing(leaf.path[...], with: changed)
    }
    let ask = g.pick([
      "Do these two documents represent the same JSON value?",
      "Compare the two texts as JSON. Are they equal?",
      "Is the second document equal to the first one once both are parsed?",
      "A cache treats equal JSON values as one entry. Would these two share it?",
    ])
    let rule = g.pick([
      "The order of an object's members and white space do not matter. Answer yes or no.",
      "Ignore layout and key order; types and values must agree. Answer yes or no.",
      "Only member order and spacing may differ. Reply with yes or no.",
    ])
    return .label(
      "\(ask) \(rule)",
      input: ProceduralJSON.pretty(first) + "\n---\n" + ProceduralJSON.spaced(second),
      answer: same ? "yes" : "no", of: ["yes", "no"],
      reasoning: same
        ? "Every member of the first document is in the second with the same value; only the order "
          + "differs. They are equal."
        : "The values at \(leaf.dotted) differ: the first has "
          + "\(ProceduralJSON.minified(leaf.value)), the second another value. They are not equal.")
  }

  private static func lastDuplicate(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let extra = g.integer(d, easy: 1...2, medium: 2...3, hard: 3...4)
    let one = DocumentFactory.record(of: entity, extra: extra, &g).members ?? []
    let two = DocumentFactory.record(of: entity, extra: 0, &g).members ?? []
    let name = g.pick([entity.measure, entity.group, entity.label])
    let all = one + two.filter { $0.name == name }
    let lastWins = g.once(in: 2)
    let hits = all.filter { $0.name == name }
    let answer = ((lastWins ? hits.last : hits.first)?.value ?? .null).plain
    let policy = lastWins ? "keeps the last" : "keeps the first"
    let ask = g.pick([
      "The object repeats a key. A reader that \(policy) of them sees which value for `\(name)`?",
      "A lenient parser \(policy) value of a repeated member. What is \(name) then?",
      "\"\(name)\" occurs twice. With a parser that \(policy) occurrence, what does it hold?",
    ])
    return ProceduralItem(
      instruction: ask + " "
        + g.pick([
          "Answer with the bare value.", "Write the value without quotes.",
          "Only the value, unquoted.", "Give just the plain value.",
        ]),
      input: JSONText.shown(.object(all), &g), output: answer,
      reasoning: "The member \(name) appears with the values "
        + Phrasing.list(hits.map(\.value.plain)) + ". A parser that \(policy) takes \(answer).",
      answerKind: .literal,
      corruptions: Wrong.value(
        answer, others: hits.map(\.value.plain).filter { $0 != answer }, name: name))
  }

  private static func paths(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = DocumentFactory.document(d == .hard ? .medium : d, &g)
    let dotted = g.once(in: 2)
    let paths = document.leaves.map { dotted ? $0.dotted : $0.pointer }
    let ask = g.pick([
      "List the path of every scalar value, one per line, in document order.",
      "Write down all leaf paths of this document, top to bottom, each on its own line.",
      "For each value that is no object or array, print its path on one line.",
      "Which paths lead to scalars? One per line, in order.",
    ])
    let form =
      dotted
      ? g.pick([
        "Use dots for members and [n] for array positions from 0, like a.b[0].",
        "Notation: members joined by dots, elements as [0], [1] …",
      ])
      : g.pick([
        "Use JSON Pointers such as /a/b/0.", "Notation: RFC 6901 pointers, each starting with /.",
      ])
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(document, &g),
      output: paths.joined(separator: "\n"),
      reasoning: "Descend into each object and array in turn and note the way whenever a scalar is "
        + "reached. There are \(paths.count) scalars, so there are \(paths.count) lines.",
      answerKind: .literal, corruptions: Wrong.list(paths, separator: "\n"))
  }

  private static func outline(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let lines = (document.members ?? []).map { member in
      switch member.value {
      case .array(let elements): "\(member.name): array of \(elements.count)"
      case .object(let members): "\(member.name): object with \(members.count)"
      default: "\(member.name): \(member.value.typeName)"
      }
    }
    let ask = g.pick([
      "Describe the top level of this document:", "Outline the root object:",
      "Summarise each top-level member:", "Give a type listing of the outermost members:",
    ])
    let form = g.pick([
      "one line per member, as `name: type`; for containers `name: array of N` or "
        + "`name: object with N`, N counting direct parts.",
      "a line `name: type` for each, where arrays read `array of N` and objects `object with N` "
        + "(N = direct elements or members).",
    ])
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(document, &g),
      output: lines.joined(separator: "\n"),
      reasoning: "The root has \(lines.count) members. For each, the first character of its value "
        + "tells the type, and the direct parts of arrays and objects are counted.",
      answerKind: .literal, corruptions: Wrong.list(lines, separator: "\n"))
  }
}
