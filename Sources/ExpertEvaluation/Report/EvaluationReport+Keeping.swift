internal import ExpertPlatform
internal import ExpertRecord
package import ExpertStore

extension EvaluationReport {
  /// The name of the file beside an adapter.
  package static let fileName = "evaluation.json"

  /// The name beside it of a report that must not take its place.
  package static let partialFileName = "evaluation.partial.json"

  /// Whether the whole test split was asked, and nothing of it was trained on.
  package var isWhole: Bool {
    isClean && (provenance.limit ?? .max) >= (provenance.splitRecords ?? 0)
  }

  private var isClean: Bool {
    (provenance.split ?? "test") == "test" && leaks?.leaks.isEmpty != false
  }

  /// Whether this report may take the place of another: one of other weights or another base always,
  /// one of the same unless it tells more.
  package func mayReplace(_ other: EvaluationReport) -> Bool {
    let (mine, theirs) = (provenance, other.provenance)
    guard mine.adapterSHA256 == theirs.adapterSHA256, mine.baseSHA256 == theirs.baseSHA256 else {
      return true
    }
    if isWhole { return true }
    if other.isWhole || isClean != other.isClean { return isClean && !other.isWhole }
    return examples >= other.examples
  }

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
