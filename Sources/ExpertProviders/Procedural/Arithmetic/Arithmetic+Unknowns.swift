internal import ExpertRecord

extension Arithmetic {
  /// Ages, heads and legs, and other equations in words.
  static let unknowns: [ProceduralTemplate] = ProceduralTemplate.all(
    "unknowns",
    [
      ("unknowns-age-sum", ageSum), ("unknowns-age-multiple", ageMultiple),
      ("unknowns-sum-and-difference", sumAndDifference), ("unknowns-heads-and-legs", headsAndLegs),
      ("unknowns-tickets", tickets), ("unknowns-think-of-a-number", thinkOfANumber),
      ("unknowns-make-equal", makeEqual), ("unknowns-price-of-two", priceOfTwo),
    ])

  private static func ageSum(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let names = g.sample(Vocabulary.firstNames, count: 3)
    let youngest = g.integer(d, easy: 2...12, medium: 5...30, hard: 8...46)
    let (a, b) = (g.integer(in: 1...9), g.integer(in: 2...14))
    let ages = [youngest, youngest + a, youngest + a + b]
    let index = d == .easy ? 0 : g.below(3)
    let shift = d == .hard ? g.integer(in: 2...11) : 0
    let later = shift == 0 ? "" : " The question is about the time \(shift) years from now."
    return WordProblem(
      story: [
        "\(names[1]) is \(a) years older than \(names[0]), and \(names[2]) \(b) years older than "
          + "\(names[1]). Their ages add up to \(ages.reduce(0, +)).\(later)",
        "Together \(Phrasing.list(names)) are \(ages.reduce(0, +)) years old. Between \(names[0]) and "
          + "\(names[1]) lie \(a) years, between \(names[1]) and \(names[2]) another \(b); "
          + "\(names[0]) is the youngest.\(later)",
        "\(names[0]), the youngest, was born \(a) years after \(names[1]), who was born \(b) years "
          + "after \(names[2]). The sum of their ages is \(ages.reduce(0, +)).\(later)",
      ],
      ask: [
        "How old is \(names[index])\(shift == 0 ? "" : " then")?",
        "What is \(names[index])'s age\(shift == 0 ? "" : " at that time")?",
      ],
      form: .whole, value: Rational(ages[index] + shift),
      steps: "Take \(a) and \(a + b) off the sum: \(ages.reduce(0, +)) - \(2 * a + b) = "
        + "\(3 * youngest); a third is \(youngest), the youngest. So \(names[index]) is \(ages[index])"
        + (shift == 0 ? "." : " now and \(ages[index] + shift) then."),
      wrong: [
        ("third-of-the-sum", Rational(ages.reduce(0, +) / 3)),
        ("wrong-person", Rational(ages[(index + 1) % 3] + shift)),
        ("shift-doubled", Rational(ages[index] + 2 * max(1, shift))),
      ]
    ).item(&g, d)
  }

  private static func ageMultiple(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (old, young) = people(&g)
    let k = g.integer(d, easy: 2...3, medium: 2...4, hard: 2...6)
    let later = g.integer(d, easy: 1...6, medium: 2...14, hard: 3...25)
    let child = g.integer(d, easy: 1...10, medium: 2...19, hard: 3...30)
    let parent = k * (child + later) - later
    let kin = g.pick(["aunt", "uncle", "parent", "teacher", "coach", "neighbour", "grandparent"])
    return WordProblem(
      story: [
        "\(old), the \(kin) of \(young), is \(parent) years old; \(young) is \(child).",
        "\(young) is \(child) years old and has a \(kin), \(old), aged \(parent).",
        "At \(parent), \(old) is the \(kin) of \(young), who is \(child).",
      ],
      ask: [
        "In how many years will \(old) be exactly \(k) times as old as \(young)?",
        "After how many years is \(old)'s age \(k) times \(young)'s?",
      ], form: .whole, value: Rational(later),
      steps: "We need \(parent) + t = \(k) \u{d7} (\(child) + t). So \(parent) - \(k * child) = "
        + "\(k - 1) t, and t = \(parent - k * child) / \(k - 1) = \(later).",
      wrong: [
        ("younger-age-then", Rational(child + later)), ("older-age-then", Rational(parent + later)),
        ("not-divided", Rational(parent - k * child)),
      ]
    ).item(&g, d)
  }

