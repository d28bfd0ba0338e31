extension ProceduralDomain {
  /// Labels that stated rules decide; the label is computed by the same rules.
  package static let classification = ProceduralDomain(
    name: "classification",
    summary: "labels decided by stated rules: in order, by rank, by points, words, values or form",
    skills: ["ordered-rules", "ranked-rules", "points", "text", "values", "forms"],
    templates: RuleTemplates.all + TextLabels.all + ValueLabels.all + FormLabels.all)
}
