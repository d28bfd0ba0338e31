internal import ExpertRecord

extension JSONParsing {
  /// Counting and adding up what documents hold.
  static let count: [ProceduralTemplate] = [
    template("count-members", members), template("count-elements", elements),
    template("count-matching", matching), template("count-sum", sum),
    template("count-distinct", distinct), template("count-nulls", nulls),
    template("count-name-everywhere", nameEverywhere), template("count-leaves", leafCount),
    template("count-by-group", byGroup), template("count-of-type", ofType),
    template("count-range", range), template("count-depth", depthOf),
  ]

  private static func template(
    _ id: String,
    _ make: @escaping @Sendable (inout SeededGenerator, Difficulty) -> ProceduralItem
  ) -> ProceduralTemplate {
    ProceduralTemplate(id: id, skill: "count", make: make)
  }

  private static func number(_ g: inout SeededGenerator) -> String {
    " " + Phrasing.only(g.pick(["the number", "a whole number", "the count", "an integer"]), &g)
  }

  private static func members(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let nested = document.members?.filter { $0.value.members != nil } ?? []
    let inner = nested.isEmpty || g.once(in: 3) ? nil : g.pick(nested)
    let target = inner?.value ?? document
    let names = (target.members ?? []).map(\.name)
    let place = inner.map { "the object under \"\($0.name)\"" } ?? "the outermost object"
    let ask = g.pick([
      "How many members does \(place) have?", "Count the keys of \(place).",
      "How many name/value pairs are directly in \(place)?",
      "State the number of keys that \(place) has, not counting nested ones.",
      "Determine how many direct members \(place) contains.",
    ])
    return .count(
      ask + number(&g), input: JSONText.shown(document, &g), answer: names.count,
      reasoning: "Its direct members are \(Phrasing.list(names)); that makes \(names.count).",
      wrong: [.init("counted-nested-names", "\(target.allNames.count)")])
  }

  private static func elements(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let count = g.integer(d, easy: 2...5, medium: 4...8, hard: 7...12)
    let rows = DocumentFactory.table(of: entity, rows: count, extra: 0, &g)
    let name = entity.plural
    let document = JSONValue.object(
      g.shuffled([
        .init(name, .array(rows)), .init("page", .number(Double(g.integer(in: 1...40)))),
        .init("page_size", .number(Double(g.pick([10, 20, 25, 50, 100])))),
        .init("total", .number(Double(g.integer(in: 13...900)))),
      ]))
    let ask = g.pick([
      "How many \(name) does this page of results actually hold?",
      "Count the elements of the array \"\(name)\".", "What is the length of `\(name)`?",
      "A client iterates over \(name). How many times does its loop run?",
      "Ignore the paging fields: how many objects are in \(name)?",
    ])
    return .count(
      ask + number(&g), input: JSONText.shown(document, &g), answer: count,
      reasoning: "The array \"\(name)\" lists "
        + rows.map { ($0[entity.label] ?? .null).plain }.joined(separator: ", ")
        + ", which are \(count) elements; the paging fields say nothing about it.",
      wrong: [.init("paging-field", (document["total"] ?? .null).plain)])
  }

  private static func matching(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let group = (rows[g.below(rows.count)][entity.group] ?? .null).plain
    let limit = g.pick(rows)[entity.measure] ?? .null
    let both = d == .hard
    let kept = rows.filter { row in
      let same = (row[entity.group] ?? .null).plain == group
      let size = row[entity.measure]?.number ?? 0
      return both ? same && size <= (limit.number ?? 0) : same
    }
    let also = both ? " and \(entity.measure) at most \(limit.plain)" : ""
    let ask = g.pick([
      "How many \(entity.plural) have \(entity.group) \"\(group)\"\(also)?",
      "Count the entries with \(entity.group) = \(group)\(also).",
      "For how many objects is \(entity.group) equal to \(group)\(also)?",
      "Give the number of \(entity.plural) where \(entity.group) is \(group)\(also).",
    ])
    let hits = kept.map { ($0[entity.label] ?? .null).plain }
    return .count(
      ask + number(&g), input: JSONText.shown(.array(rows), &g), answer: kept.count,
      reasoning: hits.isEmpty
        ? "No entry fulfils the condition, so the count is 0."
        : "These entries fulfil it: \(Phrasing.list(hits)). That is \(kept.count).",
      wrong: [.init("counted-all", "\(rows.count)")])
  }

