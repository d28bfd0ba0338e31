internal import CKernels
package import ExpertPlatform

/// Arithmetic on plain vectors. Sums run over runs of 65,536 elements whose results are added in
/// order, so they do not depend on the number of threads.
package struct Vectors: Sendable {
  /// With the kernels of the processor and the process's threads.
  package static let shared = Vectors(pool: .shared)

  private static let run = 65_536
  private let kernels: Kernels
  private let pool: ThreadPool

  /// Works on the threads of `pool`.
  package init(kernels: Kernels = .current, pool: ThreadPool) {
    self.kernels = kernels
    self.pool = pool
  }

  /// y = a + b; y may be either.
  package func add(_ a: Floats, _ b: Floats, into y: MutableFloats, count: Int) {
    pool.run(count, grain: Self.run) {
      kernels.table.pointee.add(a + $0.lowerBound, b + $0.lowerBound, y + $0.lowerBound, $0.count)
    }
  }

  /// y = a · b element by element; y may be either.
  package func multiply(_ a: Floats, _ b: Floats, into y: MutableFloats, count: Int) {
    pool.run(count, grain: Self.run) {
      kernels.table.pointee.multiply(
        a + $0.lowerBound, b + $0.lowerBound, y + $0.lowerBound, $0.count)
    }
  }

  /// y *= factor.
  package func scale(_ y: MutableFloats, by factor: Float, count: Int) {
    pool.run(count, grain: Self.run) {
      kernels.table.pointee.scale(factor, y + $0.lowerBound, $0.count)
    }
  }

  /// y += factor · x.
  package func axpy(_ factor: Float, _ x: Floats, into y: MutableFloats, count: Int) {
    pool.run(count, grain: Self.run) {
      kernels.table.pointee.axpy(factor, x + $0.lowerBound, y + $0.lowerBound, $0.count)
    }
  }

  /// Σ x², in double precision.
  package func sumOfSquares(_ x: Floats, count: Int) -> Double {
    partial(count) { kernels.table.pointee.sum_of_squares(x + $0.lowerBound, $0.count) }
      .reduce(0, +)
  }

  /// Σ x² of one short row, in double precision, on the calling thread.
  package static func sumOfSquares(ofRow x: Floats, count: Int) -> Double {
    Kernels.current.table.pointee.sum_of_squares(x, count)
  }

  /// Whether no element is infinite or NaN.
  package func allFinite(_ x: Floats, count: Int) -> Bool {
    partial(count) { kernels.table.pointee.all_finite(x + $0.lowerBound, $0.count) == 1 ? 0 : 1 }
      .allSatisfy { $0 == 0 }
  }

  /// fp32 → bf16, to the nearest, ties to even.
  package func toBFloats(_ x: Floats, into y: UnsafeMutablePointer<UInt16>, count: Int) {
    pool.run(count, grain: Self.run) {
      kernels.table.pointee.to_bfloats(x + $0.lowerBound, y + $0.lowerBound, $0.count)
    }
  }

  /// bf16 → fp32.
  package func fromBFloats(_ x: UnsafePointer<UInt16>, into y: MutableFloats, count: Int) {
    pool.run(count, grain: Self.run) {
      kernels.table.pointee.from_bfloats(x + $0.lowerBound, y + $0.lowerBound, $0.count)
    }
  }

  private func partial(_ count: Int, _ body: (Range<Int>) -> Double) -> [Double] {
    var results = [Double](repeating: 0, count: (count + Self.run - 1) / Self.run)
    results.withUnsafeMutableBufferPointer { results in
      pool.run(results.count) { index in
        results[index] = body(index * Self.run..<min(count, (index + 1) * Self.run))
      }
    }
    return results
  }
}
