internal import ExpertRecord

extension Arithmetic {
  /// Parts of a hundred.
  static let percentages: [ProceduralTemplate] = ProceduralTemplate.all(
    "percentages",
    [
      ("percent-of-a-number", percentOf), ("percent-which-part", whichPercent),
      ("percent-change", percentChange), ("percent-original-value", originalValue),
      ("percent-two-steps", twoSteps), ("percent-simple-interest", simpleInterest),
      ("percent-compound-interest", compoundInterest), ("percent-exam-points", examPoints),
    ])

  private static let crowds = [
    "visitors", "students", "voters", "readers", "members", "guests", "trees", "bottles", "tickets",
    "letters", "seats", "parcels", "photos", "seedlings",
  ]

  private static func percentOf(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let town = g.pick(Vocabulary.cities)
    let (who, _) = people(&g)
    let things = g.pick(crowds)
    let all = g.integer(d, easy: 1...9, medium: 2...40, hard: 11...190) * 100
    let percent =
      g.integer(d, easy: 1...9, medium: 1...19, hard: 1...98)
      * (d == .hard ? 1 : d == .medium ? 5 : 10)
    let rest = d != .easy && g.once(in: 2)
    let trait = g.pick(["green", "new", "early", "foreign", "registered", "young", "marked"])
    let part = all * percent / 100
    return WordProblem(
      story: [
        "\(who) counts \(all) \(things) in \(town); \(percent) % of them are \(trait).",
        "Of \(all) \(things) in \(town), \(percent) % are \(trait), as \(who) reports.",
        "In \(town) there are \(all) \(things). \(who) found that \(percent) % were \(trait).",
      ],
      ask: rest
        ? ["How many are not \(trait)?", "How many \(things) remain that are not \(trait)?"]
        : ["How many are \(trait)?", "How many \(things) is that?"],
      form: .whole, value: Rational(rest ? all - part : part),
      steps: "1 % of \(all) is \(all / 100); \(percent) % are \(part)."
        + (rest ? " The others: \(all) - \(part) = \(all - part)." : ""),
      wrong: [
        ("complement", Rational(rest ? part : all - part)), ("percent-as-count", Rational(percent)),
        ("ten-times", Rational(part * 10)),
      ]
    ).item(&g, d)
  }

  private static func whichPercent(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let things = g.pick(crowds)
    let all = g.integer(d, easy: 1...10, medium: 8...60, hard: 13...480) * (d == .hard ? 5 : 20)
    let part = g.integer(in: 1...(all - 1))
    let value = Rational(part * 100, all)
    let verb = g.pick(["checked", "sorted", "counted", "moved", "labelled", "cleaned"])
    return WordProblem(
      story: [
        "\(who) has \(verb) \(part) of \(all) \(things); \(other) will do the rest.",
        "There were \(all) \(things) to begin with, and \(part) of them have been \(verb) by \(who).",
        "Out of \(all) \(things), \(who) \(verb) \(part) and \(other) none.",
      ],
      ask: [
        "What percentage has been \(verb)?", "How many percent is that?",
        "Express the part that was \(verb) in percent.",
      ], form: .rounded(1), value: value,
      steps: "\(part) / \(all) \u{d7} 100 = \(value.fixed(3)) percent, rounded to one decimal.",
      wrong: [
        ("complement", Rational(100) - value), ("inverted-ratio", Rational(all * 100, part)),
        ("fraction-not-percent", value / 100),
      ]
    ).item(&g, d)
  }

  private static func percentChange(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let firm = g.pick(Vocabulary.companies)
    let town = g.pick(Vocabulary.cities)
    let before = g.integer(d, easy: 2...20, medium: 5...90, hard: 21...960) * (d == .hard ? 1 : 10)
    var after = before + g.integer(in: 1...before) * (g.once(in: 2) ? 1 : -1)
    if after <= 0 || after == before { after = before * 2 + 3 }
    let value = Rational((after - before) * 100, before)
    let what = g.pick([
      "orders", "members", "accidents", "sales", "complaints", "bookings", "births",
    ])
    let year = g.integer(in: 2001...2024)
    return WordProblem(
      story: [
        "\(firm) in \(town) had \(before) \(what) in \(year) and \(after) in \(year + 1).",
        "The number of \(what) at \(firm) in \(town) went from \(before) (\(year)) to \(after) "
          + "(\(year + 1)).",
        "In \(year) there were \(before) \(what) in \(town); a year later \(firm) reports \(after).",
      ],
      ask: [
        "By how many percent did it change? A decrease is negative.",
        "What is the percentage change (with a minus sign for a fall)?",
        "State the relative change in percent, negative if it went down.",
      ], form: .rounded(1), value: value,
      steps: "The change is \(after) - \(before) = \(after - before); divided by the old value "
        + "\(before) and times 100 it is \(value.fixed(3)).",
      wrong: [
        ("wrong-base", Rational((after - before) * 100, after)),
        ("ratio-instead-of-change", Rational(after * 100, before)),
        ("sign-flipped", Rational(0) - value),
      ]
    ).item(&g, d)
  }

