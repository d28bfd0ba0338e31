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
  /// What the leakage check found; `nil` where nobody knows what was trained on.
  let leaks: LeakReport?

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
    cases = try Self.cases(store, version, limit)
    leaks = try Self.leaks(of: cases, asked: version, facts, store, options)
  }

  /// All records of the split, or `limit` of them at even distances.
  private static func cases(
    _ store: Store, _ version: VersionRef, _ limit: Int?
  ) throws -> [EvaluationCase] {
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
    return cases
  }

  /// Compares with what the run says that it was trained on; without a run with the train split of
  /// the version itself.
  private static func leaks(
    of cases: [EvaluationCase], asked: VersionRef, _ facts: TrainingRunFacts?, _ store: Store,
    _ options: GlobalOptions
  ) throws -> LeakReport? {
    let check = LeakCheck(cases)
    let trained: VersionRef
    do {
      trained = try facts?.version.map { try store.resolve($0) } ?? asked
    } catch let error as StoreError {
      options.say("note: whether test records were trained on is unknown: \(error)")
      return nil
    }
    try check.insert(trained, of: store, split: try split(trained, store))
    return check.report()
  }

  /// Training takes the train split, and the whole of a version without splits.
  private static func split(_ version: VersionRef, _ store: Store) throws -> Split? {
    let isSplit = try [Split.train, .valid].contains {
      try store.records(of: version, split: $0).count > 0
    }
    return isSplit ? .train : nil
  }

  /// Writes down what was asked.
  func fill(_ provenance: inout EvaluationProvenance) {
    provenance.dataset = version.dataset.name
    provenance.version = version.commit.name
    provenance.commit = version.commit.hash.hex
    provenance.root = version.commit.root.hex
    provenance.split = version.split?.rawValue
  }
}
