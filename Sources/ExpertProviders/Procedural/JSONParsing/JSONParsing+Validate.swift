internal import ExpertRecord

extension JSONParsing {
  /// Telling right documents from wrong ones.
  static let validate: [ProceduralTemplate] = ProceduralTemplate.all(
    "validate",
    [
      ("validate-syntax", syntax), ("validate-name-the-fault", nameTheFault),
      ("validate-fault-line", faultLine), ("validate-missing-members", missingMembers),
      ("validate-wrong-type", wrongType), ("validate-out-of-range", outOfRange),
      ("validate-allowed-values", allowedValues), ("validate-duplicate-id", duplicateID),
      ("validate-repeated-name", repeatedName), ("validate-which-lines", whichLines),
      ("validate-unexpected-members", unexpected), ("validate-rule-set", ruleSet),
    ])

  /// A broken text of some document, with its fault and the line that differs from the sound text.
  static func broken(
    _ d: Difficulty, _ g: inout SeededGenerator, faults: [JSONFault] = JSONFault.all
  ) -> (document: JSONValue, text: String, fault: JSONFault) {
    while true {
      let document = DocumentFactory.document(d, &g)
      let fault = g.pick(faults)
      if let text = fault.make(document, &g), !text.isStrictJSON {
        return (document, text, fault)
      }
    }
  }

  private static func syntax(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let sound = g.once(in: 2)
    let (document, text, fault) = broken(d, &g)
    let ask = g.pick([
      "Is this text valid JSON (RFC 8259)?", "Would a strict JSON parser accept the following?",
      "Check the syntax of this JSON document.",
      "Decide whether the text below is well-formed JSON.",
      "Validate this document against the JSON grammar.",
    ])
    return .label(
      ask + " "
        + g.pick([
          "Answer valid or invalid.", "Reply with valid or invalid only.",
          "One word: valid or invalid.",
        ]),
      input: sound ? ProceduralJSON.pretty(document) : text, answer: sound ? "valid" : "invalid",
      of: ["valid", "invalid"],
      reasoning: sound
        ? "Brackets and quotation marks match, names are quoted, commas and colons stand where they "
          + "must, and all literals are JSON's own. The text is valid."
        : "There is a fault: \(fault.explanation). The text is invalid.")
  }

  private static func nameTheFault(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (_, text, fault) = broken(d, &g)
    let names = JSONFault.all.map(\.name)
    let ask = g.pick([
      "This JSON text has exactly one kind of fault. Which?",
      "Why does a strict parser refuse the text below?", "Name the syntax error in this document.",
      "Diagnose what makes this JSON invalid.",
    ])
    return .label(
      "\(ask) " + g.pick(["Choose one of: ", "Answer with one of ", "Possible answers: "])
        + names.joined(separator: ", ") + ".",
      input: text, answer: fault.name, of: names,
      reasoning: "Reading the text token by token: \(fault.explanation). "
        + "That is the fault called \(fault.name).")
  }

  private static func faultLine(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (document, text, fault) = broken(
      d, &g, faults: [.trailingComma, .missingColon, .unquotedName, .pythonLiteral, .leadingZero])
    let sound = ProceduralJSON.pretty(document).split(separator: "\n")
    let lines = text.split(separator: "\n")
    let line = (zip(sound, lines).enumerated().first { $1.0 != $1.1 }?.offset ?? 0) + 1
    let ask = g.pick([
      "Which line must be changed to make this JSON valid?",
      "On which line is the syntax error of this document?",
      "One line breaks the document. What is its number?",
      "Find the faulty line in this JSON text.",
    ])
    return .count(
      ask + " "
        + g.pick([
          "Lines count from 1; answer with the number.", "Count from 1 and give just the number.",
          "The first line is line 1. Reply with the line number.",
        ]),
      input: text, answer: line,
      reasoning: "Line \(line) reads `\(lines[line - 1].drop { $0 == " " })`: "
        + "\(fault.explanation). All other lines are sound.",
      wrong: [.init("last-line", "\(lines.count)")])
  }

