internal import Foundation

/// How likely the model found a token that was chosen, before temperature and the other settings of
/// sampling, and which tokens it found likeliest.
package struct TokenLikelihood: Sendable, Hashable {
  /// ln p of the chosen token.
  package var logprob: Double
  package var token: Int32
  /// The likeliest tokens, best first.
  package var top: [Candidate]

  package struct Candidate: Sendable, Hashable {
    package var token: Int32
    package var logprob: Double
  }

  /// From logits [V], of which `count` alternatives are kept.
  init(_ token: Int32, of logits: UnsafeMutableBufferPointer<Float>, count: Int) {
    let most = Double(logits.reduce(-Float.infinity, max))
    let total = logits.reduce(0.0) { $0 + exp(Double($1) - most) }
    let norm = most + log(total)
    self.token = token
    logprob = Double(logits[Int(token)]) - norm
    top = Self.largest(count, of: logits).map {
      Candidate(token: $0, logprob: Double(logits[Int($0)]) - norm)
    }
  }

  /// The places of the largest values; equal ones in the order of their places.
  private static func largest(
    _ count: Int, of logits: UnsafeMutableBufferPointer<Float>
  ) -> [Int32] {
    guard count > 0 else { return [] }
    var best: [(place: Int32, value: Float)] = []
    for (place, value) in logits.enumerated() where value.isFinite {
      if best.count == count, value <= best[count - 1].value { continue }
      let position = best.firstIndex { $0.value < value } ?? best.count
      best.insert((Int32(place), value), at: position)
      if best.count > count { best.removeLast() }
    }
    return best.map(\.place)
  }
}
