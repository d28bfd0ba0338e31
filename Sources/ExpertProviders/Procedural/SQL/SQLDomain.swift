extension ProceduralDomain {
  /// Questions about small databases; every answer was executed by SQLite.
  package static let sql: ProceduralDomain = {
    let shapes = SQLShapes.filter + SQLShapes.aggregate + SQLShapes.join + SQLShapes.nested
    let repaired: Set<String> = [
      "filter-rows", "null-check", "and-or-precedence", "top-rows", "between-days", "group-having",
      "group-count", "without-match", "left-join-count", "exists", "above-average", "running-total",
      "first-per-parent", "conditional-sum",
    ]
    let rewritten: Set<String> = [
      "like-pattern", "distinct-values", "coalesce", "between-days", "and-or-precedence",
      "count-distinct", "count-present", "group-having", "group-month", "inner-join",
      "without-match", "join-parent-filter", "exists", "not-in",
    ]
    let diagnosed: Set<String> = [
      "top-rows", "group-count", "join-group-sum", "join-having", "inner-join", "left-join-count",
      "distinct-values", "running-total",
    ]
    var templates = shapes.map(SQLTemplates.write) + shapes.map(SQLTemplates.result)
    templates += shapes.filter { repaired.contains($0.id) }.map(SQLTemplates.repair)
    templates += shapes.filter { rewritten.contains($0.id) }.map(SQLTemplates.rewrite)
    templates += shapes.filter { diagnosed.contains($0.id) }.map(SQLTemplates.diagnose)
    templates += SQLTemplates.changes.map(SQLTemplates.modify)
    templates += SQLTemplates.changes.map(SQLTemplates.effect)
    templates += SQLTemplates.schema
    return ProceduralDomain(
      name: "sql",
      summary: "queries, results, changes and repairs over small SQLite databases",
      skills: [
        "select", "filter", "aggregate", "group", "join", "subquery", "window", "date", "modify",
        "schema", "rewrite", "repair", "diagnose", "result",
      ], templates: templates)
  }()
}