  private static func originalValue(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (who, _) = people(&g)
    let thing = g.pick(Vocabulary.products)
    let firm = g.pick(Vocabulary.companies)
    let original = g.integer(d, easy: 1...20, medium: 3...90, hard: 7...480) * 100
    let percent = g.pick(d == .easy ? [10, 20, 25, 50] : [5, 8, 12, 15, 30, 35, 40, 45])
    let up = g.once(in: 2)
    let now = Rational(original * (up ? 100 + percent : 100 - percent), 10000)
    let shift = up ? "rise" : "cut"
    return WordProblem(
      story: [
        "After a \(shift) of \(percent) %, \(firm) sells a \(thing) at \(now.fixed(2)) to \(who).",
        "\(who) pays \(now.fixed(2)) for a \(thing) by \(firm); that is the price after a \(percent) % "
          + "\(shift).",
        "\(firm) \(up ? "raised" : "lowered") the price of a \(thing) by \(percent) % to \(now.fixed(2))"
          + ", as \(who) noticed.",
      ],
      ask: [
        "What was the price before?", "How much did it cost originally?", "Find the old price.",
      ],
      form: .money, value: Rational(original, 100),
      steps:
        "\(now.fixed(2)) is \(up ? 100 + percent : 100 - percent) % of the old price; divided by "
        + "\(Rational(up ? 100 + percent : 100 - percent, 100).plain()) it gives "
        + "\(amount(original)).",
      wrong: [
        ("wrong-base", now * Rational(up ? 100 - percent : 100 + percent, 100)),
        ("applied-twice", now * Rational(up ? 100 + percent : 100 - percent, 100)),
        ("unchanged", now),
      ]
    ).item(&g, d)
  }

  private static func twoSteps(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let start = g.integer(d, easy: 1...9, medium: 2...40, hard: 5...260) * 100
    let (a, b) = g.pair(d == .easy ? [10, 20, 50] : [5, 10, 15, 20, 25, 30, 40, 60])
    let (upA, upB) = (g.once(in: 2), g.once(in: 2))
    let value = Rational(start * (upA ? 100 + a : 100 - a) * (upB ? 100 + b : 100 - b), 10000)
    let naive = Rational(start * (100 + (upA ? a : -a) + (upB ? b : -b)), 100)
    let first = upA ? "rises by \(a) %" : "falls by \(a) %"
    let second = upB ? "grows by \(b) %" : "drops by \(b) %"
    let what = g.pick(["rent", "fee", "stock of grain", "price of a share", "subsidy", "budget"])
    return WordProblem(
      story: [
        "The \(what) of \(who)'s club in \(town) is \(start). It \(first), and what results \(second).",
        "In \(town) a \(what) of \(start) first \(first); then the new value \(second), says \(who).",
        "\(who) follows a \(what) in \(town): from \(start) it \(first) and afterwards \(second).",
      ],
      ask: ["What is it in the end?", "Which value results?", "Where does it stand after both?"],
      form: .exact, value: value,
      steps: "First: \(start) \u{d7} \(Rational(upA ? 100 + a : 100 - a, 100).plain()) = "
        + "\(Rational(start * (upA ? 100 + a : 100 - a), 100).plain()). Then times "
        + "\(Rational(upB ? 100 + b : 100 - b, 100).plain()) = \(value.plain()).",
      wrong: [
        ("percents-added", naive),
        ("first-step-only", Rational(start * (upA ? 100 + a : 100 - a), 100)),
        ("unchanged", Rational(start)),
      ]
    ).item(&g, d)
  }

