import ExpertProviders
import ExpertRecord
import Foundation
import Testing

@Suite struct ProceduralClassificationTests {
  static let domain = ProceduralDomain.classification

  @Test func `every template gives the same bytes for the same seed, with steps and wrong answers`()
  {
    for template in Self.domain.templates {
      for index in 0..<6 {
        let item = DomainSample.item(template, index: index)
        #expect(item == DomainSample.item(template, index: index))
        #expect(item.reasoning.count > 10)
        #expect(item.corruptions.count >= 2)
        #expect(item.corruptions.allSatisfy { $0.output != item.output })
        #expect(item.instruction.contains(item.output), "\(item)")
      }
    }
  }

  @Test func `templates are many, named once, and every skill has enough for an equal share`() {
    let ids = Self.domain.templates.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(ids.count >= 60)
    for skill in Self.domain.skills {
      let count = Self.domain.templates.filter { $0.skill == skill }.count
      #expect(count * Self.domain.skills.count >= 50, "\(skill) has \(count)")
    }
  }

  @Test(arguments: Self.domain.templates.map(\.id))
  func `no label has more than four fifths of a template's records`(id: String) throws {
    let template = try #require(Self.domain.templates.first { $0.id == id })
    var counts: [String: Int] = [:]
    for index in 0..<150 {
      counts[DomainSample.item(template, index: index).output, default: 0] += 1
    }
    #expect((counts.values.max() ?? 0) <= 120, "\(counts)")
  }

  @Test func `ordered rules read back from the text give the same label`() throws {
    var seen = 0
    for template in Self.domain.templates where template.id.hasPrefix("ordered-") {
      for index in 0..<12 {
        let item = DomainSample.item(template, index: index)
        #expect(try RuleReader.first(item) == item.output, "\(item)")
        seen += 1
      }
    }
    #expect(seen == 240)
  }

  @Test func `ranked rules read back from the text give the same label`() throws {
    var seen = 0
    for template in Self.domain.templates where template.id.hasPrefix("ranked-") {
      for index in 0..<12 {
        let item = DomainSample.item(template, index: index)
        #expect(try RuleReader.ranked(item) == item.output, "\(item)")
        seen += 1
      }
    }
    #expect(seen == 240)
  }

  @Test func `points read back from the text give the same band`() throws {
    var seen = 0
    for template in Self.domain.templates where template.id.hasPrefix("points-") {
      for index in 0..<12 {
        let item = DomainSample.item(template, index: index)
        #expect(try RuleReader.points(item) == item.output, "\(item)")
        seen += 1
      }
    }
    #expect(seen == 240)
  }

  @Test func `triangles, quotients and statuses are labelled as arithmetic on the text says`()
    throws
  {
    for index in 0..<60 {
      let triangle = try Self.item("value-triangle-sides", index)
      let line = try #require(triangle.input.split(separator: "\n").first { $0.hasPrefix("Sides") })
      let s = RuleReader.numbers(String(line)).sorted()
      let kind =
        s[0] + s[1] <= s[2]
        ? "impossible"
        : s[0] == s[2] ? "equilateral" : s[0] == s[1] || s[1] == s[2] ? "isosceles" : "scalene"
      #expect(triangle.output == kind, "\(triangle)")

      let leap = try Self.item("value-february", index)
      if ["leap", "common"].contains(leap.output),
        let text = leap.input.components(separatedBy: "year: ").last,
        let year = Int(text.prefix { $0.isNumber })
      {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        let day = try #require(calendar.date(from: DateComponents(year: year, month: 2, day: 1)))
        let length = calendar.range(of: .day, in: .month, for: day)?.count
        #expect((leap.output == "leap") == (length == 29), "\(leap)")
      }
    }
  }

  private static func item(_ id: String, _ index: Int) throws -> ProceduralItem {
    DomainSample.item(try #require(domain.templates.first { $0.id == id }), index: index)
  }
}

/// Reads stated rules and facts from the text of a record and applies them.
enum RuleReader {
  static func first(_ item: ProceduralItem) throws -> String {
    let facts = facts(item.input)
    for line in item.instruction.split(separator: "\n") where line.first?.isNumber == true {
      let (label, condition) = split(String(line.drop { $0 != " " }.dropFirst()))
      if holds(condition, facts) { return label }
    }
    return try fallback(item)
  }

