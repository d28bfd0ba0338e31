internal import CKernels
package import ExpertPlatform

/// Causal grouped-query attention within segments: out = softmax(scale · q kᵀ + mask) v.
///
/// No matrix of scores is ever stored: keys are visited in tiles with a running maximum and sum
/// (FlashAttention, Dao et al. 2022), and the backward pass computes the scores again from the
/// stored log-sum-exp. Work is shared by segment and key head, so nothing depends on timing.
package enum Attention {
  /// q [T, H, D], k and v [T, G, D] with the strides of `shape` → out [T, H·D];
  /// `logSumExp` [T, H] is what `backward` needs.
  package static func forward(
    q: Floats, k: Floats, v: Floats, shape: AttentionShape, segments: AttentionSegments,
    into out: MutableFloats, logSumExp: MutableFloats? = nil, kernels: Kernels = .current,
    pool: ThreadPool
  ) {
    var kernelShape = shape.kernelShape
    let tiles = Tiles(shape, segments)
    pool.run(tiles.count) { task in
      let (segment, head, tile) = tiles[task]
      let start = segment.rows.lowerBound
      let (first, lanes) = shape.lanes(ofTile: tile, tokens: segment.rows.count)
      let runs = keyRuns(segment, head, k: k, v: v, shape)
      withUnsafePointer(to: &kernelShape) {
        kernels.table.pointee.attention_forward(
          $0, first, lanes, q + start * shape.queryStride + head * shape.group * shape.headSize,
          runs, runs.count, out + start * shape.outputWidth + head * shape.group * shape.headSize,
          logSumExp.map { $0 + start * shape.heads + head * shape.group })
      }
    }
  }

  /// dOut [T, H·D] → dq, dk, dv in the layout of q, k, v: all three are set, not added to.
  ///
  /// `out` and `logSumExp` are the results of `forward`. The gradients of a key head are summed
  /// over its query heads and over the segments that see it in one fixed order.
  package static func backward(
    _ dOut: Floats, q: Floats, k: Floats, v: Floats, out: Floats, logSumExp: Floats,
    shape: AttentionShape, segments: AttentionSegments, dq: MutableFloats, dk: MutableFloats,
    dv: MutableFloats, kernels: Kernels = .current, pool: ThreadPool
  ) {
    let context = BackwardContext(
      dOut: dOut, q: q, k: k, v: v, out: out, logSumExp: logSumExp, shape: shape, dq: dq, dk: dk,
      dv: dv, kernels: kernels)
    pool.run(segments.groups.count * shape.keyHeads) { task in
      let (group, head) = task.quotientAndRemainder(dividingBy: shape.keyHeads)
      let members = segments.groups[group].map { segments.segments[$0] }
      for segment in members { context.clear(segment.rows, head) }
      for segment in members { context.run(segment, head) }
    }
  }

  /// The keys that a segment's queries see: of its prefix all, of its own up to the query's row.
  fileprivate static func keyRuns(
    _ segment: AttentionSegments.Segment, _ head: Int, k: Floats, v: Floats,
    _ shape: AttentionShape
  ) -> [expert_key_run] {
    func run(_ rows: Range<Int>, _ visible: Int) -> expert_key_run {
      expert_key_run(
        keys: k + rows.lowerBound * shape.keyStride + head * shape.headSize,
        values: v + rows.lowerBound * shape.valueStride + head * shape.headSize,
        key_stride: shape.keyStride, value_stride: shape.valueStride, count: rows.count,
        visible_to_first: visible)
    }
    let own = run(segment.rows, 1)
    return segment.prefix.map { [run($0, $0.count), own] } ?? [own]
  }
}

/// All tiles of a batch, numbered; the costly ones (late queries see more keys) come first.
private struct Tiles {
  private let shape: AttentionShape
  private let segments: [AttentionSegments.Segment]
  /// How many tiles of one key head come before each segment's.
  private let starts: [Int]
  let count: Int

  init(_ shape: AttentionShape, _ segments: AttentionSegments) {
    self.shape = shape
    self.segments = segments.segments
    var total = 0
    starts = segments.segments.map { segment in
      defer { total += shape.tiles(segment.rows.count) }
      return total
    }
    count = total * shape.keyHeads
  }

  subscript(task: Int) -> (segment: AttentionSegments.Segment, head: Int, tile: Int) {
    let (place, head) = (count - 1 - task).quotientAndRemainder(dividingBy: shape.keyHeads)
    let segment = lastStart(upTo: place)
    return (segments[segment], head, place - starts[segment])
  }

  private func lastStart(upTo place: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }
}

/// One backward pass: what its tasks share.
private struct BackwardContext {
  let dOut: Floats
  let q: Floats
  let k: Floats
  let v: Floats
  let out: Floats
  let logSumExp: Floats
  let shape: AttentionShape
  let dq: MutableFloats
  let dk: MutableFloats
  let dv: MutableFloats
  let kernels: Kernels

  func clear(_ rows: Range<Int>, _ head: Int) {
    for row in rows {
      (dk + row * shape.keyStride + head * shape.headSize)
        .update(repeating: 0, count: shape.headSize)
      (dv + row * shape.valueStride + head * shape.headSize)
        .update(repeating: 0, count: shape.headSize)
    }
  }

  func run(_ segment: AttentionSegments.Segment, _ head: Int) {
    var kernelShape = shape.kernelShape
    let runs = Attention.keyRuns(segment, head, k: k, v: v, shape)
    let gradients = keyGradients(segment, head)
    let start = segment.rows.lowerBound
    let (heads, queries) = (head * shape.group, head * shape.group * shape.headSize)
    for tile in 0..<shape.tiles(segment.rows.count) {
      let (first, lanes) = shape.lanes(ofTile: tile, tokens: segment.rows.count)
      kernels.table.pointee.attention_backward(
        &kernelShape, first, lanes, q + start * shape.queryStride + queries, runs, runs.count,
        out + start * shape.outputWidth + queries, dOut + start * shape.outputWidth + queries,
        logSumExp + start * shape.heads + heads, dq + start * shape.queryStride + queries,
        gradients)
    }
  }

  private func keyGradients(
    _ segment: AttentionSegments.Segment, _ head: Int
  ) -> [expert_key_gradient] {
    let ranges = [segment.prefix, segment.rows].compactMap { $0 }
    return ranges.map { rows in
      expert_key_gradient(
        keys: dk + rows.lowerBound * shape.keyStride + head * shape.headSize,
        values: dv + rows.lowerBound * shape.valueStride + head * shape.headSize,
        key_stride: shape.keyStride, value_stride: shape.valueStride)
    }
  }
}
