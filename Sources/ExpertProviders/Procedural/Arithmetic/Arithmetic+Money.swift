internal import ExpertRecord

extension Arithmetic {
  /// Buying, paying and saving.
  static let money: [ProceduralTemplate] = ProceduralTemplate.all(
    "money",
    [
      ("money-total", total), ("money-change", change), ("money-unit-price", unitPrice),
      ("money-discount", discount), ("money-tip", tip), ("money-split-bill", splitBill),
      ("money-saving-weeks", savingWeeks), ("money-coins", coins), ("money-packs", packs),
      ("money-wages", wages),
    ])

  private static func total(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let things = g.sample(Vocabulary.products, count: d == .easy ? 2 : d == .medium ? 3 : 4)
    let counts = things.map { _ in g.integer(d, easy: 1...4, medium: 2...9, hard: 3...24) }
    let prices = things.map { _ in cents(d, &g) }
    let lines = things.indices.map {
      "\(counts[$0]) \u{d7} \(things[$0]) at \(amount(prices[$0]))"
    }
    let parts = things.indices.map { counts[$0] * prices[$0] }
    let sum = parts.reduce(0, +)
    let shop = g.pick(Vocabulary.companies)
    return WordProblem(
      story: [
        "\(who) orders from \(shop): \(Phrasing.list(lines)) each.",
        "A receipt of \(shop) for \(who) lists \(Phrasing.list(lines)) apiece.",
        "\(who)'s basket holds \(Phrasing.list(lines)) per piece.",
        "At \(shop) \(who) picks up \(Phrasing.list(lines)); prices are per item.",
      ],
      ask: [
        "What does everything cost together?", "How much is to be paid?",
        "What is the total?", "Work out the sum of the bill.",
      ], form: .money, value: Rational(sum, 100),
      steps: things.indices.map {
        "\(counts[$0]) \u{d7} \(amount(prices[$0])) = \(amount(parts[$0]))"
      }.joined(separator: "; ") + "; the sum is \(amount(sum)).",
      wrong: [
        ("counts-ignored", Rational(prices.reduce(0, +), 100)),
        ("last-line-missed", Rational(sum - (parts.last ?? 0), 100)),
      ]
    ).item(&g, d)
  }

  private static func change(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let thing = g.pick(Vocabulary.products)
    let price = cents(d, &g)
    let count = g.integer(d, easy: 1...3, medium: 2...6, hard: 3...12)
    let cost = price * count
    let note = [500, 1000, 2000, 5000, 10000].first { $0 >= cost } ?? (cost / 5000 + 1) * 5000
    return WordProblem(
      story: [
        "\(who) buys \(count) of the \(thing) on offer at \(amount(price)) each and hands "
          + "\(other) \(amount(note)).",
        "One \(thing) costs \(amount(price)). \(who) takes \(count) and pays \(other) with "
          + "\(amount(note)).",
        "\(other) sells \(who) \(count) pieces (\(thing), \(amount(price)) apiece) and receives "
          + "\(amount(note)).",
      ],
      ask: [
        "How much change does \(who) get?", "What must \(other) give back?",
        "How much comes back?", "What is the change?",
      ], form: .money, value: Rational(note - cost, 100),
      steps: "The purchase costs \(count) \u{d7} \(amount(price)) = \(amount(cost)). The change is "
        + "\(amount(note)) - \(amount(cost)) = \(amount(note - cost)).",
      wrong: [
        ("cost-instead-of-change", Rational(cost, 100)),
        ("one-item-only", Rational(note - price, 100)),
        ("borrow-slip", Rational(note - cost + 10, 100)),
      ]
    ).item(&g, d)
  }

