internal import Foundation

/// The inverse frequencies of rotary embedding, one for each pair of a head's elements, and what
/// cos and sin are multiplied by: as transformers' rope types define them.
package struct RotaryFrequencies: Sendable, Hashable {
  /// Radians a position of pair i: [D/2].
  package var inverse: [Double]
  /// Factor of cos and sin; 1 but for YaRN.
  package var attentionFactor = 1.0

  /// θ^(−2i/D) (Su et al. 2021).
  package init(theta: Double, headSize: Int) {
    inverse = (0..<headSize / 2).map { pow(theta, -Double(2 * $0) / Double(headSize)) }
  }

  /// Positions divided by `factor` (`linear`).
  package static func linear(theta: Double, headSize: Int, factor: Double) -> RotaryFrequencies {
    var frequencies = RotaryFrequencies(theta: theta, headSize: headSize)
    frequencies.inverse = frequencies.inverse.map { $0 / factor }
    return frequencies
  }

  /// Llama 3.1 (`llama3`): wavelengths above originalContext/lowFactor are divided by `factor`,
  /// those below originalContext/highFactor kept, and those between blended.
  package static func llama3(
    theta: Double, headSize: Int, factor: Double, lowFactor: Double, highFactor: Double,
    originalContext: Int
  ) -> RotaryFrequencies {
    var frequencies = RotaryFrequencies(theta: theta, headSize: headSize)
    let context = Double(originalContext)
    frequencies.inverse = frequencies.inverse.map { frequency in
      let wavelength = 2 * Double.pi / frequency
      if wavelength > context / lowFactor { return frequency / factor }
      if wavelength < context / highFactor { return frequency }
      let share = (context / wavelength - lowFactor) / (highFactor - lowFactor)
      return (1 - share) * frequency / factor + share * frequency
    }
    return frequencies
  }

  /// YaRN (Peng et al. 2023, `yarn`): pairs that turn more than `betaFast` times within the
  /// original context keep their frequency, those that turn less than `betaSlow` times are divided
  /// by `factor`, with a ramp over the pairs between. A nil `attentionFactor` is 0.1 ln(factor) + 1.
  package static func yarn(
    theta: Double, headSize: Int, factor: Double, originalContext: Int, betaFast: Double = 32,
    betaSlow: Double = 1, attentionFactor: Double? = nil, truncate: Bool = true
  ) -> RotaryFrequencies {
    var frequencies = RotaryFrequencies(theta: theta, headSize: headSize)
    func pair(turning turns: Double) -> Double {
      Double(headSize) * log(Double(originalContext) / (turns * 2 * .pi)) / (2 * log(theta))
    }
    let (fast, slow) = (pair(turning: betaFast), pair(turning: betaSlow))
    let low = max(truncate ? fast.rounded(.down) : fast, 0)
    var high = min(truncate ? slow.rounded(.up) : slow, Double(headSize - 1))
    // transformers' guard against a ramp of no length.
    if low == high { high += 0.001 }
    frequencies.inverse = frequencies.inverse.enumerated().map { index, frequency in
      let divided = min(max((Double(index) - low) / (high - low), 0), 1)
      return frequency / factor * divided + frequency * (1 - divided)
    }
    frequencies.attentionFactor = attentionFactor ?? (factor <= 1 ? 1 : 0.1 * log(factor) + 1)
    return frequencies
  }
}

extension RotaryTable {
  /// The table of `positions` positions.
  package convenience init(_ frequencies: RotaryFrequencies, positions: Int) {
    self.init(
      inverseFrequencies: frequencies.inverse, attentionFactor: frequencies.attentionFactor,
      positions: positions)
  }
}
