internal import ExpertPlatform
internal import ExpertTensors
internal import Synchronization

/// ‖W‖² of the rows of a base's linear layers, computed for the first DoRA adapter that needs them
/// and kept for the next: they belong to the base alone.
final class RowSquares: Sendable {
  private struct Key: Hashable {
    var layer: Int
    var group: ModuleGroup
  }

  private let known = Mutex<[Key: FloatBuffer]>([:])

  /// The squares of one group's rows: [out].
  func squares(
    layer: Int, group: ModuleGroup, of matrix: FrozenMatrix, pool: ThreadPool
  ) -> FloatBuffer {
    let key = Key(layer: layer, group: group)
    if let found = known.withLock({ $0[key] }) { return found }
    let made = Self.squares(of: matrix, pool: pool)
    return known.withLock { known in
      let first = known[key] ?? made
      known[key] = first
      return first
    }
  }

  private static func squares(of matrix: FrozenMatrix, pool: ThreadPool) -> FloatBuffer {
    let result = FloatBuffer(count: matrix.outputs)
    let inputs = matrix.inputs
    pool.run(matrix.outputs, grain: 64) { range in
      let row = FloatBuffer(count: inputs)
      for output in range {
        matrix.copyFloats(rows: output..<output + 1, to: row.base)
        result.base[output] = Float(Vectors.sumOfSquares(ofRow: row.base, count: inputs))
      }
    }
    return result
  }
}
