internal import ExpertRecord

/// What a question asks of a document, apart from its wording: enough to answer it again from rows
/// that were read back from the text.
package struct DocumentPlan: Sendable, Hashable {
  /// One comparison of a field with a constant.
  package struct Condition: Sendable, Hashable {
    package enum Test: String, Sendable, Hashable {
      case equals, differs, atLeast, below
    }

    /// The field's place in a row.
    package var field: Int
    package var test: Test
    package var value: String
  }

  package enum Operation: String, Sendable, Hashable, CaseIterable {
    /// The fields of the row named by `row`, joined by `separator`.
    case field, join
    case count, sum, most, least, first, last, keys, unique, convert, groups, groupSums, frequent
    case range, malformed, position, average
  }

  package var operation: Operation
  package var fields: [Int]
  package var row: Int?
  package var conditions: [Condition]
  package var separator = ""
}

extension DocumentPlan.Condition {
  func holds(_ row: [String]) -> Bool {
    switch test {
    case .equals: row[field] == value
    case .differs: row[field] != value
    case .atLeast: DocumentNumber.units(row[field]) >= DocumentNumber.units(value)
    case .below: DocumentNumber.units(row[field]) < DocumentNumber.units(value)
    }
  }

  /// The condition as part of a sentence.
  func words(_ format: DocumentFormat) -> String {
    let name = format.fields[field].words
    return switch test {
    case .equals: "\(name) is \(value)"
    case .differs: "\(name) is not \(value)"
    case .atLeast: "\(name) is \(value) or more"
    case .below: "\(name) is below \(value)"
    }
  }

  /// The comparison that careless reading takes it for.
  var slip: Self {
    var copy = self
    switch test {
    case .equals: copy.test = .differs
    case .differs: copy.test = .equals
    case .atLeast: copy.test = .below
    case .below: copy.test = .atLeast
    }
    return copy
  }
}

extension SampleDocument {
  /// The rows that satisfy all conditions, by place.
  func places(_ conditions: [DocumentPlan.Condition]) -> [Int] {
    rows.indices.filter { place in conditions.allSatisfy { $0.holds(rows[place]) } }
  }

  /// One condition when easy, two when medium, three when hard, where the fields allow it; drawn so
  /// that some rows satisfy them and, if possible, not all.
  func conditions(
    _ g: inout SeededGenerator, _ difficulty: Difficulty, without excluded: Set<Int> = []
  ) -> [DocumentPlan.Condition] {
    let count =
      switch difficulty {
      case .easy: 1
      case .medium: 2
      case .hard: 3
      }
    let fields = (format.indices(.category) + format.indices(.number))
      .filter { !excluded.contains($0) }
    var best: [DocumentPlan.Condition] = []
    for _ in 0..<12 {
      best = g.sample(fields, count: min(count, fields.count)).map { condition(&g, $0) }
      let places = places(best)
      if !places.isEmpty, places.count < rows.count { return best }
    }
    while places(best).isEmpty, !best.isEmpty { best.removeLast() }
    guard best.isEmpty, let field = fields.first else { return best }
    return [.init(field: field, test: .equals, value: g.pick(rows)[field])]
  }

  private func condition(_ g: inout SeededGenerator, _ field: Int) -> DocumentPlan.Condition {
    let value = g.pick(rows)[field]
    if format.fields[field].role == .number {
      return .init(field: field, test: g.oneIn(2) ? .atLeast : .below, value: value)
    }
    return .init(field: field, test: g.oneIn(4) ? .differs : .equals, value: value)
  }

  /// "requests whose method is GET and whose status code is not 404"
  func subject(_ conditions: [DocumentPlan.Condition]) -> String {
    guard !conditions.isEmpty else { return "\(format.rows)" }
    return "\(format.rows) whose "
      + AnswerText.list(conditions.map { $0.words(format) }, "and whose")
  }

  /// The rows that are chosen, in words, for the reasoning.
  func chosen(_ places: [Int]) -> String {
    guard !places.isEmpty else { return "No \(format.row) qualifies." }
    let names = places.map { "\($0 + 1) (\(rows[$0][format.key]))" }
    return "Going through the \(format.rows) in order, these qualify: "
      + "\(names.joined(separator: ", "))."
  }

  /// A value as JSON: numbers bare, everything else quoted.
  func json(_ row: [String], _ field: Int) -> String {
    format.fields[field].role == .number ? row[field] : AnswerText.quote(row[field])
  }
}
