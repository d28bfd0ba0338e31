internal import ExpertRecord

extension Arithmetic {
  /// Combinations, divisors and chances.
  static let counting: [ProceduralTemplate] = ProceduralTemplate.all(
    "counting",
    [
      ("counting-outfits", outfits), ("counting-handshakes", handshakes),
      ("counting-committee", committee), ("counting-arrangements", arrangements),
      ("counting-equal-bags", equalBags), ("counting-buses", buses),
      ("counting-multiples", multiples), ("counting-chance", chance),
    ])

  private static func factorial(_ n: Int) -> Int { n < 2 ? 1 : n * factorial(n - 1) }

  private static func choose(_ n: Int, _ k: Int) -> Int {
    (0..<k).reduce(1) { $0 * (n - $1) / ($1 + 1) }
  }

  private static func outfits(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let kinds = g.sample(
      ["shirts", "hats", "scarves", "belts", "jackets", "ties", "gloves", "brooches", "wigs"],
      count: d == .easy ? 2 : d == .medium ? 3 : 4)
    let counts = kinds.map { _ in g.integer(d, easy: 2...9, medium: 2...12, hard: 3...15) }
    let optional = d == .hard
    let factors = counts.enumerated().map { optional && $0 == 0 ? $1 + 1 : $1 }
    let value = factors.reduce(1, *)
    let listed = Phrasing.list(kinds.indices.map { "\(counts[$0]) \(kinds[$0])" })
    let rule =
      optional
      ? "one of each kind, except that \(kinds[0]) may be left off" : "exactly one of each kind"
    let play = g.pick([
      "a play", "a carnival", "a photo session", "a parade", "a wedding", "a show",
    ])
    return WordProblem(
      story: [
        "\(who) owns \(listed) and wears \(rule) for \(play).",
        "For \(play), \(other) lends \(who) \(listed); \(who) puts on \(rule).",
        "\(listed.capitalizedFirst) hang in \(who)'s wardrobe. A costume for \(play) uses \(rule).",
      ],
      ask: ["How many different outfits are possible?", "In how many ways can \(who) dress?"],
      form: .whole, value: Rational(value),
      steps:
        "The choices multiply: \(factors.map(String.init).joined(separator: " \u{d7} ")) = \(value)"
        + (optional ? " (none counts as one more choice of \(kinds[0]))." : "."),
      wrong: [
        ("choices-added", Rational(counts.reduce(0, +))),
        ("option-ignored", Rational(optional ? counts.reduce(1, *) : value + counts[0])),
      ]
    ).item(&g, d)
  }

  private static func handshakes(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let n = g.integer(d, easy: 3...12, medium: 9...40, hard: 25...190)
    let twice = d != .easy && g.once(in: 2)
    let (act, event) = g.pick([
      ("plays every other one", "A league"), ("shakes hands with every other one", "A party"),
      ("exchanges a letter with every other one", "A pen club"),
      ("greets every other one", "A meeting"),
    ])
    let value = n * (n - 1) / (twice ? 1 : 2)
    let rule =
      twice ? "Each ordered pair counts on its own (there and back)." : "Each pair counts once."
    return WordProblem(
      story: [
        "\(event) in \(town) has \(n) members, \(who) and \(other) among them; each \(act). \(rule)",
        "\(who) and \(other) belong to \(n) people in \(town), of whom each \(act). \(rule)",
        "Of \(n) people in \(town), everybody \(act), also \(who) and \(other). \(rule)",
      ],
      ask: ["What is the total count?", "How many are counted?", "How many does that make?"],
      form: .whole, value: Rational(value),
      steps: "\(n) \u{d7} \(n - 1) = \(n * (n - 1)) ordered pairs"
        + (twice ? "." : "; halved, because each pair counts once, \(value)."),
      wrong: [
        ("order-confused", Rational(twice ? value / 2 : value * 2)),
        ("with-oneself", Rational(n * n)),
        ("one-person-only", Rational(n - 1)),
      ]
    ).item(&g, d)
  }

