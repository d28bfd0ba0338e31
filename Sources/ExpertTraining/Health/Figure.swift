/// Figures in messages: a few digits, never a locale.
package enum Figure {
  /// Three or four significant digits: `0.0123`, `12.3`, `2e-05`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite else { return special(value) }
    let magnitude = abs(value)
    if magnitude > 0, magnitude < 1e-3 || magnitude >= 1e7 { return exponential(value) }
    if magnitude >= 1000 { return String(Int(value.rounded())) }
    let digits = magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : magnitude >= 1 ? 3 : 4
    return fixed(value, digits)
  }

  /// `12.5 %`
  package static func percent(_ share: Double) -> String { fixed(100 * share, 1) + " %" }

  /// `1.50 GiB`, `12 MiB`
  package static func bytes(_ count: Int) -> String {
    count >= 1 << 30
      ? fixed(Double(count) / Double(1 << 30), 2) + " GiB"
      : count >= 1 << 20
        ? "\(count >> 20) MiB" : count >= 1024 ? "\(count >> 10) KiB" : "\(count) B"
  }

  /// `2 h 05 min`, `3 min 20 s`, `12 s`
  package static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "unknown" }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    if hours > 0 { return "\(hours) h \(two(minutes)) min" }
    return minutes > 0 ? "\(minutes) min \(two(rest)) s" : "\(rest) s"
  }

  /// A number with a fixed count of decimals.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return special(value) }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % scale)
    return sign + String(scaled / scale) + "."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// NaN has no sign.
  private static func special(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }

  /// `1.5e-05`: two digits at most.
  private static func exponential(_ value: Double) -> String {
    var (mantissa, exponent) = (abs(value), 0)
    while mantissa >= 9.95 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 0.995 {
      mantissa *= 10
      exponent -= 1
    }
    let tenths = Int((mantissa * 10).rounded())
    let digits = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    return (value < 0 ? "-" : "") + digits + "e" + (exponent < 0 ? "-" : "+") + two(abs(exponent))
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
