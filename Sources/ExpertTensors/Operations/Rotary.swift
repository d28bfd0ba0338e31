internal import CKernels
package import ExpertPlatform
internal import Foundation

/// cos and sin of every position's angles: what rotary position embedding multiplies by.
///
/// Angles are computed in double precision, so long contexts lose nothing.
package final class RotaryTable: Sendable {
  /// Floats of one head.
  package let headSize: Int
  /// How many positions it covers, from 0.
  package let positions: Int
  private let cosines: FloatBuffer
  private let sines: FloatBuffer

  /// Angle of position p and pair i: p · inverseFrequencies[i]; cos and sin are multiplied by
  /// `attentionFactor` (YaRN; 1 otherwise).
  package init(inverseFrequencies: [Double], attentionFactor: Double = 1, positions: Int) {
    let half = inverseFrequencies.count
    headSize = 2 * half
    self.positions = positions
    cosines = FloatBuffer(count: positions * half)
    sines = FloatBuffer(count: positions * half)
    for position in 0..<positions {
      for (pair, frequency) in inverseFrequencies.enumerated() {
        let angle = Double(position) * frequency
        cosines.base[position * half + pair] = Float(cos(angle) * attentionFactor)
        sines.base[position * half + pair] = Float(sin(angle) * attentionFactor)
      }
    }
  }

  /// cos of one position's angles: [headSize / 2].
  package func cosines(at position: Int) -> Floats {
    precondition(position >= 0 && position < positions, "position outside the rotary table")
    return Floats(cosines.base + position * headSize / 2)
  }

  /// sin of one position's angles: [headSize / 2].
  package func sines(at position: Int) -> Floats {
    precondition(position >= 0 && position < positions, "position outside the rotary table")
    return Floats(sines.base + position * headSize / 2)
  }
}

/// Rotary position embedding in the rotate-half form (Su et al. 2021, as Hugging Face's models
/// hold it): elements i and i + D/2 of a head turn by the angle of pair i.
package enum Rotary {
  /// Turns x [tokens, heads, D] in place; tokens lie `stride` floats apart (nil: dense);
  /// positions [tokens].
  package static func forward(
    _ x: MutableFloats, stride: Int? = nil, heads: Int, tokens: Int, positions: [Int32],
    table: RotaryTable, kernels: Kernels = .current, pool: ThreadPool
  ) {
    turn(x, stride, heads, tokens, positions, table, 1, kernels, pool)
  }

  /// Turns dx back in place: the gradient with respect to the input of `forward`.
  package static func backward(
    _ dx: MutableFloats, stride: Int? = nil, heads: Int, tokens: Int, positions: [Int32],
    table: RotaryTable, kernels: Kernels = .current, pool: ThreadPool
  ) {
    turn(dx, stride, heads, tokens, positions, table, -1, kernels, pool)
  }

  private static func turn(
    _ x: MutableFloats, _ stride: Int?, _ heads: Int, _ tokens: Int, _ positions: [Int32],
    _ table: RotaryTable, _ sign: Float, _ kernels: Kernels, _ pool: ThreadPool
  ) {
    precondition(positions.count == tokens, "one position a token")
    let row = stride ?? heads * table.headSize
    pool.run(tokens, grain: rowGrain(heads * table.headSize)) { range in
      for t in range {
        let position = Int(positions[t])
        kernels.table.pointee.rotate(
          x + t * row, heads, table.headSize, table.cosines(at: position),
          table.sines(at: position), sign)
      }
    }
  }
}
