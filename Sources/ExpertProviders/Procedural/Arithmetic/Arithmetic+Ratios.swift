internal import ExpertRecord

extension Arithmetic {
  /// Fractions, ratios and mixtures.
  static let ratios: [ProceduralTemplate] = ProceduralTemplate.all(
    "ratios",
    [
      ("ratios-fraction-left", fractionLeft), ("ratios-add-fractions", addFractions),
      ("ratios-share", share), ("ratios-recipe", recipe), ("ratios-mixture-strength", strength),
      ("ratios-mixture-price", mixturePrice), ("ratios-map-scale", mapScale),
      ("ratios-rope-pieces", ropePieces),
    ])

  private static func fractionLeft(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (one, two) = people(&g)
    let (p, q) = g.pick([(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (2, 5), (3, 5)])
    let (r, s) = g.pick([(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (4, 5), (1, 6)])
    let all = q * s * g.integer(d, easy: 1...5, medium: 3...19, hard: 8...75)
    let first = all * p / q
    let second = (all - first) * r / s
    let left = all - first - second
    let things = g.pick(Vocabulary.fruits)
    let box = g.pick(["basket", "crate", "sack", "bowl", "box", "cart"])
    return WordProblem(
      story: [
        "A \(box) holds \(all) \(things). \(one) takes \(p)/\(q) of them, then \(two) takes \(r)/\(s) "
          + "of what is left.",
        "\(one) removes \(p)/\(q) of the \(all) \(things) in a \(box); \(two) removes \(r)/\(s) of the "
          + "remainder.",
        "From \(all) \(things), \(p)/\(q) go to \(one). Of the rest in the \(box), \(two) gets "
          + "\(r)/\(s).",
      ],
      ask: ["How many \(things) remain?", "How many are left over?", "What number stays behind?"],
      form: .whole, value: Rational(left),
      steps: "\(one): \(all) \u{d7} \(p)/\(q) = \(first), leaving \(all - first). \(two): "
        + "\(r)/\(s) of that = \(second). \(all - first) - \(second) = \(left).",
      wrong: [
        ("both-of-the-whole", Rational(all - first) - Rational(all * r, s)),
        ("taken-not-left", Rational(first + second)), ("second-step-missed", Rational(all - first)),
      ]
    ).item(&g, d)
  }

  private static func addFractions(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let count = d == .easy ? 2 : d == .medium ? 3 : 4
    let names = g.sample(Vocabulary.firstNames, count: count)
    let parts = (0..<count).map { _ -> Rational in
      let q = g.pick(d == .easy ? [2, 3, 4, 5, 6, 8] : [3, 4, 5, 6, 7, 8, 9, 10, 12, 15])
      return Rational(g.integer(in: 1...(q - 1)), q)
    }
    let sum = parts.reduce(0, +)
    let what = g.pick([
      "litres of juice", "kilometres", "hours", "cups of flour", "bars of chocolate",
      "kilograms of rice", "metres of ribbon", "buckets of sand",
    ])
    let listed = Phrasing.list(names.indices.map { "\(names[$0]) \(parts[$0].fraction)" })
    return WordProblem(
      story: [
        "Shares in \(what): \(listed).", "They note down their \(what): \(listed).",
        "Each brings some (\(what)): \(listed).", "The list of \(what) reads \(listed).",
      ],
      ask: ["What is the sum?", "How much is it together?", "Add all of them up."],
      form: .fraction, value: sum,
      steps: parts.map(\.fraction).joined(separator: " + ") + " over the common denominator "
        + "\(parts.map { Int($0.denominator) }.reduce(1, lcm)) gives \(sum.fraction).",
      wrong: [
        (
          "tops-and-bottoms-added",
          Rational(
            parts.map { Int($0.numerator) }.reduce(0, +),
            parts.map { Int($0.denominator) }.reduce(0, +))
        ),
        ("last-one-missed", sum - (parts.last ?? 0)),
      ]
    ).item(&g, d)
  }

  /// The least common multiple of positive numbers.
  static func lcm(_ a: Int, _ b: Int) -> Int { a / gcd(a, b) * b }

  /// The greatest common divisor of positive numbers.
  static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }

  private static func share(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let count = d == .easy ? 2 : 3
    let names = g.sample(Vocabulary.firstNames, count: count)
    let parts = g.sample([1, 2, 3, 4, 5, 6, 7, 8, 9], count: count)
    let each = g.integer(d, easy: 2...20, medium: 7...60, hard: 13...450)
    let all = parts.reduce(0, +) * each
    let index = g.below(count)
    let ratio = parts.map(String.init).joined(separator: " : ")
    let what = g.pick([
      "marbles", "shares", "stickers", "acres", "beads", "points", "coins", "stamps",
    ])
    return WordProblem(
      story: [
        "\(Phrasing.list(names)) divide \(all) \(what) in the ratio \(ratio).",
        "\(all) \(what) are split among \(Phrasing.list(names)) as \(ratio), in this order.",
        "The ratio \(ratio) decides how \(Phrasing.list(names)) share \(all) \(what).",
      ],
      ask: [
        "How many does \(names[index]) receive?", "What is \(names[index])'s part?",
        "How many \(what) go to \(names[index])?",
      ], form: .whole, value: Rational(parts[index] * each),
      steps: "The ratio has \(parts.reduce(0, +)) parts, one is \(all) / \(parts.reduce(0, +)) = "
        + "\(each). \(names[index]) has \(parts[index]) of them: \(parts[index] * each).",
      wrong: [
        ("one-part", Rational(each)), ("equal-shares", Rational(all, count)),
        ("other-share", Rational(parts[(index + 1) % count] * each)),
      ]
    ).item(&g, d)
  }

  private static func recipe(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let dish = g.pick([
      "lentil soup", "pancakes", "paella", "bread", "curry", "noodle salad", "dumplings", "stew",
      "risotto", "falafel",
    ])
    let stuff = g.sample(
      ["flour", "rice", "butter", "beans", "sugar", "cheese", "oats", "peas"], count: 2)
    let (from, to) = g.pair([2, 3, 4, 5, 6, 8, 10, 12, 15, 18])
    let grams =
      from * g.integer(d, easy: 10...60, medium: 15...90, hard: 7...140) * (d == .hard ? 1 : 5)
    let extra = g.integer(in: 20...400)
    let value = Rational(grams * to, from)
    return WordProblem(
      story: [
        "\(who)'s \(dish) for \(from) people takes \(grams) g of \(stuff[0]) and \(extra) g of "
          + "\(stuff[1]). \(other) cooks it for \(to).",
        "A recipe for \(dish) (\(from) servings) lists \(grams) g \(stuff[0]) and \(extra) g "
          + "\(stuff[1]). \(who) and \(other) want \(to) servings.",
        "For \(from) portions of \(dish), \(who) weighs \(grams) g of \(stuff[0]), besides \(extra) g "
          + "of \(stuff[1]). \(other) asks for \(to) portions.",
      ],
      ask: [
        "How many grams of \(stuff[0]) are needed?",
        "What amount of \(stuff[0]) is that, in grams?",
      ], form: .exact, value: value,
      steps: "Per serving: \(grams) / \(from) = \(Rational(grams, from).plain()) g. For \(to): "
        + "\(value.plain()) g.",
      wrong: [
        ("inverted-ratio", Rational(grams * from, to)),
        ("wrong-ingredient", Rational(extra * to, from)), ("unscaled", Rational(grams)),
      ]
    ).item(&g, d)
  }

  private static func strength(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let (a, b) = g.pair(
      d == .easy ? [10, 20, 30, 40, 50] : [5, 8, 12, 15, 18, 25, 35, 42, 60, 75])
    let (x, y) = (g.integer(in: 1...40) * 5, g.integer(in: 1...40) * 5)
    let pure = a * x + b * y
    let value = Rational(pure, x + y)
    let stuff = g.pick([
      "salt", "syrup", "alcohol", "acid", "sugar", "dye", "fertiliser", "vinegar",
    ])
    return WordProblem(
      story: [
        "\(who) mixes \(x) ml of a \(a) % \(stuff) solution with \(y) ml of a \(b) % one from \(other).",
        "Into \(x) ml with \(a) % \(stuff), \(who) pours \(other)'s \(y) ml with \(b) % \(stuff).",
        "Two solutions of \(stuff), \(x) ml at \(a) % (\(who)) and \(y) ml at \(b) % (\(other)), are "
          + "put together.",
      ],
      ask: ["What is the concentration in percent?", "How many percent has the mixture?"],
      form: .rounded(2), value: value,
      steps:
        "Pure \(stuff): \(x) \u{d7} \(a) % + \(y) \u{d7} \(b) % = \(Rational(pure, 100).plain()) ml "
        + "in \(x + y) ml, which is \(value.fixed(4)) %.",
      wrong: [
        ("plain-mean", Rational(a + b, 2)), ("percents-added", Rational(a + b)),
        ("weights-swapped", Rational(a * y + b * x, x + y)),
      ]
    ).item(&g, d)
  }

  private static func mixturePrice(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let firm = g.pick(Vocabulary.companies)
    let goods = g.pick(["tea", "coffee", "nuts", "seeds", "spices", "grain", "muesli", "sweets"])
    let sorts = g.sample(Vocabulary.colors, count: d == .hard ? 3 : 2)
    let kilos = sorts.map { _ in g.integer(d, easy: 1...5, medium: 2...15, hard: 3...45) }
    let prices = sorts.map { _ in cents(d == .easy ? .medium : d, &g) }
    let cost = zip(kilos, prices).map(*).reduce(0, +)
    let value = Rational(cost, 100 * kilos.reduce(0, +))
    let listed = Phrasing.list(
      sorts.indices.map { "\(kilos[$0]) kg of \(sorts[$0]) label at \(amount(prices[$0]))/kg" })
    return WordProblem(
      story: [
        "\(who) of \(firm) blends \(goods): \(listed).",
        "A \(goods) blend by \(firm) contains \(listed), says \(who).",
        "\(firm) mixes \(listed) to a \(goods) that \(who) will sell.",
      ],
      ask: ["What does one kg of the blend cost?", "What is the price per kg of the mixture?"],
      form: .money, value: value,
      steps: "Cost: "
        + sorts.indices.map { "\(kilos[$0]) \u{d7} \(amount(prices[$0]))" }
        .joined(separator: " + ") + " = \(amount(cost)) for \(kilos.reduce(0, +)) kg.",
      wrong: [
        ("plain-mean", Rational(prices.reduce(0, +), 100 * sorts.count)),
        ("total-cost", Rational(cost, 100)),
      ]
    ).item(&g, d)
  }

  private static func mapScale(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let (from, to) = g.pair(Vocabulary.cities)
    let scale = g.pick(
      d == .easy ? [100_000, 200_000, 50_000] : [25_000, 40_000, 75_000, 125_000, 250_000])
    let millimetres =
      g.integer(d, easy: 1...20, medium: 12...180, hard: 23...890) * (d == .easy ? 10 : 1)
    let value = Rational(millimetres * scale, 1_000_000)
    let shown = Rational(millimetres, 10).plain()
    return WordProblem(
      story: [
        "On \(who)'s map (1 : \(scale)), the path from the \(from) tower to the \(to) stone is \(shown) "
          + "cm long.",
        "A hiking map at 1 : \(scale) shows \(shown) cm between the huts \(from) and \(to). \(who) "
          + "measures it.",
        "\(who) measures \(shown) cm from hut \(from) to hut \(to) on a map of scale 1 : \(scale).",
      ],
      ask: ["How many kilometres is it in reality?", "What is the real distance in km?"],
      form: .exact, value: value,
      steps:
        "\(shown) cm \u{d7} \(scale) = \(Rational(millimetres * scale, 10).plain()) cm; divided by "
        + "100000 that is \(value.plain()) km.",
      wrong: [
        ("metres-for-km", value * 1000), ("point-off-by-one", value * 10),
        ("divided-once", value / 10),
      ]
    ).item(&g, d)
  }

  private static func ropePieces(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let q = g.pick([2, 3, 4, 5, 8])
    let piece = Rational(g.integer(in: 1...(d == .easy ? 1 : 2 * q + 1)), q)
    let count = g.integer(d, easy: 3...12, medium: 5...30, hard: 9...80)
    let length = (piece * Rational(count)).fixed(0)
    let whole = Rational(Int(length) ?? 1) + 1
    let pieces = (whole / piece)
    let value = Rational(Int(pieces.numerator / pieces.denominator))
    let what = g.pick(["rope", "cable", "ribbon", "board", "pipe", "wire", "fabric"])
    return WordProblem(
      story: [
        "\(who) has \(whole.fraction) m of \(what) and cuts pieces of \(piece.fraction) m for \(other).",
        "From \(whole.fraction) m of \(what), \(other) wants as many pieces of \(piece.fraction) m as "
          + "\(who) can cut.",
        "A \(what) of \(whole.fraction) m is cut by \(who) to pieces of \(piece.fraction) m; \(other) "
          + "takes the rest.",
      ],
      ask: ["How many whole pieces are there?", "How many full pieces does it give?"],
      form: .whole, value: value,
      steps: "\(whole.fraction) / (\(piece.fraction)) = \(pieces.fraction); the whole part is "
        + "\(value.fraction).",
      wrong: [
        ("multiplied-instead", whole * piece), ("rounded-up", value + 1),
        ("length-as-count", whole),
      ]
    ).item(&g, d)
  }
}