  private static func sumAndDifference(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (one, two) = people(&g)
    let small = g.integer(d, easy: 2...30, medium: 15...190, hard: 120...9000)
    let gap = g.integer(d, easy: 1...15, medium: 8...90, hard: 37...2400)
    let what = g.pick(["stamps", "shells", "books", "votes", "metres", "coins", "cards", "minutes"])
    let larger = g.once(in: 2)
    return WordProblem(
      story: [
        "\(one) and \(two) have \(2 * small + gap) \(what) together; \(one) has \(gap) more.",
        "\(one) has \(gap) \(what) more than \(two). Added up they have \(2 * small + gap).",
        "The total of \(one)'s and \(two)'s \(what) is \(2 * small + gap), and \(two) has \(gap) fewer "
          + "than \(one).",
      ],
      ask: larger
        ? ["How many does \(one) have?", "What is \(one)'s number of \(what)?"]
        : ["How many does \(two) have?", "What is \(two)'s number of \(what)?"],
      form: .whole, value: Rational(larger ? small + gap : small),
      steps:
        "\(2 * small + gap) - \(gap) = \(2 * small), half of it is \(small) for \(two); \(one) has "
        + "\(small + gap).",
      wrong: [
        ("other-person", Rational(larger ? small : small + gap)),
        ("halved-first", Rational(2 * small + gap, 2) + Rational(larger ? gap : -gap)),
        ("not-halved", Rational(2 * small)),
      ]
    ).item(&g, d)
  }

  private static func headsAndLegs(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let kinds = g.pick([
      ("hens", "rabbits", 2, 4, "heads", "legs"),
      ("bicycles", "tricycles", 2, 3, "saddles", "wheels"),
      ("motorbikes", "cars", 2, 4, "number plates", "wheels"),
      ("stools", "chairs", 3, 4, "seats", "legs"), ("beetles", "spiders", 6, 8, "bodies", "legs"),
      ("small boats", "large boats", 3, 5, "anchors", "seats"),
    ])
    let a = g.integer(d, easy: 2...12, medium: 5...40, hard: 17...260)
    let b = g.integer(d, easy: 2...12, medium: 5...40, hard: 17...260)
    let total = kinds.2 * a + kinds.3 * b
    let second = g.once(in: 2)
    return WordProblem(
      story: [
        "\(who) counts \(a + b) \(kinds.4) and \(total) \(kinds.5) of \(kinds.0) and \(kinds.1) in a "
          + "yard in \(town). (\(kinds.0.capitalizedFirst) have \(kinds.2), \(kinds.1) \(kinds.3).)",
        "In \(town) stand \(kinds.0) with \(kinds.2) \(kinds.5) each and \(kinds.1) with \(kinds.3) each. "
          + "\(who) finds \(a + b) \(kinds.4) and \(total) \(kinds.5).",
        "\(who)'s place in \(town) has only \(kinds.0) (\(kinds.2) \(kinds.5)) and \(kinds.1) "
          + "(\(kinds.3) \(kinds.5)): in all \(a + b) \(kinds.4), \(total) \(kinds.5).",
      ],
      ask: [
        "How many \(second ? kinds.1 : kinds.0) are there?",
        "What is the number of \(second ? kinds.1 : kinds.0)?",
      ],
      form: .whole, value: Rational(second ? b : a),
      steps: "If all were \(kinds.0), there would be \(kinds.2 * (a + b)) \(kinds.5). The surplus "
        + "\(total - kinds.2 * (a + b)) divided by \(kinds.3 - kinds.2) is \(b) \(kinds.1), which "
        + "leaves \(a) \(kinds.0).",
      wrong: [
        ("other-kind", Rational(second ? a : b)),
        ("surplus-not-divided", Rational(total - kinds.2 * (a + b))),
        ("all-of-them", Rational(a + b)),
      ]
    ).item(&g, d)
  }

  private static func tickets(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let place = g.pick([
      "zoo", "museum", "theatre", "ferry", "cinema", "observatory", "pool", "castle",
    ])
    let child = g.integer(d, easy: 2...6, medium: 3...12, hard: 4...23)
    let adult = child + g.integer(d, easy: 1...6, medium: 2...11, hard: 3...19)
    let a = g.integer(d, easy: 2...15, medium: 8...60, hard: 31...480)
    let c = g.integer(d, easy: 2...15, medium: 8...60, hard: 31...480)
    let money = adult * a + child * c
    let adults = g.once(in: 2)
    return WordProblem(
      story: [
        "The \(place) in \(town) charges \(adult) for adults and \(child) for children. \(who) sold "
          + "\(a + c) tickets for \(money).",
        "\(who) took \(money) for \(a + c) tickets at the \(place) of \(town): \(adult) per adult, "
          + "\(child) per child.",
        "At the \(town) \(place) \(a + c) people paid \(money) altogether. \(who) knows the prices: "
          + "adults \(adult), children \(child).",
      ],
      ask: [
        "How many were \(adults ? "adults" : "children")?",
        "How many \(adults ? "adult" : "child") tickets were sold?",
      ],
      form: .whole, value: Rational(adults ? a : c),
      steps: "All at the child price would bring \(child * (a + c)). The rest, "
        + "\(money - child * (a + c)), divided by \(adult - child) gives \(a) adults and \(c) children.",
      wrong: [
        ("other-kind", Rational(adults ? c : a)), ("all-tickets", Rational(a + c)),
        ("divided-by-price", Rational(money / adult)),
      ]
    ).item(&g, d)
  }

