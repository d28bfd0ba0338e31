internal import CKernels
package import ExpertPlatform

/// The gated activation of the feed-forward layer: y = silu(g)·u, silu(g) = g/(1 + e⁻ᵍ)
/// (Shazeer 2020). Gate and up lie side by side: g|u [rows, 2F].
package enum SwiGLU {
  /// gateUp [rows, 2F] → y [rows, F].
  package static func forward(
    _ gateUp: Floats, rows: Int, width: Int, into y: MutableFloats, kernels: Kernels = .current,
    pool: ThreadPool
  ) {
    pool.run(rows, grain: rowGrain(2 * width)) { range in
      for row in range {
        let gate = gateUp + row * 2 * width
        kernels.table.pointee.swiglu(gate, gate + width, y + row * width, width)
      }
    }
  }

  /// dy [rows, F] → d(gate|up) [rows, 2F]: dg = dy·u·σ(g)(1 + g(1 − σ(g))), du = dy·silu(g).
  /// The result may take the place of gateUp.
  package static func backward(
    _ dy: Floats, gateUp: Floats, rows: Int, width: Int, into dGateUp: MutableFloats,
    kernels: Kernels = .current, pool: ThreadPool
  ) {
    pool.run(rows, grain: rowGrain(2 * width)) { range in
      for row in range {
        let gate = gateUp + row * 2 * width
        let d = dGateUp + row * 2 * width
        kernels.table.pointee.swiglu_backward(
          dy + row * width, gate, gate + width, d, d + width, width)
      }
    }
  }
}
