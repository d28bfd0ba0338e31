/// Matrix products by their definition, summed in double precision: the oracle of the fast ones.
package enum NaiveProduct {
  /// Y = X Wᵀ, or Y += X Wᵀ: x [rows, inputs], w [outputs, inputs], y [rows, outputs].
  package static func forward(
    _ x: [Float], _ w: [Float], rows: Int, inputs: Int, outputs: Int, addingTo y: [Float]? = nil
  ) -> [Float] {
    var out = y ?? [Float](repeating: 0, count: rows * outputs)
    for row in 0..<rows {
      for output in 0..<outputs {
        var sum = Double(out[row * outputs + output])
        for k in 0..<inputs { sum += Double(x[row * inputs + k]) * Double(w[output * inputs + k]) }
        out[row * outputs + output] = Float(sum)
      }
    }
    return out
  }

  /// dX = dY W, or dX += dY W: dy [rows, outputs], w [outputs, inputs], dx [rows, inputs].
  package static func backward(
    _ dy: [Float], _ w: [Float], rows: Int, inputs: Int, outputs: Int, addingTo dx: [Float]? = nil
  ) -> [Float] {
    var out = dx ?? [Float](repeating: 0, count: rows * inputs)
    for row in 0..<rows {
      var sums = (0..<inputs).map { Double(out[row * inputs + $0]) }
      for output in 0..<outputs {
        let factor = Double(dy[row * outputs + output])
        for k in 0..<inputs { sums[k] += factor * Double(w[output * inputs + k]) }
      }
      for k in 0..<inputs { out[row * inputs + k] = Float(sums[k]) }
    }
    return out
  }
}
