import ExpertProviders
import ExpertRecord
import Foundation
import GRDB
import Testing

@Suite struct ProceduralSQLTests {
  static let domain = ProceduralDomain.sql

  @Test func `every template gives the same bytes for the same seed`() {
    for template in Self.domain.templates {
      for index in 0..<3 {
        #expect(
          DomainSample.item(template, index: index) == DomainSample.item(template, index: index))
      }
    }
  }

  @Test func `templates are many, named once, and every skill has some`() {
    let ids = Self.domain.templates.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(ids.count >= 60)
    for skill in Self.domain.skills {
      #expect(Self.domain.templates.filter { $0.skill == skill }.count >= 3, "\(skill)")
    }
    #expect(Self.domain.templates.allSatisfy { Self.domain.skills.contains($0.skill) })
  }

  @Test(arguments: Self.domain.templates.map(\.id))
  func `answers carry steps and two wrong answers`(id: String) throws {
    let template = try #require(Self.domain.templates.first { $0.id == id })
    for index in 0..<12 {
      let item = DomainSample.item(template, index: index)
      #expect(item.reasoning.count > 20)
      #expect(item.corruptions.count >= 2, "\(item)")
      #expect(item.corruptions.allSatisfy { $0.output != item.output })
      #expect(Set(item.corruptions.map(\.name)).count == item.corruptions.count)
    }
  }

  @Test func `the query answers run on the database read back from the text`() throws {
    var seen = 0
    for template in Self.domain.templates where template.id.hasPrefix("write-") {
      for index in 0..<6 {
        let item = DomainSample.item(template, index: index)
        let right = try Self.rows(item.input, item.output)
        #expect(!right.isEmpty, "\(item)")
        for wrong in item.corruptions {
          let rows = try? Self.rows(item.input, wrong.output)
          #expect(rows != right, "\(wrong.name) gives the right rows:\n\(wrong.output)")
        }
        seen += 1
      }
    }
    #expect(seen == 45 * 6)
  }

  @Test func `predicted results are what a fresh database gives`() throws {
    var seen = 0
    for template in Self.domain.templates
    where template.id.hasPrefix("result-") || template.id.hasPrefix("effect-") {
      for index in 0..<6 {
        let item = DomainSample.item(template, index: index)
        let statements = item.input.split(separator: ";\n").map(String.init)
        let query = try #require(statements.last)
        let setup = statements.dropLast().joined(separator: ";\n") + ";"
        let rows = try Self.rows(setup, query.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(Self.matches(item.output, rows), "\(item.input)\n\(item.output)\n\(rows)")
        seen += 1
      }
    }
    #expect(seen == 53 * 6)
  }

  @Test func `repairs and rewritings return the rows of the question`() throws {
    var seen = 0
    for template in Self.domain.templates where template.id.hasPrefix("rewrite-") {
      for index in 0..<6 {
        let item = DomainSample.item(template, index: index)
        let parts = item.input.components(separatedBy: "\n\n")
        let original = try Self.rows(parts.dropLast().joined(separator: "\n"), parts.last ?? "")
        #expect(try Self.rows(parts.dropLast().joined(separator: "\n"), item.output) == original)
        #expect(item.output != parts.last)
        seen += 1
      }
    }
    #expect(seen == 14 * 6)
  }

  @Test func `counts and sums agree with arithmetic on the inserted rows`() throws {
    var seen = 0
    for id in ["result-count-where", "result-sum-where"] {
      let template = try #require(Self.domain.templates.first { $0.id == id })
      for index in stride(from: 0, to: 90, by: 3) {
        let item = DomainSample.item(template, index: index)
        guard let expected = PlainSQL.answer(item.input) else { continue }
        #expect(item.output == expected, "\(item.input)")
        seen += 1
      }
    }
    #expect(seen >= 40)
  }

  /// The rows of a query in a new database, as SQLite's own text.
  static func rows(_ setup: String, _ query: String) throws -> [[String?]] {
    let database = try DatabaseQueue()
    return try database.inDatabase { db in
      try db.execute(sql: setup)
      return try Row.fetchAll(db, sql: query).map { row in
        (0..<row.count).map { String.fromDatabaseValue(row[$0]) ?? Self.number(row[$0]) }
      }
    }
  }

  private static func number(_ value: DatabaseValue) -> String? {
    switch value.storage {
    case .int64(let number): String(number)
    case .double(let number): String(number)
    default: nil
    }
  }

  /// Whether an answer in any of the three forms says the rows.
  private static func matches(_ answer: String, _ rows: [[String?]]) -> Bool {
    if rows.count == 1, rows[0].count == 1, rows[0][0] == answer { return true }
    guard let json = try? JSONValue.parse(answer), let found = json.array,
      found.count == rows.count
    else { return false }
    return zip(found, rows).allSatisfy { element, row in
      let values = element.array ?? element.members?.map(\.value) ?? []
      return values.count == row.count
        && zip(values, row).allSatisfy { value, cell in
          switch value {
          case .null: cell == nil
          case .string(let text): cell == text
          case .number(let number): cell.flatMap(Double.init) == number
          default: false
          }
        }
    }
  }
}

/// Evaluates the easiest queries (one comparison, COUNT or SUM) without SQL: the rows are read from
/// the text of the INSERT statement.
enum PlainSQL {
  static func answer(_ input: String) -> String? {
    let lines = input.split(separator: "\n").map(String.init)
    guard let select = lines.firstIndex(where: { $0.hasPrefix("SELECT") }),
      let start = lines.lastIndex(where: { $0.hasPrefix("INSERT") }), lines.count == select + 3
    else { return nil }
    let table = lines[start].split(separator: " ")[2]
    guard let definition = lines.firstIndex(of: "CREATE TABLE \(table) (") else { return nil }
    let columns = lines[(definition + 1)...].prefix { $0 != ");" }
      .map { String($0.split(separator: " ")[0]) }
    let rows = lines[(start + 1)..<select].filter { $0.hasPrefix("  (") }.map { line in
      line.dropFirst(3).prefix { $0 != ")" }.components(separatedBy: ", ")
    }
    let words = lines[select + 2].dropLast().split(separator: " ").map(String.init)
    guard words.count == 4, let column = columns.firstIndex(of: words[1]) else { return nil }
    let chosen = rows.filter { holds($0[column], words[2], words[3]) }
    if lines[select].contains("COUNT(*)") { return String(chosen.count) }
    let name = lines[select].split(separator: "(")[1].dropLast()
    guard let summed = columns.firstIndex(of: String(name)) else { return nil }
    return String(chosen.compactMap { Int($0[summed]) }.reduce(0, +))
  }

  private static func holds(_ left: String, _ sign: String, _ right: String) -> Bool {
    let order: Int
    if let a = Int(left), let b = Int(right) {
      order = a < b ? -1 : a == b ? 0 : 1
    } else {
      order = left < right ? -1 : left == right ? 0 : 1
    }
    return switch sign {
    case "=": order == 0
    case "<>": order != 0
    case ">": order > 0
    case ">=": order >= 0
    case "<": order < 0
    case "<=": order <= 0
    case "IS": left == "NULL"
    default: false
    }
  }
}
