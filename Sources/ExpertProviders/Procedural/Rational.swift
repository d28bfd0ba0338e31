/// An exact fraction in lowest terms with a positive denominator.
///
/// Generated numbers stay far below 128 bits; arithmetic on anything else may overflow.
package struct Rational: Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral {
  package let numerator: Int128
  package let denominator: Int128

  package init(_ numerator: Int128, over denominator: Int128) {
    precondition(denominator != 0, "a generated fraction has a denominator")
    let sign: Int128 = denominator < 0 ? -1 : 1
    let divisor = max(1, Self.gcd(numerator.magnitude, denominator.magnitude))
    self.numerator = sign * numerator / Int128(divisor)
    self.denominator = sign * denominator / Int128(divisor)
  }

  package init(_ numerator: Int, _ denominator: Int = 1) {
    self.init(Int128(numerator), over: Int128(denominator))
  }

  package init(integerLiteral value: Int) { self.init(value) }

  /// A decimal such as `12.345`: the digits without the point, and how many stand behind it.
  package init(digits: Int, places: Int) {
    self.init(Int128(digits), over: Self.tenTo(places))
  }

  private static func gcd(_ a: UInt128, _ b: UInt128) -> UInt128 {
    b == 0 ? a : gcd(b, a % b)
  }

  private static func tenTo(_ power: Int) -> Int128 {
    (0..<power).reduce(Int128(1)) { product, _ in product * 10 }
  }

  package static func + (a: Rational, b: Rational) -> Rational {
    Rational(
      a.numerator * b.denominator + b.numerator * a.denominator,
      over: a.denominator * b.denominator)
  }

  package static func - (a: Rational, b: Rational) -> Rational {
    Rational(
      a.numerator * b.denominator - b.numerator * a.denominator,
      over: a.denominator * b.denominator)
  }

  package static func * (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.numerator, over: a.denominator * b.denominator)
  }

  package static func / (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator, over: a.denominator * b.numerator)
  }

  package static func < (a: Rational, b: Rational) -> Bool {
    a.numerator * b.denominator < b.numerator * a.denominator
  }

  /// Whether there is no fraction.
  package var isWhole: Bool { denominator == 1 }

  /// With exactly `places` decimals, halves rounded away from zero.
  package func fixed(_ places: Int) -> String {
    let scale = Self.tenTo(places)
    let twice = numerator.magnitude * UInt128(scale) * 2 + UInt128(denominator)
    let rounded = twice / (UInt128(denominator) * 2)
    var digits = String(rounded)
    if digits.count <= places {
      digits = String(repeating: "0", count: places + 1 - digits.count) + digits
    }
    let sign = numerator < 0 && rounded != 0 ? "-" : ""
    return places == 0
      ? sign + digits : "\(sign)\(digits.dropLast(places)).\(digits.suffix(places))"
  }

  /// The shortest exact decimal, or rounded to `most` places where there is none.
  package func plain(most: Int = 12) -> String {
    var text = fixed(most)
    guard text.contains(".") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// `3/4`, or a whole number.
  package var fraction: String {
    isWhole ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}
