package import ExpertPlatform
package import ExpertTensors

/// What a run minimises.
///
/// The trainer lays a microbatch's texts into a `SegmentBatch`, goes forward, and hands the states of
/// the rows that predict targets to the objective; the objective gives its share of the step's loss
/// and the gradient of the states.
package protocol TrainingObjective {
  /// The microbatch's share of the step's loss: shares add up to the loss that is logged, and their
  /// gradients to its gradient.
  /// `gradient` [R, C] is overwritten with that of `input.states`; `nil` where only the figures are
  /// wanted.
  func evaluate(_ input: ObjectiveInput, gradient: MutableFloats?) throws -> ObjectiveFigures
}

/// One microbatch that went forward.
package struct ObjectiveInput {
  package let batch: SegmentBatch
  /// Places in the data of the microbatch's examples (of pairs: of the pairs), in order of texts.
  package let places: [Int]
  /// What the whole step is, over all its microbatches.
  package let step: StepPlan
  /// States behind the last norm of the row before each target, [R, C], in order of
  /// `batch.targets`; a row that predicts two targets (the end of a shared prompt) stands twice.
  package let states: Floats
  package let head: FusedHead
  package let pool: ThreadPool

  package init(
    batch: SegmentBatch, places: [Int], step: StepPlan, states: Floats, head: FusedHead,
    pool: ThreadPool
  ) {
    self.batch = batch
    self.places = places
    self.step = step
    self.states = states
    self.head = head
    self.pool = pool
  }

  /// R.
  package var rows: Int { batch.targets.count }
  /// The tokens that are predicted, [R].
  package var targets: [Int32] { batch.targets.map(\.token) }
}

/// What an objective says of a microbatch.
package struct ObjectiveFigures: Sendable {
  /// A mean over several microbatches in the making.
  package struct Sum: Sendable, Hashable {
    package var total: Double
    package var weight: Double

    package init(_ total: Double, weight: Double) {
      self.total = total
      self.weight = weight
    }
  }

  /// The share of the step's loss.
  package var loss: Double
  /// Further figures by the names of TRL's log (`rewards/chosen`, `mean_token_accuracy` …), as sums
  /// that are divided by their weights at the end.
  package var sums: [String: Sum]
  /// Seconds that went into the data, not into computing: laying out texts, reading answers.
  package var dataSeconds = 0.0

  package init(loss: Double = 0, sums: [String: Sum] = [:]) {
    self.loss = loss
    self.sums = sums
  }

  /// Adds another microbatch of the same step.
  package mutating func add(_ other: ObjectiveFigures) {
    loss += other.loss
    dataSeconds += other.dataSeconds
    sums.merge(other.sums) { Sum($0.total + $1.total, weight: $0.weight + $1.weight) }
  }

  /// The means.
  package var means: [String: Double] {
    sums.compactMapValues { $0.weight > 0 ? $0.total / $0.weight : nil }
  }
}
