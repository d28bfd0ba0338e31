internal import ExpertProviders
internal import Foundation
import Testing

/// What a dataset of procedural records would keep. `PROCEDURAL_AUDIT=60000` makes it the full
/// audit (in release, please); otherwise a short one.
@Suite struct ProceduralAuditTests {
  /// Every domain there is.
  static let names = DomainRegistry.all.map(\.name)
  private static let full = ProcessInfo.processInfo.environment["PROCEDURAL_AUDIT"].flatMap(
    Int.init)

  @Test(arguments: Self.names)
  func mostRecordsAreAcceptedAndNoTemplateDominates(name: String) throws {
    let domain = try #require(DomainRegistry.all.first { $0.name == name })
    let count = Self.full ?? 2000
    let audit = try ProceduralAudit(domain: domain, count: count)
    print(
      "\(name): \(domain.templates.count) templates, \(audit.generated) generated, "
        + "\(audit.accepted) accepted, largest template share \(audit.largestShare)")
    if Self.full != nil {
      for (reason, count) in audit.reasons.sorted(by: { $0.value > $1.value }).prefix(25) {
        print("  \(count) \(reason)")
      }
      if audit.generated >= 60_000 { #expect(audit.accepted >= 50_000) }
      #expect(audit.largestShare <= 0.02)
    }
    let text = audit.reasons.sorted { $0.value > $1.value }.prefix(8).map(\.key).joined(
      separator: ", ")
    #expect(audit.acceptance >= 0.9, "\(name): \(text)")
    #expect(audit.shares.count == domain.templates.count)
  }

  @Test(arguments: Self.names, ProceduralFormat.allCases)
  func everyFormatPassesTheFilters(name: String, format: ProceduralFormat) throws {
    let domain = try #require(DomainRegistry.all.first { $0.name == name })
    let audit = try ProceduralAudit(domain: domain, count: 240, format: format)
    let text = audit.samples.values.joined(separator: "\n")
    #expect(audit.acceptance >= 0.9, "\(audit.reasons) \(text)")
  }
}
