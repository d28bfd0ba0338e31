internal import ExpertRecord

extension JSONParsing {
  /// From JSON to other notations and back.
  static let convert: [ProceduralTemplate] = ProceduralTemplate.all(
    "convert",
    [
      ("convert-to-csv", toCSV), ("convert-from-csv", fromCSV), ("convert-to-pairs", toPairs),
      ("convert-from-pairs", fromPairs), ("convert-flatten", flatten),
      ("convert-unflatten", unflatten), ("convert-pretty-print", prettyPrint),
      ("convert-minify", minify), ("convert-to-yaml", toYAML), ("convert-from-yaml", fromYAML),
      ("convert-to-columns", toColumns), ("convert-camel-case", camelCase),
      ("convert-index-by-key", indexByKey), ("convert-lines-to-array", linesToArray),
    ])

  private static func compactly(_ g: inout SeededGenerator) -> String {
    g.pick([
      "Answer with minified JSON.", "Write compact JSON without white space between tokens.",
      "Output JSON on one line, no spaces outside strings.", "Return minified JSON only.",
      "The result is JSON without any layout.",
    ])
  }

  private static func names(_ rows: [JSONValue]) -> [String] {
    (rows.first?.members ?? []).map(\.name)
  }

  /// The cells of a row; null is empty. Generated values need no CSV quoting.
  private static func cells(_ row: JSONValue) -> [String] {
    (row.members ?? []).map { $0.value == .null ? "" : $0.value.plain }
  }

