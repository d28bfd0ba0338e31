internal import ExpertRecord

extension Arithmetic {
  /// Patterns that go on by a rule.
  static let sequences: [ProceduralTemplate] = ProceduralTemplate.all(
    "sequences",
    [
      ("sequences-seat-rows", seatRows), ("sequences-sum-of-steps", sumOfSteps),
      ("sequences-doubling", doubling), ("sequences-next-term", nextTerm),
      ("sequences-cycle", cycle), ("sequences-two-before", twoBefore),
      ("sequences-halving", halving), ("sequences-staircase", staircase),
    ])

  private static func seatRows(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let first = g.integer(d, easy: 4...15, medium: 8...30, hard: 11...64)
    let step = g.integer(d, easy: 1...4, medium: 2...7, hard: 3...13)
    let row = g.integer(d, easy: 4...10, medium: 9...30, hard: 17...90)
    let value = first + (row - 1) * step
    let thing = g.pick(["seats", "bricks", "plants", "candles", "flags", "lamps"])
    return WordProblem(
      story: [
        "In the hall of \(town) row 1 has \(first) \(thing) and each further row \(step) more, says "
          + "\(who).",
        "\(who) arranges \(thing) in rows in \(town): \(first) in row 1, and from row to row \(step) more.",
        "Row 1: \(first) \(thing); row 2: \(first + step); row 3: \(first + 2 * step). \(who) goes on "
          + "like this in \(town).",
      ],
      ask: [
        "How many \(thing) are in row \(row)?", "What number of \(thing) does row \(row) have?",
      ],
      form: .whole, value: Rational(value),
      steps:
        "Up to row \(row) there are \(row - 1) steps of \(step): \(first) + \((row - 1) * step) = "
        + "\(value).",
      wrong: [
        ("one-step-too-many", Rational(value + step)),
        ("first-term-forgotten", Rational((row - 1) * step)),
        ("multiplied-first-term", Rational(first * row)),
      ]
    ).item(&g, d)
  }

  private static func sumOfSteps(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let first = g.integer(d, easy: 1...10, medium: 4...40, hard: 9...120)
    let step = g.integer(d, easy: 1...5, medium: 2...12, hard: 3...29)
    let count = g.integer(d, easy: 4...8, medium: 7...20, hard: 15...60)
    let last = first + (count - 1) * step
    let sum = (first + last) * count / 2
    let act = g.pick(["saves", "swims", "reads", "paints", "runs", "collects", "bakes"])
    let unit = g.pick(["coins", "laps", "pages", "tiles", "rounds", "shells", "buns"])
    return WordProblem(
      story: [
        "\(who) \(act) \(first) \(unit) on day 1 and \(step) more on each next day than the day before, "
          + "for \(count) days.",
        "For \(count) days, \(who) \(act): \(first) \(unit) at first, daily \(step) more. \(other) "
          + "counts.",
        "\(other) notes what \(who) \(act): day 1 \(first) \(unit), day 2 \(first + step), day 3 "
          + "\(first + 2 * step), and so on up to day \(count).",
      ],
      ask: ["How many \(unit) are that in total?", "What is the total after \(count) days?"],
      form: .whole, value: Rational(sum),
      steps: "Day \(count): \(first) + \(count - 1) \u{d7} \(step) = \(last). The sum is \(count) "
        + "\u{d7} (\(first) + \(last)) / 2 = \(sum).",
      wrong: [
        ("last-day-only", Rational(last)), ("no-growth", Rational(first * count)),
        ("not-halved", Rational(sum * 2)),
      ]
    ).item(&g, d)
  }

  private static func doubling(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let start = g.integer(d, easy: 1...9, medium: 3...25, hard: 7...64)
    let factor = d == .easy ? 2 : g.pick([2, 3, 4])
    let every = g.pick([2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30])
    let steps = g.integer(d, easy: 2...5, medium: 3...6, hard: 4...8)
    let value = (0..<steps).reduce(start) { product, _ in product * factor }
    let what = g.pick([
      "bacteria", "algae cells", "rumour spreaders", "duckweed leaves", "yeast cells",
    ])
    let unit = g.pick(["minutes", "hours", "days"])
    let word = [2: "doubles", 3: "triples", 4: "quadruples"][factor] ?? "grows"
    return WordProblem(
      story: [
        "In a lab in \(town), the number of \(what) \(word) every \(every) \(unit). \(who) starts with "
          + "\(start).",
        "\(who) of \(town) watches \(start) \(what); each \(every) \(unit) their number \(word).",
        "A count of \(start) \(what) \(word) in \(every) \(unit), again and again, \(who) observes in "
          + "\(town).",
      ],
      ask: [
        "How many are there after \(every * steps) \(unit)?",
        "What is the count when \(every * steps) \(unit) have passed?",
      ], form: .whole, value: Rational(value),
      steps: "\(every * steps) / \(every) = \(steps) steps. \(start) \u{d7} \(factor) to the power "
        + "\(steps) = \(value).",
      wrong: [
        ("one-step-missed", Rational(value / factor)),
        ("linear-growth", Rational(start * factor * steps)),
        ("one-step-too-many", Rational(value * factor)),
      ]
    ).item(&g, d)
  }

