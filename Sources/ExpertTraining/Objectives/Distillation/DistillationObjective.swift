package import ExpertModel
package import ExpertPlatform
package import ExpertTensors

/// Follows a teacher that is at hand: α·CE + (1 − α)·T²·D of each supervised token, divided by their
/// number in the whole accumulation window.
///
/// The teacher goes forward over the same texts in each step; `TopKObjective` follows one that was
/// asked once.
package struct DistillationObjective: TrainingObjective {
  package let distillation: Distillation
  private let teacher: FrozenPass
  /// By place in the data.
  private let texts: [TokenExample]

  /// An objective over `texts`, the data whose places the microbatches name. Throws
  /// `otherVocabulary` where teacher and student do not speak of the same tokens.
  package init(
    _ distillation: Distillation, texts: [TokenExample], teacher: BaseModel,
    adapter: Adapter? = nil, student: ModelConfig, pool: ThreadPool
  ) throws(TrainingError) {
    guard teacher.config.vocabularySize == student.vocabularySize else {
      throw .otherVocabulary(
        teacher: teacher.config.vocabularySize, student: student.vocabularySize)
    }
    self.distillation = distillation
    self.texts = texts
    self.teacher = FrozenPass(teacher, adapter: adapter, pool: pool)
  }

  package func evaluate(
    _ input: ObjectiveInput, gradient: MutableFloats?
  ) -> ObjectiveFigures {
    let batch = SegmentBatch(
      input.places.map { texts[$0].replacingSoftPrompt(with: teacher.promptLength) })
    let states = teacher.states(of: batch)
    let scores = input.head.distill(
      input.states, teacher: teacher.head, teacherRows: states.base, rows: input.rows,
      targets: input.targets, objective: distillation, rowWeights: input.tokenShares,
      into: gradient, pool: input.pool)
    return scores.figures(distillation, input)
  }
}

/// Follows a teacher whose k likeliest tokens were kept for each place: α·CE + (1 − α)·T²·KL, both
/// distributions renormalised over those tokens.
package struct TopKObjective: TrainingObjective {
  package let distillation: Distillation
  private let answers: TeacherAnswers

  /// `answers`: of the data whose places the microbatches name.
  package init(_ distillation: Distillation, answers: TeacherAnswers) {
    precondition(distillation.divergence == .forward, "kept answers serve the forward divergence")
    self.distillation = distillation
    self.answers = answers
  }

  package func evaluate(
    _ input: ObjectiveInput, gradient: MutableFloats?
  ) throws -> ObjectiveFigures {
    let clock = ContinuousClock()
    let start = clock.now
    let teacher = try answers.answers(of: input.places)
    let waited = (clock.now - start) / .seconds(1)
    let scores = input.head.distill(
      input.states, teacher: teacher, rows: input.rows, targets: input.targets,
      objective: distillation, rowWeights: input.tokenShares, into: gradient, pool: input.pool)
    var figures = scores.figures(distillation, input)
    figures.dataSeconds = waited
    return figures
  }
}

extension ObjectiveInput {
  /// What each row weighs in a mean over the targets of the step, [R].
  fileprivate var tokenShares: [Float] {
    [Float](repeating: Float(1 / Double(max(1, step.targetCount))), count: rows)
  }
}

extension DistillationScores {
  fileprivate func figures(
    _ distillation: Distillation, _ input: ObjectiveInput
  ) -> ObjectiveFigures {
    let entropy = student.losses.reduce(0) { $0 + Double($1) }
    let divergence = divergences.reduce(0) { $0 + Double($1) }
    let alpha = Double(distillation.alpha)
    var figures = ObjectiveFigures(
      loss: (alpha * entropy + (1 - alpha) * divergence) / Double(max(1, input.step.targetCount)))
    let right = zip(student.argmax, input.batch.targets).count { $0 == $1.token }
    figures.count("nll", entropy, weight: input.rows)
    figures.count("kd", divergence, weight: input.rows)
    figures.count("mean_token_accuracy", Double(right), weight: input.rows)
    return figures
  }
}
