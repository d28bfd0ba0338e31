internal import ExpertRecord

extension JSONParsing {
  /// Getting values out of documents.
  static let extract: [ProceduralTemplate] = [
    template("extract-named-field", namedField), template("extract-dotted-path", dottedPath),
    template("extract-json-pointer", jsonPointer), template("extract-row-field", rowField),
    template("extract-element", element), template("extract-matching-rows", matchingRows),
    template("extract-subset", subset), template("extract-column", column),
    template("extract-largest", largest), template("extract-sorted", sorted),
    template("extract-or-default", orDefault), template("extract-from-log", fromLog),
  ]

  private static func template(
    _ id: String,
    _ make: @escaping @Sendable (inout SeededGenerator, Difficulty) -> ProceduralItem
  ) -> ProceduralTemplate {
    ProceduralTemplate(id: id, skill: "extract", make: make)
  }

  /// The rows of a table and how many extra columns, by difficulty.
  static func rows(
    _ d: Difficulty, _ g: inout SeededGenerator
  ) -> (entity: DocumentFactory.Entity, rows: [JSONValue]) {
    let entity = g.pick(Entities.all)
    let count = g.integer(d, easy: 3...4, medium: 4...6, hard: 6...9)
    let extra = g.integer(d, easy: 0...1, medium: 1...2, hard: 2...3)
    return (entity, DocumentFactory.table(of: entity, rows: count, extra: extra, &g))
  }

  private static func namedField(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let extra = g.integer(d, easy: 2...3, medium: 3...5, hard: 4...5)
    var document = DocumentFactory.record(of: entity, extra: extra, &g)
    if d == .hard {
      document = .object(
        (document.members ?? []) + [.init("note", .string(DocumentFactory.awkward(&g)))])
    }
    let members = (document.members ?? []).filter { $0.name != "note" }
    let chosen = g.pick(members)
    let answer = chosen.value.plain
    let ask = g.pick([
      "What is the value of `\(chosen.name)` in this \(entity.name)?",
      "Read the \(entity.name) below and find its `\(chosen.name)`.",
      "Extract the field \"\(chosen.name)\" from the JSON object.",
      "From this \(entity.name) record, get \(chosen.name).",
      "Look up \"\(chosen.name)\" in the following document.",
      "Which value does the key `\(chosen.name)` hold?",
    ])
    return ProceduralItem(
      instruction: ask + " " + bare(&g), input: JSONText.shown(document, &g), output: answer,
      reasoning: "The object has the members \(Phrasing.list(members.map(\.name))). The member "
        + "\"\(chosen.name)\" holds \(ProceduralJSON.minified(chosen.value)), so the answer is "
        + "\(answer).",
      answerKind: .literal,
      corruptions: Wrong.value(
        answer, others: members.map(\.value.plain).filter { $0 != answer }, name: chosen.name))
  }

  /// Asks for the bare value.
  private static func bare(_ g: inout SeededGenerator) -> String {
    g.pick([
      "Give the bare value, without quotes.", "Answer with the value only; no quotation marks.",
      "Write the value as plain text.", "Strings go without their quotes.",
      "Return the plain value and nothing else.", "Only the value, unquoted.",
      "Leave out the quotes if it is a string.",
    ])
  }

  private static func dottedPath(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let document = DocumentFactory.document(d == .easy ? .medium : d, &g)
    let leaves = document.leaves.filter { $0.value.depth == 0 && $0.value.string?.isEmpty != true }
    let deep = leaves.filter { $0.path.count > 1 }
    let leaf = g.pick(deep.isEmpty ? leaves : deep)
    let ask = g.pick([
      "Follow the path `\(leaf.dotted)` in the document.",
      "What stands at \(leaf.dotted)?", "Resolve the path \(leaf.dotted) against this JSON.",
      "Get the value under `\(leaf.dotted)`; indices in brackets count from 0.",
      "A script reads doc.\(leaf.dotted). What does it get?",
      "Evaluate the dotted path \"\(leaf.dotted)\" (array positions start at 0).",
    ])
    return pathItem(ask, document, leaf, leaves, &g)
  }

  private static func jsonPointer(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let leaves = document.leaves
    let leaf = g.pick(leaves)
    let ask = g.pick([
      "Resolve the JSON Pointer \(leaf.pointer).",
      "Which value does the RFC 6901 pointer `\(leaf.pointer)` point to?",
      "Apply the pointer \"\(leaf.pointer)\" to the document below.",
      "Find what the JSON Pointer \(leaf.pointer) refers to in this text.",
      "Dereference `\(leaf.pointer)` in the following JSON.",
    ])
    return pathItem(ask, document, leaf, leaves, &g)
  }