  private static func missingMembers(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let document = DocumentFactory.record(of: entity, extra: d == .easy ? 1 : 3, &g)
    let present = (document.members ?? []).map(\.name)
    let absent = entity.fields.map(\.name).filter { !present.contains($0) }
    let missing = g.sample(absent, count: g.below(d == .easy ? 2 : 3))
    let required = g.shuffled(g.sample(present, count: 3) + missing)
    let found = required.filter { !present.contains($0) }
    let answer = found.isEmpty ? "none" : found.joined(separator: ", ")
    let listed = required.joined(separator: ", ")
    let ask = g.pick([
      "Required members: \(listed). Which of them does this \(entity.name) lack?",
      "A \(entity.name) must have \(listed). Name those that are missing.",
      "Check the required keys (\(listed)) and report the absent ones.",
      "The schema demands \(listed). What is not there?",
    ])
    return ProceduralItem(
      instruction: ask + " "
        + g.pick([
          "Keep the order of the requirement, separate by \", \", or answer none.",
          "Answer in the order given, joined by a comma and a space; none if all are present.",
          "Comma and space between names, same order; write none when nothing is missing.",
        ]),
      input: JSONText.shown(document, &g), output: answer,
      reasoning: "The object has \(Phrasing.list(present)). Of the required names, "
        + (found.isEmpty ? "all are there." : "\(Phrasing.list(found)) cannot be found."),
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("all-required", listed), .init("none-claimed", "none"),
          .init("present-one", required.first { present.contains($0) } ?? ""),
          .init("dropped-last", found.dropLast().joined(separator: ", ")),
        ]))
  }

  private static func wrongType(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let document = DocumentFactory.record(
      of: entity, extra: d == .easy ? 1 : d == .medium ? 3 : 5, &g)
    let members = (document.members ?? []).filter { $0.value != .null }
    let schema = members.map { "\($0.name): \($0.value.typeName)" }
    let victim = g.pick(members)
    let spoiled: JSONValue =
      switch victim.value {
      case .number: .string(victim.value.plain)
      case .bool(let truth): g.once(in: 2) ? .string("\(truth)") : .number(truth ? 1 : 0)
      default: .array([victim.value])
      }
    let sound = g.once(in: 5)
    let shown = JSONValue.object(
      members.map { $0.name == victim.name && !sound ? .init($0.name, spoiled) : $0 })
    let answer = sound ? "none" : victim.name
    let ask = g.pick([
      "Which member has a type other than the schema says?",
      "Compare the record with its type listing. Which key violates it?",
      "At most one value has the wrong JSON type. Whose is it?",
      "Find the field whose type does not match the declaration.",
    ])
    return ProceduralItem(
      instruction: ask + " Schema: " + g.shuffled(schema).joined(separator: ", ") + ". "
        + g.pick([
          "Answer with the name, or none.", "Give the member's name; none if all match.",
          "Reply with just the key, or the word none.",
        ]),
      input: JSONText.shown(shown, &g), output: answer,
      reasoning: sound
        ? "Each value has the type that the schema gives, so the answer is none."
        : "\(victim.name) should be a \(victim.value.typeName), but "
          + "\(ProceduralJSON.minified(spoiled)) is of type \(spoiled.typeName).",
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("other-member", members.first { $0.name != answer }?.name ?? ""),
          .init("none-claimed", "none"), .init("type-instead-of-name", spoiled.typeName),
        ]))
  }

  private static func outOfRange(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let sizes = rows.map { $0[entity.measure]?.hundredths ?? 0 }.sorted()
    let low = sizes[g.below(2)]
    let high = max(low, sizes[sizes.count - 1 - g.below(2)])
    let (from, to) = (JSONText.decimal(hundredths: low), JSONText.decimal(hundredths: high))
    let bad = rows.filter { row in
      let size = row[entity.measure]?.hundredths ?? 0
      return size < low || size > high
    }.map { ($0[entity.label] ?? .null).plain }
    let answer = bad.isEmpty ? "none" : bad.joined(separator: ", ")
    let ask = g.pick([
      "The \(entity.measure) must be between \(from) and \(to), bounds included. Who breaks this?",
      "Allowed \(entity.measure): \(from) to \(to) inclusive. Which \(entity.plural) fall outside?",
      "Check minimum \(from) and maximum \(to) of \(entity.measure). List the violators.",
      "Report each \(entity.name) whose \(entity.measure) is below \(from) or above \(to).",
    ])
    return ProceduralItem(
      instruction: ask + " "
        + g.pick([
          "Give their \(entity.label) in document order, joined by \", \", or none.",
          "Answer: \(entity.label) values separated by a comma and a space, in order; else none.",
        ]),
      input: JSONText.shown(.array(rows), &g), output: answer,
      reasoning: rows.map { row in
        let size = row[entity.measure]?.hundredths ?? 0
        let verdict = size < low ? "too low" : size > high ? "too high" : "within bounds"
        return "\((row[entity.label] ?? .null).plain): \(JSONText.decimal(hundredths: size)), "
          + verdict
      }.joined(separator: "; ") + ".",
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("none-claimed", "none"),
          .init(
            "bounds-excluded",
            rows.filter {
              let size = $0[entity.measure]?.hundredths ?? 0
              return size <= low || size >= high
            }.map { ($0[entity.label] ?? .null).plain }.joined(separator: ", ")),
          .init("wrong-entry", (rows.first?[entity.label] ?? .null).plain),
        ]))
  }

  private static func allowedValues(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    var values: [String] = []
    for row in rows {
      let value = (row[entity.group] ?? .null).plain
      if !values.contains(value) { values.append(value) }
    }
    let banned = g.pick(values)
    let allowed = g.shuffled(
      values.filter { $0 != banned } + [g.pick(["other", "unknown", "any"])])
    let bad = rows.filter { !allowed.contains(($0[entity.group] ?? .null).plain) }
    let ask = g.pick([
      "Only \(Phrasing.list(allowed)) are allowed for \(entity.group). How many objects break that?",
      "The enum of `\(entity.group)` is [\(allowed.joined(separator: ", "))]. Count the violations.",
      "How many \(entity.plural) have a \(entity.group) outside {\(allowed.joined(separator: ", "))}?",
    ])
    return .count(
      ask + " " + Phrasing.only("the number", &g), input: JSONText.shown(.array(rows), &g),
      answer: bad.count,
      reasoning: "The value \"\(banned)\" is not allowed. It stands at "
        + Phrasing.list(bad.map { ($0[entity.label] ?? .null).plain })
        + ", which makes \(bad.count).",
      wrong: [.init("counted-the-sound", "\(rows.count - bad.count)")])
  }

  private static func duplicateID(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    var (entity, rows) = rows(d, &g)
    let twice = !g.once(in: 4)
    if twice {
      let (from, to) = g.pair(Array(rows.indices))
      let label = rows[from][entity.label] ?? .null
      rows[to] = rows[to].replacing([.member(entity.label)], with: label)
    }
    let labels = rows.map { ($0[entity.label] ?? .null).plain }
    let answer = labels.first { label in labels.count { $0 == label } > 1 } ?? "none"
    let ask = g.pick([
      "Every \(entity.label) should be unique. Which one occurs twice?",
      "Look for a duplicate \(entity.label) in this list of \(entity.plural).",
      "A unique index on \(entity.label) rejects these \(entity.plural). Because of which value?",
      "Does any \(entity.label) repeat?",
    ])
    return ProceduralItem(
      instruction: ask + " "
        + g.pick([
          "Answer with the value, or none.", "Give the repeated value; none if all differ.",
          "Write the value without quotes, or the word none.",
        ]),
      input: JSONText.shown(.array(rows), &g), output: answer,
      reasoning: "The values of \(entity.label) are \(labels.joined(separator: ", ")). "
        + (answer == "none" ? "All differ." : "\(answer) appears more than once."),
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [.init("none-claimed", "none")]
          + labels.filter { $0 != answer }.prefix(2).map { .init("other-value", $0) }))
  }

  private static func repeatedName(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let base = DocumentFactory.record(
      of: g.pick(Entities.all), extra: d == .easy ? 1 : d == .medium ? 3 : 5, &g)
    var members = base.members ?? []
    let again = g.pick(members)
    let twice = g.once(in: 3) ? nil : again.name
    let near = JSONValue.Member(again.name + g.pick(["_2", "_old", "s", "_id"]), again.value)
    members.insert(
      twice == nil ? near : .init(again.name, g.once(in: 2) ? again.value : .null),
      at: g.below(members.count + 1))
    let answer = twice ?? "none"
    let ask = g.pick([
      "Does the object use a member name twice?",
      "Strict readers refuse repeated names. Is one here?",
      "Find the key that is defined more than once.", "Check this object for duplicate keys.",
    ])
    return ProceduralItem(
      instruction: ask + " "
        + g.pick([
          "Answer with the name, or none.", "Write the repeated name; none if there is none.",
          "Reply with just the key, or none.",
        ]),
      input: JSONText.shown(.object(members), &g), output: answer,
      reasoning: "The names in order are \(members.map(\.name).joined(separator: ", ")). "
        + (twice == nil ? "No two are the same." : "\(answer) is there twice."),
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [.init("none-claimed", "none"), .init("similar-name", near.name)]
          + members.prefix(2).map { .init("other-name", $0.name) }))
  }

  private static func whichLines(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let count = g.integer(d, easy: 3...3, medium: 4...5, hard: 5...7)
    var lines: [String] = []
    for _ in 0..<count {
      let text = ProceduralJSON.spaced(
        DocumentFactory.record(of: g.pick(Entities.all), extra: d == .hard ? 1 : 0, &g))
      lines.append(g.once(in: 2) ? text : spoiled(text, &g))
    }
    let good = lines.indices.filter { lines[$0].isStrictJSON }.map { "\($0 + 1)" }
    let answer = good.isEmpty ? "none" : good.joined(separator: ", ")
    let bad = lines.indices.filter { !lines[$0].isStrictJSON }.map { "\($0 + 1)" }
    let ask = g.pick([
      "Which lines of this JSON Lines file are valid JSON?",
      "Each line should be a JSON document. Which ones parse?",
      "A strict parser reads line by line. Which lines does it accept?",
    ])
    return ProceduralItem(
      instruction: ask + " "
        + g.pick([
          "Answer with line numbers from 1, joined by \", \", or none.",
          "Give the numbers (first line is 1), separated by a comma and a space; else none.",
        ]),
      input: lines.joined(separator: "\n"), output: answer,
      reasoning: "Lines with a fault: \(bad.isEmpty ? "none" : Phrasing.list(bad)). "
        + "The others parse: \(answer).",
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("invalid-ones-listed", bad.joined(separator: ", ")),
          .init(
            "counted-from-zero",
            lines.indices.filter { lines[$0].isStrictJSON }
              .map(String.init).joined(separator: ", ")),
          .init("all-accepted", lines.indices.map { "\($0 + 1)" }.joined(separator: ", ")),
        ]))
  }

  /// One line with one thing wrong.
  private static func spoiled(_ text: String, _ g: inout SeededGenerator) -> String {
    switch g.below(6) {
    case 0: String(text.dropLast()) + ",}"
    case 1: String(text.dropLast())
    case 2: text.replacing("\"", with: "'")
    case 3: text.replacing(", ", with: " ", maxReplacements: 1)
    case 4: text.replacing("\": ", with: "\" = ", maxReplacements: 1)
    default: text + g.pick(["}", ",", " {}", "]"])
    }
  }

  private static func unexpected(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let document = DocumentFactory.record(
      of: entity, extra: d == .easy ? 1 : d == .medium ? 3 : 5, &g)
    let names = (document.members ?? []).map(\.name)
    let extra = g.sample(names, count: g.below(d == .easy ? 2 : 4))
    let allowed = g.shuffled(
      names.filter { !extra.contains($0) }
        + g.sample(entity.fields.map(\.name).filter { !names.contains($0) }, count: 1))
    let found = names.filter { extra.contains($0) }
    let ask = g.pick([
      "The schema closes the object (additionalProperties: false) and knows only",
      "No other members are permitted than", "Allowed keys of this \(entity.name):",
      "A strict decoder understands just these names:",
    ])
    return .json(
      "\(ask) \(allowed.joined(separator: ", ")). "
        + g.pick([
          "Give the unexpected names as a minified JSON array in document order.",
          "Return a compact JSON array of all members that are not allowed, in order.",
          "Answer with a JSON array (no white space) of the offending names, as they come.",
        ]),
      input: JSONText.shown(document, &g), answer: .array(found.map(JSONValue.string)),
      reasoning:
        "The object has \(names.joined(separator: ", ")). Not in the list of allowed names: "
        + (found.isEmpty ? "none, so the array is empty." : Phrasing.list(found) + "."))
  }

  private static func ruleSet(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let document = DocumentFactory.record(
      of: entity, extra: d == .easy ? 2 : d == .medium ? 3 : 5, &g)
    let members = document.members ?? []
    var rules: [(text: String, holds: Bool)] = []
    for member in g.sample(members, count: d == .easy ? 2 : d == .medium ? 3 : 4) {
      rules.append(rule(member, &g))
    }
    let broken = rules.indices.filter { !rules[$0].holds }.map { "\($0 + 1)" }
    let answer = broken.isEmpty ? "none" : broken.joined(separator: ", ")
    let listed = rules.enumerated().map { "\($0 + 1). \($1.text)" }.joined(separator: "\n")
    let ask = g.pick([
      "Which of the numbered rules does the document break?",
      "Check each rule against the \(entity.name). Which numbers fail?",
      "Validate the record. List the numbers of the violated rules.",
    ])
    return ProceduralItem(
      instruction: ask + " "
        + g.pick([
          "Join the numbers with \", \" or answer none.",
          "Comma and space between numbers; none if all hold.",
        ]),
      input: "Rules:\n\(listed)\n\nDocument:\n\(JSONText.shown(document, &g))", output: answer,
      reasoning: rules.enumerated().map {
        "Rule \($0 + 1) (\($1.text)) \($1.holds ? "holds" : "is broken")"
      }.joined(separator: "; ") + ".",
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("none-claimed", "none"),
          .init(
            "holding-ones-listed",
            rules.indices.filter { rules[$0].holds }.map { "\($0 + 1)" }.joined(separator: ", ")),
          .init("all-listed", rules.indices.map { "\($0 + 1)" }.joined(separator: ", ")),
        ]))
  }

  /// A rule about one member, and whether it holds.
  private static func rule(
    _ member: JSONValue.Member, _ g: inout SeededGenerator
  ) -> (text: String, holds: Bool) {
    switch member.value {
    case .number:
      let size = member.value.hundredths
      let bound = size / 100 + g.integer(in: -9...9)
      return ("\(member.name) is greater than \(bound)", size > bound * 100)
    case .bool(let truth):
      let wanted = g.once(in: 2)
      return ("\(member.name) is \(wanted)", truth == wanted)
    case .string(let text):
      let length = text.count + g.integer(in: -2...2)
      return ("\(member.name) has at most \(length) characters", text.count <= length)
    default:
      let wanted = g.once(in: 2)
      return ("\(member.name) is \(wanted ? "" : "not ")null", wanted == (member.value == .null))
    }
  }
}
