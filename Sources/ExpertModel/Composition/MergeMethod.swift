/// How adapters are merged into one, in PEFT's names (`add_weighted_adapter`).
package enum MergeMethod: String, Sendable, Hashable, CaseIterable {
  /// A = Σ ±√|w s| Aᵢ and B = Σ √|w s| Bᵢ: cheap, and rough, since (ΣB)(ΣA) has cross terms.
  case linear
  /// A and B laid side by side: exactly Σ w s BᵢAᵢ, with the ranks added.
  case cat
  /// Small values dropped, signs elected, and what agrees averaged (Yadav et al. 2023).
  case ties
  /// Values dropped at random and the rest scaled up, then added (Yu et al. 2023).
  case dareLinear = "dare_linear"
  /// Values dropped at random, then as TIES.
  case dareTies = "dare_ties"
  /// Small values dropped, then added.
  case magnitudePrune = "magnitude_prune"
  /// The best approximation of Σ w s BᵢAᵢ of a given rank.
  case svd

  /// The method of a name: PEFT's, with - for _, or `dare` for `dare_linear`.
  package init?(named name: String) {
    let spelled = name == "dare" ? "dare_linear" : String(name.map { $0 == "-" ? "_" : $0 })
    self.init(rawValue: spelled)
  }

  /// Whether values are dropped, so that a density counts.
  package var prunes: Bool {
    switch self {
    case .ties, .dareLinear, .dareTies, .magnitudePrune: true
    case .linear, .cat, .svd: false
    }
  }

  /// Whether what is dropped is drawn.
  package var draws: Bool { self == .dareLinear || self == .dareTies }

  /// Whether a sign is elected.
  var elects: Bool { self == .ties || self == .dareTies }
}

/// How TIES elects the sign of a value, in PEFT's names.
package enum MajoritySign: String, Sendable, Hashable, CaseIterable {
  /// The sign of the sum of all values.
  case total
  /// The sign that more values have.
  case frequency
}
