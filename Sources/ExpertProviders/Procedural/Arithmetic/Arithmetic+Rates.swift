internal import ExpertRecord

extension Arithmetic {
  /// Speed, work and consumption.
  static let rates: [ProceduralTemplate] = ProceduralTemplate.all(
    "rates",
    [
      ("rates-distance", distance), ("rates-meeting", meeting), ("rates-catching-up", catchingUp),
      ("rates-round-trip", roundTrip), ("rates-two-pipes", twoPipes),
      ("rates-worker-days", workerDays),
      ("rates-machine-output", machineOutput), ("rates-fuel", fuel),
    ])

  private static func distance(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let (from, to) = g.pair(Vocabulary.cities)
    let legs = d == .easy ? 1 : d == .medium ? 2 : 3
    let speeds = (0..<legs).map { _ in g.integer(in: 4...30) * 4 }
    let quarters = (0..<legs).map { _ in g.integer(d, easy: 4...16, medium: 2...15, hard: 1...19) }
    let lines = (0..<legs).map {
      "\(AnswerForm.duration(quarters[$0] * 15)) at \(speeds[$0]) km/h"
    }
    let parts = (0..<legs).map { speeds[$0] * quarters[$0] / 4 }
    let sum = parts.reduce(0, +)
    return WordProblem(
      story: [
        "\(who) travels from \(from) towards \(to): \(Phrasing.list(lines, "and then")).",
        "A train leaves \(from) for \(to) and runs \(Phrasing.list(lines, "then")).",
        "On the way to \(to), \(who) drives \(Phrasing.list(lines, "and finally")), starting at \(from).",
      ],
      ask: [
        "How many kilometres is that?", "What distance is covered, in km?",
        "How far does the trip go, in kilometres?",
      ], form: .whole, value: Rational(sum),
      steps: (0..<legs).map {
        "\(speeds[$0]) km/h \u{d7} \(Rational(quarters[$0], 4).plain()) h = \(parts[$0]) km"
      }.joined(separator: "; ") + ".",
      wrong: [
        ("minutes-as-decimals", Rational(sum + speeds[0])),
        ("last-leg-missed", Rational(sum - (legs > 1 ? parts[legs - 1] : speeds[0]))),
        ("speeds-added", Rational(speeds.reduce(0, +))),
      ]
    ).item(&g, d)
  }

  private static func meeting(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (one, two) = people(&g)
    let (from, to) = g.pair(Vocabulary.cities)
    let (a, b) = (g.integer(in: 8...55), g.integer(in: 8...55))
    let minutes = g.integer(d, easy: 1...5, medium: 3...18, hard: 5...40) * (d == .easy ? 60 : 12)
    let gap = Rational((a + b) * minutes, 60)
    let start = g.integer(in: 24...60) * 15
    return WordProblem(
      story: [
        "\(one) starts in \(from) at \(AnswerForm.clock(start)) with \(a) km/h, \(two) at the same "
          + "moment in \(to) with \(b) km/h. They ride towards each other; the road is "
          + "\(gap.plain()) km long.",
        "Between \(from) and \(to) lie \(gap.plain()) km. At \(AnswerForm.clock(start)) \(one) sets out "
          + "from one end at \(a) km/h and \(two) from the other at \(b) km/h.",
        "\(one) and \(two) are \(gap.plain()) km apart, in \(from) and \(to). Both leave at "
          + "\(AnswerForm.clock(start)) to meet: \(one) makes \(a) km/h, \(two) \(b) km/h.",
      ],
      ask: ["At what time do they meet?", "When do they meet?", "What does the clock say then?"],
      form: .clock, value: Rational(start + minutes),
      steps:
        "They approach at \(a) + \(b) = \(a + b) km/h. \(gap.plain()) / \(a + b) h = \(minutes) "
        + "minutes after \(AnswerForm.clock(start)).",
      wrong: [
        ("one-speed-only", Rational(start) + gap * Rational(60, max(a, b))),
        ("speeds-subtracted", Rational(start) + gap * Rational(60, max(1, abs(a - b)))),
        ("hour-slip", Rational(start + minutes + 60)),
      ]
    ).item(&g, d)
  }

