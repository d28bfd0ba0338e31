internal import ExpertRecord

extension Arithmetic {
  /// Means, medians and what they tell.
  static let averages: [ProceduralTemplate] = ProceduralTemplate.all(
    "averages",
    [
      ("averages-mean", mean), ("averages-missing-value", missingValue),
      ("averages-two-groups", twoGroups), ("averages-median", median),
      ("averages-weighted-grade", weightedGrade), ("averages-removed-value", removedValue),
      ("averages-spread", spread), ("averages-needed-score", neededScore),
    ])

  private static func sample(_ d: Difficulty, _ g: inout SeededGenerator) -> [Int] {
    let count = g.integer(d, easy: 3...5, medium: 5...7, hard: 7...10)
    let span = d == .easy ? 2...20 : d == .medium ? 8...99 : 17...940
    return (0..<count).map { _ in g.integer(in: span) }
  }

  private static let series = [
    "daily visitors", "scores", "jump heights in cm", "page counts", "delivery times in minutes",
    "temperatures", "weights in kg", "numbers of eggs", "steps in hundreds", "sales",
  ]

  private static func mean(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let what = g.pick(series)
    let values = sample(d, &g)
    let sum = values.reduce(0, +)
    let listed = values.map(String.init).joined(separator: ", ")
    return WordProblem(
      story: [
        "\(who) recorded these \(what) in \(town): \(listed).",
        "The \(what) noted by \(who) are \(listed).",
        "\(town), \(what): \(listed). \(who) wrote them down.",
      ],
      ask: ["What is the arithmetic mean?", "Compute the average.", "What do they average?"],
      form: .rounded(2), value: Rational(sum, values.count),
      steps: "The sum is \(sum), there are \(values.count) values: \(sum) / \(values.count).",
      wrong: [
        ("median-instead", middle(values)), ("sum-instead", Rational(sum)),
        ("wrong-count", Rational(sum, values.count - 1)),
      ]
    ).item(&g, d)
  }

  /// The median.
  private static func middle(_ values: [Int]) -> Rational {
    let sorted = values.sorted()
    let half = sorted.count / 2
    return sorted.count % 2 == 1
      ? Rational(sorted[half]) : Rational(sorted[half - 1] + sorted[half], 2)
  }

  private static func missingValue(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let what = g.pick(series)
    let values = sample(d, &g)
    var last = values[values.count - 1]
    let known = Array(values.dropLast())
    let extra = (known.reduce(0, +) + last) % values.count
    last += extra == 0 ? 0 : values.count - extra
    let mean = (known.reduce(0, +) + last) / values.count
    let listed = known.map(String.init).joined(separator: ", ")
    return WordProblem(
      story: [
        "The mean of \(values.count) \(what) is \(mean). \(who) knows all but one: \(listed).",
        "\(who) lost one of \(values.count) \(what). The others are \(listed), and \(other) remembers "
          + "the average, \(mean).",
        "\(listed) and one unknown value (\(what), by \(who)) have the average \(mean).",
      ],
      ask: ["What is the missing value?", "Find the unknown value.", "Which value is missing?"],
      form: .whole, value: Rational(last),
      steps:
        "All together: \(values.count) \u{d7} \(mean) = \(values.count * mean). The known ones sum "
        + "to \(known.reduce(0, +)). The difference is \(last).",
      wrong: [
        ("mean-repeated", Rational(mean)),
        ("count-short-by-one", Rational(known.count * mean - known.reduce(0, +))),
      ]
    ).item(&g, d)
  }