  private static func simpleInterest(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (who, other) = people(&g)
    let capital = g.integer(d, easy: 1...20, medium: 5...95, hard: 11...480) * 100
    let rate = g.integer(d, easy: 1...8, medium: 1...9, hard: 5...49)
    let tenths = d == .hard
    let months = g.integer(d, easy: 1...4, medium: 2...8, hard: 3...59) * (d == .hard ? 1 : 12)
    let yearly = Rational(capital * rate, tenths ? 1000 : 100)
    let value = yearly * Rational(months, 12)
    let shown = tenths ? Rational(rate, 10).plain() : "\(rate)"
    let span =
      months % 12 == 0 ? Phrasing.counted(months / 12, "year") : Phrasing.counted(months, "month")
    return WordProblem(
      story: [
        "\(who) lends \(other) \(capital) at \(shown) % simple interest a year for \(span).",
        "A deposit of \(capital) that \(who) opened for \(other) bears \(shown) % a year, without "
          + "compounding, for \(span).",
        "For \(span), \(other) owes \(who) \(capital) at a yearly simple rate of \(shown) %.",
      ],
      ask: ["How much interest is due?", "What is the interest?", "Work out the interest alone."],
      form: .money, value: value,
      steps: "A year brings \(capital) \u{d7} \(shown) / 100 = \(yearly.plain()). For \(span): "
        + "\(value.fixed(2)).",
      wrong: [
        ("capital-included", value + Rational(capital)), ("one-year-only", yearly),
        ("months-as-years", yearly * Rational(months)),
      ]
    ).item(&g, d)
  }

  private static func compoundInterest(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (who, _) = people(&g)
    let firm = g.pick(Vocabulary.companies)
    let capital = g.integer(d, easy: 1...10, medium: 3...60, hard: 11...300) * 100
    let rate = g.integer(in: 2...(d == .easy ? 10 : 14))
    let years = g.integer(d, easy: 2...2, medium: 2...3, hard: 3...5)
    let factor = Rational(100 + rate, 100)
    let values = (1...years).map { year in
      (0..<year).reduce(Rational(capital)) { value, _ in value * factor }
    }
    let value = values[years - 1]
    return WordProblem(
      story: [
        "\(who) puts \(capital) into an account of \(firm) at \(rate) % a year; interest stays in.",
        "\(firm) pays \(rate) % compound interest, credited yearly, on \(who)'s \(capital).",
        "A sum of \(capital) grows by \(rate) % every year at \(firm); \(who) never withdraws.",
      ],
      ask: [
        "What is in the account after \(years) years?",
        "What amount is there after \(years) years?",
        "To how much has it grown when \(years) years are over?",
      ], form: .money, value: value,
      steps: values.enumerated().map { "after year \($0 + 1): \($1.plain())" }
        .joined(separator: ", ") + "; rounded only at the end.",
      wrong: [
        ("simple-interest", Rational(capital * (100 + rate * years), 100)),
        ("one-year-too-many", value * factor), ("interest-only", value - Rational(capital)),
      ]
    ).item(&g, d)
  }

  private static func examPoints(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let subject = g.pick([
      "history", "chemistry", "geography", "music", "biology", "law", "Latin", "statistics",
      "first aid",
    ])
    let points = g.integer(d, easy: 2...10, medium: 8...40, hard: 21...180) * (d == .hard ? 1 : 5)
    let percent = g.pick(d == .easy ? [50, 60, 80] : [45, 55, 65, 70, 72, 85, 90])
    let have = g.integer(in: 0...(points * percent / 100))
    let need = (points * percent + 99) / 100
    return WordProblem(
      story: [
        "The \(subject) test has \(points) points; to pass, \(percent) % are required. \(who) has "
          + "\(have) so far, \(other) has finished.",
        "\(who) needs at least \(percent) % of \(points) points in \(subject) and already has \(have); "
          + "\(other) helps.",
        "In \(subject) \(other) graded \(who): \(have) points until now. The pass mark is \(percent) % "
          + "of \(points).",
      ],
      ask: [
        "How many whole points are missing at least?", "How many more points does \(who) need?",
        "What is the least number of points still to be won?",
      ], form: .whole, value: Rational(need - have),
      steps:
        "\(percent) % of \(points) is \(Rational(points * percent, 100).plain()), so \(need) whole "
        + "points are needed. \(need) - \(have) = \(need - have).",
      wrong: [
        ("pass-mark", Rational(need)), ("of-all-points", Rational(points - have)),
        ("rounded-down", Rational(points * percent / 100 - have)),
      ]
    ).item(&g, d)
  }
}
