internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// The records of an evaluation, and whether they were trained on.
struct EvaluationRecords {
  /// The version with the split that is asked.
  let version: VersionRef
  let cases: [EvaluationCase]
  /// How many records the split has, and how many were asked for at most.
  let total: Int
  let limit: Int?
  /// What the leakage check found, and what it could not know.
  let leaks: LeakReport

  init(
    dataset: String?, split: Split, limit: Int?, facts: TrainingRunFacts?,
    _ options: GlobalOptions
  ) throws {
    guard let named = dataset ?? facts?.version else {
      throw ValidationError(
        "nothing says what the expert was trained on; name the version with --dataset")
    }
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let found = try store.resolve(named)
    let part = found.split ?? split
    version = try store.resolve("\(found.dataset.name)@\(found.commit.name):\(part.rawValue)")
    self.limit = limit
    (cases, total) = try Self.cases(store, version, limit)
    leaks = try Self.leaks(of: cases, asked: version, facts, store)
  }

  /// All records of the split, or `limit` of them at even distances.
  private static func cases(
    _ store: Store, _ version: VersionRef, _ limit: Int?
  ) throws -> ([EvaluationCase], total: Int) {
    var stream = try store.records(of: version)
    let count = stream.count
    guard count > 0 else {
      throw EvaluationError.nothingToScore(
        what:
          "\(version.description) has no record; dataset split makes splits, --split takes another")
    }
    let wanted = min(limit ?? count, count)
    var cases: [EvaluationCase] = []
    var place = 0
    try stream.forEach { record in
      if cases.count < wanted, place * wanted / count >= cases.count {
        cases.append(EvaluationCase(record))
      }
      place += 1
    }
    return (cases, count)
  }

  /// Compares with everything that the adapter learned from, in its last training and in those before
  /// it; where nothing of that is known, and for a base alone, with the train split of the version
  /// itself.
  private static func leaks(
    of cases: [EvaluationCase], asked: VersionRef, _ facts: TrainingRunFacts?, _ store: Store
  ) throws -> LeakReport {
    let check = LeakCheck(cases)
    try check.insert(facts?.trained ?? [], of: store)
    if check.isEmpty { try check.insert(asked, of: store) }
    return check.report()
  }

  /// Writes down what was asked.
  func fill(_ provenance: inout EvaluationProvenance) {
    provenance.dataset = version.dataset.name
    provenance.version = version.commit.name
    provenance.commit = version.commit.hash.hex
    provenance.root = version.commit.root.hex
    provenance.split = version.split?.rawValue
    provenance.limit = limit
    provenance.splitRecords = total
  }
}
