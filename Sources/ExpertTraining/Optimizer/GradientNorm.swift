package import ExpertModel

/// The length of all gradients together, and what clipping multiplies them by.
package enum GradientNorm {
  /// Elements added in single precision before the sum goes on in double.
  private static let run = 4096

  /// √Σg² over all parameters. Order of the sum: 16 lanes over runs of 4096 elements, lanes from
  /// the first to the last, runs and parameters in turn: the same with any number of threads.
  package static func length(of parameters: some Sequence<Parameter>) -> Double {
    var sum = 0.0
    for parameter in parameters { sum += squares(parameter) }
    return sum.squareRoot()
  }

  /// `torch.nn.utils.clip_grad_norm_`: min(1, max / (norm + 1e-6)). A norm that is no number
  /// leaves the gradients as they are, for the health check to see.
  package static func coefficient(norm: Double, max limit: Double) -> Double {
    guard norm.isFinite, limit > 0 else { return 1 }
    return min(1, limit / (norm + 1e-6))
  }

  private static func squares(_ parameter: Parameter) -> Double {
    var sum = 0.0
    for start in stride(from: 0, to: parameter.count, by: run) {
      sum += squares(parameter.gradient + start, min(run, parameter.count - start))
    }
    return sum
  }

  private static func squares(_ base: UnsafePointer<Float>, _ count: Int) -> Double {
    var lanes = SIMD16<Float>.zero
    let whole = count & ~15
    for start in stride(from: 0, to: whole, by: 16) {
      let part = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<Float>.self)
      lanes += part * part
    }
    var sum = 0.0
    for lane in 0..<16 { sum += Double(lanes[lane]) }
    for i in whole..<count { sum += Double(base[i]) * Double(base[i]) }
    return sum
  }
}
