internal import ExpertRecord

extension Conversion {
  /// Counting with days, months and years.
  static let calendar: [ProceduralTemplate] = ProceduralTemplate.all(
    "calendar",
    [
      ("calendar-days-between", daysBetween), ("calendar-add-days", addDays),
      ("calendar-add-months", addMonths), ("calendar-age", age), ("calendar-leap-years", leapYears),
      ("calendar-nth-weekday", nthWeekday), ("calendar-next-weekday", nextWeekday),
      ("calendar-month-length", monthLength), ("calendar-working-days", workingDays),
    ])

  private static func rows(
    _ d: Difficulty, _ g: inout SeededGenerator, _ make: (inout SeededGenerator) -> Row
  ) -> [Row] {
    (0..<count(d, &g)).map { _ in make(&g) }
  }

  private static let numberForm = [
    "Answer with the number.", "Only the number.", "A plain number.", "Write just the number.",
  ]
  private static let isoForm = [
    "Answer as YYYY-MM-DD.", "Write YYYY-MM-DD.", "Use the ISO form YYYY-MM-DD.",
  ]

  private static func span(_ d: Difficulty, _ g: inout SeededGenerator) -> Int {
    g.integer(d, easy: 1...40, medium: 20...400, hard: 100...9000)
  }

  private static func daysBetween(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let inclusive = d != .easy && g.once(in: 2)
    let rows = rows(d, &g) { g in
      let from = CivilDate.random(d, &g)
      let days = span(d, &g)
      let to = from.adding(days: days)
      let n = days + (inclusive ? 1 : 0)
      let joined = g.pick([" to ", " until ", " .. ", " / "])
      return Row(
        given: from.iso + joined + to.iso, answer: "\(n)",
        steps: "the days have the numbers \(from.dayOfYear) of \(from.year) and \(to.dayOfYear) of "
          + "\(to.year), \(days) days apart" + (inclusive ? ", both ends make one more" : ""),
        wrong: [
          ("ends-miscounted", "\(n + (inclusive ? -1 : 1))"), ("leap-day-slip", "\(n + 2)"),
          ("months-of-30-days", "\(n - days / 30 - 2)"),
        ])
    }
    let rule = inclusive ? "both the first and the last day count" : "the first day does not count"
    return batch(
      [
        "How many days lie between the two dates? (\(rule.capitalizedFirst).)",
        "Compute the number of days from the first to the second date; \(rule).",
        "Count the days of this period, where \(rule).",
      ], form: numberForm, rows: rows, &g)
  }

