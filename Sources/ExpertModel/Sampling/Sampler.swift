internal import ExpertRecord
internal import Foundation

/// Chooses one token after another for one stream.
///
/// The order is that of Hugging Face's generation: repetition penalty, temperature, top-k, top-p,
/// min-p, then a draw. Equal logits are taken in the order of their ids, so that the choice is the
/// same everywhere.
package struct Sampler {
  private let options: SamplingOptions
  private var random: SeededGenerator
  private var seen: Set<Int32> = []

  /// A sampler for stream number `stream`; `prompt` counts as seen for the repetition penalty.
  package init(_ options: SamplingOptions, stream: Int = 0, prompt: [Int32] = []) {
    self.options = options
    random = SeededGenerator(seed: options.seed, stream: "sample/\(stream)")
    if options.repetitionPenalty != 1 { seen = Set(prompt) }
  }

  /// The next token. `logits` [V] are changed by the repetition penalty.
  package mutating func next(_ logits: UnsafeMutableBufferPointer<Float>) -> Int32 {
    penalize(logits)
    let token = options.temperature == 0 ? Self.likeliest(logits) : draw(logits)
    if options.repetitionPenalty != 1 { seen.insert(token) }
    return token
  }

  /// The token with the largest logit, the first of equals; one that is no number never wins.
  package static func likeliest(_ logits: UnsafeMutableBufferPointer<Float>) -> Int32 {
    var best = 0
    var most = -Float.infinity
    for (token, value) in logits.enumerated() where value > most {
      (best, most) = (token, value)
    }
    return Int32(best)
  }

  private func penalize(_ logits: UnsafeMutableBufferPointer<Float>) {
    let penalty = Float(options.repetitionPenalty)
    guard penalty != 1 else { return }
    for token in seen where Int(token) < logits.count {
      let value = logits[Int(token)]
      logits[Int(token)] = value < 0 ? value * penalty : value / penalty
    }
  }

  private mutating func draw(_ logits: UnsafeMutableBufferPointer<Float>) -> Int32 {
    let kept = Candidates(logits, options)
    var place = random.unit() * kept.total
    for (token, weight) in zip(kept.tokens, kept.weights) {
      place -= weight
      if place < 0 { return token }
    }
    return kept.tokens.last ?? Self.likeliest(logits)
  }
}

/// The tokens that are left to draw from, likeliest first, and their weights: e to the distance
/// from the largest logit, so that the likeliest has weight 1.
private struct Candidates {
  private(set) var tokens: [Int32] = []
  private(set) var weights: [Double] = []
  private(set) var total = 0.0

  init(_ logits: UnsafeMutableBufferPointer<Float>, _ options: SamplingOptions) {
    let scale = 1 / options.temperature
    let most = Double(logits.reduce(-Float.infinity, max))
    func weight(_ logit: Float) -> Double { (Double(logit) - most) * scale }
    let whole = options.topK == 0 ? Self.sum(logits, most: most, scale: scale) : nil
    let floor = Self.floor(logits, options, whole: whole, most: most, scale: scale)
    var found: [(token: Int32, logit: Float)] = []
    for (token, logit) in logits.enumerated() where logit >= floor {
      found.append((Int32(token), logit))
    }
    found.sort { ($1.logit, $0.token) < ($0.logit, $1.token) }
    let sum = whole ?? found.reduce(0) { $0 + exp(weight($1.logit)) }
    for (token, logit) in found {
      let share = exp(weight(logit))
      // The token that crosses top-p still counts; so does always the likeliest.
      if !tokens.isEmpty && (total >= options.topP * sum || share < options.minP) { break }
      tokens.append(token)
      weights.append(share)
      total += share
    }
  }

  /// The least logit that can matter, so that only few need sorting: the k-th largest, or a bound
  /// above which top-p's share is reached for certain.
  private static func floor(
    _ logits: UnsafeMutableBufferPointer<Float>, _ options: SamplingOptions, whole: Double?,
    most: Double, scale: Double
  ) -> Float {
    if options.topK > 0 { return largest(options.topK, of: logits) }
    guard options.topP < 1 || options.minP > 0, let whole else { return -Float.infinity }
    for distance in [4.0, 8, 16, 32] {
      let bound = Float(most - distance / scale)
      if options.minP > 0, exp(-distance) < options.minP { return bound }
      let above = sum(logits, most: most, scale: scale, from: bound)
      if options.topP < 1, above >= options.topP * whole { return bound }
    }
    return -Float.infinity
  }

  private static func sum(
    _ logits: UnsafeMutableBufferPointer<Float>, most: Double, scale: Double,
    from bound: Float = -Float.infinity
  ) -> Double {
    var sum = 0.0
    for logit in logits where logit >= bound {
      sum += exp((Double(logit) - most) * scale)
    }
    return sum
  }

  /// The k-th largest value, by a heap of the k largest so far.
  private static func largest(_ k: Int, of logits: UnsafeMutableBufferPointer<Float>) -> Float {
    guard k < logits.count else { return -Float.infinity }
    var heap = Array(logits[0..<k]).sorted()
    for logit in logits[k...] where logit > heap[0] {
      heap[0] = logit
      sift(&heap)
    }
    return heap[0]
  }

  private static func sift(_ heap: inout [Float]) {
    var place = 0
    while true {
      let (left, right) = (2 * place + 1, 2 * place + 2)
      var least = place
      if left < heap.count, heap[left] < heap[least] { least = left }
      if right < heap.count, heap[right] < heap[least] { least = right }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }

}