  private static func committee(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let firm = g.pick(Vocabulary.companies)
    let n = g.integer(d, easy: 4...7, medium: 6...12, hard: 9...20)
    let k = g.integer(d, easy: 2...2, medium: 2...4, hard: 3...5)
    let fixed = d == .hard && g.once(in: 2)
    let value = fixed ? choose(n - 1, k - 1) : choose(n, k)
    let body = g.pick(["committee", "team", "jury", "crew", "panel", "delegation", "duty group"])
    let rule = fixed ? " \(who) must be in it." : ""
    return WordProblem(
      story: [
        "\(firm) elects a \(body) of \(k) out of \(n) people, without offices.\(rule)",
        "From \(n) people at \(firm), \(who) included, a \(body) of \(k) is chosen; order is irrelevant."
          + rule,
        "\(n) people stand for a \(body) of \(k) at \(firm); \(who) is one of them.\(rule)",
      ],
      ask: ["How many different groups are possible?", "In how many ways can it be formed?"],
      form: .whole, value: Rational(value),
      steps: (fixed
        ? "With one place taken, \(k - 1) of \(n - 1) are chosen" : "\(k) of \(n) are chosen")
        + " without order, which gives \(value).",
      wrong: [
        ("order-counted", Rational(value * factorial(fixed ? k - 1 : k))),
        ("multiplied", Rational(n * k)),
        ("condition-ignored", Rational(fixed ? choose(n, k) : value + n)),
      ]
    ).item(&g, d)
  }

  private static func arrangements(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let count = g.integer(d, easy: 3...4, medium: 4...6, hard: 5...8)
    let things = g.sample(Vocabulary.nouns, count: count)
    let (who, _) = people(&g)
    let together = d != .easy && g.once(in: 2)
    let value = together ? 2 * factorial(count - 1) : factorial(count)
    let rule =
      together
      ? "The \(things[0]) and the \(things[1]) must stand side by side." : "Any order is allowed."
    let place = g.pick(["shelf", "wall", "stage", "table", "window sill", "poster", "bench"])
    return WordProblem(
      story: [
        "\(who) puts these in a row on a \(place): \(Phrasing.list(things)). \(rule)",
        "Pictures of \(Phrasing.list(things)) are lined up along a \(place) by \(who). \(rule)",
        "A \(place) has room for \(count) things side by side: \(Phrasing.list(things)). \(rule) \(who) "
          + "tries all ways.",
      ],
      ask: ["How many orders are there?", "In how many ways can they be arranged?"], form: .whole,
      value: Rational(value),
      steps: together
        ? "The two count as one block: \(factorial(count - 1)) orders, times 2 within the block = \(value)."
        : "\((1...count).reversed().map(String.init).joined(separator: " \u{d7} ")) = \(value).",
      wrong: [
        ("condition-confused", Rational(together ? factorial(count) : 2 * factorial(count - 1))),
        ("squared", Rational(count * count)), ("one-thing-missed", Rational(factorial(count - 1))),
      ]
    ).item(&g, d)
  }

  private static func equalBags(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let kinds = g.sample(Vocabulary.fruits, count: d == .hard ? 3 : 2)
    let bags = g.integer(d, easy: 2...8, medium: 3...15, hard: 4...36)
    let counts = kinds.map { _ in bags * g.integer(d, easy: 1...9, medium: 2...14, hard: 3...25) }
    let value = counts.reduce(0, gcd)
    let listed = Phrasing.list(kinds.indices.map { "\(counts[$0]) \(kinds[$0])" })
    let vessel = g.pick(["bags", "baskets", "boxes", "gift sets", "trays", "bowls"])
    return WordProblem(
      story: [
        "\(who) spreads \(listed) over identical \(vessel), with nothing left. \(other) carries them.",
        "\(listed.capitalizedFirst) go into \(vessel) that all have the same content; \(who) and "
          + "\(other) use up everything.",
        "\(other) wants to make as many equal \(vessel) as possible for \(who) from \(listed).",
      ],
      ask: [
        "What is the greatest possible number of \(vessel)?",
        "How many \(vessel) are possible at most?",
      ], form: .whole, value: Rational(value),
      steps:
        "The number must divide \(Phrasing.list(counts.map(String.init))). The greatest common "
        + "divisor is \(value).",
      wrong: [
        ("smallest-count", Rational(counts.min() ?? 0)),
        ("multiple-instead", Rational(counts.reduce(1, lcm))),
        ("not-the-greatest", Rational(value % 2 == 0 ? value / 2 : 1)),
      ]
    ).item(&g, d)
  }

  private static func buses(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let stops = g.sample(Vocabulary.cities, count: d == .hard ? 3 : 2)
    let every = g.sample(
      d == .easy ? [4, 6, 8, 10, 12, 15] : [8, 9, 12, 14, 15, 18, 20, 24, 25, 30, 36],
      count: stops.count)
    let start = g.integer(in: 24...56) * 15
    let minutes = every.reduce(1, lcm)
    let listed = Phrasing.list(stops.indices.map { "to \(stops[$0]) every \(every[$0]) min" })
    let kind = g.pick(["buses", "trains", "ferries", "trams", "coaches", "shuttles"])
    return WordProblem(
      story: [
        "\(kind.capitalizedFirst) leave \(listed). At \(AnswerForm.clock(start)) all start together, "
          + "\(who) notes.",
        "At \(AnswerForm.clock(start)), \(who) sees the \(kind) leave at once: they go \(listed).",
        "The \(kind) go \(listed), the first time together at \(AnswerForm.clock(start)); \(who) waits.",
      ],
      ask: ["When do they next leave together?", "At what time does that happen again?"],
      form: .clock,
      value: Rational(start + minutes),
      steps: "The least common multiple of \(Phrasing.list(every.map(String.init))) is \(minutes) "
        + "minutes after \(AnswerForm.clock(start)), counted around midnight if need be.",
      wrong: [
        (
          "intervals-multiplied",
          Rational(start + every.reduce(1, *) + (every.reduce(1, *) == minutes ? 7 : 0))
        ),
        ("intervals-added", Rational(start + every.reduce(0, +))),
      ]
    ).item(&g, d)
  }

