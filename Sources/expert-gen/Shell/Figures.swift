/// Numbers as people read them; machines get `--json`.
package enum Figures {
  /// `12.3`: a number with a fixed count of decimals, rounded half away from zero.
  package static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scale = (0..<places).reduce(1.0) { power, _ in power * 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let whole = "\(scaled / Int64(scale))"
    guard places > 0 else { return sign + whole }
    let rest = "\(scaled % Int64(scale))"
    return sign + whole + "." + String(repeating: "0", count: places - rest.count) + rest
  }

  /// `12,345`.
  package static func count(_ value: Int) -> String {
    var digits = Array("\(value.magnitude)")
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// A rate: one decimal below a hundred, none above.
  package static func rate(_ value: Double) -> String {
    value < 100 ? decimal(value, 1) : count(Int(value.rounded()))
  }

  /// `$0.0120`: small sums keep four decimals.
  package static func dollars(micros: Int64) -> String {
    "$" + decimal(Double(micros) / 1e6, 4)
  }

  /// `1.5 MiB`.
  package static func bytes(_ value: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var size = Double(value)
    var unit = 0
    while size >= 1024 && unit < units.count - 1 {
      size /= 1024
      unit += 1
    }
    return decimal(size, unit == 0 ? 0 : 1) + " " + units[unit]
  }

  /// `9 s`, `3 min`, `2.5 h`.
  package static func time(seconds: Double) -> String {
    switch seconds {
    case ..<90: decimal(seconds, 0) + " s"
    case ..<5400: decimal(seconds / 60, 0) + " min"
    default: decimal(seconds / 3600, 1) + " h"
    }
  }

  /// `12.3 %`; an empty whole has no shares.
  package static func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "-" : decimal(100 * Double(part) / Double(whole), 1) + " %"
  }
}