  private static func addDays(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let from = CivilDate.random(d, &g)
      let days = span(d, &g) * (g.once(in: 3) ? -1 : 1)
      let to = from.adding(days: days)
      let weeks = abs(days) % 7 == 0 && g.once(in: 2)
      let amount =
        weeks ? Phrasing.counted(abs(days) / 7, "week") : Phrasing.counted(abs(days), "day")
      return Row(
        given: g.pick([
          "\(from.iso) \(days < 0 ? "minus" : "plus") \(amount)",
          "\(amount) \(days < 0 ? "before" : "after") \(from.iso)",
        ]), answer: to.iso,
        steps:
          "day \(from.dayOfYear) of \(from.year) \(days < 0 ? "-" : "+") \(abs(days)) days is day "
          + "\(to.dayOfYear) of \(to.year)",
        wrong: [
          ("off-by-one-day", to.adding(days: 1).iso), ("one-too-early", to.adding(days: -1).iso),
          ("wrong-direction", from.adding(days: -days).iso),
        ])
    }
    return batch(
      ["Which date results?", "Compute the date.", "Work out the day.", "What is the date then?"],
      form: isoForm, rows: rows, &g)
  }

  private static func addMonths(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      var from = CivilDate.random(d, &g)
      if d == .hard { from.day = CivilDate.length(ofMonth: from.month, in: from.year) - g.below(2) }
      let months =
        g.integer(d, easy: 1...6, medium: 2...18, hard: 5...60) * (g.once(in: 4) ? -1 : 1)
      let to = from.adding(months: months)
      return Row(
        given: "\(from.iso) \(months < 0 ? "-" : "+") \(Phrasing.counted(abs(months), "month"))",
        answer: to.iso,
        steps: "the month becomes \(to.monthName) \(to.year), which has "
          + "\(CivilDate.length(ofMonth: to.month, in: to.year)) days",
        wrong: [
          ("one-month-off", from.adding(months: months + 1).iso),
          ("months-of-30-days", from.adding(days: months * 30).iso),
          ("overflowed-day", to.adding(days: 1).iso),
        ])
    }
    let rule = g.pick([
      "If the month lacks the day, take its last day.",
      "A day that the target month does not have becomes the month's last day.",
      "Clamp to the end of the month where necessary.",
    ])
    return batch(
      [
        "Add the months. \(rule)", "Shift the date by calendar months. \(rule)",
        "Compute the date after the month shift. \(rule)",
      ], form: isoForm, rows: rows, &g)
  }

  private static func age(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let today = CivilDate.random(.medium, &g)
    let rows = rows(d, &g) { g in
      let years = g.integer(in: 1...90)
      let near = d != .easy && g.once(in: 2)
      let born =
        near
        ? today.adding(months: -12 * years).adding(days: g.integer(in: -3...3))
        : CivilDate(today.year - years, g.integer(in: 1...12), g.integer(in: 1...28))
      let had = (born.month, born.day) <= (today.month, today.day)
      let age = today.year - born.year - (had ? 0 : 1)
      return Row(
        given: born.iso, answer: "\(age)",
        steps: "\(today.year) - \(born.year) = \(today.year - born.year), and the birthday "
          + (had ? "has been" : "is still to come"),
        wrong: [
          ("birthday-ignored", "\(today.year - born.year + (had ? 1 : 0))"),
          ("off-by-one", "\(age + 1)"),
          ("one-too-few", "\(age - 1)"),
        ])
    }
    return batch(
      [
        "How old in full years is someone born then, on \(today.iso)?",
        "Reference day: \(today.iso). Compute the age in completed years for this date of birth.",
        "Convert the date of birth to an age on \(today.long) (completed years).",
      ], form: numberForm, rows: rows, &g)
  }

  private static func leapYears(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let from = g.integer(in: 1600...2300)
      let to = from + g.integer(d, easy: 4...30, medium: 20...120, hard: 80...700)
      let n = (from...to).count { CivilDate.isLeap($0) }
      let fourth = (from...to).count { $0 % 4 == 0 }
      return Row(
        given: "\(from)\(g.pick(["-", " to ", " until ", " .. "]))\(to)", answer: "\(n)",
        steps:
          "\(fourth) years are divisible by 4; \(fourth - n) of them end a century that is not "
          + "divisible by 400",
        wrong: [
          ("centuries-ignored", "\(fourth == n ? n + 2 : fourth)"), ("off-by-one", "\(n + 1)"),
          ("one-too-few", "\(n - 1)"),
        ])
    }
    return batch(
      [
        "How many leap years are there in this range of years, both ends included?",
        "Count the Gregorian leap years from the first to the last year inclusive.",
        "Number of 29 Februaries in these years (ends included)?",
      ], form: numberForm, rows: rows, &g)
  }

  private static func nthWeekday(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let day = g.below(7)
      let first = CivilDate(
        g.integer(d, easy: 2010...2030, medium: 1980...2060, hard: 1800...2200),
        g.integer(in: 1...12), 1)
      let last = d != .easy && g.once(in: 3)
      let start = first.adding(days: (day - first.weekday + 7) % 7)
      let length = CivilDate.length(ofMonth: first.month, in: first.year)
      let n = last ? (length - start.day) / 7 + 1 : g.integer(in: 1...4)
      let date = start.adding(days: 7 * (n - 1))
      let word = last ? "last" : Phrasing.ordinal(n)
      return Row(
        given: "\(word) \(CivilDate.dayNames[day]) of \(first.monthName) \(first.year)",
        answer: date.iso,
        steps: "\(first.iso) is a \(first.dayName), so the first \(CivilDate.dayNames[day]) is day "
          + "\(start.day)" + (n == 1 ? "" : ", and \(n - 1) weeks later it is day \(date.day)"),
        wrong: [
          ("one-week-off", date.adding(days: 7).iso), ("off-by-one-day", date.adding(days: 1).iso),
          ("week-too-early", date.adding(days: -7).iso),
        ])
    }
    return batch(
      [
        "Which date is it?", "Resolve this rule to a date.", "Find the calendar date.",
        "Name the date that is meant.",
      ], form: isoForm, rows: rows, &g)
  }

  private static func nextWeekday(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let after = g.once(in: 2)
    let rows = rows(d, &g) { g in
      let from = CivilDate.random(d, &g)
      let day = g.below(7)
      let ahead = after ? (day - from.weekday + 6) % 7 + 1 : -((from.weekday - day + 6) % 7 + 1)
      let to = from.adding(days: ahead)
      return Row(
        given: "\(CivilDate.dayNames[day]) \(after ? "after" : "before") \(from.iso)",
        answer: to.iso,
        steps: "\(from.iso) is a \(from.dayName); the \(CivilDate.dayNames[day]) is \(abs(ahead)) "
          + "days \(after ? "later" : "earlier")",
        wrong: [
          ("one-week-off", to.adding(days: 7).iso), ("off-by-one-day", to.adding(days: 1).iso),
          ("wrong-direction", to.adding(days: after ? -7 : 14).iso),
        ])
    }
    return batch(
      [
        "Find the next such weekday strictly \(after ? "after" : "before") the date given.",
        "Which date is the closest one strictly \(after ? "after" : "before") it?",
        "Give the date of that weekday, the nearest one \(after ? "after" : "before"), never the same day.",
      ], form: isoForm, rows: rows, &g)
  }

  private static func monthLength(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rest = g.once(in: 2)
    let rows = rows(d, &g) { g in
      let date = CivilDate.random(d, &g)
      let length = CivilDate.length(ofMonth: date.month, in: date.year)
      let n = rest ? length - date.day : length
      return Row(
        given: rest ? g.pick([date.iso, date.long]) : "\(date.monthName) \(date.year)",
        answer: "\(n)",
        steps: "\(date.monthName) \(date.year) has \(length) days"
          + (rest ? ", \(length) - \(date.day) = \(n)" : ""),
        wrong: [
          ("off-by-one", "\(n + 1)"), ("one-too-few", "\(n - 1)"),
          (
            "leap-rule-missed",
            "\(n + (date.month == 2 ? (CivilDate.isLeap(date.year) ? -1 : 2) : 3))"
          ),
        ])
    }
    return batch(
      rest
        ? [
          "How many days of the month are left after this date?",
          "Count the days that follow in the same month.",
        ]
        : ["How many days does the month have?", "Give the length of the month in days."],
      form: numberForm, rows: rows, &g)
  }

  private static func workingDays(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let from = CivilDate.random(d, &g)
      let days = g.integer(d, easy: 3...14, medium: 7...60, hard: 30...400)
      let to = from.adding(days: days)
      let n = (0...days).count { from.adding(days: $0).weekday < 5 }
      return Row(
        given: "\(from.iso)\(g.pick([" to ", " until ", " .. "]))\(to.iso)", answer: "\(n)",
        steps:
          "the first day is a \(from.dayName), \(days + 1) days in all, \(days + 1 - n) of them on "
          + "weekends",
        wrong: [
          ("weekends-counted", "\(days + 1)"), ("end-missed", "\(n - 1)"),
          ("off-by-one", "\(n + 1)"),
        ])
    }
    return batch(
      [
        "Count the days from Monday to Friday in this period, both ends included; no holidays.",
        "How many working days (Mon-Fri) are there, first and last day included?",
        "Number of weekdays in the interval (ends included, holidays ignored)?",
      ], form: numberForm, rows: rows, &g)
  }
}
