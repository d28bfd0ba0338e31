internal import ExpertPlatform

/// The ways in which providers write times and delays. What cannot be read is `nil`.
package enum TimeText {
  /// A number of seconds or milliseconds that is not negative and not absurd (over ten years).
  static func number(_ text: String) -> Double? {
    let trimmed = text.trimmingSpaces
    guard let first = trimmed.first, first.isASCII, first.isNumber || first == ".",
      trimmed.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let value = Double(trimmed), value.isFinite, value <= 315_360_000_000
    else { return nil }
    return value
  }

  static func duration(seconds: Double) -> Duration? {
    guard seconds >= 0, seconds <= 315_360_000 else { return nil }
    return .microseconds(Int64((seconds * 1e6).rounded(.up)))
  }

  /// Seconds since 1970 of an HTTP date: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
  package static func httpDate(_ text: String) -> Int64? {
    let parts = text.trimmingSpaces.split(separator: " ")
    guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT" || parts[5] == "UTC",
      let day = Int(parts[1]), let month = months.firstIndex(of: parts[2].lowercased()),
      let year = Int(parts[3]), (1970...9999).contains(year), (1...31).contains(day),
      let time = clock(parts[4])
    else { return nil }
    return Int64(CalendarDate(year: year, month: month + 1, day: day).daysSince1970) * 86_400 + time
  }

  /// Seconds since 1970 of "2026-11-22T15:58:07Z" or with an offset (RFC 3339).
  package static func rfc3339(_ text: String) -> Double? {
    let trimmed = text.trimmingSpaces.uppercased()
    guard let separator = trimmed.firstIndex(where: { $0 == "T" || $0 == " " }) else { return nil }
    let date = trimmed[..<separator].split(separator: "-").map { Int($0) }
    guard date.count == 3, let year = date[0], let month = date[1], let day = date[2],
      (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let rest = trimmed[trimmed.index(after: separator)...]
    guard let zone = rest.firstIndex(where: { "Z+-".contains($0) }),
      let time = fractionalClock(rest[..<zone]), let offset = zoneOffset(rest[zone...])
    else { return nil }
    let days = CalendarDate(year: year, month: month, day: day).daysSince1970
    return Double(days) * 86_400 + time - offset
  }

  /// A Go duration such as "12ms", "6m0s", "1.5s" or "1h2m"; "37s" is one too.
  package static func goDuration(_ text: String) -> Duration? {
    var rest = text.trimmingSpaces[...]
    guard !rest.isEmpty else { return nil }
    var seconds = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      let unit = rest[digits.endIndex...].prefix { $0.isLetter }
      guard let value = Double(digits), let scale = units[String(unit)] else { return nil }
      seconds += value * scale
      rest = rest[unit.endIndex...]
    }
    return duration(seconds: seconds)
  }

  /// The delay in a sentence such as "Please try again in 1.2s" or "retry in 6m0s".
  static func spokenDelay(_ message: String) -> Duration? {
    let lowered = message.lowercased()
    for lead in ["try again in ", "retry in ", "retry after ", "wait "] {
      guard let range = lowered.firstRange(of: lead) else { continue }
      let words = lowered[range.upperBound...].prefix(40).split(separator: " ")
      guard let first = words.first else { continue }
      let token = first.trimmedOfPunctuation
      if let delay = goDuration(token) { return delay }
      guard let value = number(token), words.count > 1 else { continue }
      let unit = words[1].trimmedOfPunctuation
      if unit.hasPrefix("second") { return duration(seconds: value) }
      if unit.hasPrefix("minute") { return duration(seconds: value * 60) }
      if unit.hasPrefix("milli") || unit == "ms" { return duration(seconds: value / 1000) }
    }
    return nil
  }

  private static let units: [String: Double] = [
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600,
  ]
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func clock(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":").map { Int64($0) }
    guard parts.count == 3, let h = parts[0], let m = parts[1], let s = parts[2],
      (0...23).contains(h), (0...59).contains(m), (0...60).contains(s)
    else { return nil }
    return h * 3600 + m * 60 + s
  }

  private static func fractionalClock(_ text: Substring) -> Double? {
    let halves = text.split(separator: ".", maxSplits: 1)
    guard let whole = halves.first.flatMap(clock) else { return nil }
    guard halves.count == 2 else { return Double(whole) }
    return Double("0." + halves[1]).map { Double(whole) + $0 }
  }

  private static func zoneOffset(_ text: Substring) -> Double? {
    if text == "Z" { return 0 }
    let parts = text.dropFirst().split(separator: ":").map { Double($0) }
    guard parts.count == 2, let hours = parts[0], let minutes = parts[1] else { return nil }
    return (text.hasPrefix("-") ? -1 : 1) * (hours * 3600 + minutes * 60)
  }
}

extension StringProtocol {
  var trimmingSpaces: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  var trimmedOfPunctuation: String {
    let isEdge: (Character) -> Bool = { ".,;:!?()\"'".contains($0) }
    return String(drop(while: isEdge).reversed().drop(while: isEdge).reversed())
  }
}
