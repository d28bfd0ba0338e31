internal import ExpertRecord

/// Word problems with exact answers: integer and rational arithmetic, nothing rounded unless the
/// instruction says so.
package enum Arithmetic {
  package static let domain = ProceduralDomain(
    name: "arithmetic",
    summary: "word problems: money, rates, percentages, ratios, averages, unknowns, sequences …",
    skills: [
      "money", "rates", "percentages", "ratios", "averages", "unknowns", "sequences", "geometry",
      "counting",
    ],
    templates: money + rates + percentages + ratios + averages + unknowns + sequences + geometry
      + counting)

  /// A price in cents that looks like one.
  static func cents(_ d: Difficulty, _ g: inout SeededGenerator) -> Int {
    switch d {
    case .easy: g.integer(in: 1...20) * 50
    case .medium: g.integer(in: 10...400) * 5
    case .hard: g.integer(in: 101...9999)
    }
  }

  /// Cents as an amount: 1250 → "12.50".
  static func amount(_ cents: Int) -> String { Rational(cents, 100).fixed(2) }

  /// Someone's name, and another's.
  static func people(_ g: inout SeededGenerator) -> (String, String) {
    g.pair(Vocabulary.firstNames)
  }
}