  private static func twoGroups(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (one, two) = people(&g)
    let (a, b) = (
      g.integer(in: 2...(d == .hard ? 90 : 25)), g.integer(in: 2...(d == .hard ? 90 : 25))
    )
    let (x, y) = (
      g.integer(d, easy: 10...30, medium: 20...99, hard: 101...990),
      g.integer(d, easy: 10...30, medium: 20...99, hard: 101...990)
    )
    let value = Rational(a * x + b * y, a + b)
    let what = g.pick(["points", "kilometres", "minutes", "pages", "kilograms", "euros", "seeds"])
    return WordProblem(
      story: [
        "\(one)'s group of \(a) averages \(x) \(what), \(two)'s group of \(b) averages \(y) \(what).",
        "There are \(a) people with \(one), on average \(x) \(what) each, and \(b) with \(two), on "
          + "average \(y).",
        "Two teams: \(one)'s (\(a) members, mean \(x) \(what)) and \(two)'s (\(b) members, mean \(y)).",
      ],
      ask: ["What is the average over all of them?", "What is the mean of both taken together?"],
      form: .rounded(2), value: value,
      steps: "Totals: \(a) \u{d7} \(x) = \(a * x) and \(b) \u{d7} \(y) = \(b * y). Together "
        + "\(a * x + b * y) over \(a + b).",
      wrong: [
        ("mean-of-means", Rational(x + y, 2)), ("weights-swapped", Rational(b * x + a * y, a + b)),
        ("total-instead", Rational(a * x + b * y)),
      ]
    ).item(&g, d)
  }

  private static func median(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let what = g.pick(series)
    let values = sample(d, &g)
    let listed = values.map(String.init).joined(separator: ", ")
    let sorted = values.sorted().map(String.init).joined(separator: ", ")
    return WordProblem(
      story: [
        "\(who) lists \(what) from \(town): \(listed).", "Given are \(what) of \(town): \(listed).",
        "\(what.capitalizedFirst) that \(who) collected: \(listed).",
      ],
      ask: [
        "What is the median?", "Find the median.",
        "Which value is in the middle (the mean of the two middle ones for an even count)?",
      ], form: .exact, value: middle(values),
      steps: "Sorted: \(sorted). With \(values.count) values the middle is "
        + "\(middle(values).plain()).",
      wrong: [
        ("not-sorted", Rational(values[values.count / 2])),
        ("mean-instead", Rational(values.reduce(0, +), values.count)),
        ("maximum-instead", Rational(values.max() ?? 0)),
      ]
    ).item(&g, d)
  }

  private static func weightedGrade(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let parts = g.sample(
      ["homework", "quiz", "project", "oral", "final", "lab"], count: d == .easy ? 2 : 3)
    let weights: [Int] =
      d == .easy
      ? g.pick([[40, 60], [30, 70], [20, 80], [25, 75]])
      : g.pick([[20, 30, 50], [10, 40, 50], [25, 35, 40], [15, 25, 60], [20, 20, 60]])
    let marks = parts.map { _ in g.integer(in: 31...100) }
    let value = Rational(zip(weights, marks).map(*).reduce(0, +), 100)
    let listed = Phrasing.list(parts.indices.map { "\(parts[$0]) \(weights[$0]) %" })
    let had = Phrasing.list(parts.indices.map { "\(marks[$0]) in \(parts[$0])" })
    let course = g.pick(Vocabulary.nouns)
    return WordProblem(
      story: [
        "The course \"\(course)\" by \(other) weighs \(listed). \(who) reached \(had).",
        "\(who) scored \(had) in \(other)'s class on the \(course). Weights: \(listed).",
        "Marks of \(who): \(had). In the \(course) course of \(other), the weights are \(listed).",
      ],
      ask: ["What is the weighted grade?", "Which final mark results?"], form: .exact, value: value,
      steps: parts.indices.map {
        "\(marks[$0]) \u{d7} \(weights[$0]) % = \(Rational(marks[$0] * weights[$0], 100).plain())"
      }.joined(separator: "; ") + "; the sum is \(value.plain()).",
      wrong: [
        ("weights-ignored", Rational(marks.reduce(0, +), marks.count)),
        ("weights-reversed", Rational(zip(weights.reversed(), marks).map(*).reduce(0, +), 100)),
      ]
    ).item(&g, d)
  }

