package import ExpertModel
package import ExpertPlatform

/// Measures what experts do to a base, alone and together.
package struct CompositionCheck {
  /// An expert with what it attaches, prepared for the base.
  package struct Subject: Sendable {
    package var name: String
    package var weight: Double
    package var adapters: [Adapter]

    package init(name: String, weight: Double, adapters: [Adapter]) {
      self.name = name
      self.weight = weight
      self.adapters = adapters
    }

    /// The expert alone, with its weight.
    package func alone() throws -> Adapter { try Adapter.composing(parts) }

    var parts: [WeightedAdapter] {
      adapters.map { WeightedAdapter($0, weight: weight, name: name) }
    }
  }

  private let model: BaseModel
  private let pool: ThreadPool

  package init(_ model: BaseModel, pool: ThreadPool) {
    self.model = model
    self.pool = pool
  }

  /// All subjects as one adapter.
  package static func joint(_ subjects: [Subject]) throws -> Adapter {
    try Adapter.composing(subjects.flatMap(\.parts))
  }

  /// Sizes, overlaps, and the drift of logits over `prompts`, as token ids. Suites and findings are
  /// for the caller to add.
  package func run(_ subjects: [Subject], prompts: [[Int32]]) throws -> CompositionReport {
    var report = CompositionReport(
      experts: subjects.map { subject in
        CompositionReport.Expert(
          name: subject.name, weight: subject.weight,
          parts: subject.adapters.map { AdapterSummary($0, on: model, pool: pool) })
      }, prompts: prompts.count)
    report.pairs = Self.pairs(subjects)
    guard !subjects.isEmpty, !prompts.isEmpty else { return report }
    let drift = DriftProbe(model, pool: pool).drift(
      prompts, alone: try subjects.map { try $0.alone() }, joint: try Self.joint(subjects))
    for (place, alone) in drift.alone.enumerated() { report.experts[place].drift = alone }
    report.joint = drift.joint
    report.interaction = subjects.count > 1 ? drift.interaction : nil
    return report
  }

  /// Every pair that changes some layer together, by the adapters that share the most.
  private static func pairs(_ subjects: [Subject]) -> [CompositionReport.Pair] {
    subjects.enumerated().flatMap { place, one in
      subjects[(place + 1)...].compactMap { other in
        let overlaps = one.adapters.flatMap { a in
          other.adapters.map { AdapterOverlap(a, $0) }
        }
        return overlaps.max { $0.shared < $1.shared }.map {
          CompositionReport.Pair(first: one.name, second: other.name, overlap: $0)
        }
      }
    }
  }
}
