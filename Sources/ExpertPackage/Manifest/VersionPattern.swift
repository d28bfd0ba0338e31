/// Which versions of an expert are meant: `name@1.0.0`, `name@<=0.9.0`, `name@*`,
/// `name@>=1.0.0,<2.0.0`; a name alone means all of them.
package struct VersionPattern: Sendable, Hashable, CustomStringConvertible {
  private enum Relation: String, CaseIterable {
    // The longer signs first: they are tried in this order.
    case atMost = "<="
    case atLeast = ">="
    case below = "<"
    case above = ">"
    case equal = "="
  }

  private struct Bound: Sendable, Hashable {
    var relation: Relation
    var version: ExpertVersion

    func admits(_ candidate: ExpertVersion) -> Bool {
      switch relation {
      case .atMost: !(version < candidate)
      case .atLeast: !(candidate < version)
      case .below: candidate < version
      case .above: version < candidate
      case .equal: candidate.isSamePrecedence(as: version)
      }
    }
  }

  package let name: String
  package let description: String
  private let bounds: [Bound]

  /// Reads a pattern; `nil` where it is none.
  package init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.first, ManifestRules.fault(inName: String(name)) == nil else {
      return nil
    }
    let condition = parts.count == 2 ? parts[1] : "*"
    guard let bounds = Self.bounds(condition) else { return nil }
    self.name = String(name)
    self.bounds = bounds
    description = text
  }

  private static func bounds(_ text: Substring) -> [Bound]? {
    if text == "*" { return [] }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let bounds = parts.compactMap { bound($0.drop { $0 == " " }) }
    return bounds.count == parts.count && bounds.count <= 8 ? bounds : nil
  }

  private static func bound(_ text: Substring) -> Bound? {
    let relation = Relation.allCases.first { text.hasPrefix($0.rawValue) }
    let digits = text.dropFirst(relation?.rawValue.count ?? 0).drop { $0 == " " }
    return ExpertVersion(digits).map { Bound(relation: relation ?? .equal, version: $0) }
  }

  /// Whether a version of the expert is meant.
  package func admits(_ version: ExpertVersion) -> Bool { bounds.allSatisfy { $0.admits(version) } }

  /// Whether this version of this expert is meant.
  package func admits(_ name: String, _ version: ExpertVersion) -> Bool {
    name == self.name && admits(version)
  }
}
