internal import CKernels

/// Heads and memory of one attention. Strides count floats from one token to the next.
package struct AttentionShape: Sendable, Hashable {
  /// Query heads H.
  package var heads: Int
  /// Key and value heads G; H is a multiple of it.
  package var keyHeads: Int
  /// Floats of one head D, at most 256.
  package var headSize: Int
  /// Factor of q·k.
  package var scale: Float
  /// From one token's queries, keys, values to the next's.
  package var queryStride: Int
  package var keyStride: Int
  package var valueStride: Int

  /// By default the layout of one concatenated buffer q|k|v [T, (H + 2G)·D] and scale D^-½.
  package init(
    heads: Int, keyHeads: Int, headSize: Int, scale: Float? = nil, queryStride: Int? = nil,
    keyStride: Int? = nil, valueStride: Int? = nil
  ) {
    precondition(heads % keyHeads == 0, "query heads are a multiple of key heads")
    precondition(
      headSize > 0 && headSize <= Self.headSizeLimit, "a head has 1 to 256 elements")
    self.heads = heads
    self.keyHeads = keyHeads
    self.headSize = headSize
    self.scale = scale ?? 1 / Float(headSize).squareRoot()
    let concatenated = (heads + 2 * keyHeads) * headSize
    self.queryStride = queryStride ?? concatenated
    self.keyStride = keyStride ?? concatenated
    self.valueStride = valueStride ?? concatenated
  }

  /// The widest head that the kernels take.
  package static let headSizeLimit = Int(EXPERT_ATTENTION_HEAD_MAX)
  /// Queries that a kernel treats together.
  static let tileLanes = Int(EXPERT_ATTENTION_LANES)

  /// Query heads that share a key head.
  package var group: Int { heads / keyHeads }
  /// Floats of one token's result.
  package var outputWidth: Int { heads * headSize }
  /// Where keys and values begin in a concatenated token.
  package var keyOffset: Int { heads * headSize }
  package var valueOffset: Int { (heads + keyHeads) * headSize }

  var kernelShape: expert_attention {
    expert_attention(
      group: group, width: headSize, q_stride: queryStride, out_stride: outputWidth,
      lse_stride: heads, scale: scale)
  }

  /// Tiles that `tokens` queries of one key head fill.
  func tiles(_ tokens: Int) -> Int { (tokens * group + Self.tileLanes - 1) / Self.tileLanes }

  /// The first lane of a tile and how many it has.
  func lanes(ofTile tile: Int, tokens: Int) -> (first: Int, count: Int) {
    (tile * Self.tileLanes, min(Self.tileLanes, tokens * group - tile * Self.tileLanes))
  }
}
