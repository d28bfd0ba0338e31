internal import ExpertRecord

extension Conversion {
  /// Ways of writing a day.
  static let dates: [ProceduralTemplate] = ProceduralTemplate.all(
    "dates",
    [
      ("dates-long-to-iso", longToISO), ("dates-iso-to-long", isoToLong),
      ("dates-slashed-to-iso", slashedToISO), ("dates-dotted-to-slashed", dottedToSlashed),
      ("dates-compact-to-words", compactToWords), ("dates-day-of-year", dayOfYear),
      ("dates-from-day-of-year", fromDayOfYear), ("dates-iso-week", isoWeek),
      ("dates-weekday", weekday),
    ])

  private static func rows(
    _ d: Difficulty, _ g: inout SeededGenerator, _ make: (CivilDate, inout SeededGenerator) -> Row
  ) -> [Row] {
    (0..<count(d, &g)).map { _ in make(CivilDate.random(d, &g), &g) }
  }

  private static let isoForm = [
    "Use YYYY-MM-DD.", "The form is ISO 8601 (YYYY-MM-DD).", "Write YYYY-MM-DD with leading zeros.",
    "Output as year-month-day, like 2024-03-09.",
  ]

  /// Mistakes in an ISO date: day and month exchanged, a day too many, zeros dropped.
  private static func isoMistakes(_ date: CivilDate) -> [(name: String, text: String)] {
    let swapped = CivilDate(date.year, date.day, date.month).iso
    return [
      ("day-month-swapped", swapped), ("off-by-one-day", date.adding(days: 1).iso),
      ("zeros-dropped", "\(date.year)-\(date.month)-\(date.day)"),
      ("wrong-year", CivilDate(date.year + 1, date.month, date.day).iso),
    ]
  }

  private static func longToISO(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { date, g in
      let form = g.pick([
        date.long, date.american,
        "\(Phrasing.ordinal(date.day)) of \(date.monthName), \(date.year)",
        "\(date.dayName), \(date.long)", "\(date.monthName.prefix(3)) \(date.day) \(date.year)",
      ])
      return Row(
        given: form, answer: date.iso,
        steps:
          "\(date.monthName) is month \(date.month), the day is \(date.day), the year \(date.year)",
        wrong: isoMistakes(date))
    }
    return batch(
      [
        "Convert to an ISO date.", "Rewrite the date in ISO 8601.",
        "Normalise this written date.", "Turn the date in words into digits.",
      ], form: isoForm, rows: rows, &g)
  }

  private static func isoToLong(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let american = g.once(in: 2)
    let named = d != .easy && g.once(in: 2)
    let rows = rows(d, &g) { date, _ in
      let text = { (date: CivilDate) in
        (named ? date.dayName + ", " : "") + (american ? date.american : date.long)
      }
      return Row(
        given: date.iso, answer: text(date),
        steps:
          "month \(date.month) is \(date.monthName)\(named ? " and the day a \(date.dayName)" : "")",
        wrong: [
          ("wrong-month", text(date.adding(months: 1))),
          ("off-by-one-day", text(date.adding(days: 1))),
          ("left-as-digits", date.slashed),
        ])
    }
    let sample = (named ? "Saturday, " : "") + (american ? "March 9, 2024" : "9 March 2024")
    return batch(
      [
        "Write the date out in English.", "Spell the month.", "Convert the ISO date to words.",
        "Make this date readable for a letter.",
      ],
      form: ["Form: \(sample).", "Use the form \"\(sample)\".", "As in \(sample)."], rows: rows, &g)
  }

  private static func slashedToISO(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let british = g.once(in: 2)
    let rows = rows(d, &g) { date, _ in
      let dayFirst = "\(CivilDate.padded(date.day))/\(CivilDate.padded(date.month))/\(date.year)"
      return Row(
        given: british ? dayFirst : date.slashed, answer: date.iso,
        steps: british
          ? "the day \(date.day) comes first, then month \(date.month)"
          : "month \(date.month) comes first, then the day \(date.day)",
        wrong: isoMistakes(date))
    }
    let order = british ? "day/month/year" : "month/day/year"
    return batch(
      [
        "The source writes \(order). Convert to ISO.", "Read this as \(order) and rewrite it.",
        "Dates of an export in the order \(order): normalise.",
        "Change \(order) to the international form.",
      ], form: isoForm, rows: rows, &g)
  }

  private static func dottedToSlashed(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let back = g.once(in: 2)
    let rows = rows(d, &g) { date, _ in
      Row(
        given: back ? date.slashed : date.dotted, answer: back ? date.dotted : date.slashed,
        steps: "day \(date.day), month \(date.month), year \(date.year)",
        wrong: [
          (
            "day-month-swapped",
            back
              ? date.slashed.replacing("/", with: ".") : date.dotted.replacing(".", with: "/")
          ),
          ("left-unchanged", back ? date.slashed : date.dotted),
          ("off-by-one-day", back ? date.adding(days: 1).dotted : date.adding(days: 1).slashed),
        ])
    }
    let (from, to) = back ? ("MM/DD/YYYY", "DD.MM.YYYY") : ("DD.MM.YYYY", "MM/DD/YYYY")
    return batch(
      [
        "Convert from \(from) to \(to).", "The form \(from) is given, \(to) is wanted.",
        "Reformat: \(from) becomes \(to).", "Translate this \(from) date to \(to).",
      ], form: ["Keep leading zeros.", "Two digits for day and month.", "Zeros stay."], rows: rows,
      &g)
  }

