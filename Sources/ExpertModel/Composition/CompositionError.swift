/// What keeps adapters from being used together or merged, and what to do instead.
package enum CompositionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is nothing to compose.
  case empty
  /// A weight that is no finite number.
  case badWeight(name: String, weight: Double)
  /// Adapters for bases of different shapes.
  case otherShape(name: String, other: String)
  /// A soft prompt is there or not; it has no half.
  case weightedPrompt(name: String, weight: Double)
  /// Methods that a merge cannot make one adapter of.
  case cannotMerge(name: String, method: String, reason: String)
  /// Ranks that must be equal and are not.
  case differentRanks(method: String, target: String, ranks: [Int])
  /// A share of values to keep outside 0…1.
  case badDensity(Double)
  /// A rank that the merged adapter cannot have.
  case badRank(Int)

  package var description: String {
    switch self {
    case .empty: "there is no adapter to compose; name at least one"
    case .badWeight(let name, let weight):
      "the weight of \(name) is \(weight); it must be a finite number"
    case .otherShape(let name, let other):
      "\(name) and \(other) were made for bases of different shapes and cannot be used together"
    case .weightedPrompt(let name, let weight):
      "\(name) is a soft prompt, which stands before the text or does not: its weight must be 1 "
        + "or 0, not \(weight)"
    case .cannotMerge(let name, let method, let reason):
      "\(name) cannot be merged by \(method): \(reason)"
    case .differentRanks(let method, let target, let ranks):
      "\(method) adds tensors of one shape, and the ranks of \(target) are "
        + "\(ranks.map(String.init).joined(separator: ", ")); merge with cat or svd"
    case .badDensity(let density):
      "the density \(density) must be above 0 and at most 1: the share of values that is kept"
    case .badRank(let rank): "the rank \(rank) must be a whole number from 1 to 4096"
    }
  }
}
