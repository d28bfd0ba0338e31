internal import ExpertRecord

/// A day of the proleptic Gregorian calendar, from year 1 on, and its arithmetic without any
/// calendar library.
package struct CivilDate: Sendable, Hashable, Comparable {
  package var year: Int
  /// 1–12.
  package var month: Int
  /// 1–31.
  package var day: Int

  package init(_ year: Int, _ month: Int, _ day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days since 1 January of year 1, which was a Monday.
  package var number: Int {
    Self.daysBefore(year: year) + dayOfYear - 1
  }

  /// The day that many days after 1 January of year 1.
  package init(number: Int) {
    // 146,097 days are 400 years; the estimate is at most one year off.
    var year = number * 400 / 146_097 + 1
    while Self.daysBefore(year: year) > number { year -= 1 }
    while Self.daysBefore(year: year + 1) <= number { year += 1 }
    var rest = number - Self.daysBefore(year: year)
    var month = 1
    while rest >= Self.length(ofMonth: month, in: year) {
      rest -= Self.length(ofMonth: month, in: year)
      month += 1
    }
    self.init(year, month, rest + 1)
  }

  package static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  package static func length(ofMonth month: Int, in year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func daysBefore(year: Int) -> Int {
    let past = year - 1
    return 365 * past + past / 4 - past / 100 + past / 400
  }

  /// 1–366.
  package var dayOfYear: Int {
    (1..<month).map { Self.length(ofMonth: $0, in: year) }.reduce(0, +) + day
  }

  /// 0 for Monday to 6 for Sunday.
  package var weekday: Int { number % 7 }

  package func adding(days: Int) -> CivilDate { CivilDate(number: number + days) }

  /// The same day some months later; a day that the month does not have becomes its last one.
  package func adding(months: Int) -> CivilDate {
    let total = year * 12 + month - 1 + months
    let (newYear, newMonth) = (total / 12, total % 12 + 1)
    return CivilDate(newYear, newMonth, min(day, Self.length(ofMonth: newMonth, in: newYear)))
  }

  /// ISO 8601 week and the year it belongs to: the week's Thursday decides.
  package var isoWeek: (year: Int, week: Int) {
    let thursday = adding(days: 3 - weekday)
    return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
  }

  /// Seconds from the start of 1970 to the start of this day, UTC.
  package var unixTime: Int { (number - CivilDate(1970, 1, 1).number) * 86_400 }

  package static func < (a: CivilDate, b: CivilDate) -> Bool { a.number < b.number }

  package static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  package static let dayNames = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  var monthName: String { Self.monthNames[month - 1] }
  var dayName: String { Self.dayNames[weekday] }

  /// `2024-03-09`.
  package var iso: String { "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))" }
  /// `9 March 2024`.
  var long: String { "\(day) \(monthName) \(year)" }
  /// `March 9, 2024`.
  var american: String { "\(monthName) \(day), \(year)" }
  /// `03/09/2024`, month first.
  var slashed: String { "\(Self.padded(month))/\(Self.padded(day))/\(year)" }
  /// `09.03.2024`.
  var dotted: String { "\(Self.padded(day)).\(Self.padded(month)).\(year)" }
  /// `20240309`.
  var compact: String { "\(Self.padded(year, 4))\(Self.padded(month))\(Self.padded(day))" }

  /// A number with leading zeros.
  static func padded(_ number: Int, _ width: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  /// A day between two years; when hard, often near the ends of months and of February.
  static func random(_ d: Difficulty, _ g: inout SeededGenerator) -> CivilDate {
    let year = g.integer(d, easy: 2000...2030, medium: 1950...2060, hard: 1700...2300)
    let month = g.integer(in: 1...12)
    let length = length(ofMonth: month, in: year)
    if d == .hard, g.once(in: 3) {
      let leap = g.integer(in: 430...570) * 4
      return g.pick([
        CivilDate(year, month, length), CivilDate(year, month, 1), CivilDate(year, 12, 31),
        CivilDate(leap, 2, 28), CivilDate(leap, 3, 1), CivilDate(year, 1, g.integer(in: 1...3)),
      ])
    }
    return CivilDate(year, month, g.integer(in: 1...length))
  }
}
