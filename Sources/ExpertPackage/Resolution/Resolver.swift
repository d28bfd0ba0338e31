/// Chooses a version of everything that an expert needs: the newest that satisfy every requirement
/// and exclude nobody, by backtracking. Pure: candidates in, a choice out.
package struct Resolver {
  /// A version that can be had, as an index or an installed manifest describes it.
  package struct Candidate: Sendable, Hashable {
    package var name: String
    package var version: ExpertVersion
    package var requires: [VersionPattern]
    package var incompatibleWith: [VersionPattern]
    package var isInstalled: Bool
    /// The base's name: experts of one chain share it.
    package var base: String

    package init(
      name: String, version: ExpertVersion, base: String, requires: [VersionPattern] = [],
      incompatibleWith: [VersionPattern] = [], isInstalled: Bool = false
    ) {
      self.name = name
      self.version = version
      self.base = base
      self.requires = requires
      self.incompatibleWith = incompatibleWith
      self.isInstalled = isInstalled
    }

    package init(_ manifest: Manifest, isInstalled: Bool) {
      self.init(
        name: manifest.name, version: manifest.version,
        base: manifest.bases.first?.model.name ?? "", requires: manifest.constraints.requires,
        incompatibleWith: manifest.constraints.incompatibleWith, isInstalled: isInstalled)
    }

    fileprivate func excludes(_ other: Candidate) -> Bool {
      incompatibleWith.contains { $0.admits(other.name, other.version) }
    }

    fileprivate var title: String { "\(name)@\(version)" }
  }

  /// Choices tried before the search gives up; real sets need a handful.
  private static let maxSteps = 100_000

  private let candidates: [String: [Candidate]]
  private var steps = 0
  private var lastReason = ""

  /// What can be had. Of one version the installed copy is preferred.
  package init(_ candidates: [Candidate]) {
    self.candidates = Dictionary(grouping: candidates, by: \.name).mapValues { list in
      list.sorted { a, b in
        a.version.isSamePrecedence(as: b.version)
          ? (a.isInstalled && !b.isInstalled) : b.version < a.version
      }
    }
  }

  /// The expert and everything that it needs, each name once. Throws `PackageError.unresolved` with
  /// the last reason why nothing fits.
  package mutating func resolve(_ wanted: Candidate) throws(PackageError) -> [Candidate] {
    steps = 0
    lastReason = ""
    guard let chosen = search([wanted], open: wanted.requires.map { (wanted, $0) }) else {
      throw .unresolved(reason: lastReason)
    }
    return chosen
  }

  private mutating func search(
    _ chosen: [Candidate], open: [(by: Candidate, pattern: VersionPattern)]
  ) -> [Candidate]? {
    guard let next = open.first else { return chosen }
    let rest = Array(open.dropFirst())
    if let present = chosen.first(where: { $0.name == next.pattern.name }) {
      if next.pattern.admits(present.version) { return search(chosen, open: rest) }
      return fail("\(next.by.title) requires \(next.pattern), but \(present.title) is chosen")
    }
    let fitting = (candidates[next.pattern.name] ?? []).filter {
      next.pattern.admits($0.version) && $0.base == next.by.base
    }
    if fitting.isEmpty {
      return fail(
        "\(next.by.title) requires \(next.pattern) for the base \(next.by.base), and no such version "
          + "is installed or offered; install it first, or name a registry with --from")
    }
    for candidate in fitting {
      steps += 1
      guard steps < Self.maxSteps else { return fail("too many combinations of versions") }
      if let enemy = chosen.first(where: { $0.excludes(candidate) || candidate.excludes($0) }) {
        _ = fail("\(candidate.title) and \(enemy.title) are incompatible")
        continue
      }
      let more = candidate.requires.map { (by: candidate, pattern: $0) }
      if let found = search(chosen + [candidate], open: rest + more) { return found }
    }
    return nil
  }

  private mutating func fail(_ reason: String) -> [Candidate]? {
    lastReason = reason
    return nil
  }
}
