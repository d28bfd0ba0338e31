internal import ExpertPlatform
internal import ExpertTensors

/// NEFTune: uniform noise on the embeddings in training, of size α/√(L·C) for a text of L tokens
/// (Jain et al. 2023).
///
/// Each number is a function of seed, step, text and place, so that neither packing nor a resumed run
/// changes it.
package struct EmbeddingNoise: Sendable, Hashable {
  package var alpha: Double
  package var seed: UInt64
  package var step: Int
  /// What tells each segment of the batch from all other texts.
  package var texts: [UInt64]

  package init(alpha: Double, seed: UInt64, step: Int, texts: [UInt64]) {
    self.alpha = alpha
    self.seed = seed
    self.step = step
    self.texts = texts
  }

  /// Adds noise to states [T, C] whose rows `segments` divides.
  func add(to states: MutableFloats, width: Int, segments: AttentionSegments, pool: ThreadPool) {
    for (segment, text) in zip(segments.segments, texts) {
      let rows = segment.rows
      let size = Float(alpha / (Double(rows.count) * Double(width)).squareRoot())
      let key = DropoutKey(seed: seed ^ 0x4e45_4654_756e_65, step: step, text: text)
      let start = states + rows.lowerBound * width
      pool.run(rows.count * width, grain: 65_536) { range in
        for place in range {
          let unit = Float(Double(key.bits(place) >> 11) * 0x1p-53)
          start[place] += (2 * unit - 1) * size
        }
      }
    }
  }
}