  private static func nextTerm(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let start = g.integer(d, easy: 1...30, medium: 2...60, hard: -40...90)
    let step = g.integer(d, easy: 2...12, medium: 1...9, hard: -8...14)
    let bend = d == .easy ? 0 : g.integer(in: 1...(d == .medium ? 3 : 7))
    let count = g.integer(in: 4...6)
    var terms = [start]
    var difference = step
    for _ in 0..<count {
      terms.append((terms.last ?? 0) + difference)
      difference += bend
    }
    let shown = terms.dropLast().map(String.init).joined(separator: ", ")
    let value = terms[count]
    let last = terms[count - 1]
    let rule = bend == 0 ? "the differences are equal" : "the differences grow evenly"
    return WordProblem(
      story: [
        "\(who) writes \(shown), and \(rule).",
        "\(other) shows \(who) the numbers \(shown); \(rule).",
        "A sequence on \(who)'s board begins \(shown). In it \(rule), \(other) says.",
      ],
      ask: ["Which number comes next?", "What is the next term?", "How does it go on?"],
      form: .whole, value: Rational(value),
      steps: "The differences are "
        + (1..<count).map { "\(terms[$0] - terms[$0 - 1])" }.joined(separator: ", ")
        + "; the next one is \(value - last). \(last) + (\(value - last)) = \(value).",
      wrong: [
        ("difference-only", Rational(value - last)),
        ("old-difference", Rational(value - max(1, bend))),
        ("last-repeated", Rational(last)),
      ]
    ).item(&g, d)
  }

