internal import ExpertPlatform
internal import ExpertRecord
package import ExpertStore

extension EvaluationReport {
  /// The name of the file beside an adapter.
  package static let fileName = "evaluation.json"

  /// Writes the report, with all texts, beside the adapter that was measured, as a whole or not at
  /// all. Throws `FileError`.
  package func write(besideAdapter folder: String) throws {
    let bytes = CanonicalJSON.bytes(of: json(withTexts: true)) + [UInt8(ascii: "\n")]
    try AtomicFile.write("\(folder)/\(Self.fileName)", bytes)
  }

  /// Keeps the report in the store, with its lineage to the version whose records were asked. The
  /// texts stay out: the store has the records, and the file beside the adapter the answers.
  @discardableResult
  package func keep(in store: Store, of version: VersionRef) throws -> StoredEvaluation {
    try store.keep(
      json(withTexts: false),
      EvaluationFigures(
        subject: provenance.adapterSHA256 ?? provenance.adapter ?? "unnamed", examples: examples,
        score: benchmark?.expert.value, baseScore: benchmark?.base?.value,
        winRate: benchmark?.wins?.rate),
      of: version)
  }
}
