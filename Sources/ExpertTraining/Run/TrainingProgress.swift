/// How far a run is: the line that is drawn while it trains.
package struct TrainingProgress: Sendable, Hashable {
  package var step: Int
  package var of: Int
  package var loss: Double
  package var learningRate: Double
  package var tokensPerSecond: Double
  /// Seconds since this sitting began, and the step that it began with.
  package var seconds: Double
  package var firstStep: Int

  package init(
    step: Int, of: Int, loss: Double, learningRate: Double, tokensPerSecond: Double,
    seconds: Double, firstStep: Int = 0
  ) {
    self.step = step
    self.of = of
    self.loss = loss
    self.learningRate = learningRate
    self.tokensPerSecond = tokensPerSecond
    self.seconds = seconds
    self.firstStep = firstStep
  }

  /// Seconds that are left at the pace so far; `nil` before the first step.
  package var secondsLeft: Double? {
    let done = step - firstStep
    return done > 0 ? seconds / Double(done) * Double(max(0, of - step)) : nil
  }

  /// `step 120/600  loss 0.4321  lr 1.8e-04  310 tokens/s  12 min 03 s left`
  package var text: String {
    let left = secondsLeft.map { "  \(Figure.time($0)) left" } ?? ""
    return "step \(step)/\(of)  loss \(Figure.short(loss))  lr \(Figure.short(learningRate))  "
      + "\(Figure.short(tokensPerSecond)) tokens/s" + left
  }
}