  /// The value at a leaf as JSON text.
  private static func pathItem(
    _ ask: String, _ document: JSONValue, _ leaf: Leaf, _ leaves: [Leaf],
    _ g: inout SeededGenerator
  ) -> ProceduralItem {
    let answer = ProceduralJSON.minified(leaf.value)
    let form = g.pick([
      "Answer with the value as JSON, strings in double quotes.",
      "Write it as a JSON value (keep the quotes of a string).",
      "Return the value exactly as valid JSON.", "The answer is one JSON value.",
      "Give the JSON value found there, quoted if it is a string.",
    ])
    let steps = leaf.path.map {
      switch $0 {
      case .member(let name): "the member \"\(name)\""
      case .index(let index): "element \(index)"
      }
    }
    let others = leaves.filter { $0.path != leaf.path }
      .map { ProceduralJSON.minified($0.value) }.filter { $0 != answer }
    return ProceduralItem(
      instruction: ask + " " + form, input: JSONText.shown(document, &g), output: answer,
      reasoning: "Start at the root and take \(steps.joined(separator: ", then ")). "
        + "There stands \(answer).",
      answerKind: .json,
      corruptions: Wrong.value(answer, others: g.shuffled(others), name: "\"\(leaf.name)\""))
  }

  private static func rowField(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let row = g.pick(rows)
    let names = (row.members ?? []).map(\.name).filter { $0 != entity.label }
    let field = g.pick(names)
    let key = (row[entity.label] ?? .null).plain
    let answer = (row[field] ?? .null).plain
    let ask = g.pick([
      "What is the \(field) of the \(entity.name) whose \(entity.label) is \(key)?",
      "Find \(entity.label) = \(key) among these \(entity.plural) and report its \(field).",
      "In the list below, which \(field) belongs to \(key)?",
      "Look for the entry with \"\(entity.label)\": \"\(key)\" and read its `\(field)`.",
      "Give me \(field) for \(key).",
    ])
    let others = rows.filter { $0 != row }.map { ($0[field] ?? .null).plain }
    return ProceduralItem(
      instruction: ask + " " + bare(&g), input: JSONText.shown(.array(rows), &g), output: answer,
      reasoning: "Go through the array until \(entity.label) equals \(key): it is element "
        + "\(rows.firstIndex(of: row) ?? 0), counted from 0. Its \(field) is \(answer).",
      answerKind: .literal,
      corruptions: Wrong.value(answer, others: others.filter { $0 != answer }, name: field))
  }

  private static func element(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let position = g.below(rows.count)
    let fromEnd = d != .easy && g.once(in: 2)
    let place =
      fromEnd
      ? position == rows.count - 1
        ? "last" : "\(Phrasing.ordinal(rows.count - position)) from the end"
      : Phrasing.ordinal(position + 1)
    let ask = g.pick([
      "Return the \(place) element of the array",
      "Which object is the \(place) in this list of "
        + "\(entity.plural)? Copy it", "Extract the \(place) \(entity.name)",
      "Take the \(place) entry out of the array", "I want the \(place) of these \(entity.plural)",
    ])
    let standing = fromEnd ? "index \(position) of \(rows.count)" : "index \(position)"
    return .json(
      ask + compact(&g), input: JSONText.shown(.array(rows), &g), answer: rows[position],
      reasoning: "Counting from one, the \(place) element has \(standing). "
        + "It is copied without changing names, values or order.")
  }

  /// Asks for minified JSON with the order kept; continues a sentence.
  static func compact(_ g: inout SeededGenerator) -> String {
    g.pick([
      " as minified JSON, members in their original order.",
      ", written as JSON without any white space and with the key order kept.",
      " as compact JSON (no spaces or line breaks; keep the order of keys).",
      ". Answer in JSON on one line, no white space outside strings, order unchanged.",
      ". Output only JSON, minified, with keys in the order of the source.",
      " in minified JSON. Do not reorder anything.",
    ])
  }

