/// Watches a run and says what is wrong, with the remedy. A pure state machine: it is told what
/// each step showed and answers with findings; every kind is said once a run.
package struct HealthMonitor: Sendable {
  /// The limits of what counts as healthy. Chosen so that ordinary noise stays silent; see the
  /// tests for series on both sides of each.
  package struct Limits: Sendable, Hashable {
    /// A gradient explodes when its norm is this many times the usual one …
    package var explosion = 10.0
    /// … and above the clipping norm this many times, in so many steps in a row.
    package var explosionOverClip = 10.0
    package var explosionSteps = 3
    /// The loss must fall by this share of its start.
    package var improvement = 0.01
    /// A loss below this cannot fall much more.
    package var lowLoss = 0.02
    /// Evaluations are worse when they lie this share above the best, so many times in a row.
    package var overfitting = 0.02
    package var overfittingEvaluations = 2
    /// Share of the time that waiting for data may take.
    package var dataWait = 0.2
    /// Pages from the disk a step that mean that memory is short.
    package var majorFaults = 1000
    /// Share of the forecast rate below which the products are slow.
    package var rate = 0.5
    /// Steps over which slowness must last.
    package var slowSteps = 10
    /// Least share of memory that must stay available, and least bytes.
    package var memoryShare = 0.05
    package var memoryBytes = 256 << 20

    package init() {}
  }

  package let limits: Limits
  /// Optimiser steps of the whole run.
  package let totalSteps: Int
  /// The clipping norm.
  package let maxGradNorm: Double
  /// Tokens per second that the forecast expects; `nil` where there is none.
  package let expectedRate: Double?

  var said: Set<Finding.Kind> = []
  var norms: [Double] = []
  var highNorms = 0
  var trend: LossTrend
  var slow: [Finding.Kind: Int] = [:]
  var evaluations: [(step: Int, loss: Double, trainLoss: Double)] = []

  package init(
    totalSteps: Int, maxGradNorm: Double = 1, expectedRate: Double? = nil, limits: Limits = .init()
  ) {
    self.totalSteps = totalSteps
    self.maxGradNorm = maxGradNorm
    self.expectedRate = expectedRate
    self.limits = limits
    trend = LossTrend(window: max(10, totalSteps / 10))
  }

  /// Judges one step.
  package mutating func observe(_ step: StepObservation) -> [Finding] {
    var findings = [notFinite(step), noTargets(step)].compactMap { $0 }
    if findings.isEmpty {
      trend.add(step.loss)
      findings = [explosion(step), noImprovement(step)].compactMap { $0 }
    }
    findings += slowness(step)
    if let finding = memory(step) { findings.append(finding) }
    return once(findings)
  }

  /// Judges one evaluation on the valid split.
  package mutating func observe(evalLoss: Double, step: Int) -> [Finding] {
    if let finding = notFinite(evalLoss: evalLoss, step: step) { return once([finding]) }
    // What was true before the first step is no evaluation of what was learned.
    if step > 0 { evaluations.append((step, evalLoss, trend.recent)) }
    return once([overfitting(step)].compactMap { $0 })
  }

  /// Each kind is said once.
  private mutating func once(_ findings: [Finding]) -> [Finding] {
    findings.filter { said.insert($0.kind).inserted }
  }
}

/// Means of the loss over windows: of the first, the latest and the best.
struct LossTrend: Sendable {
  let window: Int
  private var latest: [Double] = []
  private(set) var first: Double?
  private(set) var best: Double = .infinity
  private(set) var count = 0

  init(window: Int) { self.window = window }

  mutating func add(_ loss: Double) {
    count += 1
    latest.append(loss)
    if latest.count > window { latest.removeFirst() }
    guard latest.count == window else { return }
    if first == nil { first = recent }
    best = min(best, recent)
  }

  /// Mean of the latest losses; NaN before the first.
  var recent: Double {
    latest.isEmpty ? .nan : latest.reduce(0, +) / Double(latest.count)
  }
}
