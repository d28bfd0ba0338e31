internal import CKernels
package import ExpertPlatform

extension Attention {
  /// One new token of each of N streams against its cache, which holds `lengths[n]` tokens, the
  /// new one included: q [N, H, D] (`shape.queryStride` apart) → out [N, H·D].
  package static func decode(
    q: Floats, shape: AttentionShape, caches: [LayerCache], lengths: [Int],
    into out: MutableFloats, kernels: Kernels = .current, pool: ThreadPool
  ) {
    precondition(caches.count == lengths.count, "one length a cache")
    let table = kernels.table
    pool.run(caches.count * shape.keyHeads) { task in
      let (stream, head) = task.quotientAndRemainder(dividingBy: shape.keyHeads)
      let (cache, count) = (caches[stream], lengths[stream])
      precondition(count > 0 && count <= cache.capacity, "the cache holds that many tokens")
      let offset = head * shape.group * shape.headSize
      let (from, to) = (
        q + stream * shape.queryStride + offset, out + stream * shape.outputWidth + offset
      )
      let (keys, values) = (cache.keys(ofHead: head), cache.values(ofHead: head))
      switch cache.element {
      case .fp32:
        table.pointee.attention_decode(
          from, shape.group, shape.headSize, keys.assumingMemoryBound(to: Float.self),
          values.assumingMemoryBound(to: Float.self), count, shape.scale, to)
      case .bf16:
        table.pointee.attention_decode_bfloat(
          from, shape.group, shape.headSize, keys.assumingMemoryBound(to: UInt16.self),
          values.assumingMemoryBound(to: UInt16.self), count, shape.scale, to)
      }
    }
  }

  /// `tokens` new tokens of one stream, at positions `start…`, against its cache, which holds
  /// start + tokens tokens: q [tokens, H, D] → out [tokens, H·D], each query seeing all keys up to
  /// its own position.
  package static func prefill(
    q: Floats, shape: AttentionShape, cache: LayerCache, tokens: Int, start: Int,
    into out: MutableFloats, kernels: Kernels = .current, pool: ThreadPool
  ) {
    precondition(start >= 0 && start + tokens <= cache.capacity, "the cache holds that many tokens")
    let plain = PlainKeys(cache, count: start + tokens, kernels, pool)
    let tiles = shape.tiles(tokens)
    pool.run(tiles * shape.keyHeads) { task in
      let (place, head) = task.quotientAndRemainder(dividingBy: shape.keyHeads)
      let (first, lanes) = shape.lanes(ofTile: tiles - 1 - place, tokens: tokens)
      var run = expert_key_run(
        keys: plain.keys(ofHead: head), values: plain.values(ofHead: head),
        key_stride: shape.headSize, value_stride: shape.headSize, count: start + tokens,
        visible_to_first: start + 1)
      var kernelShape = shape.kernelShape
      let offset = head * shape.group * shape.headSize
      kernels.table.pointee.attention_forward(
        &kernelShape, first, lanes, q + offset, &run, 1, out + offset, nil)
    }
  }
}

/// A cache's first `count` rows as fp32: in place, or a copy of a bf16 cache.
private struct PlainKeys {
  private let cache: LayerCache
  private let count: Int
  private let copies: (keys: FloatBuffer, values: FloatBuffer)?

  init(_ cache: LayerCache, count: Int, _ kernels: Kernels, _ pool: ThreadPool) {
    self.cache = cache
    self.count = count
    guard cache.element == .bf16 else {
      copies = nil
      return
    }
    let size = count * cache.headSize
    let keys = FloatBuffer(count: cache.keyHeads * size)
    let values = FloatBuffer(count: cache.keyHeads * size)
    pool.run(cache.keyHeads) { head in
      kernels.table.pointee.from_bfloats(
        cache.keys(ofHead: head).assumingMemoryBound(to: UInt16.self), keys.base + head * size,
        size)
      kernels.table.pointee.from_bfloats(
        cache.values(ofHead: head).assumingMemoryBound(to: UInt16.self), values.base + head * size,
        size)
    }
    copies = (keys, values)
  }

  func keys(ofHead head: Int) -> Floats {
    copies.map { Floats($0.keys.base + head * count * cache.headSize) }
      ?? cache.keys(ofHead: head).assumingMemoryBound(to: Float.self)
  }

  func values(ofHead head: Int) -> Floats {
    copies.map { Floats($0.values.base + head * count * cache.headSize) }
      ?? cache.values(ofHead: head).assumingMemoryBound(to: Float.self)
  }
}
