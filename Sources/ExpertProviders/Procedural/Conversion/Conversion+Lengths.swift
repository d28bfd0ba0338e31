internal import ExpertRecord

extension Conversion {
  /// Lengths, areas and speeds.
  static let lengths: [ProceduralTemplate] = ProceduralTemplate.all(
    "lengths",
    [
      (
        "lengths-metric",
        units(
          from: UnitFamily.metricLength, to: UnitFamily.metricLength,
          ask: ["Convert the length to", "Express this length in", "How much is it in"], places: 6)
      ),
      (
        "lengths-imperial-to-metric",
        units(
          from: UnitFamily.imperialLength, to: UnitFamily.metricLength,
          ask: ["Convert from imperial units to", "Give the metric length in", "Change it to"])
      ),
      (
        "lengths-metric-to-imperial",
        units(
          from: UnitFamily.metricLength, to: UnitFamily.imperialLength,
          ask: ["Convert the metric length to", "An American reader wants it in", "Write it in"])
      ),
      (
        "lengths-metric-area",
        units(
          from: UnitFamily.metricArea, to: UnitFamily.metricArea,
          ask: ["Convert the area to", "State the area in", "How large is it in"], places: 6)
      ),
      (
        "lengths-imperial-area",
        units(
          from: UnitFamily.imperialArea, to: UnitFamily.metricArea,
          ask: ["Convert the land area to", "Recalculate the area in", "The deed needs it in"])
      ),
      (
        "lengths-speed",
        units(
          from: UnitFamily.speed, to: UnitFamily.speed,
          ask: ["Convert the speed to", "Express the speed in", "Give the speed in"], places: 2)
      ),
      ("lengths-feet-and-inches", feetAndInches), ("lengths-pace", pace),
      ("lengths-sum-of-parts", sumOfParts),
    ])

  private static func feetAndInches(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let back = d != .easy && g.once(in: 2)
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let (feet, inches) = (g.integer(in: 1...(d == .hard ? 60 : 9)), g.below(12))
      let total = feet * 12 + inches
      if back {
        return Row(
          given: "\(total) in", answer: "\(feet) ft \(inches) in",
          steps: "\(total) = \(feet) \u{d7} 12 + \(inches)",
          wrong: [
            ("base-ten", "\(total / 10) ft \(total % 10) in"),
            ("off-by-one", "\(feet + 1) ft \(inches) in"),
          ])
      }
      let value = Rational(total * 254, 100)
      return Row(
        given: g.pick(["\(feet) ft \(inches) in", "\(feet)'\(inches)\""]),
        answer: value.plain(most: 2),
        steps: "\(feet) \u{d7} 12 + \(inches) = \(total) inches, times 2.54",
        wrong: [
          ("base-ten", (Rational(feet * 10 + inches) * Rational(254, 100)).plain(most: 2)),
          (
            "inches-missed",
            (Rational(feet * 3048, 100) + Rational(inches == 0 ? 1 : 0)).plain(most: 2)
          ),
        ])
    }
    return back
      ? batch(
        ["Split the inches into feet and inches.", "Convert to feet and inches."],
        form: ["Form: 5 ft 11 in.", "Write it like 6 ft 0 in."], rows: rows, &g)
      : batch(
        ["Convert the height to centimetres.", "Feet and inches are given; change to cm."],
        form: rounding(2), rows: rows, &g)
  }

  private static func pace(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let back = g.once(in: 2)
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let seconds = g.integer(in: 150...(d == .easy ? 400 : 780))
      let text = { (s: Int) in "\(s / 60):\(CivilDate.padded(s % 60))" }
      let distance = g.integer(in: 2...42)
      if back {
        let value = Rational(3600, seconds)
        return Row(
          given: "\(text(seconds)) min/km", answer: value.fixed(2),
          steps: "\(text(seconds)) is \(seconds) s; 3600 / \(seconds) = \(value.fixed(4))",
          wrong: [
            ("base-100-minutes", Rational(6000, seconds / 60 * 100 + seconds % 60).fixed(2)),
            ("off-by-one", (value + 1).fixed(2)),
          ])
      }
      return Row(
        given: "\(distance) km in \(text(seconds * distance)) (min:s)",
        answer: text(seconds), steps: "\(seconds * distance) s / \(distance) = \(seconds) s",
        wrong: [("one-second-off", text(seconds + 1)), ("one-minute-off", text(seconds + 60))])
    }
    return back
      ? batch(
        ["Convert the running pace to km/h.", "What speed in km/h is this pace?"],
        form: ["Two decimals, no unit.", "Round half up to two decimals; number only."], rows: rows,
        &g)
      : batch(
        ["Compute the pace per kilometre.", "What is the pace in minutes per km?"],
        form: ["Form M:SS.", "Write it as minutes:seconds, like 5:07."], rows: rows, &g)
  }

  private static func sumOfParts(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let target = g.pick(UnitFamily.metricLength)
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let parts = g.sample(UnitFamily.metricLength, count: d == .easy ? 2 : 3)
      let sizes = parts.map { _ in g.integer(in: 2...99) }
      let sum = zip(parts, sizes).map { $0.factor * Rational($1) }.reduce(0, +)
      let value = sum / target.factor
      let missed = sum - parts[0].factor * Rational(sizes[0])
      return Row(
        given: parts.indices.map { "\(sizes[$0]) \(parts[$0].symbol)" }.joined(separator: " + "),
        answer: value.plain(), steps: "all parts in \(target.symbol) add up",
        wrong: [
          ("units-ignored", "\(sizes.reduce(0, +))"),
          ("part-missed", (missed / target.factor).plain()),
          ("point-off-by-one", (value * 10).plain()),
        ])
    }
    return batch(
      [
        "Add the lengths and give the sum in \(target.name).",
        "What is the total in \(target.symbol)?", "Sum up, expressed in \(target.name).",
      ], form: ["Exact number, no unit.", "Only the exact number, without padding zeros."],
      rows: rows, &g)
  }
}
