/// Every domain that the procedural provider knows.
package enum DomainRegistry {
  package static let all: [ProceduralDomain] = [
    JSONParsing.domain,
    Arithmetic.domain,
    Conversion.domain,
    ProceduralDomain.sql,
    ProceduralDomain.extraction,
    ProceduralDomain.classification,
  ]
}
