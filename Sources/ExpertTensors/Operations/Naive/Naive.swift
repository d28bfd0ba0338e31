internal import Foundation

/// Operations as their formulas are written, in double precision: the oracle of the fast ones.
///
/// All arrays are row-major; nothing here is fast, shared among threads or used outside tests.
package enum Naive {
  /// x [rows, width], weight [width] → x / √(mean(x²) + ε) · w.
  package static func rmsNorm(
    _ x: [Double], weight: [Double], rows: Int, epsilon: Double
  ) -> [Double] {
    let width = weight.count
    return (0..<rows).flatMap { row in
      let line = x[row * width..<(row + 1) * width]
      let scale = 1 / (line.reduce(0) { $0 + $1 * $1 } / Double(width) + epsilon).squareRoot()
      return zip(line, weight).map { $0 * scale * $1 }
    }
  }

  /// One head: elements i and i + D/2 turned by position · frequency[i].
  package static func rotate(
    _ x: [Double], position: Int, inverseFrequencies: [Double], attentionFactor: Double = 1
  ) -> [Double] {
    let half = inverseFrequencies.count
    return (0..<2 * half).map { i in
      let angle = Double(position) * inverseFrequencies[i % half]
      let other = i < half ? -x[i + half] : x[i - half]
      return (x[i] * cos(angle) + other * sin(angle)) * attentionFactor
    }
  }

  /// gate|up [rows, 2F] → silu(gate)·up [rows, F].
  package static func swiglu(_ x: [Double], rows: Int, width: Int) -> [Double] {
    (0..<rows * width).map { place in
      let (row, column) = place.quotientAndRemainder(dividingBy: width)
      let gate = x[row * 2 * width + column]
      return gate / (1 + exp(-gate)) * x[row * 2 * width + width + column]
    }
  }

  /// log Σ eˣ.
  package static func logSumExp(_ x: some Sequence<Double>) -> Double {
    let values = Array(x)
    let top = values.max() ?? -.infinity
    return top + log(values.reduce(0) { $0 + exp($1 - top) })
  }

  /// x − log Σ eˣ.
  package static func logSoftmax(_ x: [Double]) -> [Double] {
    let total = logSumExp(x)
    return x.map { $0 - total }
  }

  /// q|k|v [T, (H + 2G)·D] → out [T, H·D], by the definition of `AttentionSegments`.
  package static func attention(
    _ qkv: [Double], shape: AttentionShape, segments: AttentionSegments
  ) -> (out: [Double], logSumExp: [Double]) {
    var out = [Double](repeating: 0, count: segments.rows * shape.outputWidth)
    var totals = [Double](repeating: 0, count: segments.rows * shape.heads)
    for segment in segments.segments {
      for row in segment.rows {
        let seen = Array(segment.prefix ?? 0..<0) + Array(segment.rows.lowerBound...row)
        for head in 0..<shape.heads {
          totals[row * shape.heads + head] = attend(qkv, shape, row, head, seen, &out)
        }
      }
    }
    return (out, totals)
  }

  private static func attend(
    _ qkv: [Double], _ shape: AttentionShape, _ row: Int, _ head: Int, _ seen: [Int],
    _ out: inout [Double]
  ) -> Double {
    let size = shape.headSize
    let query = row * shape.queryStride + head * size
    let key = shape.keyOffset + head / shape.group * size
    let value = shape.valueOffset + head / shape.group * size
    let scores = seen.map { other in
      (0..<size).reduce(0.0) {
        $0 + qkv[query + $1] * qkv[other * shape.keyStride + key + $1]
      } * Double(shape.scale)
    }
    let total = logSumExp(scores)
    for (other, score) in zip(seen, scores) {
      for d in 0..<size {
        out[row * shape.outputWidth + head * size + d] +=
          exp(score - total) * qkv[other * shape.valueStride + value + d]
      }
    }
    return total
  }

  /// D(p, q) of two rows of logits at temperature T, times T².
  package static func divergence(
    student: [Double], teacher: [Double], _ divergence: Distillation.Divergence,
    temperature: Double
  ) -> Double {
    let ls = logSoftmax(student.map { $0 / temperature })
    let lt = logSoftmax(teacher.map { $0 / temperature })
    func kl(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
    }
    let square = temperature * temperature
    switch divergence {
    case .forward: return kl(lt, ls) * square
    case .reverse: return kl(ls, lt) * square
    case .jensenShannon(let beta):
      let share = Double(beta)
      let lm = zip(lt, ls).map { log(share * exp($0) + (1 - share) * exp($1)) }
      return (share * kl(lt, lm) + (1 - share) * kl(ls, lm)) * square
    }
  }
}