  private static func unitPrice(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let fruit = g.pick(Vocabulary.fruits)
    let per = cents(d, &g)
    let bought = g.integer(d, easy: 2...6, medium: 3...12, hard: 7...36)
    let wanted = g.integer(d, easy: 1...9, medium: 4...25, hard: 11...95)
    let paid = per * bought
    return WordProblem(
      story: [
        "\(bought) kg of \(fruit) cost \(amount(paid)). \(who) needs \(wanted) kg at the same rate.",
        "\(who) paid \(amount(paid)) for \(bought) kg of \(fruit) and now wants \(wanted) kg more.",
        "The market sells \(fruit) by weight; \(bought) kg come to \(amount(paid)). \(who) asks for "
          + "\(wanted) kg.",
      ],
      ask: [
        "What do the \(wanted) kg cost?", "How much is the price for \(wanted) kg?",
        "How much must be paid for \(wanted) kg?",
      ], form: .money, value: Rational(per * wanted, 100),
      steps: "One kg costs \(amount(paid)) / \(bought) = \(amount(per)), so \(wanted) kg cost "
        + "\(wanted) \u{d7} \(amount(per)) = \(amount(per * wanted)).",
      wrong: [
        ("price-of-one", Rational(per, 100)),
        ("inverted-ratio", Rational(paid * bought, 100 * wanted)),
        ("added-instead", Rational(paid + per * wanted, 100)),
      ]
    ).item(&g, d)
  }

  private static func discount(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let thing = g.pick(Vocabulary.products)
    let price = g.integer(d, easy: 1...20, medium: 4...80, hard: 8...400) * 100
    let percent = g.pick(d == .easy ? [10, 20, 25, 50] : [5, 12, 15, 18, 30, 35, 40, 45, 65])
    let voucher = d == .hard ? g.integer(in: 1...3) * 100 : 0
    let off = Rational(price * percent, 10000)
    let value = Rational(price, 100) - off - Rational(voucher, 100)
    let extra = voucher > 0 ? ", and a voucher then takes off another \(amount(voucher))" : ""
    return WordProblem(
      story: [
        "A \(thing) is marked \(amount(price)). \(who) gets \(percent) % off\(extra).",
        "\(who) finds a \(thing) for \(amount(price)), reduced by \(percent) %\(extra).",
        "The list price of a \(thing) is \(amount(price)); the sale lowers it by \(percent) %\(extra)"
          + ". \(who) buys one.",
      ],
      ask: ["What does \(who) pay?", "What is the final price?", "How much is it in the end?"],
      form: .money, value: value,
      steps: "\(percent) % of \(amount(price)) is \(off.fixed(2)); "
        + "\(amount(price)) - \(off.fixed(2)) = \((Rational(price, 100) - off).fixed(2))."
        + (voucher > 0 ? " Less \(amount(voucher)) leaves \(value.fixed(2))." : ""),
      wrong: [
        ("discount-instead-of-price", off), ("added-instead", Rational(price, 100) + off),
        ("percent-as-amount", Rational(price, 100) - Rational(percent)),
      ]
    ).item(&g, d)
  }

  private static func tip(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let bill = g.integer(d, easy: 2...12, medium: 12...90, hard: 40...380) * 100
    let percent = g.pick(d == .easy ? [10, 20] : [5, 8, 12, 15, 18, 22])
    let heads = d == .easy ? 1 : g.pick([2, 4, 5])
    let tip = Rational(bill * percent, 10000)
    let all = Rational(bill, 100) + tip
    let share = heads == 1 ? "" : " The total is shared equally by \(heads) people."
    return WordProblem(
      story: [
        "The meal that \(who) and \(other) had costs \(amount(bill)); a tip of \(percent) % is "
          + "added.\(share)",
        "A restaurant bill of \(amount(bill)) grows by a \(percent) % service charge, says \(who)."
          + share,
        "\(who) adds a \(percent) % tip to a dinner bill of \(amount(bill)).\(share)",
      ],
      ask: heads == 1
        ? ["How much is paid in all?", "What is the amount with tip?"]
        : ["What does each person pay?", "How much is one share?"],
      form: .money, value: all / Rational(heads),
      steps: "The tip is \(percent) % of \(amount(bill)) = \(tip.fixed(2)), together "
        + "\(all.fixed(2))."
        + (heads == 1 ? "" : " Divided by \(heads): \((all / Rational(heads)).fixed(2))."),
      wrong: [
        ("tip-only", tip), ("tip-forgotten", Rational(bill, 100 * heads)),
        ("not-shared", all), ("percent-as-amount", Rational(bill, 100) + Rational(percent)),
      ]
    ).item(&g, d)
  }

