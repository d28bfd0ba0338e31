/// One way to score predictions, with its options.
///
/// Shares and NLTK's and ROUGE's scores lie between 0 and 1, BLEU and chrF between 0 and 100,
/// perplexity above 1, as their references have them. `Metric+Name.swift` has the spellings.
package enum Metric: Sendable, Hashable {
  case jsonValidity
  case jsonEquality
  case exactMatch
  case normalisedMatch
  case squadMatch
  case squadF1
  case accuracy
  case macroF1
  case weightedF1
  /// Of the corpus; an example's score is its sentence BLEU with effective order.
  case bleu(BLEU)
  /// The mean of the examples' scores.
  case sentenceBLEU(BLEU)
  case nltkBLEU(SentenceBLEU)
  /// Of the corpus; an example's score is its own.
  case chrF(ChrF)
  case rouge(Rouge)
  case perplexity
  case rewardAccuracy
  case rewardMargin

  package var higherIsBetter: Bool { self != .perplexity }

  /// The best score there is, where there is one.
  package var best: Double? {
    switch self {
    case .bleu, .sentenceBLEU, .chrF: 100
    case .perplexity, .rewardMargin: nil
    default: 1
    }
  }

  /// Whether the score of several examples is more than the mean of theirs.
  package var isOfCorpus: Bool {
    switch self {
    case .bleu, .chrF, .macroF1, .weightedF1, .perplexity: true
    default: false
    }
  }

  /// Whether the score needs what a model computes besides its answer.
  package var needsAnswer: Bool {
    switch self {
    case .perplexity, .rewardAccuracy, .rewardMargin: false
    default: true
    }
  }

  /// The score of one prediction; `nil` where it lacks what the metric needs.
  package func score(_ prediction: Prediction) -> Double? {
    switch self {
    case .perplexity: return Self.perplexity(prediction)
    case .rewardAccuracy: return prediction.rewards.map { $0.isRight ? 1 : 0 }
    case .rewardMargin: return prediction.rewards?.margin
    case .jsonValidity: return AnswerMatch.isJSON(prediction.text) ? 1 : 0
    default: return prediction.references.isEmpty ? nil : answerScore(prediction)
    }
  }

  private static func perplexity(_ prediction: Prediction) -> Double? {
    guard let nll = prediction.nll, let tokens = prediction.tokens else { return nil }
    var one = Perplexity()
    one.add(nll: nll, tokens: tokens)
    return one.value
  }

  private func answerScore(_ prediction: Prediction) -> Double? {
    let (text, references) = (prediction.text, prediction.references)
    switch self {
    case .jsonEquality: return Self.best(references) { AnswerMatch.equalJSON(text, $0) ? 1 : 0 }
    case .exactMatch: return Self.best(references) { AnswerMatch.exact(text, $0) ? 1 : 0 }
    case .normalisedMatch: return Self.best(references) { AnswerMatch.normalised(text, $0) ? 1 : 0 }
    case .squadMatch: return Self.best(references) { AnswerMatch.squad(text, $0) ? 1 : 0 }
    case .squadF1: return Self.best(references) { AnswerMatch.squadF1(text, $0) }
    case .accuracy, .macroF1, .weightedF1: return AnswerMatch.exact(text, references[0]) ? 1 : 0
    case .bleu(var bleu):
      bleu.effectiveOrder = true
      return bleu.sentence(text, references)
    case .sentenceBLEU(let bleu): return bleu.sentence(text, references)
    case .nltkBLEU(let bleu): return bleu.score(text, references).value
    case .chrF(let chrF): return chrF.sentence(text, references)
    case .rouge(let rouge): return rouge.score(text, references).fMeasure
    case .jsonValidity, .perplexity, .rewardAccuracy, .rewardMargin: return nil
    }
  }

  private static func best(_ references: [String], _ score: (String) -> Double) -> Double {
    references.map(score).max() ?? 0
  }
}