  private static func matchingRows(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let group = rows[g.below(rows.count)][entity.group] ?? .null
    let limit = g.pick(rows)[entity.measure] ?? .null
    let byGroup = d == .easy || g.once(in: 3)
    let above = g.once(in: 2)
    let kept = rows.filter { row in
      if byGroup { return row[entity.group] == group }
      let size = row[entity.measure]?.number ?? 0
      return above ? size >= (limit.number ?? 0) : size <= (limit.number ?? 0)
    }
    let condition =
      byGroup
      ? "whose \(entity.group) is \"\(group.plain)\""
      : "with \(entity.measure) of at \(above ? "least" : "most") \(limit.plain)"
    let ask = g.pick([
      "List the \(entity.label) of every \(entity.name) \(condition)",
      "Which \(entity.plural) are those \(condition)? Collect their \(entity.label) values",
      "Filter the array: keep \(entity.plural) \(condition), and give each one's \(entity.label)",
      "Select \(entity.label) from the \(entity.plural) \(condition)",
      "Go through these \(entity.plural) and gather the \(entity.label) of all \(condition)",
    ])
    let form = g.pick([
      " as a minified JSON array of strings, in document order.",
      ". Answer: one JSON array of strings without spaces, in the order of the input.",
      ", as a JSON array without white space that keeps the original order.",
      ". Return only a compact JSON array of strings; keep the order.",
    ])
    let answer = JSONValue.array(kept.map { $0[entity.label] ?? .null })
    return .json(
      ask + form, input: JSONText.shown(.array(rows), &g), answer: answer,
      reasoning: "Of \(rows.count) \(entity.plural), \(kept.count) fulfil the condition: "
        + Phrasing.list(kept.map { ($0[entity.label] ?? .null).plain }) + ".")
  }

  private static func subset(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let extra = g.integer(d, easy: 2...3, medium: 3...4, hard: 4...5)
    let document = DocumentFactory.record(of: entity, extra: extra, &g)
    let members = document.members ?? []
    let wanted = g.sample(members, count: d == .easy ? 2 : 3)
    let names = wanted.map(\.name)
    let quoted = Phrasing.list(names.map { "\"\($0)\"" })
    let ask = g.pick([
      "Reduce this \(entity.name) to \(quoted), in that order",
      "Project the object onto the keys \(quoted) (in this order)",
      "Keep only \(quoted) of the \(entity.name), in the order named",
      "Build an object that has just \(quoted), in the given order",
      "Pick the members \(quoted) from the record below, in exactly this order",
    ])
    let form = g.pick([
      ", as minified JSON.", ". Answer with compact JSON, no white space.",
      ". Output one line of JSON without spaces.", ", written without white space.",
    ])
    return .json(
      ask + form, input: JSONText.shown(document, &g), answer: .object(wanted),
      reasoning: "Take the values "
        + Phrasing.list(wanted.map { "\($0.name) = \(ProceduralJSON.minified($0.value))" })
        + " and write them in the order asked for.")
  }

  private static func column(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let field = g.pick((rows[0].members ?? []).map(\.name))
    let ask = g.pick([
      "Collect the `\(field)` of every \(entity.name) into a JSON array",
      "Pluck \(field) from each object",
      "Turn these \(entity.plural) into an array of their "
        + "\(field) values", "Map the list to \(field)",
      "Give all values of \"\(field)\", one per \(entity.name), as an array",
    ])
    let form = g.pick([
      ". Keep the order and the JSON types; no white space.",
      ", in document order, minified.", ", types unchanged, as compact JSON in the same order.",
      ". Minified JSON, original order, duplicates kept.",
    ])
    return .json(
      ask + form, input: JSONText.shown(.array(rows), &g),
      answer: .array(rows.map { $0[field] ?? .null }),
      reasoning: "Each of the \(rows.count) objects has \(field). Reading them top to bottom gives "
        + rows.map { ProceduralJSON.minified($0[field] ?? .null) }.joined(separator: ", ") + ".")
  }

  private static func largest(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let most = g.once(in: 2)
    let sizes = rows.map { $0[entity.measure]?.hundredths ?? 0 }
    let best = (most ? sizes.max() : sizes.min()) ?? 0
    let index = sizes.firstIndex(of: best) ?? 0
    let answer = (rows[index][entity.label] ?? .null).plain
    let word = most ? g.pick(["highest", "largest", "greatest"]) : g.pick(["lowest", "smallest"])
    let ask = g.pick([
      "Which \(entity.name) has the \(word) \(entity.measure)?",
      "Find the \(entity.label) of the entry with the \(word) \(entity.measure).",
      "Compare the \(entity.measure) of all \(entity.plural): whose is \(word)?",
      "Name the \(entity.name) whose \(entity.measure) is \(word).",
    ])
    let tie = g.pick([
      "If several tie, take the first.", "On a tie the earlier entry counts.",
      "Should two be equal, choose the one that comes first.",
    ])
    return ProceduralItem(
      instruction: "\(ask) \(tie) " + Phrasing.only("its \(entity.label)", &g),
      input: JSONText.shown(.array(rows), &g), output: answer,
      reasoning: "The values of \(entity.measure) are "
        + sizes.map { JSONText.decimal(hundredths: $0) }.joined(separator: ", ")
        + ". The \(word) is \(JSONText.decimal(hundredths: best)), at position \(index + 1), "
        + "which belongs to \(answer).",
      answerKind: .literal,
      corruptions: Wrong.value(
        answer, others: rows.map { ($0[entity.label] ?? .null).plain }.filter { $0 != answer },
        name: JSONText.decimal(hundredths: best)))
  }

