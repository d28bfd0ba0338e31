package import ExpertModel

/// LoRA-FA's gradient of B, brought to where it lowers the loss as a full gradient of the weight
/// would (PEFT's `create_lorafa_optimizer`; Zhang et al. 2023):
///
///     g_B ← (1/s²) · g_B · (AAᵀ + 1e-8·I)⁻¹
///
/// A is frozen, so the inverse is found once.
package struct LoRAFAProjection: Sendable {
  package let rank: Int
  /// (1/s²)(AAᵀ + 1e-8·I)⁻¹, [rank, rank], symmetric.
  private let matrix: [Double]

  /// From A, [rank, inputs], and the adapter's scale s. Throws where A holds NaN or infinity.
  package init(a: Parameter, rank: Int, scaling: Double) throws(TrainingError) {
    guard rank > 0, a.count % rank == 0 else {
      throw .wrongSize(name: a.name, found: a.count, expected: rank)
    }
    self.rank = rank
    var gram = Self.gram(a, rank: rank)
    for i in 0..<rank { gram[i * rank + i] += 1e-8 }
    guard let inverse = Self.inverse(ofPositive: gram, size: rank) else {
      throw .notInvertible(name: a.name)
    }
    matrix = inverse.map { $0 / (scaling * scaling) }
  }

  /// Changes the gradient of B, [outputs, rank], in place.
  package func apply(to b: Parameter) {
    let gradient = b.gradient
    var row = [Double](repeating: 0, count: rank)
    for start in stride(from: 0, to: b.count - rank + 1, by: rank) {
      for j in 0..<rank {
        var sum = 0.0
        for k in 0..<rank { sum += Double(gradient[start + k]) * matrix[k * rank + j] }
        row[j] = sum
      }
      for j in 0..<rank { gradient[start + j] = Float(row[j]) }
    }
  }

  /// AAᵀ, [rank, rank].
  private static func gram(_ a: Parameter, rank: Int) -> [Double] {
    let inputs = a.count / rank
    var gram = [Double](repeating: 0, count: rank * rank)
    for i in 0..<rank {
      for j in 0...i {
        var sum = 0.0
        for k in 0..<inputs {
          sum += Double(a.value[i * inputs + k]) * Double(a.value[j * inputs + k])
        }
        gram[i * rank + j] = sum
        gram[j * rank + i] = sum
      }
    }
    return gram
  }

  /// The inverse by Cholesky's decomposition; `nil` where the matrix is not positive.
  private static func inverse(ofPositive matrix: [Double], size n: Int) -> [Double]? {
    guard let root = cholesky(matrix, n) else { return nil }
    var inverse = [Double](repeating: 0, count: n * n)
    for column in 0..<n {
      var x = [Double](repeating: 0, count: n)
      for i in 0..<n {
        var rest = i == column ? 1.0 : 0
        for k in 0..<i { rest -= root[i * n + k] * x[k] }
        x[i] = rest / root[i * n + i]
      }
      for i in stride(from: n - 1, through: 0, by: -1) {
        for k in i + 1..<max(n, i + 1) { x[i] -= root[k * n + i] * x[k] }
        x[i] /= root[i * n + i]
      }
      for i in 0..<n { inverse[i * n + column] = x[i] }
    }
    return inverse
  }

  /// The lower triangle L with LLᵀ = matrix.
  private static func cholesky(_ matrix: [Double], _ n: Int) -> [Double]? {
    var root = matrix
    for i in 0..<n {
      for j in 0...i {
        var rest = matrix[i * n + j]
        for k in 0..<j { rest -= root[i * n + k] * root[j * n + k] }
        if i == j {
          guard rest > 0, rest.isFinite else { return nil }
          root[i * n + i] = rest.squareRoot()
        } else {
          root[i * n + j] = rest / root[j * n + j]
        }
      }
    }
    return root
  }
}