  private static func thinkOfANumber(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (who, other) = people(&g)
    let start = g.integer(d, easy: 2...20, medium: 5...60, hard: 11...240)
    var value = start
    var told: [String] = []
    var back: [String] = []
    for _ in 0..<(d == .easy ? 2 : d == .medium ? 3 : 5) {
      let n = g.integer(in: 2...9)
      switch g.below(4) {
      case 0:
        value += n * 3
        told.append(g.pick(["adds \(n * 3)", "increases it by \(n * 3)"]))
        back.append("subtract \(n * 3)")
      case 1 where value > n * 2:
        value -= n * 2
        told.append(g.pick(["subtracts \(n * 2)", "takes away \(n * 2)"]))
        back.append("add \(n * 2)")
      case 2 where value % n == 0:
        value /= n
        told.append(g.pick(["divides by \(n)", "takes one \(Phrasing.ordinal(n)) part of it"]))
        back.append("multiply by \(n)")
      default:
        value *= n
        told.append(g.pick(["multiplies by \(n)", "takes it \(n) times"]))
        back.append("divide by \(n)")
      }
    }
    let listed = Phrasing.list(told, "and then")
    return WordProblem(
      story: [
        "\(who) thinks of a number, \(listed), and gets \(value). \(other) guesses.",
        "\(other) asks \(who) to pick a number. \(who) \(listed); the result is \(value).",
        "A secret number is with \(who), who \(listed). What comes out, \(value), is told to \(other).",
      ],
      ask: ["Which number was it?", "What was the number at the start?", "Find the first number."],
      form: .whole, value: Rational(start),
      steps: "Undo the steps from the end, starting with \(value): "
        + back.reversed().joined(separator: ", ") + ". That leads to \(start).",
      wrong: [
        ("result-repeated", Rational(value)),
        ("last-step-not-undone", Rational(start + (start == value ? 2 : 3))),
        ("sign-flipped", Rational(-start)),
      ]
    ).item(&g, d)
  }

  private static func makeEqual(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let names = g.sample(Vocabulary.firstNames, count: 2)
    let move = g.integer(d, easy: 1...9, medium: 4...45, hard: 13...900)
    let low = g.integer(d, easy: 1...20, medium: 9...150, hard: 60...3000)
    let what = g.pick([
      "marbles", "sweets", "pencils", "acorns", "tokens", "buttons", "tiles", "logs",
    ])
    let place = g.pick(Vocabulary.cities)
    return WordProblem(
      story: [
        "\(names[0]) has \(low + 2 * move) \(what), \(names[1]) has \(low). They want equal numbers.",
        "In \(place), \(names[1]) owns \(low) \(what) and \(names[0]) \(low + 2 * move); nothing is "
          + "bought, some are handed over.",
        "\(low) \(what) belong to \(names[1]), \(low + 2 * move) to \(names[0]), both of \(place). "
          + "After a gift both have the same.",
      ],
      ask: [
        "How many must \(names[0]) give to \(names[1])?", "How many change hands?",
        "How many \(what) does \(names[0]) hand over?",
      ], form: .whole, value: Rational(move),
      steps:
        "The difference is \(low + 2 * move) - \(low) = \(2 * move). Half of it, \(move), must move.",
      wrong: [
        ("whole-difference", Rational(2 * move)), ("final-amount", Rational(low + move)),
        ("half-of-the-larger", Rational(low + 2 * move, 2)),
      ]
    ).item(&g, d)
  }

  private static func priceOfTwo(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (one, two) = people(&g)
    let (a, b) = g.pair(Vocabulary.products)
    let (x, y) = (cents(d, &g), cents(d, &g))
    let (p, q) = (g.integer(in: 1...5), g.integer(in: 1...6))
    let (r, s) = (p + g.integer(in: 0...3), q + g.integer(in: 1...4))
    guard p * s != q * r else { return priceOfTwo(&g, d) }
    let (first, second) = (p * x + q * y, r * x + s * y)
    return WordProblem(
      story: [
        "\(one) pays \(amount(first)) for \(p) of article A (\(a)) and \(q) of article B (\(b)); "
          + "\(two) pays \(amount(second)) for \(r) of A and \(s) of B.",
        "Bill one, \(one): \(p) \u{d7} A and \(q) \u{d7} B, \(amount(first)). Bill two, \(two): \(r) "
          + "\u{d7} A and \(s) \u{d7} B, \(amount(second)). A is a \(a), B a \(b).",
        "A stands for a \(a), B for a \(b). \(p) A and \(q) B cost \(one) \(amount(first)), while \(r) "
          + "A and \(s) B cost \(two) \(amount(second)).",
      ],
      ask: ["What is the price of one A?", "How much does a single A (\(a)) cost?"],
      form: .money, value: Rational(x, 100),
      steps: "Multiply the first bill by \(s) and the second by \(q): the B parts agree, and "
        + "\(p * s - r * q) A cost \(Rational(first * s - second * q, 100).fixed(2)). One A costs "
        + "\(amount(x)).",
      wrong: [
        ("other-article", Rational(y, 100)), ("bill-divided", Rational(first, 100 * p)),
        ("difference-of-bills", Rational(second - first, 100)),
      ]
    ).item(&g, d)
  }
}