  private static func sum(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let sizes = rows.map { $0[entity.measure]?.hundredths ?? 0 }
    let total = sizes.reduce(0, +)
    let answer = JSONText.decimal(hundredths: total)
    let ask = g.pick([
      "Add up \(entity.measure) over all \(entity.plural).",
      "What is the sum of the \(entity.measure) values?",
      "Compute the total \(entity.measure) of this list.",
      "Sum the field `\(entity.measure)` of every \(entity.name).",
    ])
    let form = g.pick([
      "Give the exact number without trailing zeros.", "Write the exact decimal, no padding zeros.",
      "The exact value only, without unnecessary zeros after the point.",
    ])
    let texts = sizes.map { JSONText.decimal(hundredths: $0) }
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(.array(rows), &g), output: answer,
      reasoning: texts.joined(separator: " + ") + " = \(answer)", answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("missed-last", JSONText.decimal(hundredths: total - (sizes.last ?? 0))),
          .init("off-by-one", JSONText.decimal(hundredths: total + 100)),
          .init("joined-as-text", texts.joined()),
        ]))
  }

  private static func distinct(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    var values: [String] = []
    for row in rows {
      let value = (row[entity.group] ?? .null).plain
      if !values.contains(value) { values.append(value) }
    }
    let ask = g.pick([
      "How many different values does \(entity.group) take?",
      "Count the distinct \(entity.group) values in this list of \(entity.plural).",
      "How many unique entries would a set of all `\(entity.group)` fields have?",
      "Number of different \(entity.group)s among the \(entity.plural)?",
    ])
    return .count(
      ask + number(&g), input: JSONText.shown(.array(rows), &g), answer: values.count,
      reasoning: "The different values are \(Phrasing.list(values)): \(values.count).",
      wrong: [.init("counted-all", "\(rows.count)")])
  }

  private static func nulls(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    var document = DocumentFactory.document(d, &g)
    let leaves = g.sample(
      document.leaves, count: g.integer(d, easy: 1...3, medium: 1...4, hard: 2...6))
    for leaf in leaves {
      let value: JSONValue = g.once(in: 4) ? .string("null") : .null
      document = document.replacing(leaf.path[...], with: value)
    }
    let found = document.leaves.filter { $0.value == .null }
    let ask = g.pick([
      "How many null values are in this document?", "Count the JSON nulls at any depth.",
      "How often does the value null occur (the string \"null\" does not count)?",
      "Tell how many fields or elements are null, nested ones included.",
    ])
    return .count(
      ask + number(&g), input: JSONText.shown(document, &g), answer: found.count,
      reasoning: found.isEmpty
        ? "No value is null, so the count is 0."
        : "Null stands at \(Phrasing.list(found.map(\.dotted))): \(found.count) in all.",
      wrong: [
        .init("counted-text-too", "\(document.leaves.filter { $0.value.plain == "null" }.count)")
      ])
  }

  private static func nameEverywhere(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let entity = g.pick(Entities.all)
    let inner = g.pick(Entities.all)
    let rows = (0..<g.integer(d, easy: 2...3, medium: 3...4, hard: 4...5)).map { _ in
      var members = DocumentFactory.record(of: entity, extra: 0, &g).members ?? []
      if g.once(in: 2) {
        members.append(.init("parent", DocumentFactory.record(of: inner, extra: 0, &g)))
      }
      if g.once(in: 3) {
        members.append(.init("archived_by", .string(g.pick(Vocabulary.firstNames))))
      }
      return JSONValue.object(members)
    }
    let document = JSONValue.object([.init("data", .array(rows)), .init("count", .number(9))])
    let name = g.pick([entity.label, inner.label, "parent", inner.measure, "archived_by"])
    let count = document.allNames.count { $0 == name }
    let ask = g.pick([
      "How many times is \"\(name)\" used as a member name, at any depth?",
      "Count the occurrences of the key `\(name)` in the whole document.",
      "How often does the key \(name) appear, nested objects included?",
      "At all levels together, how many members are called \"\(name)\"?",
    ])
    return .count(
      ask + number(&g), input: JSONText.shown(document, &g), answer: count,
      reasoning: "Walking through the \(rows.count) objects and what they nest, the key \(name) "
        + "turns up \(count == 1 ? "once" : "\(count) times").")
  }

  private static func leafCount(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let leaves = document.leaves
    let ask = g.pick([
      "How many scalar values (strings, numbers, booleans, nulls) does the document hold?",
      "Count the leaves of this JSON tree: every value that is neither object nor array.",
      "How many primitive values are there at all depths?",
      "Number of values that are not containers?",
    ])
    return .count(
      ask + number(&g), input: JSONText.shown(document, &g), answer: leaves.count,
      reasoning: "The scalars stand at \(Phrasing.list(leaves.map(\.dotted))); "
        + "together \(leaves.count).",
      wrong: [.init("counted-names", "\(document.allNames.count)")])
  }

  private static func byGroup(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    var tally: [(String, Int)] = []
    for row in rows {
      let value = (row[entity.group] ?? .null).plain
      if let index = tally.firstIndex(where: { $0.0 == value }) {
        tally[index].1 += 1
      } else {
        tally.append((value, 1))
      }
    }
    let ask = g.pick([
      "Count the \(entity.plural) per \(entity.group).",
      "Group the list by \(entity.group) and count each group.",
      "How many \(entity.plural) are there for each \(entity.group)?",
      "Build a histogram of \(entity.group).",
    ])
    let form = g.pick([
      "Answer with a minified JSON object from value to count, in order of first appearance.",
      "Return compact JSON: keys are the values in the order they first occur, values the counts.",
      "Give a JSON object without white space; the keys follow their first occurrence.",
    ])
    let answer = JSONValue.object(tally.map { .init($0.0, .number(Double($0.1))) })
    return .json(
      "\(ask) \(form)", input: JSONText.shown(.array(rows), &g), answer: answer,
      reasoning: tally.map { "\($0.0) occurs \($0.1) time\($0.1 == 1 ? "" : "s")" }
        .joined(separator: ", ") + ".")
  }

  private static func ofType(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let document = DocumentFactory.document(d, &g)
    let type = g.pick(["string", "number", "boolean"])
    let found = document.leaves.filter { $0.value.typeName == type }
    let ask = g.pick([
      "How many \(type) values are in the document, at any depth?",
      "Count all values of the JSON type \(type).",
      "Nested parts included, how many values have type \(type)?",
      "How many leaves of this document are of type \(type)?",
    ])
    return .count(
      ask + number(&g), input: JSONText.shown(document, &g), answer: found.count,
      reasoning: found.isEmpty
        ? "No value has the type \(type): 0."
        : "Values of type \(type) stand at \(Phrasing.list(found.map(\.dotted))): \(found.count).")
  }

  private static func range(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let sizes = rows.map { $0[entity.measure]?.hundredths ?? 0 }
    let (low, high) = (sizes.min() ?? 0, sizes.max() ?? 0)
    let answer = JSONText.decimal(hundredths: high - low)
    let ask = g.pick([
      "By how much do the largest and the smallest \(entity.measure) differ?",
      "What is the range (maximum minus minimum) of \(entity.measure)?",
      "Subtract the lowest \(entity.measure) from the highest one.",
      "Compute max(\(entity.measure)) - min(\(entity.measure)) over the \(entity.plural).",
    ])
    let form = g.pick([
      "Exact number, no trailing zeros.", "Give the exact decimal without padding.",
      "Write only the exact number.",
    ])
    let (top, bottom) = (JSONText.decimal(hundredths: high), JSONText.decimal(hundredths: low))
    return ProceduralItem(
      instruction: "\(ask) \(form)", input: JSONText.shown(.array(rows), &g), output: answer,
      reasoning: "The largest value is \(top), the smallest \(bottom). "
        + "\(top) - (\(bottom)) = \(answer).",
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("maximum-only", top), .init("minimum-only", bottom),
          .init("off-by-one", JSONText.decimal(hundredths: high - low + 100)),
        ]))
  }

  private static func depthOf(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    var document = DocumentFactory.document(g.pick([.easy, d]), &g)
    for _ in 0..<g.integer(d, easy: 0...1, medium: 0...3, hard: 1...4) {
      document =
        g.once(in: 3)
        ? .array([document]) : .object([.init(g.pick(Vocabulary.nouns), document)])
    }
    let ask = g.pick([
      "How deeply are containers nested here?", "Determine the nesting depth of this document.",
      "What is the greatest number of objects and arrays that enclose one another?",
      "Give the maximum depth of objects and arrays.",
    ])
    let rule = g.pick([
      "A flat object has depth 1; each object or array inside adds one.",
      "Count the outermost container as 1.", "An object holding only scalars counts as depth 1.",
    ])
    return .count(
      "\(ask) \(rule)" + number(&g), input: JSONText.shown(document, &g), answer: document.depth,
      reasoning:
        "Following the brackets inwards, at most \(document.depth) of them are open at the "
        + "same time, so the depth is \(document.depth).")
  }
}
