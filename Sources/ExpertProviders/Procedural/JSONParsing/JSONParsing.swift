/// JSON documents: reading, checking, mending and converting them. Answers are computed from the
/// tree that the document was written from, or checked with the project's strict parser.
package enum JSONParsing {
  package static let domain = ProceduralDomain(
    name: "json-parsing",
    summary: "parse, extract, validate, repair, convert and count in JSON documents",
    skills: ["extract", "count"],
    templates: extract + count)
}