  private static func sorted(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let rising = g.once(in: 2)
    let order = rows.enumerated().sorted { first, second in
      let (a, b) = (
        first.element[entity.measure]?.hundredths ?? 0,
        second.element[entity.measure]?.hundredths ?? 0
      )
      if a == b { return first.offset < second.offset }
      return rising ? a < b : a > b
    }.map { ($0.element[entity.label] ?? .null).plain }
    let word = rising ? "ascending" : "descending"
    let ask = g.pick([
      "Sort these \(entity.plural) by \(entity.measure), \(word), and list their \(entity.label).",
      "Put the \(entity.label) values in \(word) order of \(entity.measure).",
      "Order the list by \(entity.measure) (\(word)). Which \(entity.label) sequence results?",
      "Rank the \(entity.plural): \(word) \(entity.measure). Give each \(entity.label).",
    ])
    let form = g.pick([
      "One per line; equal values keep their original order.",
      "Write one on each line. The sort is stable.",
      "Separate them by line breaks and keep ties in input order.",
    ])
    return ProceduralItem(
      instruction: ask + " " + form, input: JSONText.shown(.array(rows), &g),
      output: order.joined(separator: "\n"),
      reasoning: "The \(entity.measure) values are "
        + rows.map {
          "\(($0[entity.label] ?? .null).plain): \(($0[entity.measure] ?? .null).plain)"
        }.joined(separator: "; ")
        + ". In \(word) order that is \(order.joined(separator: ", ")).",
      answerKind: .literal, corruptions: Wrong.list(order, separator: "\n"))
  }

  private static func orDefault(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let extra = g.integer(d, easy: 1...2, medium: 2...4, hard: 3...4)
    let document = DocumentFactory.record(of: entity, extra: extra, &g)
    let members = document.members ?? []
    let missing = entity.fields.map(\.name).filter { name in !members.contains { $0.name == name } }
    let absent = missing.isEmpty || g.once(in: 3) ? nil : g.pick(missing)
    let field = absent ?? g.pick(members).name
    let fallback = g.pick(["unknown", "n/a", "missing", "none given", "absent", "no value"])
    let found = document[field]
    let answer = found == .null ? fallback : found?.plain ?? fallback
    let ask = g.pick([
      "Read `\(field)`. If it is absent or null, answer \"\(fallback)\".",
      "Get \(field) from this \(entity.name), or \(fallback) when the key is not there or null.",
      "What is the \(field)? Say \(fallback) if the document does not tell (missing or null).",
      "Return the value of \"\(field)\"; fall back to \(fallback) for a missing or null member.",
    ])
    let state = found.map { "holds \(ProceduralJSON.minified($0))" } ?? "is not in the object"
    return ProceduralItem(
      instruction: ask + " " + bare(&g), input: JSONText.shown(document, &g), output: answer,
      reasoning: "The member \"\(field)\" \(state), so the answer is \(answer).",
      answerKind: .literal,
      corruptions: Wrong.value(
        answer,
        others: [answer == fallback ? "null" : fallback]
          + members.map(\.value.plain).filter { $0 != answer }, name: field))
  }

  private static func fromLog(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let record = DocumentFactory.record(of: entity, extra: d == .easy ? 1 : 3, &g)
    let level = g.pick(["INFO", "WARN", "DEBUG", "ERROR", "TRACE"])
    let service = g.pick(Vocabulary.nouns)
    let minute = g.integer(in: 10...59)
    let prefix = g.pick([
      "\(g.integer(in: 10...23)):\(minute):\(g.integer(in: 10...59)) \(level) [\(service)] ",
      "<\(service)> \(level.lowercased()) handled \(entity.name): ",
      "\(level) {\(service)} took \(g.integer(in: 2...900)) ms -> ",
      "[\(service)/\(g.integer(in: 1...40))] received ",
    ])
    let suffix = g.pick(["", " (ok)", " <end>", " // {retry}", " ; next [poll]", " done"])
    let body = g.once(in: 2) ? ProceduralJSON.spaced(record) : ProceduralJSON.minified(record)
    let ask = g.pick([
      "A log line carries one JSON object. Cut it out and return it",
      "Extract the JSON document that is embedded in this line and give it",
      "Find the JSON in the text below and print it",
      "Pull the object out of the log entry and write it",
    ])
    return .json(
      ask + compact(&g), input: prefix + body + suffix, answer: record,
      reasoning: "The JSON object starts at the brace before \"\(record.members?.first?.name ?? "")"
        + "\" and ends at its matching brace. The text around it is left out, and white space "
        + "between tokens is removed.")
  }
}
