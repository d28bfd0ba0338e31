package import ExpertTensors

/// A loss on pairs: text 2i of the batch is the chosen answer of its pair i, text 2i + 1 the rejected
/// one, their prompt computed once for both.
///
/// The share of a microbatch is Σ over its pairs / pairs of the whole step, so that k microbatches
/// equal one batch; the cross-entropy of chosen answers, where the loss has it, is a mean over the
/// chosen tokens of the whole step.
package struct PreferenceObjective: TrainingObjective {
  package let loss: PreferenceLoss
  /// By place in the data; empty where the loss needs none.
  private let reference: [PairLogProbabilities]
  /// Supervised tokens of the chosen answer, by place.
  private let chosenTokens: [Int]

  /// An objective over `pairs`, the data whose places the microbatches name, with the `reference` of
  /// every pair; none is needed where `loss.needsReference` is false.
  package init(
    _ loss: PreferenceLoss, pairs: [PreferenceExample], reference: [PairLogProbabilities] = []
  ) {
    precondition(
      !loss.needsReference || reference.count == pairs.count, "every pair has a reference")
    self.loss = loss
    self.reference = loss.needsReference ? reference : []
    chosenTokens = pairs.map(\.chosen.targetCount)
  }

  package func evaluate(
    _ input: ObjectiveInput, gradient: MutableFloats?
  ) -> ObjectiveFigures {
    let scores = ScoredTexts(input, gradient: gradient)
    let texts = scores.texts
    let share = 1 / Double(max(1, input.step.examples.count))
    let sftShare = loss.sftWeight / Double(max(1, tokens(of: input.step)))
    var figures = ObjectiveFigures()
    var slopes = [Double](repeating: 0, count: input.batch.texts)
    for (pair, place) in input.places.enumerated() {
      let (chosen, rejected) = (texts[2 * pair], texts[2 * pair + 1])
      let scored = ScoredPair(
        policy: .init(chosen: chosen.logProbability, rejected: rejected.logProbability),
        reference: reference.isEmpty ? .zero : reference[place], chosenTokens: chosen.tokens,
        rejectedTokens: rejected.tokens)
      let found = loss.evaluate(scored)
      figures.loss += share * found.loss - sftShare * chosen.logProbability
      slopes[2 * pair] = share * found.chosenSlope - sftShare
      slopes[2 * pair + 1] = share * found.rejectedSlope
      log(scored, chosen, rejected, &figures)
    }
    scores.weigh(by: slopes)
    return figures
  }

  /// Chosen tokens of a whole step.
  private func tokens(of step: StepPlan) -> Int {
    step.examples.reduce(0) { $0 + chosenTokens[$1] }
  }

  /// What TRL logs of a pair, under TRL's names.
  private func log(
    _ pair: ScoredPair, _ chosen: TextScores.Text, _ rejected: TextScores.Text,
    _ figures: inout ObjectiveFigures
  ) {
    let rewards = loss.rewards(pair)
    figures.count("rewards/chosen", rewards.chosen)
    figures.count("rewards/rejected", rewards.rejected)
    figures.count("rewards/margins", rewards.chosen - rewards.rejected)
    figures.count("rewards/accuracies", rewards.chosen > rewards.rejected ? 1 : 0)
    let whole = loss.needsReference
    figures.count("logps/chosen", whole ? pair.policy.chosen : pair.chosenMean)
    figures.count("logps/rejected", whole ? pair.policy.rejected : pair.rejectedMean)
    figures.count("logits/chosen", chosen.logits, weight: chosen.tokens)
    figures.count("logits/rejected", rejected.logits, weight: rejected.tokens)
    figures.count("mean_token_accuracy", Double(chosen.right), weight: chosen.tokens)
    if loss.sftWeight > 0 {
      figures.count("nll_loss", -pair.policy.chosen, weight: chosen.tokens)
    }
    if loss.kind == .orpo {
      let odds = PreferenceLoss.logOdds(pair.chosenMean, pair.rejectedMean)
      figures.count("log_odds_chosen", odds)
      figures.count("log_odds_ratio", Logistic.logSigmoid(odds))
    }
  }
}

extension ObjectiveFigures {
  /// Adds to a mean in the making.
  mutating func count(_ name: String, _ total: Double, weight: Int = 1) {
    let sum = sums[name] ?? Sum(0, weight: 0)
    sums[name] = Sum(sum.total + total, weight: sum.weight + Double(weight))
  }
}
