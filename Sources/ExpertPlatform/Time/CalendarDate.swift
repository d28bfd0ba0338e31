/// A day of the proleptic Gregorian calendar.
///
/// Both directions by Howard Hinnant, "chrono-compatible low-level date algorithms"
/// (days_from_civil, civil_from_days).
package struct CalendarDate: Sendable, Hashable, CustomStringConvertible {
  package var year: Int
  package var month: Int
  package var day: Int

  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date that is so many days after 1970-01-01.
  package init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01; negative before.
  package var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Reads `2025-01-31`; `nil` for any other form and for days that do not exist.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    self.init(year: year, month: month, day: day)
    guard CalendarDate(daysSince1970: daysSince1970) == self else { return nil }
  }

  /// `2025-01-31`: days sort as these texts do, from year 0 to 9999.
  package var description: String {
    "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}

/// Wall time as people and `sqlite3` read it.
package enum Timestamp {
  /// RFC 3339 in UTC: `2025-01-31T12:34:56.000000Z`, or without the fraction.
  package static func text(_ microseconds: Int64, fraction: Bool = true) -> String {
    let micros = Int(microseconds)
    let second = floorDivided(micros, by: 1_000_000)
    let day = floorDivided(second, by: 86_400)
    let rest = second - day * 86_400
    let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }
    let part = fraction ? "." + padded(micros - second * 1_000_000, 6) : ""
    return "\(CalendarDate(daysSince1970: day))T\(clock.joined(separator: ":"))\(part)Z"
  }

  /// The UTC day of a moment.
  package static func day(_ microseconds: Int64) -> CalendarDate {
    CalendarDate(daysSince1970: floorDivided(Int(microseconds), by: 86_400_000_000))
  }

  private static func floorDivided(_ value: Int, by divisor: Int) -> Int {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }
}

private func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
