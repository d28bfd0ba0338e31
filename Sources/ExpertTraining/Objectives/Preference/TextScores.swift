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

/// The scores of a loss of whole texts and, where it is wanted, their gradient, which waits for the
/// slopes.
struct ScoredTexts {
  let texts: TextScores
  private let gradient: HeadGradient?
  private let targets: [SegmentBatch.Target]

  /// Scores all targets of a microbatch, in one pass over the head.
  init(_ input: ObjectiveInput, gradient: MutableFloats?) {
    self.gradient = gradient.map {
      input.head.differentiate(
        input.states, rows: input.rows, targets: input.targets, into: $0, pool: input.pool)
    }
    let scores =
      self.gradient?.scores
      ?? input.head.score(
        input.states, rows: input.rows, targets: input.targets, pool: input.pool)
    targets = input.batch.targets
    texts = TextScores(scores, targets: targets, texts: input.batch.texts)
  }

  /// Makes the gradient that of Σ slope(text)·log p(text).
  func weigh(by slopes: [Double]) {
    gradient?.weigh(by: targets.map { Float(-slopes[Int($0.text)]) })
  }
}
