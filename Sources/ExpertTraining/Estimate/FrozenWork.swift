package import ExpertModel

/// Passes of a run that are not differentiated: evaluations, a reference that is asked once, a
/// teacher. Each has memory of its own beside that of training.
package struct FrozenWork: Sendable, Hashable {
  /// Rows and targets of the largest batch that is evaluated; 0 where nothing is.
  package var evaluationRows: Int
  package var evaluationTargets: Int
  /// Rows that are asked for answers before the first step; 0 where none are.
  package var askedRows: Int
  /// The teacher that goes along in every step.
  package var teacher: Teacher?

  /// A model that is followed.
  package struct Teacher: Sendable, Hashable {
    package var model: ModelConfig
    /// Bytes of its weights; 0 where it is the base itself with another adapter.
    package var weights: Int
    /// Whether it is asked once, before the first step.
    package var once: Bool

    package init(model: ModelConfig, weights: Int, once: Bool = false) {
      self.model = model
      self.weights = weights
      self.once = once
    }
  }

  package init(
    evaluationRows: Int = 0, evaluationTargets: Int = 0, askedRows: Int = 0,
    teacher: Teacher? = nil
  ) {
    self.evaluationRows = evaluationRows
    self.evaluationTargets = evaluationTargets
    self.askedRows = askedRows
    self.teacher = teacher
  }
}
