internal import ExpertRecord

/// Dates, times, units and notations of numbers: exact decimal arithmetic, stated rounding.
package enum Conversion {
  package static let domain = ProceduralDomain(
    name: "conversion",
    summary: "dates, calendars, clocks, lengths, amounts, data sizes and numerals",
    skills: ["dates", "calendar", "clock", "lengths", "amounts", "data-sizes", "numerals"],
    templates: dates + calendar + clock + lengths + amounts + dataSizes + numerals)

  /// One value to convert.
  struct Row {
    var given: String
    var answer: String
    /// How the answer comes about, as a clause.
    var steps: String
    /// What usual mistakes give.
    var wrong: [(name: String, text: String)]
  }

  /// How many values one problem has.
  static func count(_ d: Difficulty, _ g: inout SeededGenerator) -> Int {
    g.integer(d, easy: 1...2, medium: 2...4, hard: 4...6)
  }

  /// A problem with one value or several: one answer line for each, in order.
  ///
  /// A corruption spoils one line and leaves the others right.
  static func batch(
    _ ask: [String], form: [String], rows: [Row], _ g: inout SeededGenerator
  ) -> ProceduralItem {
    let labelled = g.once(in: 2)
    var labels: Set<String> = []
    let lines = rows.map { row -> String in
      var label = Setting.label(&g)
      while !labels.insert(label).inserted { label = Setting.label(&g) }
      return labelled ? "\(label): \(row.given)" : row.given
    }
    let opening = g.once(in: 2) ? Setting.opening(&g) + " " : ""
    let many =
      rows.count == 1
      ? (labelled ? " " + Setting.withoutLabel(&g) : "")
      : " " + Setting.oneALine(&g, labelled: labelled)
    let answers = rows.map(\.answer)
    let spoiled = g.below(rows.count)
    let corruptions = rows[spoiled].wrong.map { wrong in
      var lines = answers
      lines[spoiled] = wrong.text
      return ProceduralItem.Corruption(wrong.name, lines.joined(separator: "\n"))
    }
    return ProceduralItem(
      instruction: opening + g.pick(ask) + " " + g.pick(form) + many,
      input: lines.joined(separator: "\n"), output: answers.joined(separator: "\n"),
      reasoning: rows.map { "\($0.given): \($0.steps), so \($0.answer)." }.joined(separator: " "),
      answerKind: .literal,
      corruptions: Wrong.answers(
        answers.joined(separator: "\n"),
        corruptions + [
          .init("reversed-order", answers.reversed().joined(separator: "\n")),
          .init("dropped-last", answers.dropLast().joined(separator: "\n")),
        ]))
  }
}

/// Where values to convert come from, in words.
enum Setting {
  static func label(_ g: inout SeededGenerator) -> String {
    let noun = g.pick(Vocabulary.nouns)
    return g.pick([
      "\(noun)", "\(g.pick(Vocabulary.firstNames))", "\(g.pick(Vocabulary.cities))",
      "\(g.pick(Vocabulary.adjectives)) \(noun)", "item \(g.integer(in: 1...99))",
      "\(noun)_\(g.integer(in: 1...40))", "\(g.pick(Vocabulary.companies))",
    ])
  }

  static func opening(_ g: inout SeededGenerator) -> String {
    let firm = g.pick(Vocabulary.companies)
    let who = g.pick(Vocabulary.firstNames)
    let city = g.pick(Vocabulary.cities)
    return g.pick([
      "\(firm) is moving its records.", "\(who) prepares a report for \(firm).",
      "A colleague in \(city) sent this.", "This comes from \(who)'s spreadsheet.",
      "The office in \(city) uses another notation.", "\(who) needs this for a form.",
      "An import job at \(firm) expects another format.", "\(who) from \(city) asks for help.",
      "Notes of a trip to \(city):", "Part of a data sheet by \(firm):",
    ])
  }

  static func oneALine(_ g: inout SeededGenerator, labelled: Bool) -> String {
    g.pick([
      "One answer per line, in the same order", "Answer line by line, order kept",
      "Give one result per line in the order of the input", "Write each result on its own line",
    ]) + (labelled ? g.pick([", without the labels.", "; leave out the names in front."]) : ".")
  }

  static func withoutLabel(_ g: inout SeededGenerator) -> String {
    g.pick([
      "Leave out the label.", "Do not repeat the name in front.", "Only the result, no label.",
    ])
  }
}