  private static func catchingUp(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (slow, fast) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let v = g.integer(d, easy: 2...6, medium: 4...20, hard: 6...45)
    let faster = g.integer(d, easy: 1...4, medium: 2...9, hard: 3...17)
    let hours = g.integer(d, easy: 1...4, medium: 2...9, hard: 2...14)
    let lead = hours * faster
    let head = Rational(lead * 60, v)
    guard head.isWhole else {
      return catchingUp(&g, d)
    }
    return WordProblem(
      story: [
        "\(slow) leaves \(town) at \(v) km/h. \(head.plain()) minutes later \(fast) follows on the "
          + "same road at \(v + faster) km/h.",
        "\(fast) pursues \(slow), who left \(town) \(head.plain()) minutes earlier. \(slow) keeps "
          + "\(v) km/h, \(fast) \(v + faster) km/h.",
        "Out of \(town), \(slow) walks or rides at \(v) km/h; \(fast), who starts \(head.plain()) "
          + "minutes after that, is \(faster) km/h faster.",
      ],
      ask: [
        "How many hours does \(fast) need to catch up?",
        "After how many hours of riding does \(fast) reach \(slow)?",
      ], form: .whole, value: Rational(hours),
      steps:
        "The lead is \(v) km/h \u{d7} \(head.plain()) min = \(lead) km. \(fast) gains \(faster) "
        + "km each hour: \(lead) / \(faster) = \(hours).",
      wrong: [
        ("lead-in-km", Rational(lead)), ("own-speed-used", Rational(lead, v + faster) + 1),
        ("head-start-added", Rational(hours) + head / 60),
      ]
    ).item(&g, d)
  }

  private static func roundTrip(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let (from, to) = g.pair(Vocabulary.cities)
    let (a, b) = g.pair(d == .easy ? [20, 30, 40, 60] : [12, 18, 24, 36, 45, 50, 60, 72, 75, 90])
    let way = g.integer(in: 2...40) * 30
    let value = Rational(2 * a * b, a + b)
    return WordProblem(
      story: [
        "\(who) drives \(way) km from \(from) to \(to) at \(a) km/h and comes back the same way at "
          + "\(b) km/h.",
        "The way from \(from) to \(to) is \(way) km. \(who) does it at \(a) km/h and returns at \(b) "
          + "km/h.",
        "\(to) is \(way) km from \(from); there \(who) goes with \(a) km/h, back with \(b) km/h.",
      ],
      ask: [
        "What is the average speed over both ways, in km/h?",
        "What average speed results for the whole trip (km/h)?",
        "Total distance divided by total time: how many km/h?",
      ], form: .rounded(1), value: value,
      steps:
        "There: \(Rational(way, a).fraction) h, back: \(Rational(way, b).fraction) h, together "
        + "\((Rational(way, a) + Rational(way, b)).fraction) h for \(2 * way) km.",
      wrong: [
        ("mean-of-speeds", Rational(a + b, 2)), ("one-way-only", value / 2),
        ("slower-speed", Rational(min(a, b))),
      ]
    ).item(&g, d)
  }

  private static func twoPipes(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (one, two) = people(&g)
    let (a, b) = g.pair([12, 15, 18, 20, 24, 28, 30, 36, 40, 42, 45, 48, 60, 72, 90])
    let drains = d == .hard && a < b && g.once(in: 2)
    let rate = drains ? Rational(1, a) - Rational(1, b) : Rational(1, a) + Rational(1, b)
    let value = Rational(1) / rate
    let thing = g.pick(["tank", "pool", "cistern", "basin", "pond", "barrel"])
    let second = drains ? "empties a full one in \(b) minutes" : "fills it alone in \(b) minutes"
    return WordProblem(
      story: drains
        ? [
          "\(one)'s pipe fills a \(thing) in \(a) minutes; the drain that \(two) left open \(second).",
          "A \(thing) fills in \(a) minutes through the inlet of \(one), while an outlet of \(two) "
            + "\(second). Both are open.",
        ]
        : [
          "\(one)'s hose fills a \(thing) in \(a) minutes, \(two)'s hose \(second). Both run.",
          "Painting one fence takes \(one) \(a) minutes and \(two) \(b) minutes. They work together.",
          "\(one) sorts the letters in \(a) minutes, \(two) the same heap in \(b) minutes. They share "
            + "the work, each at the usual pace.",
          "A \(thing) has two inlets: one of \(one)'s needs \(a) minutes, the other of \(two) "
            + "needs \(b) minutes. Both are opened.",
        ],
      ask: ["How many minutes does it take?", "After how many minutes is it done?"],
      form: .fraction, value: value,
      steps:
        "Per minute: 1/\(a) \(drains ? "-" : "+") 1/\(b) = \(rate.fraction). The reciprocal is "
        + "\(value.fraction).",
      wrong: [
        ("times-averaged", Rational(a + b, 2)), ("times-added", Rational(a + b)),
        ("rate-instead-of-time", rate),
      ]
    ).item(&g, d)
  }

