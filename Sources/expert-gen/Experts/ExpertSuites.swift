internal import ExpertComposition
internal import ExpertEvaluation
internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTokenizer

/// The cases that an expert is measured by.
struct ExpertSuite {
  let expert: String
  /// Where the cases come from.
  let source: String
  let cases: [EvaluationCase]
}

extension ExpertSuite {
  /// The largest report that is read.
  private static let maxBytes = 256 << 20

  /// The cases of the evaluation.json beside an adapter; `nil` where there is none with texts.
  static func beside(_ expert: UsableExpert, limit: Int) throws -> ExpertSuite? {
    let path = expert.folder + "/evaluation.json"
    guard let json = try ExpertPackage.AdapterFolder.json(path, limit: maxBytes) else { return nil }
    let report = try EvaluationReport(json: json, path: path)
    let cases = report.outcomes.filter { !$0.prompt.isEmpty && !$0.references.isEmpty }
      .prefix(limit).map { outcome in
        EvaluationCase(
          rid: outcome.rid,
          record: .instruction(
            InstructionRecord(instruction: outcome.prompt, output: outcome.references[0])),
          attributes: RecordAttributes(
            difficulty: outcome.difficulty, answerKind: outcome.answerKind))
      }
    return cases.isEmpty
      ? nil : ExpertSuite(expert: expert.name, source: path, cases: Array(cases))
  }

  /// The test split of a version, or the split that it names.
  static func dataset(
    _ name: String, for expert: String, limit: Int, _ options: GlobalOptions
  ) throws -> ExpertSuite {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let version = try store.resolve(name)
    var cases: [EvaluationCase] = []
    var records = try store.records(of: version, split: version.split ?? .test)
    try records.forEach { if cases.count < limit { cases.append(EvaluationCase($0)) } }
    guard !cases.isEmpty else {
      throw EvaluationError.nothingToScore(what: "\(name) has no test record")
    }
    return ExpertSuite(expert: expert, source: name, cases: cases)
  }
}
