/// Experts that are to work together: which of them exclude each other, how many may be, and in
/// which order they are loaded. Pure: it reads manifests and decides.
package enum ExpertChain {
  /// The experts in the order in which they are loaded: what one requires before it, then by
  /// `load_order`, then as given. Throws `PackageError.unresolved` where they do not go together.
  package static func ordered(_ manifests: [Manifest]) throws(PackageError) -> [Manifest] {
    try checkUnique(manifests)
    try checkConflicts(manifests)
    try checkRequirements(manifests)
    try checkLength(manifests)
    return try sorted(manifests)
  }

  private static func title(_ manifest: Manifest) -> String {
    "\(manifest.name)@\(manifest.version)"
  }

  private static func checkUnique(_ manifests: [Manifest]) throws(PackageError) {
    var names: Set<String> = []
    for manifest in manifests where !names.insert(manifest.name).inserted {
      throw .usage(place: "experts", reason: "\(manifest.name) is there twice")
    }
  }

  /// A conflict counts in whichever direction it is written down.
  package static func checkConflicts(_ manifests: [Manifest]) throws(PackageError) {
    for one in manifests {
      for other in manifests where other.slug != one.slug {
        guard let pattern = conflict(of: one, with: other) else { continue }
        throw .unresolved(
          reason: "\(title(one)) is incompatible with \(title(other)) (\(pattern)); leave one out")
      }
    }
  }

  /// The pattern by which one expert excludes another; `nil` where it does not.
  package static func conflict(of one: Manifest, with other: Manifest) -> VersionPattern? {
    one.constraints.incompatibleWith.first { $0.admits(other.name, other.version) }
  }

  private static func checkRequirements(_ manifests: [Manifest]) throws(PackageError) {
    for one in manifests {
      for pattern in one.constraints.requires
      where !manifests.contains(where: { pattern.admits($0.name, $0.version) }) {
        throw .unresolved(reason: "\(title(one)) requires \(pattern), which is not among them")
      }
    }
  }

  private static func checkLength(_ manifests: [Manifest]) throws(PackageError) {
    for one in manifests {
      guard let most = one.constraints.maxChain, manifests.count > most else { continue }
      throw .unresolved(
        reason: "\(title(one)) works with at most \(most) experts in one chain, and there are "
          + "\(manifests.count)")
    }
  }

  /// Kahn's algorithm; among those that are ready the lowest `load_order` goes first.
  private static func sorted(_ manifests: [Manifest]) throws(PackageError) -> [Manifest] {
    var waiting = Array(manifests.enumerated())
    var done: Set<String> = []
    var order: [Manifest] = []
    while !waiting.isEmpty {
      let ready = waiting.filter { _, manifest in
        manifest.constraints.requires.allSatisfy { done.contains($0.name) }
      }
      let next = ready.min { a, b in
        (a.element.constraints.loadOrder ?? 0, a.offset)
          < (b.element.constraints.loadOrder ?? 0, b.offset)
      }
      guard let next else {
        let names = waiting.map { $0.element.name }.joined(separator: ", ")
        throw .unresolved(reason: "these experts require each other in a circle: \(names)")
      }
      order.append(next.element)
      done.insert(next.element.name)
      waiting.removeAll { $0.offset == next.offset }
    }
    return order
  }
}