  private static func workerDays(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let firm = g.pick(Vocabulary.companies)
    let (who, _) = people(&g)
    let workers = g.integer(d, easy: 2...6, medium: 4...15, hard: 6...30)
    let days = g.integer(d, easy: 2...10, medium: 6...24, hard: 9...60)
    let others = g.integer(d, easy: 2...9, medium: 3...20, hard: 4...44)
    let value = Rational(workers * days, others)
    let job = g.pick([
      "pave a square", "harvest a field", "paint a bridge", "dig a trench", "digitise an archive",
      "restore a wall", "assemble the shelves", "clear a slope",
    ])
    return WordProblem(
      story: [
        "\(workers) workers of \(firm) \(job) in \(days) days. \(who) sends \(others) workers instead.",
        "To \(job), \(firm) needs \(days) days with \(workers) people; \(who) plans with \(others).",
        "\(who) of \(firm) knows: \(workers) people \(job) in \(days) days. Now \(others) people, "
          + "equally quick, are free.",
      ],
      ask: [
        "How many days do they need?", "How long does the same job take then, in days?",
        "In how many days is it done?",
      ], form: .fraction, value: value,
      steps: "The job is \(workers) \u{d7} \(days) = \(workers * days) worker-days; divided by "
        + "\(others) that is \(value.fraction).",
      wrong: [
        ("direct-proportion", Rational(days * others, workers)),
        ("worker-days", Rational(workers * days)), ("unchanged", Rational(days)),
      ]
    ).item(&g, d)
  }

  private static func machineOutput(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let firm = g.pick(Vocabulary.companies)
    let thing = g.pick(Vocabulary.products)
    let per = g.integer(d, easy: 2...12, medium: 6...45, hard: 11...140)
    let machines = g.integer(d, easy: 1...3, medium: 2...9, hard: 4...24)
    let minutes = g.integer(d, easy: 2...8, medium: 4...30, hard: 12...95)
    let step = g.pick([1, 2, 3, 4, 5, 6])
    let scrap = d == .hard ? g.integer(in: 2...40) : 0
    let value = Rational(per * machines * minutes) - Rational(scrap)
    let bad = scrap > 0 ? " In the end \(scrap) pieces are rejected." : ""
    return WordProblem(
      story: [
        "A machine of \(firm) makes \(per * step) pieces (\(thing)) every \(step) min. \(machines) of "
          + "them run for \(minutes) min.\(bad)",
        "\(firm) runs \(machines) equal lines for \(minutes) minutes; a line yields \(per * step) units "
          + "of the \(thing) in \(step) min.\(bad)",
        "In \(step) min one press turns out \(per * step) parts for a \(thing). \(firm) lets "
          + "\(machines) presses work \(minutes) min.\(bad)",
      ],
      ask: ["How many good pieces result?", "What is the usable output?", "How many are made?"],
      form: .whole, value: value,
      steps: "One machine makes \(per) a minute, \(machines) make \(per * machines), and in "
        + "\(minutes) minutes \(per * machines * minutes)."
        + (scrap > 0 ? " Less \(scrap) rejected: \(value.plain())." : ""),
      wrong: [
        ("one-machine", Rational(per * minutes)), ("one-minute", Rational(per * machines)),
        ("interval-ignored", Rational(per * step * machines * minutes)),
      ]
    ).item(&g, d)
  }

  private static func fuel(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let (from, to) = g.pair(Vocabulary.cities)
    let tenths = g.integer(d, easy: 4...9, medium: 8...18, hard: 41...129) * (d == .hard ? 1 : 5)
    let km = g.integer(d, easy: 1...9, medium: 11...60, hard: 101...1399) * (d == .easy ? 100 : 10)
    let price = g.integer(in: 110...219)
    let litres = Rational(tenths * km, 1000)
    let value = litres * Rational(price, 100)
    let use = Rational(tenths, 10).plain()
    return WordProblem(
      story: [
        "\(who)'s van uses \(use) litres per 100 km. The route from \(from) to \(to) measures \(km) km, "
          + "and a litre costs \(amount(price)).",
        "From \(from) to \(to), \(km) km, \(who) drives a car that burns \(use) l on 100 km; fuel is "
          + "\(amount(price)) a litre.",
        "Fuel costs \(amount(price)) per litre. \(who) goes \(km) km (\(from) to \(to)) at \(use) "
          + "litres for every 100 km.",
      ],
      ask: ["What does the fuel cost?", "How much is spent on fuel?"], form: .money, value: value,
      steps:
        "Fuel: \(use) \u{d7} \(km) / 100 = \(litres.plain()) litres; times \(amount(price)) is "
        + "\(value.fixed(2)).",
      wrong: [
        ("litres-instead-of-cost", litres), ("per-km", value * 100),
        ("price-ignored", litres + 1),
      ]
    ).item(&g, d)
  }
}
