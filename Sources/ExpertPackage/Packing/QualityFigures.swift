internal import ExpertRecord

/// The `quality_metrics` of an evaluation, computed from the scores of its examples: the member
/// `benchmark` of `scores` and `base_scores`, by the rules of Documentation/Formats/evaluation.md.
struct QualityFigures {
  private var expert: [Double] = []
  private var base: [Double] = []
  private var (wins, ties, losses) = (0, 0, 0)
  private let count: Int
  private let checkpoint: JSONValue
  private let date: JSONValue

  /// Reads the examples of a report.
  init(_ report: JSONValue, path: String) throws(PackageError) {
    guard let examples = report["examples"]?.array, !examples.isEmpty else {
      throw .invalid(place: "\(path): examples", reason: "there are none; evaluate again")
    }
    count = examples.count
    checkpoint = report["provenance"]?["checkpoint"] ?? .null
    date = report["provenance"]?["date"]?.string.map { .string(String($0.prefix(10))) } ?? .null
    for example in examples { add(example) }
  }

  private mutating func add(_ example: JSONValue) {
    guard let mine = example["scores"]?["benchmark"]?.number else { return }
    expert.append(mine)
    guard let theirs = example["base_scores"]?["benchmark"]?.number else { return }
    base.append(theirs)
    if ScoreTie.isTie(mine, theirs) {
      ties += 1
    } else if mine > theirs {
      wins += 1
    } else {
      losses += 1
    }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  private var score: Double? { Self.mean(expert) }
  /// Only where every scored example has both.
  private var baseScore: Double? { base.count == expert.count ? Self.mean(base) : nil }

  /// The manifest's member; what cannot be computed is null.
  var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    var improvement: Double?
    if let score, let baseScore, baseScore > 0 {
      improvement = 100 * (score - baseScore) / baseScore
    }
    let decided = wins + ties + losses
    let rate = (Double(wins) + Double(ties) / 2) / Double(max(1, decided))
    return [
      "base_model_score": number(baseScore), "benchmark_score": number(score),
      "checkpoint": checkpoint, "improvement_percent": number(improvement), "test_date": date,
      "test_queries": .number(Double(count)),
      "win_rate_vs_base": number(baseScore == nil ? nil : rate),
    ]
  }

  /// Throws where a report says something else than its examples.
  func check(_ report: JSONValue, path: String) throws(PackageError) {
    for (name, value) in (json.members ?? []).map({ ($0.name, $0.value) }) {
      let said = report["quality_metrics"]?[name] ?? .null
      guard Self.agree(said, value) else { throw Self.edited(path, "quality_metrics.\(name)") }
    }
    let rest = (report["quality_metrics"]?.members ?? []).map(\.name)
    for name in rest where json[name] == nil {
      throw Self.edited(path, "quality_metrics.\(name)")
    }
    let told: [(String, JSONValue?, Double?)] = [
      ("benchmark.score", report["benchmark"]?["score"], score),
      ("benchmark.base.score", report["benchmark"]?["base"]?["score"], baseScore),
      ("count", report["count"], Double(count)),
    ]
    for (name, said, value) in told {
      let value = value.map(JSONValue.number) ?? .null
      guard Self.agree(said ?? .null, value) else { throw Self.edited(path, name) }
    }
  }

  /// Sums of another order may differ in their last digits.
  private static func agree(_ a: JSONValue, _ b: JSONValue) -> Bool {
    guard let x = a.number, let y = b.number else { return a == b }
    return abs(x - y) <= 1e-9 * max(1, abs(x), abs(y))
  }

  private static func edited(_ path: String, _ name: String) -> PackageError {
    .invalid(
      place: "\(path): \(name)",
      reason: "it does not follow from the report's examples; figures are measured, not typed in: "
        + "evaluate again")
  }
}
