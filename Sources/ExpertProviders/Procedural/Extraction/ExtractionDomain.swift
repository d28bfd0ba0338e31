package import ExpertRecord

extension ProceduralDomain {
  /// Questions about logs, tables and key-value texts; every answer comes from the values that the
  /// text was rendered from.
  package static let extraction = ProceduralDomain(
    name: "extraction",
    summary: "fields, counts, lists and conversions from logs, tables and key-value texts",
    skills: ["extract", "count", "aggregate", "list", "convert", "group", "detect"],
    templates: pairs.map { format, task in
      ProceduralTemplate(id: "\(task.id)-\(format.id)", skill: task.skill) { g, difficulty in
        task.problem(format, &g, difficulty).item
      }
    })

  /// The problem that a template of this domain makes, with the plan that answers it again; `nil`
  /// for an unknown template.
  package static func extractionProblem(
    _ template: String, _ g: inout SeededGenerator, _ difficulty: Difficulty
  ) -> ExtractionProblem? {
    pairs.first { "\($1.id)-\($0.id)" == template }
      .map { format, task in task.problem(format, &g, difficulty) }
  }

  private static let pairs: [(DocumentFormat, ExtractionTask)] = {
    let formats = DocumentFormats.logs + DocumentFormats.tables
    return formats.flatMap { format in
      ExtractionTasks.all.filter { $0.suits(format) }.map { (format, $0) }
    }
  }()
}
