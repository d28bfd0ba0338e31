package import ExpertTensors

/// A loss on single answers known to be good or bad: text 2i of the batch is the answer of its
/// example i, text 2i + 1 the answer of another example to the same prompt, which tells how far
/// the policy has moved altogether.
///
/// As in TRL, that divergence is estimated in each microbatch, from its own examples, and no
/// gradient flows through it; so microbatches should hold several examples, and how they are cut
/// changes the loss a little.
package struct KTOObjective: TrainingObjective {
  package let loss: KTOLoss
  /// By place in the data.
  private let isDesirable: [Bool]
  /// By place: `chosen` of the answer itself, `rejected` of the other one.
  private let reference: [PairLogProbabilities]

  /// An objective over `examples`, the data whose places the microbatches name, with the reference
  /// log-probabilities of both texts of each.
  package init(_ loss: KTOLoss, examples: [KTOExample], reference: [PairLogProbabilities]) {
    precondition(reference.count == examples.count, "every example has a reference")
    self.loss = loss
    self.reference = reference
    isDesirable = examples.map(\.isDesirable)
  }

  package func evaluate(
    _ input: ObjectiveInput, gradient: MutableFloats?
  ) -> ObjectiveFigures {
    let scores = ScoredTexts(input, gradient: gradient)
    let texts = scores.texts
    let divergence = KTOLoss.divergence(
      input.places.enumerated().map { texts[2 * $0 + 1].logProbability - reference[$1].rejected })
    let share = 1 / Double(max(1, input.step.examples.count))
    var figures = ObjectiveFigures()
    var slopes = [Double](repeating: 0, count: input.batch.texts)
    for (number, place) in input.places.enumerated() {
      let ratio = texts[2 * number].logProbability - reference[place].chosen
      let found = loss.evaluate(
        ratio: ratio, isDesirable: isDesirable[place], divergence: divergence)
      figures.loss += share * found.loss
      slopes[2 * number] = share * found.slope
      log(texts[2 * number], reward: loss.beta * ratio, isDesirable[place], &figures)
    }
    figures.count("kl", divergence)
    logMargin(&figures)
    scores.weigh(by: slopes)
    return figures
  }

  /// What TRL logs of an answer, under TRL's names: good answers as chosen, bad ones as rejected.
  private func log(
    _ text: TextScores.Text, reward: Double, _ isDesirable: Bool, _ figures: inout ObjectiveFigures
  ) {
    let side = isDesirable ? "chosen" : "rejected"
    figures.count("rewards/\(side)", reward)
    figures.count("logps/\(side)", text.logProbability)
    figures.count("logits/\(side)", text.logits, weight: text.tokens)
  }

  /// The difference of the mean rewards, where the microbatch has both kinds.
  private func logMargin(_ figures: inout ObjectiveFigures) {
    let means = figures.means
    guard let chosen = means["rewards/chosen"], let rejected = means["rewards/rejected"] else {
      return
    }
    figures.count("rewards/margins", chosen - rejected)
  }
}