  private static func compactToWords(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let style = g.below(3)
    let rows = rows(d, &g) { date, _ in
      let short = String(date.monthName.prefix(3))
      let text = { (date: CivilDate) in
        let short = String(date.monthName.prefix(3))
        return [
          "\(CivilDate.padded(date.day))-\(short)-\(date.year)",
          "\(short) \(date.day), \(date.year)",
          "\(date.year) \(short.uppercased()) \(CivilDate.padded(date.day))",
        ][style]
      }
      return Row(
        given: date.compact, answer: text(date),
        steps: "the digits split to \(date.year), \(CivilDate.padded(date.month)) and "
          + "\(CivilDate.padded(date.day)); the month is \(short)",
        wrong: [
          ("wrong-month", text(date.adding(months: 1))),
          ("off-by-one-day", text(date.adding(days: 1))),
          ("iso-instead", date.iso),
        ])
    }
    let sample = ["09-Mar-2024", "Mar 9, 2024", "2024 MAR 09"][style]
    return batch(
      [
        "Expand the compact date (YYYYMMDD).", "File names carry dates as YYYYMMDD. Rewrite.",
        "Convert the eight digits YYYYMMDD to a date with the month's short name.",
      ], form: ["Form: \(sample).", "Like this: \(sample).", "Write it as in \(sample)."],
      rows: rows, &g)
  }

  private static func dayOfYear(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { date, g in
      let n = date.dayOfYear
      return Row(
        given: g.pick([date.iso, date.long, date.american]), answer: "\(n)",
        steps: "the months before \(date.monthName) have \(n - date.day) days in \(date.year)"
          + "\(CivilDate.isLeap(date.year) ? ", a leap year" : ""); plus \(date.day)",
        wrong: [
          ("off-by-one", "\(n + 1)"), ("counted-from-zero", "\(n - 1)"),
          (
            "months-of-30-days",
            "\((date.month - 1) * 30 + date.day + ((date.month - 1) * 30 + date.day == n ? 2 : 0))"
          ),
        ])
    }
    return batch(
      [
        "Which day of the year is it?", "Give the ordinal day within the year.",
        "Count the days from 1 January (day 1) up to this date.",
        "Convert to the day number of its year.",
      ],
      form: ["Answer with the number.", "A number from 1 to 366.", "Only the number."], rows: rows,
      &g)
  }

  private static func fromDayOfYear(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let rows = rows(d, &g) { date, g in
      let n = date.dayOfYear
      return Row(
        given: g.pick([
          "\(CivilDate.padded(date.year, 4))-\(CivilDate.padded(n, 3))", "day \(n) of \(date.year)",
          "\(date.year), day \(n)",
        ]), answer: date.iso,
        steps:
          "\(date.monthName) starts with day \(n - date.day + 1), so day \(n) is its day \(date.day)",
        wrong: isoMistakes(date))
    }
    return batch(
      [
        "Convert year and day number to a date.", "Which date is this day of the year?",
        "The ordinal form gives year and day of year. Name the calendar date.",
      ], form: isoForm, rows: rows, &g)
  }

  private static func isoWeek(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { date, g in
      let week = date.isoWeek
      let text = { (year: Int, week: Int, day: Int) in
        "\(CivilDate.padded(year, 4))-W\(CivilDate.padded(week))-\(day)"
      }
      let day = date.weekday + 1
      return Row(
        given: g.pick([date.iso, date.long, date.american]),
        answer: text(week.year, week.week, day),
        steps: "it is a \(date.dayName) (day \(day)), and the Thursday of its week is "
          + "\(date.adding(days: 3 - date.weekday).iso)",
        wrong: [
          ("week-off-by-one", text(week.year, week.week + 1, day)),
          ("sunday-first", text(week.year, week.week, day % 7 + 1)),
          ("wrong-year", text(week.year - 1, week.week, day)),
        ])
    }
    return batch(
      [
        "Convert to the ISO week date.", "Which ISO 8601 week and weekday is it?",
        "Give year, week and weekday by ISO 8601.",
      ],
      form: [
        "Form: 2024-W10-6 (Monday is 1).", "Use YYYY-Www-D, Monday = 1.",
        "Write it like 2024-W10-6, where weeks start on Monday.",
      ], rows: rows, &g)
  }

  private static func weekday(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { date, g in
      Row(
        given: g.pick([date.iso, date.long, date.american, date.dotted]), answer: date.dayName,
        steps: "\(CivilDate(date.year, 1, 1).iso) was a \(CivilDate(date.year, 1, 1).dayName), and "
          + "\(date.dayOfYear - 1) days later, that is \((date.dayOfYear - 1) % 7) beyond full weeks, "
          + "it is this day",
        wrong: [
          ("off-by-one", date.adding(days: 1).dayName),
          ("one-too-early", date.adding(days: 6).dayName),
          ("abbreviated", String(date.dayName.prefix(3))),
        ])
    }
    return batch(
      [
        "Which day of the week is it?", "Name the weekday of this date.",
        "On what weekday does it fall (Gregorian calendar)?", "Determine the day of the week.",
      ],
      form: [
        "Use the full English name.", "Write the English name in full, like Tuesday.",
        "Full name, capitalised.",
      ], rows: rows, &g)
  }
}
