package import ExpertRecord

extension ReportComparison {
  /// The comparison as a JSON object.
  package var json: JSONValue {
    [
      "format": "expert-gen evaluation comparison 1",
      "metrics": .array(rows.map(\.json)), "shared_examples": .number(Double(shared)),
      "warnings": .array(warnings.map(JSONValue.string)),
    ]
  }
}

extension ReportComparison.Row {
  fileprivate var json: JSONValue {
    [
      "difference": .number(second - first), "first": .number(first),
      "high": .optional(interval?.high), "low": .optional(interval?.low), "name": .string(name),
      "second": .number(second), "wins": wins?.json ?? .null,
    ]
  }
}
