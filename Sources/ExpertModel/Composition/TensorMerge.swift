internal import ExpertRecord
internal import ExpertTensors

/// Merges tensors of one shape as PEFT's `merge_utils` does: sparsify, elect signs, add.
struct TensorMerge {
  let method: MergeMethod
  let density: Double
  let sign: MajoritySign
  let seed: UInt64

  /// Writes the merge of `tensors` with their weights; `name` seeds what is drawn.
  func merge(
    _ tensors: [Floats], weights: [Float], count: Int, name: String, into out: MutableFloats
  ) {
    let kept = tensors.enumerated().map { place, tensor in
      sparse(tensor, count: count, stream: "merge/\(name)/\(place)")
    }
    if method.elects {
      disjoint(kept, weights, count: count, into: out)
    } else {
      for k in 0..<count {
        var sum: Float = 0
        for (tensor, weight) in zip(kept, weights) { sum += tensor[k] * weight }
        out[k] = sum
      }
    }
  }

  private func sparse(_ tensor: Floats, count: Int, stream: String) -> [Float] {
    let values = Array(UnsafeBufferPointer(start: tensor, count: count))
    guard method.prunes, density < 1 else { return values }
    return method.draws ? drawn(values, stream) : largest(values)
  }

  /// Keeps the `density · count` values of the largest magnitude; among equals the first.
  private func largest(_ values: [Float]) -> [Float] {
    let keep = Int(density * Double(values.count))
    guard keep > 0 else { return values.map { _ in 0 } }
    let magnitudes = values.map(\.magnitude).sorted(by: >)
    let threshold = magnitudes[keep - 1]
    var equals = keep - magnitudes.prefix(keep).count { $0 > threshold }
    return values.map { value in
      if value.magnitude > threshold { return value }
      guard value.magnitude == threshold, equals > 0 else { return 0 }
      equals -= 1
      return value
    }
  }

  /// Keeps each value with the probability `density` and divides by it, which keeps the mean.
  private func drawn(_ values: [Float], _ stream: String) -> [Float] {
    var random = SeededGenerator(seed: seed, stream: stream)
    return values.map { random.unit() < density ? $0 / Float(density) : 0 }
  }

  /// The mean of the weighted values that have the elected sign.
  private func disjoint(
    _ tensors: [[Float]], _ weights: [Float], count: Int, into out: MutableFloats
  ) {
    for k in 0..<count {
      var vote: Float = 0
      for tensor in tensors {
        let value = tensor[k]
        vote += sign == .total ? value : (value > 0 ? 1 : value < 0 ? -1 : 0)
      }
      let elected: Float = vote >= 0 ? 1 : -1
      var (sum, agreeing): (Float, Float) = (0, 0)
      for (tensor, weight) in zip(tensors, weights) where tensor[k] * elected > 0 {
        sum += tensor[k] * weight
        agreeing += 1
      }
      out[k] = sum / max(agreeing, 1)
    }
  }
}
