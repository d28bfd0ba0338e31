internal import ExpertRecord

extension Conversion {
  /// Mass, volume, temperature, pressure and energy.
  static let amounts: [ProceduralTemplate] = ProceduralTemplate.all(
    "amounts",
    [
      (
        "amounts-metric-mass",
        units(
          from: UnitFamily.metricMass, to: UnitFamily.metricMass,
          ask: ["Convert the mass to", "Express the weight in", "How heavy is it in"], places: 6)
      ),
      (
        "amounts-imperial-mass",
        units(
          from: UnitFamily.imperialMass, to: UnitFamily.metricMass,
          ask: ["Convert from imperial weight to", "Give the weight in", "Change the weight to"])
      ),
      (
        "amounts-metric-volume",
        units(
          from: UnitFamily.metricVolume, to: UnitFamily.metricVolume,
          ask: ["Convert the volume to", "State the volume in", "How much is it in"], places: 6)
      ),
      (
        "amounts-american-volume",
        units(
          from: UnitFamily.americanVolume, to: UnitFamily.metricVolume,
          ask: [
            "Convert the US measure to", "A European cook needs it in", "Recalculate in",
          ])
      ),
      (
        "amounts-pressure",
        units(
          from: UnitFamily.pressure, to: UnitFamily.pressure,
          ask: ["Convert the pressure to", "Give the pressure in", "Express the pressure in"],
          places: 4)
      ),
      (
        "amounts-energy",
        units(
          from: UnitFamily.energy, to: UnitFamily.energy,
          ask: [
            "Convert the energy (1 kcal = 4184 J) to",
            "With 1 kcal = 4184 J, express the energy in",
            "Take 4184 J for a kcal and change it to",
          ], places: 4)
      ),
      ("amounts-celsius-fahrenheit", celsiusFahrenheit), ("amounts-kelvin", kelvin),
      ("amounts-pounds-and-ounces", poundsAndOunces),
    ])

  private static func celsiusFahrenheit(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let toF = g.once(in: 2)
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let tenths = g.integer(in: -600...2300)
      let given = d == .easy ? Rational(tenths / 10) : Rational(tenths, 10)
      let value = toF ? given * Rational(9, 5) + 32 : (given - 32) * Rational(5, 9)
      let place = g.pick(Vocabulary.cities)
      let shown = "\(given.plain()) \u{b0}\(toF ? "C" : "F")"
      return Row(
        given: g.once(in: 2) ? shown : "\(place) \(shown)", answer: value.fixed(1),
        steps: toF ? "times 9/5, plus 32" : "minus 32, times 5/9",
        wrong: [
          (
            "offset-forgotten",
            (toF ? given * Rational(9, 5) : given * Rational(5, 9)).fixed(1)
          ),
          (
            "factor-inverted",
            (toF ? given * Rational(5, 9) + 32 : (given - 32) * Rational(9, 5)).fixed(1)
          ),
          ("off-by-one", (value + 1).fixed(1)),
        ])
    }
    return batch(
      toF
        ? [
          "Convert Celsius to Fahrenheit.", "How many degrees Fahrenheit is it?",
          "Give it in \u{b0}F.",
        ]
        : [
          "Convert Fahrenheit to Celsius.", "How many degrees Celsius is it?",
          "Give it in \u{b0}C.",
        ],
      form: [
        "One decimal, rounded half up (away from zero); number only.",
        "Number only with exactly one decimal, halves away from zero.",
      ], rows: rows, &g)
  }

  private static func kelvin(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let mode = g.below(d == .easy ? 2 : 3)
    let zero = Rational(27315, 100)
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let given = Rational(g.integer(in: mode == 0 ? -27000...90000 : 100...120_000), 100)
      let value =
        [given + zero, given - zero, (given - zero) * Rational(9, 5) + 32][mode]
      let sample = "\(g.pick(Vocabulary.nouns)) \(g.integer(in: 1...60))"
      let shown = "\(given.plain()) \(mode == 0 ? "\u{b0}C" : "K")"
      return Row(
        given: g.once(in: 2) ? shown : "\(sample): \(shown)", answer: value.fixed(2),
        steps: ["plus 273.15", "minus 273.15", "minus 273.15, times 9/5, plus 32"][mode],
        wrong: [
          ("wrong-direction", (mode == 0 ? given - zero : given + zero).fixed(2)),
          ("rounded-constant", (mode == 0 ? given + 273 : given - 273).fixed(2)),
          ("off-by-one", (value + 1).fixed(2)),
        ])
    }
    return batch(
      [
        ["Convert to kelvin.", "Give the absolute temperature in K."],
        ["Convert kelvin to degrees Celsius.", "What is it in \u{b0}C?"],
        ["Convert kelvin to degrees Fahrenheit.", "What is it in \u{b0}F?"],
      ][mode],
      form: [
        "Two decimals, number only.", "Exactly two decimals, no unit.", "Number with two decimals.",
      ],
      rows: rows, &g)
  }

  private static func poundsAndOunces(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let back = g.once(in: 2)
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let (pounds, ounces) = (g.integer(in: 1...(d == .easy ? 12 : 160)), g.below(16))
      let total = pounds * 16 + ounces
      let thing = g.pick(Vocabulary.products)
      if back {
        return Row(
          given: "\(total) oz (\(thing))", answer: "\(pounds) lb \(ounces) oz",
          steps: "\(total) = \(pounds) \u{d7} 16 + \(ounces)",
          wrong: [
            ("base-twelve", "\(total / 12) lb \(total % 12) oz"),
            ("off-by-one", "\(pounds) lb \(ounces == 15 ? 14 : ounces + 1) oz"),
          ])
      }
      let grams = Rational(total) * Rational(digits: 28_349_523_125, places: 9)
      return Row(
        given: "\(thing) \(pounds) lb \(ounces) oz", answer: grams.fixed(0),
        steps: "\(pounds) \u{d7} 16 + \(ounces) = \(total) oz, times 28.349523125 g",
        wrong: [
          (
            "base-twelve",
            (Rational(pounds * 12 + ounces) * Rational(digits: 28_349_523_125, places: 9)).fixed(0)
          ),
          ("off-by-one", (grams + 1).fixed(0)),
        ])
    }
    return back
      ? batch(
        ["Split the ounces into pounds and ounces.", "Convert to pounds and ounces."],
        form: ["Form: 7 lb 3 oz.", "Write it like 2 lb 0 oz."], rows: rows, &g)
      : batch(
        ["Convert to grams.", "Give the weight in grams."],
        form: ["Round half up to whole grams; number only.", "A whole number, no unit."],
        rows: rows, &g)
  }
}
