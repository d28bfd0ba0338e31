internal import ExpertProviders
internal import ExpertRecord
internal import Foundation
import Testing

/// Answers worked out again by another way than the generators': the strict parser, Foundation's
/// calendar, the standard library's number parsing, brute force.
@Suite struct ProceduralCorrectnessTests {
  /// Items of one template, difficulties in turn.
  private func items(_ id: String, count: Int = 60) throws -> [ProceduralItem] {
    let template = try #require(DomainRegistry.all.flatMap(\.templates).first { $0.id == id })
    return (0..<count).map { round in
      var generator = SeededGenerator(seed: 11, stream: "\(id)/\(round)")
      return template.make(&generator, Difficulty.allCases[round % 3])
    }
  }

  private func domain(_ name: String) throws -> ProceduralDomain {
    try #require(DomainRegistry.all.first { $0.name == name })
  }

  /// The whole numbers in a text, in order.
  private func numbers(_ text: String) -> [Int] {
    text.split { !$0.isNumber && $0 != "-" }.compactMap { Int($0) }
  }

  @Test func everyJSONAnswerParsesStrictly() throws {
    var seen = 0
    for template in try domain("json-parsing").templates {
      for item in try items(template.id, count: 30) where item.answerKind == .json {
        seen += 1
        #expect(throws: Never.self, "\(template.id): \(item.output)") {
          try JSONValue.parse(item.output)
        }
        for wrong in item.corruptions
        where ["trailing-comma", "missing-bracket", "single-quotes"].contains(wrong.name) {
          #expect(throws: JSONError.self, "\(template.id): \(wrong)") {
            try JSONValue.parse(wrong.output)
          }
        }
      }
    }
    #expect(seen > 800)
  }

  @Test(arguments: ["convert-minify", "convert-pretty-print"])
  func anotherLayoutIsTheSameValue(id: String) throws {
    for item in try items(id) {
      let source = try JSONValue.parse(item.input)
      let result = try JSONValue.parse(item.output)
      #expect(CanonicalJSON.text(of: source) == CanonicalJSON.text(of: result))
    }
  }

  @Test func brokenDocumentsDoNotParseAndRepairedOnesDo() throws {
    var seen = 0
    for template in try domain("json-parsing").templates where template.skill == "repair" {
      for item in try items(template.id, count: 20) {
        #expect(throws: JSONError.self, "\(template.id): \(item.input)") {
          try JSONValue.parse(item.input)
        }
        _ = try JSONValue.parse(item.output)
        seen += 1
      }
    }
    #expect(seen == 280)
  }

  @Test func validityLabelsAgreeWithTheParser() throws {
    for item in try items("validate-syntax") {
      #expect((item.output == "valid") == ((try? JSONValue.parse(item.input)) != nil))
    }
    for item in try items("validate-which-lines") {
      let lines = item.input.split(separator: "\n", omittingEmptySubsequences: false)
      let good = lines.indices.filter { (try? JSONValue.parse(String(lines[$0]))) != nil }
      #expect(numbers(item.output) == good.map { $0 + 1 })
    }
  }

  /// The scalars of a value, counted without the generators' own walk.
  private func scalars(_ value: JSONValue) -> [JSONValue] {
    switch value {
    case .array(let elements): elements.flatMap(scalars)
    case .object(let members): members.flatMap { scalars($0.value) }
    default: [value]
    }
  }

  @Test func countsAgreeWithTheDocument() throws {
    for item in try items("count-leaves") {
      #expect(Int(item.output) == scalars(try JSONValue.parse(item.input)).count)
    }
    for item in try items("count-nulls") {
      let nulls = scalars(try JSONValue.parse(item.input)).filter { $0 == .null }
      #expect(Int(item.output) == nulls.count)
    }
  }

  @Test func pointersLeadToTheirValues() throws {
    for item in try items("parse-pointer-of-value") {
      var value = try JSONValue.parse(item.input)
      for step in item.output.split(separator: "/") {
        value = try #require(value[String(step)] ?? Int(step).flatMap { value[$0] })
      }
      #expect(item.instruction.contains(ProceduralJSON.minified(value)))
    }
  }

  @Test func civilDatesAgreeWithFoundationsCalendar() throws {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    for step in 0..<4000 {
      let date = CivilDate(number: CivilDate(1700, 1, 1).number + step * 61)
      let moment = Date(timeIntervalSince1970: Double(date.unixTime))
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday, .weekOfYear, .yearForWeekOfYear], from: moment)
      #expect(parts.year == date.year && parts.month == date.month && parts.day == date.day)
      #expect(parts.weekday == (date.weekday + 1) % 7 + 1)
      #expect(parts.weekOfYear == date.isoWeek.week && parts.yearForWeekOfYear == date.isoWeek.year)
      #expect(calendar.ordinality(of: .day, in: .year, for: moment) == date.dayOfYear)
    }
  }

  @Test func numeralsReadBackByTheStandardLibrary() throws {
    for item in try items("numerals-to-binary") + items("numerals-to-hexadecimal") {
      let radix = item.instruction.contains("binary") ? 2 : 16
      let given = item.input.split(separator: "\n").map { line in
        line.split { !$0.isNumber }.compactMap { Int($0) }
      }
      for (answer, found) in zip(item.output.split(separator: "\n"), given) {
        #expect(found.contains(try #require(Int(answer, radix: radix))), "\(item)")
      }
    }
  }

  @Test func romanNumeralsAddUp() throws {
    let values: [Character: Int] = [
      "I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000,
    ]
    for item in try items("numerals-to-roman") {
      for (line, roman) in zip(
        item.input.split(separator: "\n"), item.output.split(separator: "\n"))
      {
        var total = 0
        var last = 0
        for sign in roman.reversed() {
          let value = try #require(values[sign])
          total += value < last ? -value : value
          last = max(last, value)
        }
        #expect(numbers(String(line)).contains(total), "\(line) \(roman)")
      }
    }
  }

  @Test func countingMultiplesAgreesWithBruteForce() throws {
    for item in try items("counting-multiples") {
      let text = item.prompt
      let limit = try #require(
        numbers(text).filter {
          $0 >= 20 && (text.contains(" 1 to \($0)") || text.contains("numbers \($0) "))
        }.max())
      let divisors = text.split(separator: "divisible by ").dropFirst()
        .compactMap { Int($0.prefix { $0.isNumber }) }
      let second = text.components(separatedBy: "by ").dropFirst()
        .compactMap { Int($0.prefix { $0.isNumber }) }
      let all = Array(
        (divisors + second).reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } })
      let a = try #require(all.first)
      let b = all.count > 1 ? all[1] : a
      let count = (1...limit).count { n in
        text.contains("but not by") ? n % a == 0 && n % b != 0 : n % a == 0 || n % b == 0
      }
      #expect(Int(item.output) == count, "\(text)")
    }
  }

  @Test func coinsAreWorthWhatTheyAre() throws {
    for item in try items("money-coins") {
      var cents = 0
      for part in item.prompt.components(separatedBy: " cents") {
        let found = numbers(String(part.suffix(12)))
        if part.contains("\u{d7}"), found.count >= 2 {
          cents += found[found.count - 2] * found[found.count - 1]
        }
      }
      #expect(Rational(cents, 100).fixed(2) == item.output, "\(item.prompt)")
    }
  }

  @Test func storiesUseTheRightArticle() throws {
    var seen = 0
    for template in try domain("arithmetic").templates where template.id != "unknowns-price-of-two"
    {
      for item in try items(template.id, count: 12) {
        seen += 1
        for wrong in [" a anchor", " a eager", " a urgent", " A oven", " a island", " a aunt"] {
          #expect(!item.prompt.contains(wrong), "\(template.id): \(item.prompt)")
        }
      }
    }
    #expect(seen == 73 * 12)
  }

  @Test func rationalsRoundHalvesAwayFromZero() {
    #expect(Rational(1, 8).fixed(2) == "0.13")
    #expect(Rational(-1, 8).fixed(2) == "-0.13")
    #expect(Rational(5, 2).fixed(0) == "3")
    #expect(Rational(1, 3).plain(most: 4) == "0.3333")
    #expect(Rational(-6, 4).fraction == "-3/2")
    #expect(Rational(1, 2) + Rational(1, 3) == Rational(5, 6))
  }
}
