import ExpertProviders
import ExpertRecord
import Foundation
import Testing

@Suite struct ProceduralExtractionTests {
  static let domain = ProceduralDomain.extraction

  @Test func `every template gives the same bytes for the same seed, with steps and wrong answers`()
  {
    for template in Self.domain.templates {
      for index in 0..<3 {
        let item = DomainSample.item(template, index: index)
        #expect(item == DomainSample.item(template, index: index))
        #expect(item.reasoning.count > 10)
        #expect(item.corruptions.count >= 2)
        #expect(item.corruptions.allSatisfy { $0.output != item.output })
        #expect(!item.output.isEmpty)
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

  @Test func `the values read back from the text are those the answer was computed from`() throws {
    var seen = 0
    for template in Self.domain.templates where !template.id.hasPrefix("malformed-") {
      guard let parse = DocumentReader.parser(for: template.id) else { continue }
      for index in 0..<4 {
        let problem = try Self.problem(template.id, index)
        #expect(parse(problem.item.input) == problem.rows, "\(problem.item.input)")
        seen += 1
      }
    }
    #expect(seen >= 400)
  }

  @Test func `answers agree with a second evaluation over the rows read back`() throws {
    var seen = 0
    for template in Self.domain.templates where !template.id.hasPrefix("malformed-") {
      guard let parse = DocumentReader.parser(for: template.id) else { continue }
      for index in 0..<6 {
        let problem = try Self.problem(template.id, index)
        guard let expected = PlanEvaluation.answer(problem.plan, parse(problem.item.input)) else {
          continue
        }
        #expect(Self.same(problem.item.output, expected), "\(problem.item)\n\(expected)")
        seen += 1
      }
    }
    #expect(seen >= 500)
  }

  @Test func `JSON answers are valid JSON`() throws {
    var seen = 0
    for template in Self.domain.templates {
      let item = DomainSample.item(template, index: 2)
      guard item.answerKind == .json else { continue }
      _ = try JSONValue.parse(item.output)
      seen += 1
    }
    #expect(seen >= 100)
  }

  private static func problem(_ id: String, _ index: Int) throws -> ExtractionProblem {
    var generator = SeededGenerator(seed: 0, stream: "\(id)/\(index)")
    return try #require(
      ProceduralDomain.extractionProblem(
        id, &generator, Difficulty.allCases[index % 3]))
  }

  /// Equal as text, or as a list of strings where the answer is JSON.
  private static func same(_ output: String, _ expected: [String]) -> Bool {
    guard let json = try? JSONValue.parse(output) else { return [output] == expected }
    if let list = json.array { return list.map { $0.string ?? "" } == expected }
    if let members = json.members {
      return members.flatMap { [$0.name, $0.value.number.map { "\($0)" } ?? ""] }
        == expected.enumerated().map {
          $0.offset % 2 == 0 ? $0.element : "\(Double($0.element) ?? 0)"
        }
    }
    return [output] == expected
  }
}

/// Reads documents back, one reader for each of the forms, written without the generator's code.
enum DocumentReader {
  static func parser(for template: String) -> ((String) -> [[String]])? {
    if template.hasSuffix("-json-lines") { return jsonLines }
    if template.hasSuffix("-csv-orders") { return csv }
    if template.hasSuffix("-tsv-samples") { return tsv }
    if template.hasSuffix("-markdown-table") { return markdown }
    if template.hasSuffix("-logfmt") { return logfmt }
    if template.hasSuffix("-query-strings") { return urls }
    if template.hasSuffix("-ini-file") { return ini }
    if template.hasSuffix("-contact-cards") { return cards }
    if template.hasSuffix("-access-log") { return access }
    if template.hasSuffix("-psql-table") { return pipes }
    if template.hasSuffix("-syslog") { return syslog }
    return nil
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init)
  }

  static func jsonLines(_ text: String) -> [[String]] {
    lines(text).map { line in
      let json = try? JSONValue.parse(line)
      return ["ts", "level", "service", "request", "ms", "msg"].map { key in
        json?[key]?.string ?? json?[key]?.integer.map(String.init) ?? "?"
      }
    }
  }

  static func csv(_ text: String) -> [[String]] {
    lines(text).dropFirst().map { line in
      var cells: [String] = [""]
      var quoted = false
      var characters = Array(line)[...]
      while let character = characters.popFirst() {
        switch character {
        case "\"" where quoted && characters.first == "\"":
          characters.removeFirst()
          cells[cells.count - 1].append("\"")
        case "\"": quoted.toggle()
        case "," where !quoted: cells.append("")
        default: cells[cells.count - 1].append(character)
        }
      }
      return cells
    }
  }

  static func tsv(_ text: String) -> [[String]] {
    lines(text).dropFirst().map { $0.components(separatedBy: "\t") }
  }

  static func markdown(_ text: String) -> [[String]] {
    lines(text).dropFirst(2).map { line in
      line.components(separatedBy: "|").dropFirst().dropLast()
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  static func pipes(_ text: String) -> [[String]] {
    lines(text).dropFirst(2).dropLast().map { line in
      line.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  static func logfmt(_ text: String) -> [[String]] {
    lines(text).map { line in
      let parts = line.components(separatedBy: " msg=")
      return parts[0].split(separator: " ").map { String($0.split(separator: "=")[1]) }
        + [String(parts[1].dropFirst().dropLast())]
    }
  }

  static func urls(_ text: String) -> [[String]] {
    lines(text).map { line in
      let items = URLComponents(string: line)?.queryItems ?? []
      return ["visit", "q", "sort", "lang", "page"].map { name in
        let value = items.first { $0.name == name }?.value ?? "?"
        return value.replacingOccurrences(of: "+", with: " ")
      }
    }
  }

  static func ini(_ text: String) -> [[String]] {
    text.components(separatedBy: "\n\n").dropFirst().map { block in
      lines(block).map { line in
        line.hasPrefix("[")
          ? String(line.dropFirst().dropLast())
          : line.components(separatedBy: "=")[1].trimmingCharacters(in: .whitespaces)
      }
    }
  }

  static func cards(_ text: String) -> [[String]] {
    text.components(separatedBy: "\n\n").map { block in
      lines(block).map { $0.components(separatedBy: ": ")[1] }
    }
  }

  static func access(_ text: String) -> [[String]] {
    lines(text).map { line in
      let quotes = line.components(separatedBy: "\"")
      let head = quotes[0].split(separator: " ").map(String.init)
      let time = line.components(separatedBy: "[")[1].components(separatedBy: "]")[0]
      let request = quotes[1].split(separator: " ").map(String.init)
      let numbers = quotes[2].split(separator: " ").map(String.init)
      return [head[0], head[2], time, request[0], request[1], numbers[0], numbers[1]]
    }
  }

  static func syslog(_ text: String) -> [[String]] {
    lines(text).map { line in
      let colon = line.components(separatedBy: "]: ")
      let words = colon[0].split(separator: " ").map(String.init)
      let program = words[4].components(separatedBy: "[")
      return [
        words[0...2].joined(separator: " "), words[3], program[0], program[1],
        colon.dropFirst().joined(separator: "]: "),
      ]
    }
  }
}

/// Answers a plan over rows, with decimals where the generator counts in hundredths.
enum PlanEvaluation {
  /// The expected answer as one value, as the elements of a list, or as names and values in turn;
  /// `nil` where the plan is not of the kind checked here.
  static func answer(_ plan: DocumentPlan, _ rows: [[String]]) -> [String]? {
    let chosen = rows.filter { row in plan.conditions.allSatisfy { holds($0, row) } }
    let number = { (row: [String]) in Decimal(string: row[plan.fields[0]]) ?? 0 }
    switch plan.operation {
    case .field: return plan.row.map { [rows[$0][plan.fields[0]]] }
    case .join:
      return plan.row.map { row in
        [plan.fields.map { rows[row][$0] }.joined(separator: plan.separator)]
      }
    case .count: return ["\(chosen.count)"]
    case .sum: return [text(chosen.map(number).reduce(0, +), like: rows[0][plan.fields[0]])]
    case .range:
      let values = chosen.map(number).sorted()
      return [text(values[values.count - 1] - values[0], like: rows[0][plan.fields[0]])]
    case .most: return chosen.max { number($0) < number($1) }.map { [$0[plan.fields[1]]] }
    case .least: return chosen.min { number($0) < number($1) }.map { [$0[plan.fields[1]]] }
    case .first: return chosen.first.map { [$0[plan.fields[0]]] }
    case .last: return chosen.last.map { [$0[plan.fields[0]]] }
    case .keys: return chosen.map { $0[plan.fields[0]] }
    case .unique:
      var values: [String] = []
      for row in chosen where !values.contains(row[plan.fields[0]]) {
        values.append(row[plan.fields[0]])
      }
      return plan.fields[1] == 1 ? values.sorted() : values
    case .groups:
      let names = chosen.map { $0[plan.fields[0]] }
      var result: [String] = []
      for name in names where !result.contains(name) {
        result += [name, "\(names.filter { $0 == name }.count)"]
      }
      return result
    default: return nil
    }
  }

  private static func holds(_ condition: DocumentPlan.Condition, _ row: [String]) -> Bool {
    let cell = row[condition.field]
    let (a, b) = (Decimal(string: cell) ?? 0, Decimal(string: condition.value) ?? 0)
    return switch condition.test {
    case .equals: cell == condition.value
    case .differs: cell != condition.value
    case .atLeast: a >= b
    case .below: a < b
    }
  }

  private static func text(_ value: Decimal, like sample: String) -> String {
    guard sample.contains(".") else { return "\(value)" }
    let parts = "\(value)".split(separator: ".").map(String.init)
    let decimals = parts.count > 1 ? parts[1] : ""
    return parts[0] + "." + decimals + String(repeating: "0", count: 2 - decimals.count)
  }
}
