package import ExpertPackage

/// An expert that is to take part, with its weight.
package struct ChosenExpert: Sendable {
  package var expert: UsableExpert
  package var weight: Double

  package init(_ expert: UsableExpert, weight: Double = 1) {
    self.expert = expert
    self.weight = weight
  }
}

/// Experts that work together: in the order in which they are loaded, on one base.
package struct ExpertLineup: Sendable {
  /// In the order of `load_order`; adapters without a manifest follow as they were given.
  package let experts: [ChosenExpert]

  /// Puts experts in order. Throws `PackageError.unresolved` where they exclude or miss each other,
  /// are too many, or were made for different bases; with `basesMayDiffer` names of bases are not
  /// compared, only hashes.
  package init(_ chosen: [ChosenExpert], basesMayDiffer: Bool = false) throws(PackageError) {
    try Self.checkNames(chosen)
    try Self.checkBases(chosen, namesMayDiffer: basesMayDiffer)
    let packed = chosen.compactMap(\.expert.manifest)
    let order = try ExpertChain.ordered(packed)
    for manifest in packed {
      guard let most = manifest.constraints.maxChain, chosen.count > most else { continue }
      throw .unresolved(
        reason: "\(manifest.name)@\(manifest.version) works with at most \(most) experts in one "
          + "chain, and there are \(chosen.count)")
    }
    let listed = order.compactMap { manifest in
      chosen.first { $0.expert.manifest?.slug == manifest.slug }
    }
    experts = listed + chosen.filter { $0.expert.manifest == nil }
  }

  /// The base that they say they were made for; the first that is pinned by a hash counts.
  package var base: DeclaredBase? {
    let declared = experts.map(\.expert.base)
    return declared.first { $0.sha256 != nil } ?? declared.first { !$0.name.isEmpty }
  }

  /// The one chat template that they were trained with; throws where they differ.
  package func templateName() throws(PackageError) -> String? {
    var found: (name: String, by: String)?
    for chosen in experts {
      guard let name = chosen.expert.templateName else { continue }
      if let found, found.name != name {
        throw .unresolved(
          reason: "\(found.by) was trained with the chat template \(found.name), "
            + "\(chosen.expert.name) with \(name); choose one with --template")
      }
      found = (name, chosen.expert.name)
    }
    return found?.name
  }

  private static func checkNames(_ chosen: [ChosenExpert]) throws(PackageError) {
    var names: Set<String> = []
    for choice in chosen where !names.insert(choice.expert.identity).inserted {
      throw .usage(
        place: "experts", reason: "\(choice.expert.name) is there twice; give it one weight")
    }
  }

  private static func checkBases(
    _ chosen: [ChosenExpert], namesMayDiffer: Bool
  ) throws(PackageError) {
    for (place, one) in chosen.enumerated() {
      for other in chosen[..<place] {
        let (a, b) = (one.expert.base, other.expert.base)
        let pinned = a.sha256 != nil && b.sha256 != nil
        if a.mayBe(b) || (namesMayDiffer && !pinned) { continue }
        throw .unresolved(
          reason: "\(other.expert.name) was made for the base \(text(b)), \(one.expert.name) for "
            + "\(text(a)); experts of one base can be used together")
      }
    }
  }

  private static func text(_ base: DeclaredBase) -> String {
    let hash = base.sha256.map { "sha256 \($0.prefix(12))…" }
    return [base.name.isEmpty ? nil : base.name, hash].compactMap(\.self)
      .joined(separator: ", ")
  }
}
