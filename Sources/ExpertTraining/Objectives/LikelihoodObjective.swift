package import ExpertTensors

/// The negative log-likelihood of a microbatch, a sum over its targets that nothing divides: what the
/// Fisher information is taken of, one example at a time.
package struct LikelihoodObjective: TrainingObjective {
  package init() {}

  package func evaluate(
    _ input: ObjectiveInput, gradient: MutableFloats?
  ) -> ObjectiveFigures {
    let scores: HeadScores
    if let gradient {
      scores = input.head.crossEntropy(
        input.states, rows: input.rows, targets: input.targets,
        rowWeights: [Float](repeating: 1, count: input.rows), into: gradient, pool: input.pool)
    } else {
      scores = input.head.score(
        input.states, rows: input.rows, targets: input.targets, pool: input.pool)
    }
    return ObjectiveFigures(loss: scores.losses.reduce(0) { $0 + Double($1) })
  }
}