  static func ranked(_ item: ProceduralItem) throws -> String {
    let facts = facts(item.input)
    var applying: [(Int, String)] = []
    for line in item.instruction.split(separator: "\n") where line.hasPrefix("- [") {
      let rank = try #require(Int(line.dropFirst(3).prefix { $0 != "]" }))
      let (label, condition) = split(String(line.drop { $0 != "]" }.dropFirst(2)))
      if holds(condition, facts) { applying.append((rank, label)) }
    }
    let highest = item.instruction.contains("highest rank")
    let best = applying.sorted { highest ? $0.0 > $1.0 : $0.0 < $1.0 }.first
    return try best?.1 ?? fallback(item)
  }

  static func points(_ item: ProceduralItem) throws -> String {
    let facts = facts(item.input)
    var total = 0
    for line in item.instruction.split(separator: "\n") where line.contains(" if ") {
      let parts = line.components(separatedBy: " if ")
      if holds(parts[1], facts) { total += try #require(Int(parts[0])) }
    }
    let rule = try #require(
      item.instruction.split(separator: "\n").last { $0.hasPrefix("A total") })
    let words = rule.split { " ,.".contains($0) }.map(String.init)
    let bounds = words.compactMap(Int.init)
    let names = words.indices.filter { words[$0] == "is" }.map { words[$0 + 1] }
    return total >= bounds[0] ? names[0] : total >= bounds[1] ? names[1] : names[2]
  }

  /// "If C: L" or "L when C".
  private static func split(_ rule: String) -> (label: String, condition: String) {
    if rule.hasPrefix("If ") {
      let parts = rule.dropFirst(3).components(separatedBy: ": ")
      return (parts[1], parts[0])
    }
    let parts = rule.components(separatedBy: " when ")
    return (parts[0], parts[1])
  }

  private static func fallback(_ item: ProceduralItem) throws -> String {
    let line = try #require(item.instruction.split(separator: "\n").first)
    return String(try #require(line.components(separatedBy: "the label is ").last).dropLast())
  }

  private static func holds(_ text: String, _ facts: [String: String]) -> Bool {
    let parts = text.components(separatedBy: " unless ")
    if parts.count > 1, holds(parts[1], facts) { return false }
    return parts[0].components(separatedBy: " and ").allSatisfy { part in
      if let range = part.range(of: " is above ") {
        return (Int(facts[String(part[..<range.lowerBound])] ?? "") ?? 0)
          > (Int(part[range.upperBound...]) ?? 0)
      }
      if let range = part.range(of: " is below ") {
        return (Int(facts[String(part[..<range.lowerBound])] ?? "") ?? 0)
          < (Int(part[range.upperBound...]) ?? 0)
      }
      let sides = part.components(separatedBy: " is ")
      return facts[sides[0]] == sides[1]
    }
  }

  /// The facts in any of the four ways in which they are written.
  static func facts(_ text: String) -> [String: String] {
    var facts: [String: String] = [:]
    if text.hasPrefix("{"), let members = (try? JSONValue.parse(text))?.members {
      for member in members {
        facts[member.name] = member.value.string ?? member.value.integer.map(String.init)
      }
    } else if text.contains("\n") {
      for line in text.split(separator: "\n").dropFirst() {
        let sides = line.components(separatedBy: ": ")
        facts[sides[0]] = sides[1]
      }
    } else if text.contains(" = ") {
      let body = text.components(separatedBy: ": ").dropFirst().joined(separator: ": ")
      for part in body.components(separatedBy: "; ") {
        let sides = part.components(separatedBy: " = ")
        facts[sides[0]] = sides[1]
      }
    } else {
      for part in text.dropLast().components(separatedBy: " its ").dropFirst() {
        let sides = part.components(separatedBy: " is ")
        let value = sides[1].hasSuffix(" and") ? String(sides[1].dropLast(4)) : sides[1]
        facts[sides[0]] = value.trimmingCharacters(in: CharacterSet(charactersIn: ", "))
      }
    }
    return facts
  }

  static func numbers(_ text: String) -> [Int] {
    text.split { !$0.isNumber }.compactMap { Int($0) }
  }
}