  private static func splitBill(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let names = g.sample(Vocabulary.firstNames, count: 3)
    let units = (1...3).map { _ in g.integer(d, easy: 1...4, medium: 2...9, hard: 3...17) }
    let each = g.integer(d, easy: 1...9, medium: 3...40, hard: 11...99) * 100
    let bill = units.reduce(0, +) * each
    let index = g.below(3)
    let nights = Phrasing.list(
      names.indices.map { "\(names[$0]) \(Phrasing.counted(units[$0], "night"))" })
    return WordProblem(
      story: [
        "A cabin costs \(amount(bill)) in all. Stays: \(nights). They pay in proportion.",
        "\(nights) stayed in the same cabin. The bill of \(amount(bill)) is divided by nights.",
        "The rent of a cabin, \(amount(bill)), is shared according to nights spent: \(nights).",
      ],
      ask: [
        "How much is \(names[index])'s part?", "What does \(names[index]) owe?",
        "What is the share of \(names[index])?",
      ], form: .money, value: Rational(units[index] * each, 100),
      steps: "There are \(units.map(String.init).joined(separator: " + ")) = "
        + "\(units.reduce(0, +)) nights, so a night is \(amount(bill)) / \(units.reduce(0, +)) = "
        + "\(amount(each)). For \(units[index]): \(amount(units[index] * each)).",
      wrong: [
        ("equal-shares", Rational(bill, 300)), ("one-night", Rational(each, 100)),
        ("other-person", Rational(units[(index + 1) % 3] * each, 100)),
      ]
    ).item(&g, d)
  }

  private static func savingWeeks(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let thing = g.pick(Vocabulary.products)
    let goal = g.integer(d, easy: 30...90, medium: 80...400, hard: 300...2400)
    let start = g.integer(d, easy: 0...10, medium: 5...60, hard: 20...220)
    let weekly = g.integer(d, easy: 5...10, medium: 6...25, hard: 7...64)
    let spend = d == .hard ? g.integer(in: 1...5) : 0
    let net = weekly - spend
    let weeks = (goal - start + net - 1) / net
    let also = spend > 0 ? " but spends \(spend) of it on bus tickets" : ""
    return WordProblem(
      story: [
        "\(who) has \(start) and wants a \(thing) set for \(goal). Every week \(who) puts aside "
          + "\(weekly)\(also).",
        "To buy \(other) a \(thing) collection worth \(goal), \(who) starts with \(start) and saves "
          + "\(weekly) a week\(also).",
        "\(who)'s goal is \(goal) for a \(thing). The piggy bank holds \(start); each week "
          + "\(weekly) come in\(spend > 0 ? " and \(spend) go out" : "").",
      ],
      ask: [
        "After how many full weeks is there enough?", "How many weeks does it take at least?",
        "What is the smallest number of weeks needed?",
      ], form: .whole, value: Rational(weeks),
      steps: "Missing: \(goal) - \(start) = \(goal - start). Each week brings \(net). "
        + "\(goal - start) / \(net), rounded up, is \(weeks).",
      wrong: [
        ("start-ignored", Rational((goal + net - 1) / net)),
        ("rounded-down", Rational(max(0, weeks - 1))),
      ]
    ).item(&g, d)
  }

