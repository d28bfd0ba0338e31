internal import ExpertRecord

/// A JSON answer is one JSON document and nothing else, by the same strict parser that reads
/// records: duplicate keys and lone surrogates are errors.
package struct JSONFilter: RecordFilter {
  package let name = "json"
  private let checksUndeclared: Bool

  /// - Parameter checksUndeclared: whether answers of undeclared kind that begin with a bracket
  ///   must parse too, which is what `--validate-json` asks for.
  package init(checksUndeclared: Bool = false) { self.checksUndeclared = checksUndeclared }

  package func judge(_ candidate: Candidate) -> Verdict {
    let view = RecordView(candidate)
    guard applies(to: view) else { return .keep }
    if view.answer.trimmed.hasPrefix("```") {
      return drop("the JSON answer stands in a code fence")
    }
    do {
      _ = try JSONValue.parse(view.answer)
      return .keep
    } catch {
      return drop(
        "the answer is not valid JSON: \(error.reason), line \(error.line), "
          + "column \(error.column)")
    }
  }

  private func applies(to view: RecordView) -> Bool {
    if view.isDeclared { return view.kind == .json }
    guard checksUndeclared else { return false }
    let text = view.answer.trimmed
    return text.hasPrefix("{") || text.hasPrefix("[") || text.hasPrefix("```json")
  }
}