  private static func cycle(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let pattern = g.sample(
      Vocabulary.colors, count: g.integer(d, easy: 3...4, medium: 4...6, hard: 5...8))
    let place = g.integer(d, easy: 10...40, medium: 30...250, hard: 200...9000)
    let index = (place - 1) % pattern.count
    let what = g.pick(["bead", "flag", "tile", "lamp", "balloon", "stripe", "tulip", "carriage"])
    let town = g.pick(Vocabulary.cities)
    let answer = pattern[index]
    let question = g.pick([
      "Which colour has \(what) number \(place)?",
      "What is the colour of the \(Phrasing.ordinal(place)) "
        + "\(what)?", "Of which colour is \(what) \(place)?",
    ])
    let story = g.pick([
      "\(who) lines up \(what)s in the order \(Phrasing.list(pattern)) and repeats it.",
      "In \(town) a row of \(what)s repeats \(Phrasing.list(pattern)) again and again.",
      "The \(what)s follow one another as \(Phrasing.list(pattern)), then from the start, as \(who) "
        + "of \(town) wants it.",
    ])
    return ProceduralItem(
      instruction: "\(story) \(question) \(Phrasing.only("the colour", &g))", output: answer,
      reasoning: "The pattern has \(pattern.count) colours. \(place) - 1 = \(place - 1) leaves the "
        + "remainder \(index) when divided by \(pattern.count), so it is colour \(index + 1) of the "
        + "pattern: \(answer).",
      answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        [
          .init("off-by-one", pattern[(index + 1) % pattern.count]),
          .init("one-too-early", pattern[(index + pattern.count - 1) % pattern.count]),
        ]))
  }

  private static func twoBefore(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let a = g.integer(d, easy: 1...6, medium: 1...20, hard: 2...60)
    let b = g.integer(d, easy: 1...6, medium: 1...20, hard: 2...60)
    let extra = d == .hard ? g.integer(in: 1...9) : 0
    let place = g.integer(d, easy: 5...6, medium: 6...8, hard: 7...10)
    var terms = [a, b]
    while terms.count < place {
      terms.append(terms[terms.count - 1] + terms[terms.count - 2] + extra)
    }
    let rule =
      extra == 0 ? "the sum of the two before it" : "the sum of the two before it plus \(extra)"
    return WordProblem(
      story: [
        "\(who)'s sequence starts with \(a) and \(b); every later term is \(rule).",
        "\(other) writes \(a) and \(b). From then on, each number is \(rule); \(who) goes on.",
        "A rule by \(who): begin with \(a), \(b); the next is always \(rule). \(other) follows it.",
      ],
      ask: [
        "What is the \(Phrasing.ordinal(place)) term?", "Which number stands at place \(place)?",
        "Compute term number \(place).",
      ], form: .whole, value: Rational(terms[place - 1]),
      steps: "The terms are \(terms.map(String.init).joined(separator: ", ")).",
      wrong: [
        ("one-term-early", Rational(terms[place - 2])),
        ("one-term-late", Rational(terms[place - 1] + terms[place - 2] + extra)),
        ("sum-of-all", Rational(terms.reduce(0, +))),
      ]
    ).item(&g, d)
  }

  private static func halving(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let steps = g.integer(d, easy: 2...3, medium: 3...5, hard: 4...7)
    let start = g.integer(d, easy: 1...20, medium: 3...40, hard: 5...99) * (d == .easy ? 8 : 4)
    let every = g.pick([2, 3, 5, 6, 8, 9, 12, 14, 21])
    let unit = g.pick(["hours", "days", "weeks", "years"])
    let stuff = g.pick(["tracer", "dye", "medicine", "isotope", "caffeine", "pollutant"])
    let value = (0..<steps).reduce(Rational(start)) { rest, _ in rest / 2 }
    return WordProblem(
      story: [
        "A sample of \(start) mg \(stuff) loses half of what is there every \(every) \(unit), measured "
          + "by \(who) in \(town).",
        "\(who) of \(town) knows the half-life of a \(stuff): \(every) \(unit). The sample has \(start) mg.",
        "Every \(every) \(unit) the amount of \(stuff) halves. \(who) starts in \(town) with \(start) mg.",
      ],
      ask: [
        "How many mg are left after \(every * steps) \(unit)?",
        "What is left, in mg, when \(every * steps) \(unit) are over?",
      ], form: .exact, value: value,
      steps: "\(every * steps) \(unit) are \(steps) half-lives: "
        + (1...steps).map { count in
          (0..<count).reduce(Rational(start)) { rest, _ in rest / 2 }.plain()
        }.joined(separator: ", ") + ".",
      wrong: [
        ("one-halving-missed", value * 2), ("linear-decay", Rational(start, steps + 1)),
        ("decayed-part", Rational(start) - value),
      ]
    ).item(&g, d)
  }

  private static func staircase(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let top = g.integer(d, easy: 1...3, medium: 1...6, hard: 2...12)
    let rows = g.integer(d, easy: 3...6, medium: 6...15, hard: 12...60)
    let have = g.integer(d, easy: 0...3, medium: 3...20, hard: 10...150)
    let need = (0..<rows).map { top + $0 }.reduce(0, +)
    let what = g.pick(["cans", "bricks", "logs", "barrels", "cubes", "pipes", "hay bales"])
    return WordProblem(
      story: [
        "\(who) stacks \(what): \(top) in the top row, one more in every row below, \(rows) rows. "
          + "\(other) brings the first \(have).",
        "A pile of \(what) has \(rows) rows. On top lie \(top), below always one more. \(have) are "
          + "there already, thanks to \(other); \(who) fetches the rest.",
        "\(rows) rows of \(what), \(top) at the top and each lower row one longer: that is \(who)'s "
          + "plan. \(other) has \(have) of them.",
      ],
      ask: [
        "How many \(what) are still missing?", "How many more \(what) are needed?",
        "How many must \(who) still get?",
      ], form: .whole, value: Rational(max(0, need - have)),
      steps:
        "Bottom row: \(top + rows - 1). In all \(rows) \u{d7} (\(top) + \(top + rows - 1)) / 2 = "
        + "\(need). Less \(have) leaves \(max(0, need - have)).",
      wrong: [
        ("whole-pile", Rational(need)), ("one-row-missed", Rational(need - have - top - rows + 1)),
        ("rectangle-assumed", Rational(top * rows)),
      ]
    ).item(&g, d)
  }
}