  private static func coins(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let values = g.sample([1, 2, 5, 10, 20, 50], count: d == .easy ? 2 : d == .medium ? 3 : 4)
      .sorted(by: >)
    let counts = values.map { _ in g.integer(d, easy: 2...9, medium: 3...18, hard: 5...45) }
    let sum = zip(values, counts).map(*).reduce(0, +)
    let listed = Phrasing.list(values.indices.map { "\(counts[$0]) \u{d7} \(values[$0]) cents" })
    let owner = g.pick(["jar", "purse", "tin", "drawer", "envelope", "piggy bank"])
    return WordProblem(
      story: [
        "\(who) empties a \(owner) and finds \(listed).",
        "In \(other)'s \(owner) there are \(listed).",
        "\(who) and \(other) sort the coins of a \(owner): \(listed).",
        "The \(owner) that \(who) kept for years contains \(listed).",
      ],
      ask: [
        "What are the coins worth together?", "How much money is that?",
        "What is the value of all coins?",
      ], form: .money, value: Rational(sum, 100),
      steps: values.indices.map {
        "\(counts[$0]) \u{d7} \(values[$0]) = \(counts[$0] * values[$0])"
      }
      .joined(separator: "; ") + "; in all \(sum) cents = \(amount(sum)).",
      wrong: [
        ("coins-counted", Rational(counts.reduce(0, +), 100)),
        ("last-kind-missed", Rational(sum - (values.last ?? 0) * (counts.last ?? 0), 100)),
        ("cents-as-whole", Rational(sum)),
      ]
    ).item(&g, d)
  }

  private static func packs(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let thing = g.pick(Vocabulary.fruits)
    let size = g.integer(d, easy: 4...10, medium: 6...18, hard: 8...36)
    let need = g.integer(d, easy: 11...40, medium: 40...160, hard: 150...900)
    let price = cents(d, &g)
    let packs = (need + size - 1) / size
    return WordProblem(
      story: [
        "\(who) needs \(need) \(thing). They come in bags of \(size) at \(amount(price)) a bag, and "
          + "bags are not opened.",
        "For a party \(who) wants at least \(need) \(thing); a box holds \(size) and costs "
          + "\(amount(price)).",
        "A stall sells \(thing) only in crates of \(size) for \(amount(price)). \(who) must have "
          + "\(need) or more.",
      ],
      ask: [
        "What is the least that must be spent?", "How much does the purchase cost at least?",
        "What is the smallest possible bill?",
      ], form: .money, value: Rational(packs * price, 100),
      steps: "\(need) / \(size), rounded up, is \(packs). \(packs) \u{d7} \(amount(price)) = "
        + "\(amount(packs * price)).",
      wrong: [
        ("rounded-down", Rational((packs - 1) * price, 100)),
        ("price-per-piece", Rational(need * price, 100)), ("packs-only", Rational(packs)),
      ]
    ).item(&g, d)
  }

  private static func wages(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let rate = g.integer(d, easy: 8...15, medium: 11...28, hard: 13...46)
    let limit = g.pick([30, 35, 38, 40])
    let hours = limit + (d == .easy ? -g.integer(in: 2...12) : g.integer(in: 1...16))
    let bonus = g.pick([50, 100, 25])
    let over = max(0, hours - limit)
    let value = Rational(rate * (hours - over)) + Rational(rate * over * (100 + bonus), 100)
    let job = g.pick(["bakery", "library", "garage", "nursery", "print shop", "harbour", "studio"])
    return WordProblem(
      story: [
        "\(who) earns \(rate) an hour at a \(job). Hours above \(limit) a week are paid \(bonus) % "
          + "more. This week: \(hours) hours.",
        "At the \(job) of \(other), the hourly wage is \(rate); after \(limit) hours it rises by "
          + "\(bonus) %. \(who) has worked \(hours) hours.",
        "\(hours) hours stand on \(who)'s sheet for the \(job). Pay is \(rate) an hour up to "
          + "\(limit) hours and \(bonus) % higher beyond.",
      ],
      ask: ["What is the week's pay?", "How much has \(who) earned?", "What is due to \(who)?"],
      form: .money, value: value,
      steps:
        "\(hours - over) hours at \(rate) give \(rate * (hours - over)). \(over) extra hours at "
        + "\(Rational(rate * (100 + bonus), 100).plain()) give "
        + "\(Rational(rate * over * (100 + bonus), 100).plain()).",
      wrong: [
        ("overtime-ignored", Rational(rate * hours)),
        ("all-at-higher-rate", Rational(rate * hours * (100 + bonus), 100)),
        ("base-only", Rational(rate * min(hours, limit))),
      ]
    ).item(&g, d)
  }
}
