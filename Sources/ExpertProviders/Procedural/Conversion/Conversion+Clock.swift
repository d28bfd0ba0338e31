internal import ExpertRecord

extension Conversion {
  /// Times of day, durations, offsets and Unix time.
  static let clock: [ProceduralTemplate] = ProceduralTemplate.all(
    "clock",
    [
      ("clock-to-24-hours", to24), ("clock-to-12-hours", to12),
      ("clock-duration-to-seconds", toSeconds), ("clock-seconds-to-duration", fromSeconds),
      ("clock-change-offset", changeOffset), ("clock-elapsed", elapsed),
      ("clock-from-unix", fromUnix), ("clock-to-unix", toUnix), ("clock-iso-duration", isoDuration),
    ])

  private static func rows(
    _ d: Difficulty, _ g: inout SeededGenerator, _ make: (inout SeededGenerator) -> Row
  ) -> [Row] {
    (0..<count(d, &g)).map { _ in make(&g) }
  }

  /// Minutes after midnight as `7:05 PM`.
  private static func twelve(_ minutes: Int) -> String {
    let (hour, minute) = (minutes / 60 % 24, minutes % 60)
    let shown = hour % 12 == 0 ? 12 : hour % 12
    return "\(shown):\(CivilDate.padded(minute)) \(hour < 12 ? "AM" : "PM")"
  }

  private static func minuteOfDay(_ d: Difficulty, _ g: inout SeededGenerator) -> Int {
    // Midnight and noon are where people go wrong.
    if d == .hard, g.once(in: 3) { return g.pick([0, 12]) * 60 + g.below(60) }
    return g.below(1440)
  }

