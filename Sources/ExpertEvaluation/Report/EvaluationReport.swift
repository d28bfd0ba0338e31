package import ExpertRecord

/// What an evaluation found, complete: the values, where they come from, and every example.
///
/// `EvaluationReport+JSON.swift` has its canonical form, which is what is stored and compared.
package struct EvaluationReport: Sendable, Hashable {
  /// A system's score by one metric.
  package struct Score: Sendable, Hashable {
    package var value: Double
    /// Where the score would lie for other examples of the kind; `nil` without draws.
    package var interval: Interval?

    package init(value: Double, interval: Interval? = nil) {
      self.value = value
      self.interval = interval
    }
  }

  /// One metric over the examples that it fits.
  package struct Row: Sendable, Hashable {
    /// The metric's name with its options.
    package var name: String
    package var higherIsBetter: Bool
    package var examples: Int
    package var base: Score?
    package var expert: Score
    /// The expert's lead: expert minus base.
    package var difference: Score?
    /// Example by example, against the base.
    package var wins: WinRate?
  }

  /// The deciding scores of a part of the examples, from 0 to 1.
  package struct Group: Sendable, Hashable {
    package var name: String
    package var examples: Int
    package var base: Double?
    package var expert: Double
    package var wins: WinRate?
  }

  package var provenance: EvaluationProvenance
  /// The settings of the intervals.
  package var bootstrap: Bootstrap
  package var examples: Int
  /// The mean of each example's deciding metric, from 0 to 1: `benchmark_score` and what belongs to
  /// it in a manifest. `nil` where no example has one.
  package var benchmark: Row?
  package var rows: [Row]
  package var difficulties: [Group]
  package var answerKinds: [Group]
  package var templates: [Group]
  package var corruptions: [Group]
  /// What the leakage check found; `nil` where it was not made.
  package var leaks: LeakReport?
  /// What the judge said; `nil` where none was asked.
  package var judge: JudgeSummary?
  package var outcomes: [ExampleOutcome]

  /// The name of the benchmark row.
  package static let benchmarkName = "benchmark"
}

extension EvaluationReport {
  /// The change of the benchmark score in percent of the base's; `nil` without a base above zero.
  package var improvementPercent: Double? {
    guard let row = benchmark, let base = row.base, base.value > 0 else { return nil }
    return 100 * (row.expert.value - base.value) / base.value
  }

  /// The manifest's `quality_metrics`.
  package var qualityMetrics: JSONValue {
    [
      "base_model_score": .optional(benchmark?.base?.value),
      "benchmark_score": .optional(benchmark?.expert.value),
      "checkpoint": .optional(provenance.checkpoint),
      "improvement_percent": .optional(improvementPercent),
      "test_date": .string(String(provenance.date.prefix(10))),
      "test_queries": .number(Double(examples)),
      "win_rate_vs_base": .optional(benchmark?.wins?.rate),
    ]
  }
}

extension JSONValue {
  static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
  static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}
