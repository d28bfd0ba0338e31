package import ExpertRecord

/// What was measured at one step. Names are those of transformers' log: `loss`, `eval_loss`,
/// `learning_rate`, `grad_norm`, `epoch`, `rewards/chosen` …
package struct MetricRow: Sendable, Hashable {
  /// Optimiser steps done.
  package var step: Int
  /// Wall time in microseconds since 1970.
  package var time: Int64
  package var values: [String: Double]

  package init(step: Int, time: Int64, values: [String: Double]) {
    self.step = step
    self.time = time
    self.values = values
  }

  package subscript(name: String) -> Double? { values[name] }

  /// One JSON object: the values beside `step` and `time` (seconds).
  package var json: JSONValue {
    var members = valuesJSON.members ?? []
    members.append(.init("step", .number(Double(step))))
    members.append(.init("time", .number(Double(time) / 1e6)))
    return .object(members)
  }

  /// The values alone. JSON has no NaN and no infinity: they stand as texts, as Trackio has them.
  package var valuesJSON: JSONValue {
    .object(
      values.sorted { $0.key < $1.key }.map { .init($0.key, Self.json(of: $0.value)) })
  }

  /// Reads `json` back; `nil` where it has no step.
  package init?(json: JSONValue) {
    guard let members = json.members, let step = json["step"]?.integer else { return nil }
    self.init(
      step: step, time: Int64(((json["time"]?.number ?? 0) * 1e6).rounded()), values: [:])
    for member in members where member.name != "step" && member.name != "time" {
      values[member.name] = Self.number(of: member.value)
    }
  }

  static func json(of value: Double) -> JSONValue {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
    return .number(value)
  }

  static func number(of json: JSONValue) -> Double? {
    if let number = json.number { return number }
    return ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity][json.string ?? ""]
  }
}
