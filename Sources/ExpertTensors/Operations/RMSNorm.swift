internal import CKernels
package import ExpertPlatform

/// Root-mean-square normalisation: y = x / √(mean(x²) + ε) · w (Zhang and Sennrich 2019).
///
/// A token has `heads` rows of `width` floats, side by side; tokens lie `stride` floats apart. One
/// head with stride = width is the norm of a hidden state; the heads of a concatenated q|k|v buffer
/// are Qwen3's norm of queries and keys.
package struct RMSNorm: Sendable {
  /// Rows of one token.
  package var heads: Int
  /// Floats of one row.
  package var width: Int
  /// ε.
  package var epsilon: Float
  var kernels = Kernels.current

  /// A norm over `width` floats.
  package init(width: Int, heads: Int = 1, epsilon: Float, kernels: Kernels = .current) {
    self.width = width
    self.heads = heads
    self.epsilon = epsilon
    self.kernels = kernels
  }

  /// x, y [tokens, heads, width] with their strides (nil: dense), weight [width];
  /// `inverse` [tokens, heads] receives 1/rms for the backward pass. y may be x.
  package func forward(
    _ x: Floats, stride: Int? = nil, weight: Floats, tokens: Int, into y: MutableFloats,
    yStride: Int? = nil, inverse: MutableFloats? = nil, pool: ThreadPool
  ) {
    let (row, yRow) = (stride ?? heads * width, yStride ?? heads * width)
    pool.run(tokens, grain: rowGrain(heads * width)) { range in
      for t in range {
        kernels.table.pointee.rms_norm(
          x + t * row, width, weight, y + t * yRow, width, inverse.map { $0 + t * heads }, heads,
          width, epsilon)
      }
    }
  }

  /// dx (+)= (1/rms) (w·dy − x̂ mean(w·dy·x̂)), x̂ = x/rms: the gradient with respect to x.
  ///
  /// x is the input of `forward`, `inverse` its result; dx may be dy.
  package func backward(
    _ dy: Floats, dyStride: Int? = nil, x: Floats, stride: Int? = nil, weight: Floats,
    inverse: Floats, tokens: Int, into dx: MutableFloats, dxStride: Int? = nil,
    accumulate: Bool = false, pool: ThreadPool
  ) {
    let dense = heads * width
    let (xRow, dyRow, dxRow) = (stride ?? dense, dyStride ?? dense, dxStride ?? dense)
    pool.run(tokens, grain: rowGrain(dense)) { range in
      for t in range {
        kernels.table.pointee.rms_norm_backward(
          dy + t * dyRow, width, x + t * xRow, width, weight, inverse + t * heads, dx + t * dxRow,
          width, heads, width, accumulate ? 1 : 0)
      }
    }
  }

  /// dw [width] += Σ dy·x̂ over tokens and heads, always in their order.
  package func weightGradient(
    _ dy: Floats, dyStride: Int? = nil, x: Floats, stride: Int? = nil, inverse: Floats,
    tokens: Int, into dw: MutableFloats, pool: ThreadPool
  ) {
    let dense = heads * width
    let (xRow, dyRow) = (stride ?? dense, dyStride ?? dense)
    pool.run(width, grain: 64) { columns in
      for t in 0..<tokens {
        for h in 0..<heads {
          let start = h * width + columns.lowerBound
          kernels.table.pointee.rms_norm_weight_gradient(
            dy + t * dyRow + start, 0, x + t * xRow + start, 0, inverse + t * heads + h,
            dw + columns.lowerBound, 1, columns.count)
        }
      }
    }
  }
}