  private static func multiples(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let limit = g.integer(d, easy: 20...99, medium: 100...600, hard: 500...9000)
    let (a, b) = g.pair([2, 3, 4, 5, 6, 7, 8, 9, 11, 12])
    let (inA, inB, both) = (limit / a, limit / b, limit / lcm(a, b))
    let mode = d == .easy ? 0 : g.below(3)
    let value = [inA, inA + inB - both, inA - both][mode]
    let condition = [
      "divisible by \(a)", "divisible by \(a) or by \(b) (or both)",
      "divisible by \(a) but not by \(b)",
    ][mode]
    let what = g.pick([
      "lockers", "tickets", "houses", "pages", "seats", "bottles", "cards", "posts",
    ])
    return WordProblem(
      story: [
        "The \(what) of \(who)'s hall carry the numbers 1 to \(limit). \(other) marks those \(condition).",
        "\(who) numbers \(limit) \(what) from 1 and paints each one whose number is \(condition); "
          + "\(other) holds the bucket.",
        "Of \(what) numbered 1 to \(limit), \(other) picks for \(who) those whose number is \(condition).",
      ],
      ask: ["How many \(what) are that?", "How many numbers qualify?", "How many does this make?"],
      form: .whole, value: Rational(value),
      steps: mode == 0
        ? "\(limit) / \(a), rounded down, is \(inA)."
        : "Multiples of \(a): \(inA); of \(b): \(inB); of both (\(lcm(a, b))): \(both). "
          + (mode == 1 ? "\(inA) + \(inB) - \(both) = \(value)." : "\(inA) - \(both) = \(value)."),
      wrong: [
        ("overlap-ignored", Rational(mode == 1 ? inA + inB : inA + (mode == 0 ? 1 : 0))),
        ("only-the-overlap", Rational(both)), ("others-counted", Rational(limit - value)),
      ]
    ).item(&g, d)
  }

  private static func chance(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let colors = g.sample(Vocabulary.colors, count: d == .easy ? 2 : 3)
    let counts = colors.map { _ in g.integer(d, easy: 1...9, medium: 2...15, hard: 3...30) }
    let all = counts.reduce(0, +)
    let two = d == .hard
    let value =
      two ? Rational(counts[0] * (counts[0] - 1), all * (all - 1)) : Rational(counts[0], all)
    let listed = Phrasing.list(colors.indices.map { "\(counts[$0]) \(colors[$0])" })
    let (thing, vessel) = g.pick([
      ("balls", "urn"), ("socks", "drawer"), ("buttons", "bag"), ("chips", "hat"), ("beads", "jar"),
    ])
    return WordProblem(
      story: [
        "The \(vessel) of \(who) contains \(thing): \(listed). "
          + (two ? "Two are drawn without putting back." : "One is drawn blindly."),
        "\(who) takes \(two ? "two of the \(thing), one after the other and without returning them," : "one of the \(thing)") "
          + "from a \(vessel) with \(listed).",
        "In a \(vessel) there are \(thing), \(listed). \(who) draws \(two ? "two at once" : "one") without looking.",
      ],
      ask: two
        ? [
          "What is the probability that both are \(colors[0])?",
          "With which probability are both \(colors[0])?",
        ]
        : [
          "What is the probability of \(colors[0])?", "How probable is it that it is \(colors[0])?",
        ],
      form: .fraction, value: value,
      steps: two
        ? "\(counts[0])/\(all) \u{d7} \(counts[0] - 1)/\(all - 1) = \(value.fraction)."
        : "\(counts[0]) of \(all) are \(colors[0]): \(value.fraction).",
      wrong: [
        (
          "with-putting-back",
          two ? Rational(counts[0] * counts[0], all * all) : Rational(counts[0], all + 1)
        ),
        ("odds-instead", Rational(counts[0], all - counts[0])), ("complement", Rational(1) - value),
      ]
    ).item(&g, d)
  }
}
