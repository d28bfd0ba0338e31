internal import ExpertTensors

/// The scores of a head by text: the tokens of a text stand together in `SegmentBatch.targets`.
struct TextScores {
  /// What is known of one text.
  struct Text {
    /// Σ log p of its targets.
    var logProbability = 0.0
    var tokens = 0
    /// Σ over its rows of the mean logit.
    var logits = 0.0
    /// Targets that were the likeliest token.
    var right = 0
  }

  private(set) var texts: [Text]

  init(_ scores: HeadScores, targets: [SegmentBatch.Target], texts count: Int) {
    texts = Array(repeating: Text(), count: count)
    for (row, target) in targets.enumerated() {
      let text = Int(target.text)
      texts[text].logProbability -= Double(scores.losses[row])
      texts[text].tokens += 1
      texts[text].logits += Double(scores.meanLogit[row])
      if scores.argmax[row] == target.token { texts[text].right += 1 }
    }
  }

  subscript(_ text: Int) -> Text { texts[text] }
}

extension ObjectiveInput {
  /// dX of Σ slope(text)·log p(text): what a loss of whole texts hands back to the head.
  func backward(_ scores: HeadScores, slopes: [Double], into gradient: MutableFloats) {
    head.backward(
      states, rows: rows, targets: targets, scores: scores,
      rowWeights: batch.targets.map { Float(-slopes[Int($0.text)]) }, into: gradient, pool: pool)
  }
}
