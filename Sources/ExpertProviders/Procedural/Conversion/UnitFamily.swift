internal import ExpertRecord

/// A unit by its exact factor to the family's base unit.
struct Unit: Sendable {
  var symbol: String
  var name: String
  var factor: Rational

  init(_ symbol: String, _ name: String, _ factor: Rational) {
    self.symbol = symbol
    self.name = name
    self.factor = factor
  }
}

/// Units of one quantity. Factors are the exact ones of the SI brochure and of the international
/// yard and pound agreement of 1959.
enum UnitFamily {
  /// Digits behind the point: `0.3048` is `decimal(3048, 4)`.
  private static func decimal(_ digits: Int, _ places: Int) -> Rational {
    Rational(digits: digits, places: places)
  }

  static let metricLength = [
    Unit("mm", "millimetres", decimal(1, 3)), Unit("cm", "centimetres", decimal(1, 2)),
    Unit("dm", "decimetres", decimal(1, 1)), Unit("m", "metres", 1), Unit("km", "kilometres", 1000),
  ]
  static let imperialLength = [
    Unit("in", "inches", decimal(254, 4)), Unit("ft", "feet", decimal(3048, 4)),
    Unit("yd", "yards", decimal(9144, 4)), Unit("mi", "miles", decimal(1_609_344, 3)),
  ]
  static let metricArea = [
    Unit("cm\u{b2}", "square centimetres", decimal(1, 4)), Unit("m\u{b2}", "square metres", 1),
    Unit("a", "ares", 100), Unit("ha", "hectares", 10_000),
    Unit("km\u{b2}", "square kilometres", 1_000_000),
  ]
  static let imperialArea = [
    Unit("ft\u{b2}", "square feet", decimal(9_290_304, 8)),
    Unit("yd\u{b2}", "square yards", decimal(83_612_736, 8)),
    Unit("acre", "acres", decimal(40_468_564_224, 7)),
  ]
  static let speed = [
    Unit("m/s", "metres per second", 1), Unit("km/h", "kilometres per hour", Rational(1000, 3600)),
    Unit("mph", "miles per hour", decimal(44_704, 5)), Unit("kn", "knots", Rational(1852, 3600)),
  ]
  static let metricMass = [
    Unit("mg", "milligrams", decimal(1, 3)), Unit("g", "grams", 1), Unit("kg", "kilograms", 1000),
    Unit("t", "tonnes", 1_000_000),
  ]
  static let imperialMass = [
    Unit("oz", "ounces", decimal(28_349_523_125, 9)), Unit("lb", "pounds", decimal(45_359_237, 5)),
    Unit("st", "stone", decimal(635_029_318, 5)),
  ]
  static let metricVolume = [
    Unit("ml", "millilitres", 1), Unit("cl", "centilitres", 10), Unit("dl", "decilitres", 100),
    Unit("l", "litres", 1000), Unit("m\u{b3}", "cubic metres", 1_000_000),
  ]
  static let americanVolume = [
    Unit("fl oz", "US fluid ounces", decimal(295_735_295_625, 10)),
    Unit("cup", "US cups", decimal(2_365_882_365, 7)),
    Unit("pt", "US pints", decimal(473_176_473, 6)),
    Unit("gal", "US gallons", decimal(3_785_411_784, 6)),
  ]
  static let pressure = [
    Unit("Pa", "pascals", 1), Unit("hPa", "hectopascals", 100), Unit("kPa", "kilopascals", 1000),
    Unit("bar", "bars", 100_000), Unit("atm", "standard atmospheres", 101_325),
  ]
  static let energy = [
    Unit("J", "joules", 1), Unit("kJ", "kilojoules", 1000), Unit("Wh", "watt hours", 3600),
    Unit("kWh", "kilowatt hours", 3_600_000), Unit("kcal", "kilocalories", 4184),
  ]
  static let decimalData = [
    Unit("B", "bytes", 1), Unit("kB", "kilobytes", 1000), Unit("MB", "megabytes", 1_000_000),
    Unit("GB", "gigabytes", 1_000_000_000), Unit("TB", "terabytes", 1_000_000_000_000),
  ]
  static let binaryData = [
    Unit("B", "bytes", 1), Unit("KiB", "kibibytes", 1024), Unit("MiB", "mebibytes", 1_048_576),
    Unit("GiB", "gibibytes", 1_073_741_824), Unit("TiB", "tebibytes", 1_099_511_627_776),
  ]
}

extension Conversion {
  /// A template that converts from one list of units to another.
  static func units(
    from: [Unit], to: [Unit], ask: [String], places: Int = 3, size: ClosedRange<Int> = 2...900
  ) -> ProceduralTemplate.Maker {
    { g, d in
      let target = g.pick(to)
      let sources = from.filter { isSensible($0, target, places) }
      let rows = (0..<count(d, &g)).map { _ in
        unitRow(from: g.pick(sources.isEmpty ? from : sources), target, d, places, size, &g)
      }
      let wanted = g.pick([target.symbol, target.name, "\(target.name) (\(target.symbol))"])
      return batch(ask.map { "\($0) \(wanted)." }, form: rounding(places), rows: rows, &g)
    }
  }

  /// Whether the rounding leaves at least two significant digits of every result.
  private static func isSensible(_ from: Unit, _ to: Unit, _ places: Int) -> Bool {
    let finest = Rational(digits: 1, places: max(0, places - 2))
    return from.symbol != to.symbol && from.factor / to.factor >= finest
  }

  /// How decimal results are rounded.
  static func rounding(_ places: Int) -> [String] {
    [
      "Round half up to at most \(places) decimals, drop trailing zeros, leave out the unit.",
      "Number only; at most \(places) decimals (halves go up), no padding zeros.",
      "Give the number without unit, rounded to \(places) decimals where needed, zeros at the end "
        + "removed.",
      "No unit. Use up to \(places) decimals, rounded half up, without trailing zeros.",
    ]
  }

  private static func unitRow(
    from: Unit, _ to: Unit, _ d: Difficulty, _ places: Int, _ size: ClosedRange<Int>,
    _ g: inout SeededGenerator
  ) -> Row {
    let decimals = d == .easy ? 0 : d == .medium ? 1 : g.integer(in: 1...3)
    let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let amount = Rational(g.integer(in: size) * scale + g.below(scale), scale)
    let ratio = from.factor / to.factor
    let value = amount * ratio
    let text = { (value: Rational) in value.plain(most: places) }
    let thing = g.pick(Vocabulary.nouns)
    let shown = amount.plain()
    return Row(
      given: g.pick([
        "\(shown) \(from.symbol)", "\(shown) \(from.name)", "\(thing), \(shown) \(from.symbol)",
        "\(shown) \(from.symbol) (\(thing))",
      ]),
      answer: text(value),
      steps: "1 \(from.symbol) is \(ratio.plain(most: 9)) \(to.symbol), times \(shown)",
      wrong: [
        ("point-off-by-one", text(value * 10)), ("inverted-factor", text(amount / ratio)),
        ("wrong-unit", text(value / 1000)), ("unconverted", shown),
      ])
  }
}
