internal import ExpertRecord

/// The questions. Each computes its answer from the values that the document was rendered from.
enum ExtractionTasks {
  static let all: [ExtractionTask] = [
    field, joinFields, position, count, sum, average, range, most, least, first, last, keys, unique,
    convert, convertMatching, groups, groupSums, frequent, malformed,
  ]

  // MARK: One row

  /// A row is named by its key, or when hard by a combination of values that only it has.
  private static func name(
    _ g: inout SeededGenerator, _ difficulty: Difficulty, _ d: SampleDocument, _ place: Int
  ) -> String {
    let fallback =
      "the \(d.format.row) whose \(d.format.fields[d.format.key].words) is "
      + d.value(place, d.format.key)
    guard difficulty == .hard, g.oneIn(2) else { return fallback }
    for _ in 0..<8 {
      let fields = g.sample(d.format.indices(.category) + d.format.indices(.number), count: 2)
      let conditions = fields.map {
        DocumentPlan.Condition(field: $0, test: .equals, value: d.value(place, $0))
      }
      guard fields.count == 2, d.places(conditions) == [place] else { continue }
      return "the only \(d.format.row) whose "
        + AnswerText.list(conditions.map { $0.words(d.format) }, "and whose")
    }
    return fallback
  }

  static let field = ExtractionTask(id: "field", skill: "extract") { g, difficulty, d in
    let place = g.below(d.rows.count)
    let fields = d.format.fields.indices.filter { $0 != d.format.key }
    let wanted = g.pick(fields)
    let answer = d.value(place, wanted)
    let other = g.pick(fields.filter { $0 != wanted })
    let named = name(&g, difficulty, d, place)
    guard !named.contains(" \(d.format.fields[wanted].words) is ") else { return nil }
    let near = (place + 1) % d.rows.count
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "What is the \(d.format.fields[wanted].words) of \(named)?",
        "Give the \(d.format.fields[wanted].words) that belongs to \(named).",
        "Find \(named) and return its \(d.format.fields[wanted].words).",
      ]), form: g.pick(["Answer with the value alone.", "Return only the value, nothing else."]),
      answer: answer,
      steps: [
        "\(named.prefix(1).uppercased() + named.dropFirst()) is number \(place + 1) of "
          + "\(d.rows.count).", "Its \(d.format.fields[wanted].words) is \(answer).",
      ],
      wrong: [
        ("neighbour-row", d.value(near, wanted)), ("neighbour-field", d.value(place, other)),
        ("field-name", d.format.fields[wanted].name),
        ("previous-row", d.value((place + d.rows.count - 1) % d.rows.count, wanted)),
      ])
    return (
      draft.item(&g), DocumentPlan(operation: .field, fields: [wanted], row: place, conditions: [])
    )
  }

  static let joinFields = ExtractionTask(id: "join", skill: "extract") { g, difficulty, d in
    let place = g.below(d.rows.count)
    let size = difficulty == .easy ? 2 : difficulty == .medium ? 3 : 4
    let wanted = g.sample(Array(d.format.fields.indices), count: size)
    let separator = g.pick([" | ", ";", " / ", " -> ", "#", "~", " & "])
    let join = { (row: Int, fields: [Int]) in
      fields.map { d.value(row, $0) }.joined(separator: separator)
    }
    let answer = join(place, wanted)
    let names = wanted.map { d.format.fields[$0].words }
    let draft = ExtractionDraft(
      d,
      question: "Take \(ordinal(place + 1)) \(d.format.row) from the top and join its "
        + "\(AnswerText.list(names)), in this order, by \"\(separator)\".",
      form: "Answer with the joined text only.", answer: answer,
      steps: ["That \(d.format.row) has:"]
        + wanted.map { "\(d.format.fields[$0].words): \(d.value(place, $0))" }
        + ["Joined by \"\(separator)\": \(answer)"],
      wrong: [
        ("reversed-order", join(place, wanted.reversed())),
        ("off-by-one-row", join((place + 1) % d.rows.count, wanted)),
        ("missing-field", join(place, Array(wanted.dropLast()))),
        ("wrong-separator", wanted.map { d.value(place, $0) }.joined(separator: ", ")),
      ])
    var plan = DocumentPlan(operation: .join, fields: wanted, row: place, conditions: [])
    plan.separator = separator
    return (draft.item(&g), plan)
  }

  static let position = ExtractionTask(id: "position", skill: "extract") { g, difficulty, d in
    let place = g.below(d.rows.count)
    let named = name(&g, difficulty, d, place)
    let fromEnd = difficulty != .easy && g.oneIn(2)
    let answer = fromEnd ? d.rows.count - place : place + 1
    let draft = ExtractionDraft(
      d,
      question: "At which position among the \(d.format.rows) does \(named) stand, counted from "
        + (fromEnd ? "the bottom (the last one is 1)?" : "the top (the first one is 1)?"),
      form: "Answer with the number only.", answer: String(answer),
      steps: [
        "There are \(d.rows.count) \(d.format.rows).",
        "Counted from the \(fromEnd ? "bottom" : "top"), \(named) is number \(answer).",
      ],
      wrong: [
        ("zero-based", String(answer - 1)), ("off-by-one", String(answer + 1)),
        ("wrong-end", String(fromEnd ? place + 1 : d.rows.count - place)),
      ])
    return (
      draft.item(&g),
      DocumentPlan(
        operation: .position, fields: [fromEnd ? 1 : 0], row: place, conditions: [])
    )
  }

  // MARK: Counts and numbers

  static let count = ExtractionTask(id: "count", skill: "count") { g, difficulty, d in
    let conditions = d.conditions(&g, difficulty)
    guard let final = conditions.last else { return nil }
    let places = d.places(conditions)
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "How many \(d.subject(conditions)) are there?", "Count the \(d.subject(conditions)).",
        "What is the number of \(d.subject(conditions))?",
      ]), form: "Answer with the number only.", answer: String(places.count),
      steps: [d.chosen(places), "That makes \(places.count)."],
      wrong: [
        ("off-by-one", String(places.count + 1)),
        ("ignored-condition", String(d.places(Array(conditions.dropLast())).count)),
        (
          "negated-condition",
          String(
            d.places(Array(conditions.dropLast()) + [final.slip]).count)
        ),
        ("missed-one", String(places.count - 1)),
      ])
    return (
      draft.item(&g), DocumentPlan(operation: .count, fields: [], row: nil, conditions: conditions)
    )
  }

  static let sum = ExtractionTask(id: "sum", skill: "aggregate") { g, difficulty, d in
    let number = g.pick(d.format.indices(.number))
    let conditions = d.conditions(&g, difficulty == .hard ? .medium : .easy, without: [number])
    let used = difficulty == .easy && g.oneIn(2) ? [] : conditions
    let places = d.places(used)
    guard places.count >= 2 else { return nil }
    let total = { (places: [Int]) in
      DocumentNumber.text(
        places.map { DocumentNumber.units(d.value($0, number)) }.reduce(0, +),
        like: d.value(0, number))
    }
    let answer = total(places)
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "What is the sum of the \(d.format.fields[number].words) over all \(d.subject(used))?",
        "Add up the \(d.format.fields[number].words) of the \(d.subject(used)).",
      ]), form: "Answer with the number only, without unit.", answer: answer,
      steps: [
        d.chosen(places),
        places.map { d.value($0, number) }.joined(separator: " + ") + " = \(answer)",
      ],
      wrong: [
        ("missed-last-row", total(Array(places.dropLast()))),
        ("ignored-condition", total(Array(d.rows.indices))),
        ("count-for-sum", String(places.count)),
        ("missed-first-row", total(Array(places.dropFirst()))),
      ])
    return (
      draft.item(&g),
      DocumentPlan(operation: .sum, fields: [number], row: nil, conditions: used)
    )
  }

  static let average = ExtractionTask(id: "average", skill: "aggregate") { g, difficulty, d in
    let number = g.pick(d.format.indices(.number))
    let conditions = d.conditions(&g, difficulty == .hard ? .medium : .easy, without: [number])
    let places = d.places(conditions)
    guard places.count >= 2 else { return nil }
    // Half a hundredth is rounded up; every number here is positive.
    let mean = { (places: [Int]) -> String in
      let scale = d.value(0, number).contains(".") ? 1 : 100
      let sum = places.map { DocumentNumber.units(d.value($0, number)) * scale }.reduce(0, +)
      return Padded.hundredths((2 * sum + places.count) / (2 * places.count))
    }
    let answer = mean(places)
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "What is the mean \(d.format.fields[number].words) of the \(d.subject(conditions))?",
        "Average the \(d.format.fields[number].words) over the \(d.subject(conditions)).",
      ]), form: "Answer with the number only, with exactly two decimals, halves rounded up.",
      answer: answer,
      steps: [
        d.chosen(places),
        "(\(places.map { d.value($0, number) }.joined(separator: " + "))) / \(places.count) = \(answer)",
      ],
      wrong: [
        ("ignored-condition", mean(Array(d.rows.indices))),
        ("missed-last-row", mean(Array(places.dropLast()))),
        ("first-value", Padded.hundredths(DocumentNumber.units(d.value(places[0], number)))),
        ("missed-first-row", mean(Array(places.dropFirst()))),
      ])
    return (
      draft.item(&g),
      DocumentPlan(operation: .average, fields: [number], row: nil, conditions: conditions)
    )
  }

  static let range = ExtractionTask(id: "range", skill: "aggregate") { g, difficulty, d in
    let number = g.pick(d.format.indices(.number))
    let conditions =
      difficulty == .easy
      ? [] : d.conditions(&g, difficulty == .hard ? .medium : .easy, without: [number])
    let places = d.places(conditions)
    let values = places.map { DocumentNumber.units(d.value($0, number)) }
    guard let low = values.min(), let high = values.max(), low < high else { return nil }
    let show = { (units: Int) in DocumentNumber.text(units, like: d.value(0, number)) }
    let draft = ExtractionDraft(
      d,
      question:
        "By how much does the largest \(d.format.fields[number].words) exceed the smallest, "
        + "among all \(d.subject(conditions))?",
      form: "Answer with the difference only.", answer: show(high - low),
      steps: [
        d.chosen(places), "Largest: \(show(high)); smallest: \(show(low)).",
        "\(show(high)) - \(show(low)) = \(show(high - low))",
      ],
      wrong: [
        ("largest-only", show(high)), ("sum-for-difference", show(high + low)),
        ("smallest-only", show(low)),
        ("first-minus-last", show(abs(values[0] - values[values.count - 1]))),
      ])
    return (
      draft.item(&g),
      DocumentPlan(operation: .range, fields: [number], row: nil, conditions: conditions)
    )
  }

  static let most = extreme("most", largest: true)
  static let least = extreme("least", largest: false)

  private static func extreme(_ id: String, largest: Bool) -> ExtractionTask {
    ExtractionTask(id: id, skill: "aggregate") { g, difficulty, d in
      let number = g.pick(d.format.indices(.number))
      let conditions = difficulty == .easy ? [] : d.conditions(&g, .easy, without: [number])
      let places = d.places(conditions)
      let wanted =
        difficulty == .hard
        ? g.pick(d.format.fields.indices.filter { $0 != number }) : d.format.key
      let sorted = places.sorted {
        let (a, b) = (
          DocumentNumber.units(d.value($0, number)), DocumentNumber.units(d.value($1, number))
        )
        return largest ? a > b : a < b
      }
      guard sorted.count >= 2, d.value(sorted[0], number) != d.value(sorted[1], number) else {
        return nil
      }
      let answer = d.value(sorted[0], wanted)
      let word = largest ? "largest" : "smallest"
      let draft = ExtractionDraft(
        d,
        question: g.pick([
          "Which \(d.format.fields[wanted].words) belongs to the \(d.format.row) with the \(word) "
            + "\(d.format.fields[number].words)",
          "Give the \(d.format.fields[wanted].words) of the \(d.format.row) that has the \(word) "
            + "\(d.format.fields[number].words)",
        ]) + (conditions.isEmpty ? "." : ", among the \(d.subject(conditions))."),
        form: "Answer with the value alone.", answer: answer,
        steps: [
          d.chosen(places),
          "The \(d.format.fields[number].words) values are "
            + places.map { d.value($0, number) }.joined(separator: ", ") + ".",
          "The \(word) is \(d.value(sorted[0], number)), so the answer is \(answer).",
        ],
        wrong: [
          ("opposite-extreme", d.value(sorted[sorted.count - 1], wanted)),
          ("second-place", d.value(sorted[1], wanted)),
          ("number-for-name", d.value(sorted[0], number)),
          ("first-row", d.value(places[0], wanted)),
        ])
      return (
        draft.item(&g),
        DocumentPlan(
          operation: largest ? .most : .least, fields: [number, wanted], row: nil,
          conditions: conditions)
      )
    }
  }

  // MARK: Lists

  static let first = edge("first", last: false)
  static let last = edge("last", last: true)

  private static func edge(_ id: String, last: Bool) -> ExtractionTask {
    ExtractionTask(id: id, skill: "list") { g, difficulty, d in
      let conditions = d.conditions(&g, difficulty)
      let places = d.places(conditions)
      guard places.count >= 2, let place = last ? places.last : places.first else { return nil }
      let wanted = difficulty == .easy ? d.format.key : g.pick(Array(d.format.fields.indices))
      let answer = d.value(place, wanted)
      let words = d.format.fields[wanted].words
      let draft = ExtractionDraft(
        d,
        question: g.pick([
          "Of the \(d.subject(conditions)), what is the \(words) of the \(id) one from the top?",
          "Take the \(d.subject(conditions)) in the order of the text: which \(words) has the "
            + "\(id) of them?",
        ]), form: "Answer with the value alone.", answer: answer,
        steps: [d.chosen(places), "The \(id) of them has the \(words) \(answer)."],
        wrong: [
          ("wrong-end", d.value(last ? places[0] : places[places.count - 1], wanted)),
          ("neighbour-match", d.value(last ? places[places.count - 2] : places[1], wanted)),
          ("ignored-condition", d.value(last ? d.rows.count - 1 : 0, wanted)),
          ("neighbour-field", d.value(place, (wanted + 1) % d.format.fields.count)),
        ])
      return (
        draft.item(&g),
        DocumentPlan(
          operation: last ? .last : .first, fields: [wanted], row: nil, conditions: conditions)
      )
    }
  }

  static let keys = ExtractionTask(id: "filter", skill: "list") { g, difficulty, d in
    let conditions = d.conditions(&g, difficulty)
    guard let final = conditions.last else { return nil }
    let places = d.places(conditions)
    guard places.count < d.rows.count else { return nil }
    let key = d.format.fields[d.format.key].words
    let list = { (places: [Int]) in
      AnswerText.array(places.map { AnswerText.quote(d.value($0, d.format.key)) })
    }
    let slipped = Array(conditions.dropLast()) + [final.slip]
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "List the \(key) of all \(d.subject(conditions)).",
        "Which \(d.subject(conditions)) are there? Give the \(key) of each.",
        "Keep only the \(d.subject(conditions)) and return the \(key) of those that remain.",
      ]), form: "Answer with a JSON array of strings in the order of the text.",
      answer: list(places), steps: [d.chosen(places)], kind: .json,
      wrong: [
        ("missing-row", places.count > 1 ? list(Array(places.dropLast())) : "[]"),
        ("negated-condition", list(d.places(slipped))),
        ("ignored-condition", list(d.places(Array(conditions.dropLast())))),
        ("reversed-order", list(places.reversed())),
      ])
    return (
      draft.item(&g),
      DocumentPlan(
        operation: .keys, fields: [d.format.key], row: nil, conditions: conditions)
    )
  }

  static let unique = ExtractionTask(id: "unique", skill: "list") { g, difficulty, d in
    let category = g.pick(d.format.indices(.category))
    let conditions =
      difficulty == .easy
      ? [] : d.conditions(&g, difficulty == .hard ? .medium : .easy, without: [category])
    let all = d.places(conditions).map { d.value($0, category) }
    var seen = Set<String>()
    let values = all.filter { seen.insert($0).inserted }
    guard values.count >= 2 || difficulty == .hard, !values.isEmpty else { return nil }
    let sorted = difficulty == .hard
    let list = { (values: [String]) in AnswerText.array(values.map(AnswerText.quote)) }
    let right =
      sorted ? values.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) } : values
    let words = d.format.fields[category].words
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "Which different values of \(words) occur among the \(d.subject(conditions))?",
        "List every \(words) that appears in the \(d.subject(conditions)), each once.",
      ]),
      form:
        "Answer with a JSON array of strings, \(sorted ? "sorted by character code" : "in the order of first appearance").",
      answer: list(right),
      steps: [
        "In order the values are \(all.joined(separator: ", ")).",
        "Without repeats\(sorted ? " and sorted" : ""): \(right.joined(separator: ", ")).",
      ],
      kind: .json,
      wrong: [
        ("keeps-duplicates", list(all)), ("reversed-order", list(right.reversed())),
        ("missing-value", list(Array(right.dropLast()))),
        ("neighbour-field", list(Array(Set(d.rows.map { $0[d.format.key] })).sorted())),
      ])
    return (
      draft.item(&g),
      DocumentPlan(
        operation: .unique, fields: [category, sorted ? 1 : 0], row: nil, conditions: conditions)
    )
  }

  // MARK: Other forms

  static let convert = ExtractionTask(id: "to-json", skill: "convert") { g, difficulty, d in
    let place = g.below(d.rows.count)
    let size = difficulty == .easy ? 3 : difficulty == .medium ? 4 : d.format.fields.count
    let fields = g.sample(Array(d.format.fields.indices), count: size).sorted()
    guard
      fields.contains(where: { d.format.fields[$0].role == .number }) || difficulty == .easy
        || d.format.indices(.number).isEmpty
    else { return nil }
    let object = { (row: Int, fields: [Int], quoted: Bool) in
      AnswerText.object(
        fields.map { field in
          let value = d.value(row, field)
          return (
            d.format.fields[field].name,
            quoted ? AnswerText.quote(value) : d.json(d.rows[row], field)
          )
        })
    }
    let keys = fields.map { "\"\(d.format.fields[$0].name)\"" }
    let meaning = fields.map { "\"\(d.format.fields[$0].name)\" = \(d.format.fields[$0].words)" }
    let named = name(&g, difficulty, d, place)
    let numbers = d.format.indices(.number).filter { fields.contains($0) }
    let rule =
      numbers.isEmpty
      ? "all values as strings"
      : "\(AnswerText.list(numbers.map { "\"\(d.format.fields[$0].name)\"" })) as written but as a JSON number, "
        + "everything else as strings"
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "Convert \(named) to a JSON object with the keys \(AnswerText.list(keys)) "
          + "(\(meaning.joined(separator: ", "))).",
        "Write \(named) as JSON: \(meaning.joined(separator: ", ")), in this order.",
      ]),
      form: "\(rule.prefix(1).uppercased() + rule.dropFirst()). Answer with the JSON object only.",
      answer: object(place, fields, false),
      steps: fields.map { "\(d.format.fields[$0].words): \(d.value(place, $0))" }
        + [numbers.isEmpty ? "No value is a number." : "Numbers stay without quotes."],
      kind: .json,
      wrong: [
        ("numbers-as-strings", object(place, fields, true)),
        ("missing-key", object(place, Array(fields.dropLast()), false)),
        ("neighbour-row", object((place + 1) % d.rows.count, fields, false)),
        (
          "swapped-values",
          AnswerText.object(
            zip(fields, fields.dropFirst() + fields.prefix(1)).map {
              (d.format.fields[$0].name, d.json(d.rows[place], $1))
            })
        ),
      ])
    return (
      draft.item(&g), DocumentPlan(operation: .convert, fields: fields, row: place, conditions: [])
    )
  }

  static let convertMatching = ExtractionTask(id: "to-json-array", skill: "convert") {
    g, difficulty, d in
    let conditions = d.conditions(&g, difficulty)
    guard let final = conditions.last else { return nil }
    let places = d.places(conditions)
    guard (1...6).contains(places.count), places.count < d.rows.count else { return nil }
    let size = difficulty == .hard ? 2 : 1
    let extra = g.sample(
      d.format.indices(.category) + d.format.indices(.number), count: size)
    let fields = [d.format.key] + extra
    let list = { (places: [Int], fields: [Int]) in
      AnswerText.array(
        places.map { place in
          AnswerText.object(fields.map { (d.format.fields[$0].name, d.json(d.rows[place], $0)) })
        })
    }
    let meaning = fields.map { "\"\(d.format.fields[$0].name)\" (\(d.format.fields[$0].words))" }
    let numbers = extra.filter { d.format.fields[$0].role == .number }
    let rule =
      numbers.isEmpty
      ? "all values are strings"
      : "\(AnswerText.list(numbers.map { "\"\(d.format.fields[$0].name)\"" })) as a number, the rest as strings"
    let slipped = Array(conditions.dropLast()) + [final.slip]
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "Return the \(d.subject(conditions)) as JSON objects with the keys \(AnswerText.list(meaning)).",
        "Convert the \(d.subject(conditions)) to JSON; each object holds \(AnswerText.list(meaning)).",
      ]),
      form: "Order of the text, keys in the order given, \(rule). Answer with the JSON array only.",
      answer: list(places, fields), steps: [d.chosen(places), "Each becomes one object."],
      kind: .json,
      wrong: [
        ("negated-condition", list(d.places(slipped), fields)),
        ("missing-key", list(places, Array(fields.dropLast()))),
        ("missing-row", places.count > 1 ? list(Array(places.dropLast()), fields) : "[]"),
        ("wrong-key-order", list(places, fields.reversed())),
      ])
    return (
      draft.item(&g),
      DocumentPlan(operation: .convert, fields: fields, row: nil, conditions: conditions)
    )
  }

  static let groups = ExtractionTask(id: "group-count", skill: "group") { g, difficulty, d in
    let category = g.pick(d.format.indices(.category))
    let conditions =
      difficulty == .easy
      ? [] : d.conditions(&g, difficulty == .hard ? .medium : .easy, without: [category])
    let places = d.places(conditions)
    let (names, sizes) = tally(d, places, category)
    guard names.count >= 2 else { return nil }
    let object = { (counts: [String: Int]) in
      AnswerText.object(names.map { ($0, String(counts[$0] ?? 0)) })
    }
    var shifted = sizes
    shifted[names[0], default: 0] += 1
    let (allNames, allSizes) = tally(d, Array(d.rows.indices), category)
    let words = d.format.fields[category].words
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "Count the \(d.subject(conditions)) for each \(words).",
        "How many \(d.subject(conditions)) are there per \(words)?",
      ]),
      form: "Answer with a JSON object from value to count, keys in the order of first appearance "
        + "among them, no zero counts.", answer: object(sizes),
      steps: [d.chosen(places)] + names.map { "\($0): \(sizes[$0] ?? 0)" }, kind: .json,
      wrong: [
        ("off-by-one", object(shifted)),
        ("ignored-condition", AnswerText.object(allNames.map { ($0, String(allSizes[$0] ?? 0)) })),
        ("missing-group", AnswerText.object(names.dropLast().map { ($0, String(sizes[$0] ?? 0)) })),
        (
          "reversed-order", AnswerText.object(names.reversed().map { ($0, String(sizes[$0] ?? 0)) })
        ),
      ])
    return (
      draft.item(&g),
      DocumentPlan(operation: .groups, fields: [category], row: nil, conditions: conditions)
    )
  }

  /// The values of a category in the order of first appearance, and how often each occurs.
  private static func tally(
    _ d: SampleDocument, _ places: [Int], _ category: Int
  ) -> ([String], [String: Int]) {
    var names: [String] = []
    var sizes: [String: Int] = [:]
    for place in places {
      let value = d.value(place, category)
      if sizes[value] == nil { names.append(value) }
      sizes[value, default: 0] += 1
    }
    return (names, sizes)
  }

  static let groupSums = ExtractionTask(id: "group-sums", skill: "group") { g, difficulty, d in
    let category = g.pick(d.format.indices(.category))
    let number = g.pick(d.format.indices(.number))
    let conditions =
      difficulty == .hard ? d.conditions(&g, .easy, without: [category, number]) : []
    let places = d.places(conditions)
    let (names, sizes) = tally(d, places, category)
    guard names.count >= 2 else { return nil }
    let sums = { (places: [Int], name: String) in
      DocumentNumber.text(
        places.filter { d.value($0, category) == name }
          .map { DocumentNumber.units(d.value($0, number)) }.reduce(0, +),
        like: d.value(0, number))
    }
    let object = { (places: [Int]) in AnswerText.object(names.map { ($0, sums(places, $0)) }) }
    let words = d.format.fields[category].words
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "For each \(words), add up the \(d.format.fields[number].words) of the \(d.subject(conditions)).",
        "Total the \(d.format.fields[number].words) per \(words) over all \(d.subject(conditions)).",
      ]),
      form: "Answer with a JSON object from value to sum, keys in the order of first appearance.",
      answer: object(places),
      steps: names.map { name in
        let parts = places.filter { d.value($0, category) == name }.map { d.value($0, number) }
        return "\(name): \(parts.joined(separator: " + ")) = \(sums(places, name))"
      }, kind: .json,
      wrong: [
        ("missed-last-row", object(Array(places.dropLast()))),
        ("count-for-sum", AnswerText.object(names.map { ($0, String(sizes[$0] ?? 0)) })),
        ("missing-group", AnswerText.object(names.dropLast().map { ($0, sums(places, $0)) })),
        ("reversed-order", AnswerText.object(names.reversed().map { ($0, sums(places, $0)) })),
      ])
    return (
      draft.item(&g),
      DocumentPlan(
        operation: .groupSums, fields: [category, number], row: nil, conditions: conditions)
    )
  }

  static let frequent = ExtractionTask(id: "most-frequent", skill: "group") { g, difficulty, d in
    let category = g.pick(d.format.indices(.category))
    let conditions = difficulty == .hard ? d.conditions(&g, .easy, without: [category]) : []
    let (names, sizes) = tally(d, d.places(conditions), category)
    let rare = difficulty != .easy && g.oneIn(2)
    let ranked = names.sorted {
      rare ? (sizes[$0] ?? 0) < (sizes[$1] ?? 0) : (sizes[$0] ?? 0) > (sizes[$1] ?? 0)
    }
    guard ranked.count >= 2, sizes[ranked[0]] != sizes[ranked[1]] else { return nil }
    let words = d.format.fields[category].words
    let draft = ExtractionDraft(
      d,
      question: "Which \(words) occurs \(rare ? "least often (but at least once)" : "most often") "
        + "among the \(d.subject(conditions))?",
      form: "Answer with the value alone.", answer: ranked[0],
      steps: names.map { "\($0): \(sizes[$0] ?? 0)" } + ["So it is \(ranked[0])."],
      wrong: [
        ("opposite-extreme", ranked[ranked.count - 1]), ("second-place", ranked[1]),
        ("count-for-value", String(sizes[ranked[0]] ?? 0)),
        ("field-name", d.format.fields[category].name),
      ])
    return (
      draft.item(&g),
      DocumentPlan(
        operation: .frequent, fields: [category, rare ? 1 : 0], row: nil, conditions: conditions)
    )
  }

  // MARK: Damage

  static let malformed = ExtractionTask(id: "malformed", skill: "detect") { g, difficulty, d in
    guard let damage = d.format.damage else { return nil }
    let bad = g.below(d.rows.count)
    var text = d.text
    let broken = damage(&g, text.rows[bad])
    guard broken != text.rows[bad], !broken.isEmpty else { return nil }
    text.rows[bad] = broken
    let shift = text.header.count
    let answer = bad + 1 + shift
    let byLine = difficulty != .hard
    let header = shift == 0 ? "" : shift == 1 ? " (the header is line 1)" : " (header lines count)"
    let other = (bad + 1) % d.rows.count
    let right = byLine ? String(answer) : broken
    let draft = ExtractionDraft(
      d,
      question: g.pick([
        "One line does not have the form of the others. ",
        "Exactly one line was damaged in transmission. ",
        "A single line breaks the format. ",
      ])
        + (byLine ? "Which line number is it\(header)?" : "Return that line exactly as it stands."),
      form: byLine
        ? "Answer with the number only, the first line being 1." : "Answer with the line only.",
      answer: right,
      steps: [
        "Each sound line has all \(d.format.fields.count) fields in the same form.",
        "Line \(answer) does not: \(broken)",
      ],
      wrong: byLine
        ? [
          ("zero-based", String(answer - 1)), ("neighbour-line", String(other + 1 + shift)),
          ("off-by-one", String(answer + 1)),
        ]
        : [
          ("neighbour-line", text.rows[other]), ("line-number", String(answer)),
          ("repaired-line", d.text.rows[bad]),
        ])
    return (
      draft.item(&g, input: text.whole),
      DocumentPlan(operation: .malformed, fields: [], row: bad, conditions: [])
    )
  }

  /// "the 3rd"
  private static func ordinal(_ number: Int) -> String {
    let suffix =
      switch (number % 10, number % 100) {
      case (1, let h) where h != 11: "st"
      case (2, let h) where h != 12: "nd"
      case (3, let h) where h != 13: "rd"
      default: "th"
      }
    return "the \(number)\(suffix)"
  }
}