  private static func removedValue(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let count = g.integer(d, easy: 4...6, medium: 5...15, hard: 8...40)
    let rest = g.integer(d, easy: 5...30, medium: 12...90, hard: 41...600)
    let mean =
      rest + g.integer(d, easy: 1...4, medium: 1...9, hard: 2...21) * (g.once(in: 2) ? 1 : -1)
    let removed = count * mean - (count - 1) * rest
    let what = g.pick(["bag", "box", "player", "letter", "fish", "page", "bill", "reading"])
    guard removed > 0 else { return removedValue(&g, d) }
    return WordProblem(
      story: [
        "\(count) items (each a \(what)) average \(mean). \(who) takes one away, and the average of the "
          + "others becomes \(rest).",
        "The mean over \(count) entries, one per \(what), is \(mean); without \(other)'s it is \(rest), "
          + "as \(who) finds.",
        "\(who) computes a mean of \(mean) for \(count) values. \(other) deletes the value of one "
          + "\(what); now the mean is \(rest).",
      ],
      ask: ["What value was removed?", "How large is the one taken away?"], form: .whole,
      value: Rational(removed),
      steps:
        "Before: \(count) \u{d7} \(mean) = \(count * mean). After: \(count - 1) \u{d7} \(rest) = "
        + "\((count - 1) * rest). The difference is \(removed).",
      wrong: [
        ("difference-of-means", Rational(abs(mean - rest))),
        ("same-count-used", Rational(count * (mean - rest))), ("old-mean", Rational(mean)),
      ]
    ).item(&g, d)
  }

  private static func spread(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let values = sample(d, &g).map { g.once(in: 3) ? -$0 : $0 }
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    let listed = values.map(String.init).joined(separator: ", ")
    let what = g.pick([
      "temperatures", "balances", "heights above sea level", "profits and losses",
      "clock deviations",
    ])
    return WordProblem(
      story: [
        "\(who) logs \(what) in \(town): \(listed).",
        "The \(what) measured near \(town) were \(listed).",
        "Over some days \(who) read off \(what): \(listed).",
      ],
      ask: [
        "How far apart are the highest and the lowest value?", "What is the range of the values?",
        "Subtract the smallest from the largest value.",
      ], form: .whole, value: Rational(high - low),
      steps: "The largest is \(high), the smallest \(low): \(high) - (\(low)) = \(high - low).",
      wrong: [
        ("sign-ignored", Rational(abs(high) - abs(low))), ("sum-instead", Rational(high + low)),
        ("maximum-only", Rational(high)),
      ]
    ).item(&g, d)
  }

  private static func neededScore(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let scores = sample(d, &g)
    let goal = scores.reduce(0, +) / scores.count + g.integer(in: 1...6)
    let need = goal * (scores.count + 1) - scores.reduce(0, +)
    let game = g.pick([
      "darts", "bowling", "archery", "chess puzzles", "quiz", "golf drills", "karting",
    ])
    let listed = scores.map(String.init).joined(separator: ", ")
    return WordProblem(
      story: [
        "\(who)'s \(game) results so far: \(listed). With one more round the mean should be \(goal).",
        "In \(game), \(who) has \(listed) and wants an average of \(goal) after the next round, "
          + "against \(other).",
        "\(other) promises \(who) a prize for an average of \(goal) in \(game). The rounds gave "
          + "\(listed); one is left.",
      ],
      ask: ["What result is needed in the next round?", "Which score must come next?"],
      form: .whole, value: Rational(need),
      steps:
        "Needed in all: \(goal) \u{d7} \(scores.count + 1) = \(goal * (scores.count + 1)). So far "
        + "\(scores.reduce(0, +)). The difference is \(need).",
      wrong: [
        ("target-itself", Rational(goal)),
        ("next-round-not-counted", Rational(goal * scores.count - scores.reduce(0, +))),
      ]
    ).item(&g, d)
  }
}
