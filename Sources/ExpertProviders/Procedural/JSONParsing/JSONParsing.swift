internal import ExpertRecord

/// JSON documents: reading, checking, mending and converting them. Answers are computed from the
/// tree that the document was written from, or checked with the project's strict parser.
package enum JSONParsing {
  package static let domain = ProceduralDomain(
    name: "json-parsing",
    summary: "parse, extract, validate, repair, convert and count in JSON documents",
    skills: ["parse", "extract", "validate", "repair", "convert", "count"],
    templates: parse + extract + validate + repair + convert + count)
}

extension ProceduralTemplate {
  /// What a family of problems looks like as a function.
  typealias Maker = @Sendable (inout SeededGenerator, Difficulty) -> ProceduralItem

  /// The templates of one skill.
  static func all(_ skill: String, _ makers: [(String, Maker)]) -> [ProceduralTemplate] {
    makers.map { ProceduralTemplate(id: $0.0, skill: skill, make: $0.1) }
  }
}