  private static func toCSV(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let (mark, called) = g.pick([(",", "commas"), (";", "semicolons"), ("\t", "tabs")])
    let lines = ([names(rows)] + rows.map(cells)).map { $0.joined(separator: mark) }
    let ask = g.pick([
      "Convert the \(entity.plural) to CSV.", "Export this array as a CSV table.",
      "Write the list of \(entity.plural) as CSV.", "Turn the JSON array into delimited text.",
    ])
    let form = g.pick([
      "Separate by \(called); first a header with the keys in order; null becomes an empty cell.",
      "Header line first, columns in key order, separated by \(called), null as nothing.",
      "Use \(called) between cells, a header row, no quotes, and leave null cells empty.",
    ])
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(.array(rows), &g),
      output: lines.joined(separator: "\n"),
      reasoning: "The columns are \(names(rows).joined(separator: ", ")). The header and "
        + "\(rows.count) rows make \(lines.count) lines.",
      answerKind: .literal,
      corruptions: Wrong.answers(
        lines.joined(separator: "\n"),
        [
          .init("missing-header", lines.dropFirst().joined(separator: "\n")),
          .init(
            "wrong-separator",
            ([names(rows)] + rows.map(cells)).map { $0.joined(separator: "|") }
              .joined(separator: "\n")),
          .init("dropped-row", lines.dropLast().joined(separator: "\n")),
        ]))
  }

  private static func fromCSV(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let (mark, called) = g.pick([(",", "comma"), (";", "semicolon"), ("\t", "tab")])
    let lines = ([names(rows)] + rows.map(cells)).map { $0.joined(separator: mark) }
    let typed = g.once(in: 2)
    let answer: [JSONValue] = rows.map { row in
      .object(
        (row.members ?? []).map {
          .init($0.name, typed ? $0.value : .string($0.value == .null ? "" : $0.value.plain))
        })
    }
    let ask = g.pick([
      "Convert this CSV (\(called) separated) to a JSON array of objects.",
      "Read the \(called)-separated table of \(entity.plural) as JSON objects.",
      "Parse the \(called)-delimited text; each row becomes a JSON object in one array.",
    ])
    let rule =
      typed
      ? g.pick([
        "Digits become numbers, true and false booleans, empty cells null.",
        "Use JSON numbers and booleans where cells look like them; an empty cell is null.",
      ])
      : g.pick([
        "All values stay strings.", "Do not guess types: every value is a string.",
      ])
    return .json(
      "\(ask) \(rule) \(compactly(&g))", input: lines.joined(separator: "\n"),
      answer: .array(answer),
      reasoning:
        "The header names \(names(rows).count) columns, and \(rows.count) rows follow. Each "
        + "becomes an object with these names in order"
        + (typed ? ", its cells typed by their looks." : ", its cells as strings."))
  }

  private static func toPairs(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = DocumentFactory.document(d == .hard ? .medium : d, &g)
    let (mark, shown) = g.pick([("=", "key=value"), (": ", "key: value"), (" = ", "key = value")])
    let lines = document.leaves.map { "\($0.dotted)\(mark)\($0.value.plain)" }
    let ask = g.pick([
      "Rewrite the document as `\(shown)` lines.",
      "Convert the JSON to a properties file "
        + "(`\(shown)`).", "Express each scalar as one line `\(shown)`.",
      "Print the settings below as `\(shown)`, one per line.",
    ])
    let form = g.pick([
      "Nested names are joined by dots, array positions written [0], [1]; strings without quotes.",
      "Use dots for nesting and [n] for elements; no quotes around strings; document order.",
    ])
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(document, &g),
      output: lines.joined(separator: "\n"),
      reasoning:
        "There are \(lines.count) scalars. Each gets a line with its path and its value, in "
        + "the order of the document.",
      answerKind: .literal,
      corruptions: Wrong.answers(
        lines.joined(separator: "\n"),
        [
          .init(
            "paths-lost",
            document.leaves.map { "\($0.name)\(mark)\($0.value.plain)" }.joined(separator: "\n"))
        ] + Wrong.list(lines, separator: "\n")))
  }

  private static func fromPairs(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let record = DocumentFactory.record(
      of: g.pick(Entities.all), extra: d == .easy ? 1 : d == .medium ? 3 : 5, &g)
    let mark = g.pick(["=", ": ", " = ", " -> "])
    let members = (record.members ?? []).filter { $0.value != .null }
    var lines = members.map { "\($0.name)\(mark)\($0.value.plain)" }
    if d != .easy { lines.insert("# \(g.pick(Vocabulary.nouns)) settings", at: 0) }
    if d == .hard { lines.insert("", at: g.below(lines.count)) }
    let ask = g.pick([
      "Turn these key-value lines into one JSON object.", "Convert the settings to a JSON object.",
      "Parse the lines below; every pair becomes a member of an object.",
    ])
    let rule = g.pick([
      "Numbers and true/false become JSON numbers and booleans; comments and empty lines are left "
        + "out; the order stays.",
      "Keep the order, skip blank and # lines, and use numbers and booleans where they apply.",
    ])
    return .json(
      "\(ask) \(rule) \(compactly(&g))", input: lines.joined(separator: "\n"),
      answer: .object(members),
      reasoning: "Split each line at the first \"\(mark)\". There are \(members.count) pairs: "
        + members.map { "\($0.name) is a \($0.value.typeName)" }.joined(separator: ", ") + ".")
  }

  private static func flatten(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = DocumentFactory.document(d == .easy ? .medium : d, &g)
    let flat = JSONValue.object(document.leaves.map { .init($0.dotted, $0.value) })
    let ask = g.pick([
      "Flatten this document to a single object.", "Remove the nesting: one object, one level.",
      "Convert the nested JSON to a flat object whose keys are paths.",
    ])
    let rule = g.pick([
      "Keys are dotted paths with [n] for array positions from 0.",
      "Name each member by its path, such as a.b[0].c.",
      "Join names by dots and write positions as [0], [1].",
    ])
    return .json(
      "\(ask) \(rule) \(compactly(&g))", input: JSONText.shown(document, &g), answer: flat,
      reasoning: "The leaves are \(Phrasing.list(document.leaves.map(\.dotted))). Each becomes one "
        + "member with its value.")
  }

  private static func unflatten(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    var members: [JSONValue.Member] = []
    var flat: [JSONValue.Member] = []
    for name in g.sample(
      Vocabulary.nouns, count: g.integer(d, easy: 2...2, medium: 2...3, hard: 3...4))
    {
      let record = DocumentFactory.record(of: g.pick(Entities.all), extra: g.below(2), &g)
      let deep = d == .hard && g.once(in: 2)
      let inner = deep ? JSONValue.object([.init(g.pick(Vocabulary.adjectives), record)]) : record
      members.append(.init(name, inner))
      flat += JSONValue.object([.init(name, inner)]).leaves.map { .init($0.dotted, $0.value) }
    }
    let ask = g.pick([
      "Rebuild the nested document from these dotted keys.",
      "Unflatten the object: each dot in a key is one level of nesting.",
      "Turn the path keys back into nested objects.",
    ])
    return .json(
      "\(ask) Keep the order in which names first occur. \(compactly(&g))",
      input: JSONText.shown(.object(flat), &g), answer: .object(members),
      reasoning:
        "The first parts of the keys are \(Phrasing.list(members.map(\.name))). Everything "
        + "behind the dot goes inside the object of that name.")
  }

  private static func prettyPrint(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let indent = g.pick([2, 4, 3])
    let ask = g.pick([
      "Pretty-print this JSON with an indent of \(indent) spaces.",
      "Reformat the document for reading, \(indent) spaces a level.",
      "Indent the JSON below by \(indent) spaces per level.",
    ])
    let form = g.pick([
      "One member or element per line, a space after each colon, order unchanged.",
      "Put every member and element on its own line and one space after colons.",
    ])
    let text = ProceduralJSON.pretty(document, indent: indent)
    return .json(
      "\(ask) \(form)", input: ProceduralJSON.minified(document), answer: document,
      reasoning: "After each opening bracket and comma a new line starts, indented by \(indent) "
        + "spaces for each open bracket; closing brackets go one level back. That makes "
        + "\(text.split(separator: "\n").count) lines.", text: text)
  }

  private static func minify(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let sorted = g.once(in: 2)
    let ask =
      sorted
      ? g.pick([
        "Minify this document and sort the members of every object by name (code point order).",
        "Write the JSON in a canonical way: keys sorted at every level, no white space.",
        "Normalise: no spaces, object keys in ascending order throughout.",
      ])
      : g.pick([
        "Minify this JSON: remove all white space between tokens.",
        "Compress the document to one line without any optional white space.",
        "Strip the layout from the JSON below; strings stay as they are.",
      ])
    let answer = sorted ? document.keysSorted : document
    return .json(
      ask, input: ProceduralJSON.pretty(document, indent: g.pick([2, 4])), answer: answer,
      reasoning: "White space outside strings is dropped"
        + (sorted
          ? " and members are sorted; the root starts with "
            + "\"\(answer.members?.first?.name ?? "")\"." : "; names, values and order stay."))
  }

  /// YAML of a document whose strings need no quotes or get double ones.
  private static func yaml(_ value: JSONValue, level: Int) -> [String] {
    let pad = String(repeating: "  ", count: level)
    switch value {
    case .object(let members):
      return members.flatMap { member -> [String] in
        if member.value.depth == 0 {
          return ["\(pad)\(member.name): \(yamlScalar(member.value))"]
        }
        return ["\(pad)\(member.name):"] + yaml(member.value, level: level + 1)
      }
    case .array(let elements):
      return elements.flatMap { element -> [String] in
        guard element.depth > 0 else { return ["\(pad)- \(yamlScalar(element))"] }
        let lines = yaml(element, level: level + 1)
        guard let first = lines.first else { return [] }
        return ["\(pad)- " + first.drop { $0 == " " }] + lines.dropFirst()
      }
    default: return [pad + yamlScalar(value)]
    }
  }

  private static func yamlScalar(_ value: JSONValue) -> String {
    value.string.map(ProceduralJSON.literal) ?? value.plain
  }

  private static func yamlSource(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> JSONValue {
    if d == .hard {
      let (entity, rows) = rows(.easy, &g)
      return .object([
        .init("kind", .string(entity.name)),
        .init("release", .number(Double(g.integer(in: 1...99)))),
        .init(entity.plural, .array(rows)),
      ])
    }
    return DocumentFactory.document(d, &g)
  }

  private static func toYAML(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = yamlSource(&g, d)
    let lines = yaml(document, level: 0)
    let ask = g.pick([
      "Convert this JSON to YAML.", "Write the document as YAML.",
      "Translate the JSON configuration to block-style YAML.",
    ])
    let form = g.pick([
      "Block style, two spaces a level (also for list items), all strings in double quotes.",
      "Indent by two spaces, lists too; put strings in double quotes; keep the order.",
    ])
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(document, &g),
      output: lines.joined(separator: "\n"),
      reasoning: "Each member becomes `name: value`. Objects go one level deeper, array elements "
        + "start with a dash. The result has \(lines.count) lines.",
      answerKind: .code,
      corruptions: Wrong.answers(
        lines.joined(separator: "\n"),
        [
          .init(
            "indent-lost", lines.map { String($0.drop { $0 == " " }) }.joined(separator: "\n")),
          .init("left-as-json", ProceduralJSON.pretty(document)),
          .init("dropped-last", lines.dropLast().joined(separator: "\n")),
        ]))
  }

  private static func fromYAML(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = yamlSource(&g, d)
    let ask = g.pick([
      "Convert this YAML to JSON.", "Read the YAML below and write the same data as JSON.",
      "Which JSON document equals this YAML?", "Translate the YAML to JSON, order kept.",
    ])
    return .json(
      "\(ask) \(compactly(&g))", input: yaml(document, level: 0).joined(separator: "\n"),
      answer: document,
      reasoning: "The indentation gives the nesting, dashes give arrays. The root has the members "
        + Phrasing.list((document.members ?? []).map(\.name)) + ".")
  }

  private static func toColumns(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let columns = JSONValue.object(
      names(rows).map { name in .init(name, .array(rows.map { $0[name] ?? .null })) })
    let backwards = g.once(in: 2)
    let ask =
      backwards
      ? g.pick([
        "Turn this object of columns into an array of \(entity.plural), one object per position.",
        "The table is stored by column. Convert it to rows: an array of objects.",
      ])
      : g.pick([
        "Transpose the array of \(entity.plural) to one object that maps each key to an array.",
        "Store the rows by column: one array of values for each key.",
      ])
    return .json(
      "\(ask) Keep all orders. \(compactly(&g))",
      input: JSONText.shown(backwards ? columns : .array(rows), &g),
      answer: backwards ? .array(rows) : columns,
      reasoning: "There are \(rows.count) rows and the columns \(Phrasing.list(names(rows))). "
        + (backwards
          ? "Row n takes the n-th value of every column."
          : "Column by column, the values of all rows are collected."))
  }

  /// `a_b_c` → `aBC`.
  private static func camel(_ name: String) -> String {
    let parts = name.split(separator: "_").map(String.init)
    return (parts.first ?? "") + parts.dropFirst().map(\.capitalizedFirst).joined()
  }

  private static func camelCase(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let source = DocumentFactory.document(d == .hard ? .medium : d, &g)
    let style = g.below(3)
    var members = (source.members ?? []).map { member in
      let name = "\(g.pick(Vocabulary.adjectives))_\(member.name)"
      return JSONValue.Member(g.once(in: 2) ? name : member.name, member.value)
    }
    members.append(
      .init(
        "\(g.pick(Vocabulary.nouns))_\(g.pick(Vocabulary.adjectives))_id",
        .number(Double(g.integer(in: 10...9999)))))
    let renamed = members.map { member -> JSONValue.Member in
      switch style {
      case 0: .init(camel(member.name), member.value)
      case 1: .init(member.name.replacing("_", with: "-"), member.value)
      default: .init(camel(member.name).capitalizedFirst, member.value)
      }
    }
    let wanted = ["camelCase", "kebab-case", "PascalCase"][style]
    let ask = g.pick([
      "Rename the top-level keys from snake_case to \(wanted).",
      "Change the names of the root object's members to \(wanted).",
      "Convert first-level keys to \(wanted); nested ones stay.",
    ])
    return .json(
      "\(ask) Values and order stay. \(compactly(&g))",
      input: JSONText.shown(.object(members), &g), answer: .object(renamed),
      reasoning: zip(members, renamed).map { "\($0.name) becomes \($1.name)" }
        .joined(separator: ", ") + ".")
  }

  private static func indexByKey(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let indexed = JSONValue.object(
      rows.map { row in
        .init(
          (row[entity.label] ?? .null).plain,
          .object((row.members ?? []).filter { $0.name != entity.label }))
      })
    let ask = g.pick([
      "Index the \(entity.plural) by \(entity.label): one object, the \(entity.label) as key.",
      "Convert the array to an object keyed by \(entity.label).",
      "Make a lookup table from \(entity.label) to the rest of each \(entity.name).",
    ])
    return .json(
      "\(ask) Leave \(entity.label) out of the values and keep the order. \(compactly(&g))",
      input: JSONText.shown(.array(rows), &g), answer: indexed,
      reasoning:
        "The keys are \((indexed.members ?? []).map(\.name).joined(separator: ", ")). Under "
        + "each stands its object without \(entity.label).")
  }

  private static func linesToArray(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let lines = rows.map(ProceduralJSON.spaced)
    if g.once(in: 2) {
      let ask = g.pick([
        "Convert this array to JSON Lines: one minified object per line.",
        "Write each \(entity.name) on its own line as compact JSON (NDJSON).",
        "Export the array as newline-delimited JSON without optional white space.",
      ])
      let output = rows.map(ProceduralJSON.minified)
      return ProceduralItem(
        instruction: ask, input: ProceduralJSON.pretty(.array(rows)),
        output: output.joined(separator: "\n"),
        reasoning: "The array has \(rows.count) objects; each is written minified on a line of its "
          + "own, without commas between the lines.",
        answerKind: .code,
        corruptions: Wrong.answers(
          output.joined(separator: "\n"),
          [.init("commas-between-lines", output.joined(separator: ",\n"))]
            + Wrong.list(output, separator: "\n")))
    }
    let ask = g.pick([
      "Join these JSON Lines to one JSON array.", "Turn the NDJSON below into an array.",
      "Combine the documents, one per line, into a single JSON array.",
    ])
    return .json(
      "\(ask) \(compactly(&g))", input: lines.joined(separator: "\n"), answer: .array(rows),
      reasoning:
        "There are \(rows.count) lines, each a complete object. They become the elements of "
        + "one array, separated by commas.")
  }
}

extension JSONValue {
  /// The value with the members of every object sorted by name.
  var keysSorted: JSONValue {
    switch self {
    case .object(let members):
      .object(
        members.map { Member($0.name, $0.value.keysSorted) }
          .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    case .array(let elements): .array(elements.map(\.keysSorted))
    default: self
    }
  }
}
