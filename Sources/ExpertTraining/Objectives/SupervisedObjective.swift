package import ExpertTensors

/// Cross-entropy of the supervised targets, divided by their number in the whole accumulation
/// window, so that k microbatches equal one batch.
package struct SupervisedObjective: TrainingObjective {
  package init() {}

  package func evaluate(
    _ input: ObjectiveInput, gradient: MutableFloats?
  ) -> ObjectiveFigures {
    let (rows, targets) = (input.rows, input.targets)
    let share = 1 / Double(max(1, input.step.targetCount))
    let scores: HeadScores
    if let gradient {
      scores = input.head.crossEntropy(
        input.states, rows: rows, targets: targets,
        rowWeights: [Float](repeating: Float(share), count: rows), into: gradient,
        pool: input.pool)
    } else {
      scores = input.head.score(input.states, rows: rows, targets: targets, pool: input.pool)
    }
    let total = scores.losses.reduce(0) { $0 + Double($1) }
    let right = zip(scores.argmax, targets).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    return ObjectiveFigures(
      loss: total * share,
      sums: [
        "nll": .init(total, weight: Double(rows)),
        "mean_token_accuracy": .init(Double(right), weight: Double(rows)),
      ])
  }
}