  private static func to24(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let time = minuteOfDay(d, &g)
      let style = g.below(3)
      let text = twelve(time)
      let given =
        style == 0
        ? text
        : style == 1
          ? text.lowercased()
          : text.replacing(" AM", with: " a.m.").replacing(" PM", with: " p.m.")
      let event = g.pick(Vocabulary.nouns)
      return Row(
        given: g.once(in: 2) ? given : "\(event) at \(given)", answer: AnswerForm.clock(time),
        steps: time < 720
          ? "before noon the hour stays, with 12 read as 0"
          : "after noon 12 is added, except to 12",
        wrong: [
          ("half-day-off", AnswerForm.clock(time + 720)),
          ("one-hour-off", AnswerForm.clock(time + 60)),
          ("left-unchanged", text),
        ])
    }
    return batch(
      ["Convert to 24-hour time.", "Write it on the 24-hour clock.", "Rewrite without AM and PM."],
      form: ["Form HH:MM, time only.", "Use HH:MM and nothing else.", "Only the time as HH:MM."],
      rows: rows, &g)
  }

  private static func to12(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let time = minuteOfDay(d, &g)
      let event = g.pick(Vocabulary.nouns)
      return Row(
        given: g.once(in: 2) ? AnswerForm.clock(time) : "\(AnswerForm.clock(time)) (\(event))",
        answer: twelve(time),
        steps: "hour \(time / 60) is \(time < 720 ? "before" : "after") noon",
        wrong: [
          ("half-day-off", twelve(time + 720)), ("one-hour-off", twelve(time + 60)),
          ("left-unchanged", AnswerForm.clock(time)),
        ])
    }
    return batch(
      [
        "Convert to 12-hour time.", "Write the time with AM or PM.", "Rewrite for a 12-hour clock.",
      ],
      form: [
        "Form: 7:05 PM, time only.", "No leading zero, AM or PM in capitals, like 12:30 AM.",
        "As in 9:15 AM; only the time.",
      ], rows: rows, &g)
  }

  /// Days, hours, minutes, seconds of a span.
  private static func parts(_ seconds: Int) -> [Int] {
    [seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
  }

  private static func seconds(_ d: Difficulty, _ g: inout SeededGenerator) -> Int {
    g.integer(d, easy: 61...7200, medium: 3000...90_000, hard: 80_000...2_000_000)
  }

  private static func toSeconds(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let unit = d == .easy ? 1 : g.pick([1, 60])
    let rows = rows(d, &g) { g in
      let total = seconds(d, &g) / unit * unit
      let names = ["day", "hour", "minute", "second"]
      let parts = parts(total)
      let style = g.below(2)
      let written = parts.indices.filter { parts[$0] > 0 }.map {
        style == 0 ? Phrasing.counted(parts[$0], names[$0]) : "\(parts[$0])\(names[$0].prefix(1))"
      }
      let n = total / unit
      return Row(
        given: written.joined(separator: style == 0 ? ", " : " "), answer: "\(n)",
        steps: "\(parts[0]) \u{d7} 86400 + \(parts[1]) \u{d7} 3600 + \(parts[2]) \u{d7} 60 + "
          + "\(parts[3]) seconds" + (unit == 60 ? ", divided by 60" : ""),
        wrong: [
          (
            "base-100-minutes",
            "\((parts[1] * 10000 + parts[2] * 100 + parts[3]) / unit + parts[0])"
          ),
          ("off-by-one", "\(n + 1)"), ("off-by-an-hour", "\(n + 3600 / unit)"),
        ])
    }
    let name = unit == 1 ? "seconds" : "minutes"
    return batch(
      ["How many \(name) is this?", "Convert the duration to \(name).", "Express it in \(name)."],
      form: ["Only the number.", "Write the plain number.", "A number without unit."], rows: rows,
      &g)
  }

  private static func fromSeconds(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let style = g.below(2)
    let write = { (total: Int) -> String in
      let p = parts(total)
      let hours = p[0] * 24 + p[1]
      return style == 0
        ? "\(CivilDate.padded(hours)):\(CivilDate.padded(p[2])):\(CivilDate.padded(p[3]))"
        : "\(p[0])d \(p[1])h \(p[2])m \(p[3])s"
    }
    let rows = rows(d, &g) { g in
      let total = seconds(d, &g)
      return Row(
        given: g.pick(["\(total) s", "\(total) seconds", "\(total)"]), answer: write(total),
        steps:
          "\(total) = \(total / 3600) \u{d7} 3600 + \(total / 60 % 60) \u{d7} 60 + \(total % 60)",
        wrong: [
          ("one-minute-off", write(total + 60)), ("one-hour-off", write(total + 3600)),
          ("off-by-one", write(total + 1)),
        ])
    }
    let form =
      style == 0
      ? ["Form HH:MM:SS; hours may exceed 23.", "Use HH:MM:SS and let hours run beyond 24."]
      : ["Form: 1d 2h 3m 4s, all four parts.", "Write it like 0d 5h 0m 12s, zeros included."]
    return batch(
      [
        "Convert the seconds to a readable duration.", "Split this number of seconds.",
        "Write this span of seconds in larger units.",
      ], form: form, rows: rows, &g)
  }

  private static let offsets = [
    -480, -420, -300, -240, -180, -210, 0, 60, 120, 180, 210, 330, 345, 480, 540, 570, 720,
  ]

  /// `UTC+05:30`.
  private static func zone(_ minutes: Int) -> String {
    "UTC\(minutes < 0 ? "-" : "+")\(AnswerForm.clock(abs(minutes)))"
  }

  private static func stamp(_ date: CivilDate, _ minutes: Int) -> String {
    let day = date.adding(days: (minutes >= 0 ? minutes : minutes - 1439) / 1440)
    return "\(day.iso) \(AnswerForm.clock(minutes))"
  }

  private static func changeOffset(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let target = d == .easy ? 0 : g.pick(offsets)
    let rows = rows(d, &g) { g in
      let date = CivilDate.random(d, &g)
      let time = g.below(1440)
      let offset = g.pick(offsets.filter { $0 != target })
      let shifted = time - offset + target
      return Row(
        given: "\(date.iso) \(AnswerForm.clock(time)) \(zone(offset))",
        answer: stamp(date, shifted),
        steps: "from \(zone(offset)) to \(zone(target)) is \(target - offset) minutes",
        wrong: [
          ("wrong-direction", stamp(date, time + offset - target)),
          (
            "date-not-changed",
            "\(date.iso) \(AnswerForm.clock(shifted + (shifted >= 0 && shifted < 1440 ? 60 : 0)))"
          ),
          ("one-hour-off", stamp(date, shifted + 60)),
        ])
    }
    return batch(
      [
        "Convert to \(zone(target)).", "What are date and time at \(zone(target))?",
        "Give the same instant in \(zone(target)).",
      ],
      form: ["Form YYYY-MM-DD HH:MM.", "Write YYYY-MM-DD HH:MM, without the offset."], rows: rows,
      &g)
  }

  private static func elapsed(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let date = CivilDate.random(d, &g)
      let start = g.below(1440)
      let minutes = g.integer(d, easy: 5...600, medium: 60...3000, hard: 900...20_000)
      let end = start + minutes
      let hidden = end < 1440
      return Row(
        given: hidden
          ? "\(AnswerForm.clock(start)) - \(AnswerForm.clock(end)) on \(date.iso)"
          : "\(stamp(date, start)) - \(stamp(date, end))",
        answer: AnswerForm.duration(minutes),
        steps: hidden
          ? "both times are on one day, \(minutes) minutes apart"
          : "\(end / 1440) times midnight passes; in all \(minutes) minutes",
        wrong: [
          ("one-hour-off", AnswerForm.duration(minutes + 60)),
          ("minutes-borrowed-wrongly", AnswerForm.duration(minutes + 40)),
          ("as-minutes", "\(minutes) min"),
        ])
    }
    return batch(
      ["How much time passes?", "Compute the elapsed time.", "How long is the interval?"],
      form: ["Form: 5 h 20 min.", "Write it like 26 h 0 min.", "Answer as \"H h M min\"."],
      rows: rows, &g)
  }

  private static func fromUnix(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let date = CivilDate(
        g.integer(d, easy: 1970...1999, medium: 1990...2037, hard: 1935...2199),
        g.integer(in: 1...12), g.integer(in: 1...28))
      let time = d == .easy ? g.below(24) * 3600 : g.below(86_400)
      let n = date.unixTime + time
      let text = { (n: Int) in utc(n) }
      return Row(
        given: "\(n)", answer: text(n),
        steps:
          "whole days since 1970-01-01: \(date.unixTime / 86_400), and \(time) seconds of the day",
        wrong: [
          ("one-day-off", text(n + 86_400)), ("one-hour-off", text(n + 3600)),
          ("leap-day-slip", text(n - 86_400)),
        ])
    }
    return batch(
      [
        "Convert the Unix time (seconds) to UTC.", "Which moment is this Unix timestamp, in UTC?",
        "Turn epoch seconds into a date and time (UTC).",
      ],
      form: ["Form: 2024-03-09T07:05:00Z.", "Use YYYY-MM-DDTHH:MM:SSZ."], rows: rows, &g)
  }

  /// Unix time as `2024-03-09T07:05:00Z`.
  static func utc(_ seconds: Int) -> String {
    let epoch = CivilDate(1970, 1, 1).number
    let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let rest = seconds - day * 86_400
    return "\(CivilDate(number: epoch + day).iso)T\(AnswerForm.clock(rest / 60)):"
      + "\(CivilDate.padded(rest % 60))Z"
  }

  private static func toUnix(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = rows(d, &g) { g in
      let date = CivilDate(
        g.integer(d, easy: 1970...1999, medium: 1990...2037, hard: 1935...2199),
        g.integer(in: 1...12), g.integer(in: 1...28))
      let time = d == .easy ? g.below(24) * 3600 : g.below(86_400)
      let n = date.unixTime + time
      return Row(
        given: utc(n), answer: "\(n)",
        steps: "\(date.unixTime / 86_400) days since 1970-01-01 times 86400, plus \(time) seconds",
        wrong: [
          ("one-day-off", "\(n + 86_400)"), ("one-hour-off", "\(n + 3600)"),
          ("milliseconds", "\(n)000"),
        ])
    }
    return batch(
      [
        "Convert to Unix time in seconds.", "Give the epoch seconds of this moment.",
        "Which Unix timestamp is it?",
      ],
      form: ["Only the number.", "A plain integer, negative before 1970.", "Write the integer."],
      rows: rows, &g)
  }

  private static func isoDuration(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let back = g.once(in: 2)
    let rows = rows(d, &g) { g in
      let total = seconds(d, &g)
      let p = parts(total)
      let units = ["D", "H", "M", "S"]
      let time = (1...3).filter { p[$0] > 0 }.map { "\(p[$0])\(units[$0])" }.joined()
      let text = "P" + (p[0] > 0 ? "\(p[0])D" : "") + (time.isEmpty ? "" : "T" + time)
      return Row(
        given: back ? text : "\(total) seconds", answer: back ? "\(total)" : text,
        steps:
          "\(p[0]) days, \(p[1]) hours, \(p[2]) minutes and \(p[3]) seconds are \(total) seconds",
        wrong: back
          ? [("off-by-one", "\(total + 1)"), ("hours-missed", "\(total - p[1] * 3600 + 60)")]
          : [
            ("t-missing", text.replacing("T", with: "")), ("lower-case", text.lowercased()),
            ("seconds-only", "PT\(total + 1)S"),
          ])
    }
    return back
      ? batch(
        [
          "Convert the ISO 8601 duration to seconds.",
          "How many seconds is this ISO 8601 duration?",
        ],
        form: ["Only the number.", "A plain integer."], rows: rows, &g)
      : batch(
        ["Write it as an ISO 8601 duration.", "Convert to the ISO 8601 duration form."],
        form: [
          "Use days, hours, minutes and seconds, largest first, without zero parts (like P1DT2H5S).",
          "As in P2DT3H4M: no zero parts, days at most, no weeks.",
        ], rows: rows, &g)
  }
}
