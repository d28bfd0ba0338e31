/// The singular value decomposition of M = Σₖ cₖ rₖᵀ, for few k: QR of both sides, then one-sided
/// Jacobi rotations (Hestenes 1958) on the small square between them. In double precision.
struct LowRankSVD {
  /// Singular values, falling.
  private(set) var values: [Double]
  /// Left singular vectors, one for each value.
  private(set) var left: [[Double]]
  /// Right singular vectors, one for each value.
  private(set) var right: [[Double]]

  /// Rotations end when no pair of columns has a cosine above this.
  private static let tolerance = 1e-12
  private static let maxSweeps = 60

  init(columns: [[Double]], rows: [[Double]]) {
    let (qc, rc) = Self.orthogonalised(columns)
    let (qr, rr) = Self.orthogonalised(rows)
    let n = columns.count
    // The core Rc Rrᵀ, as columns.
    var core = (0..<n).map { j in
      (0..<n).map { i in (0..<n).reduce(0) { $0 + rc[i][$1] * rr[j][$1] } }
    }
    var v = (0..<n).map { j in (0..<n).map { $0 == j ? 1.0 : 0.0 } }
    Self.rotate(&core, &v)
    let lengths = core.map { Self.dot($0, $0).squareRoot() }
    let order = lengths.indices.sorted { lengths[$0] > lengths[$1] }
    values = order.map { lengths[$0] }
    left = order.map { j in
      Self.combine(qc, core[j].map { lengths[j] > 0 ? $0 / lengths[j] : 0 })
    }
    right = order.map { Self.combine(qr, v[$0]) }
  }

  /// Q and R of vectors by the modified Gram-Schmidt process, twice: R[i][k] is qᵢ·vₖ.
  private static func orthogonalised(_ vectors: [[Double]]) -> (q: [[Double]], r: [[Double]]) {
    let n = vectors.count
    var q: [[Double]] = []
    var r = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for (k, vector) in vectors.enumerated() {
      let length = dot(vector, vector).squareRoot()
      var rest = vector
      for _ in 0..<2 {
        for i in 0..<k {
          let share = dot(q[i], rest)
          r[i][k] += share
          for place in rest.indices { rest[place] -= share * q[i][place] }
        }
      }
      let left = dot(rest, rest).squareRoot()
      // What is left of a vector that depends on the others is rounding.
      let depends = left <= 1e-13 * length
      r[k][k] = depends ? 0 : left
      q.append(depends ? rest.map { _ in 0 } : rest.map { $0 / left })
    }
    return (q, r)
  }

  /// Turns pairs of columns until all are orthogonal; `v` takes the same turns.
  private static func rotate(_ columns: inout [[Double]], _ v: inout [[Double]]) {
    for _ in 0..<maxSweeps {
      var turned = false
      for i in columns.indices {
        for j in columns.indices where j > i {
          let (a, b) = (dot(columns[i], columns[i]), dot(columns[j], columns[j]))
          let c = dot(columns[i], columns[j])
          guard abs(c) > tolerance * (a * b).squareRoot(), c != 0 else { continue }
          turned = true
          let zeta = (b - a) / (2 * c)
          let t = (zeta >= 0 ? 1.0 : -1.0) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let cosine = 1 / (1 + t * t).squareRoot()
          turn(&columns, i, j, cosine, cosine * t)
          turn(&v, i, j, cosine, cosine * t)
        }
      }
      if !turned { return }
    }
  }

  private static func turn(
    _ columns: inout [[Double]], _ i: Int, _ j: Int, _ cosine: Double, _ sine: Double
  ) {
    for place in columns[i].indices {
      let (x, y) = (columns[i][place], columns[j][place])
      columns[i][place] = cosine * x - sine * y
      columns[j][place] = sine * x + cosine * y
    }
  }

  private static func combine(_ vectors: [[Double]], _ shares: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: vectors.first?.count ?? 0)
    for (vector, share) in zip(vectors, shares) where share != 0 {
      for place in sum.indices { sum[place] += share * vector[place] }
    }
    return sum
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for place in a.indices { sum += a[place] * b[place] }
    return sum
  }
}
