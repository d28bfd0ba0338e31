/// What a student learns from a teacher: α·CE + (1 − α)·T²·D(teacher, student), both distributions
/// taken at temperature T (Hinton, Vinyals and Dean 2015).
package struct Distillation: Sendable, Hashable {
  /// How two distributions are compared: p the teacher's, q the student's.
  package enum Divergence: Sendable, Hashable {
    /// KL(p‖q).
    case forward
    /// KL(q‖p).
    case reverse
    /// β·KL(p‖m) + (1 − β)·KL(q‖m), m = βp + (1 − β)q, 0 < β < 1 (Agarwal et al. 2024).
    case jensenShannon(beta: Float)

    var kind: Int32 {
      switch self {
      case .forward: 0
      case .reverse: 1
      case .jensenShannon: 2
      }
    }
  }

  package var divergence: Divergence
  /// T.
  package var temperature: Float
  /// α: the share of the cross-entropy with the targets.
  package var alpha: Float

  /// By default the forward divergence.
  package init(divergence: Divergence = .forward, temperature: Float, alpha: Float) {
    self.divergence = divergence
    self.temperature = temperature
    self.alpha = alpha
  }
}

/// What distillation found in each row.
package struct DistillationScores: Sendable {
  /// The student's scores at temperature 1.
  package var student: HeadScores
  /// T²·D of each row.
  package var divergences: [Float]

  /// α·CE + (1 − α)·T²·D of each row.
  package func losses(_ objective: Distillation) -> [Float] {
    zip(student.losses, divergences).map {
      objective.alpha * $0 + (1 - objective.alpha) * $1
    }
  }
}
