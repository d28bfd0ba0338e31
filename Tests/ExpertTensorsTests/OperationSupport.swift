internal import ExpertPlatform
internal import ExpertTensors

/// Numbers that look random and are the same in every run (SplitMix64).
struct Noise {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Between −1 and 1, exact in fp32.
  mutating func value() -> Double { Double(Int64(bits() >> 40) - (1 << 23)) / Double(1 << 23) }

  mutating func values(_ count: Int, times scale: Double = 1) -> [Double] {
    (0..<count).map { _ in Double(Float(value() * scale)) }
  }

  mutating func below(_ limit: Int) -> Int { Int(bits() % UInt64(limit)) }
}

extension FloatBuffer {
  convenience init(rounding values: [Double]) { self.init(values.map { Float($0) }) }
}

/// max|Δ| / max|reference|; infinite where sizes differ or a value is NaN.
func relativeError(_ values: [Float], _ reference: [Double]) -> Double {
  guard values.count == reference.count else { return .infinity }
  let scale = reference.reduce(0) { max($0, abs($1)) }
  let worst = zip(values, reference).reduce(0.0) { worst, pair in
    let error = abs(Double(pair.0) - pair.1)
    return error.isNaN ? .infinity : max(worst, error)
  }
  return worst / max(scale, 1e-30)
}

/// The largest error of `gradient` at some places of `x` against central differences of `loss`, as
/// a share of the gradient's largest element.
func gradientError(
  _ gradient: [Float], at x: [Double], samples: Int = 60, step: Double = 1e-4,
  _ loss: ([Double]) -> Double
) -> Double {
  var noise = Noise(7)
  let scale = gradient.reduce(0) { max($0, abs(Double($1))) }
  var worst = 0.0
  for sample in 0..<min(samples, x.count) {
    let place = x.count <= samples ? sample : noise.below(x.count)
    var moved = x
    moved[place] = x[place] + step
    let above = loss(moved)
    moved[place] = x[place] - step
    let error = abs(Double(gradient[place]) - (above - loss(moved)) / (2 * step))
    worst = error.isNaN ? .infinity : max(worst, error)
  }
  return worst / max(scale, 1e-30)
}

/// Σ a·b.
func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

/// Pools of one, two and five threads: more than this machine may have.
let pools = [1, 2, 5].map { ThreadPool(threads: $0) }
