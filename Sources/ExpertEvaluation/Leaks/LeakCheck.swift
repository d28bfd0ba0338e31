internal import ExpertCuration
package import ExpertPlatform
package import ExpertRecord
package import ExpertStore

/// Finds test records that were trained on: the same record, the same prompt with another answer,
/// or a near duplicate by the rule that splits are made by.
///
/// Holds one fingerprint of each trained record and the phrases of the test set, so the trained
/// records may come as a stream of any length. One owner at a time.
package final class LeakCheck {
  private let cases: [EvaluationCase]
  private var hashes: [Digest: String?] = [:]
  private var prompts: [Digest: String] = [:]
  private let index: DuplicateIndex
  private var rids: [String] = []
  private var heldOut = HeldOutIndex()
  private var trainedPhrases = HeldOutIndex()
  private var trained = 0
  private var sources: [String] = []
  private var unknown: [String] = []

  /// A check of these test records. Records at or over `threshold` (exact Jaccard of three-token
  /// shingles) are near duplicates.
  package init(_ cases: [EvaluationCase], threshold: Double = 0.85) {
    self.cases = cases
    index = DuplicateIndex(threshold: threshold)
    for asked in cases { Self.phrases(asked.record).forEach { heldOut.insert($0) } }
  }

  /// Adds trained records of which only the content hashes are known, as a run's lineage keeps them.
  package func insert(hashes trained: some Sequence<Digest>) {
    for hash in trained {
      hashes[hash] = .some(hashes[hash] ?? nil)
      self.trained += 1
    }
  }

  /// Adds a trained record.
  package func insert(_ record: Record, rid: String) {
    trained += 1
    hashes[record.contentHash] = rid
    prompts[Self.promptHash(record)] = rid
    index.insert(DuplicateText.of(record), id: rids.count)
    rids.append(rid)
    // Few trained records share a phrase with the test set; only theirs are kept.
    let texts = Self.phrases(record)
    if texts.contains(where: { Self.shares($0, heldOut) }) {
      texts.forEach { trainedPhrases.insert($0) }
    }
  }

  /// Adds the records of a version that was trained on; by default those of its train split.
  package func insert(_ version: VersionRef, of store: Store, split: Split? = .train) throws {
    sources.append(
      "\(version.dataset.name)@\(version.commit.name)" + (split.map { ":\($0.rawValue)" } ?? ""))
    var stream = try store.records(of: version, split: split)
    try stream.forEach { insert($0.record, rid: $0.rid.description) }
  }

  /// Adds everything that an adapter was trained on: of each training the train split of its version,
  /// or the whole of a version without splits. What nobody recorded, or this store does not have, is
  /// noted as unknown.
  package func insert(_ trainings: [TrainedData], of store: Store) throws {
    var seen: Set<Digest> = []
    for training in trainings {
      guard let dataset = training.dataset else {
        let which = training.adapter.map { " with the SHA-256 \($0.prefix(12))…" } ?? ""
        unknown.append("nothing records what the adapter\(which) had learned from")
        continue
      }
      do {
        let version = try store.resolve(dataset.reference)
        guard seen.insert(version.commit.hash).inserted else { continue }
        try insert(version, of: store, split: try Self.trainedSplit(version, store))
      } catch let error as StoreError {
        unknown.append("\(dataset.shown): \(error)")
      }
    }
  }

  /// Whether anything was added.
  package var isEmpty: Bool { sources.isEmpty }

  /// Training takes the train split, and the whole of a version without splits.
  private static func trainedSplit(_ version: VersionRef, _ store: Store) throws -> Split? {
    let isSplit = try [Split.train, .valid].contains {
      try store.records(of: version, split: $0).count > 0
    }
    return isSplit ? .train : nil
  }

  /// What was found.
  package func report() -> LeakReport {
    LeakReport(
      tested: cases.count, trained: trained, leaks: cases.compactMap(leak),
      phrases: cases.filter { asked in
        Self.phrases(asked.record).contains { Self.shares($0, trainedPhrases) }
      }.map(\.rid), sources: sources, unknown: unknown)
  }

  private func leak(_ asked: EvaluationCase) -> Leak? {
    if let rid = hashes[asked.record.contentHash] {
      return Leak(rid: asked.rid, kind: .exact, trained: rid)
    }
    if let rid = prompts[Self.promptHash(asked.record)] {
      return Leak(rid: asked.rid, kind: .prompt, trained: rid)
    }
    return index.check(DuplicateText.of(asked.record)).map {
      Leak(rid: asked.rid, kind: .near, trained: rids[$0.id], similarity: $0.similarity)
    }
  }

  /// The identity of what is asked, whatever the answer.
  private static func promptHash(_ record: Record) -> Digest {
    let view = RecordView(Candidate(record: record))
    let texts = JSONValue.array(view.prompts.map(JSONValue.string))
    return SHA256.hash(CanonicalJSON.bytes(of: texts))
  }

  /// The texts that a leak would show in: input and answers, not the instruction, which many records
  /// of one task share.
  private static func phrases(_ record: Record) -> [String] {
    switch record {
    case .instruction(let record):
      record.input.isEmpty ? [record.instruction, record.output] : [record.input, record.output]
    case .preference(let record): [record.prompt.text, record.chosen.text]
    case .distillation(let record): [record.input, record.answer]
    case .chat(let record): record.messages.filter { $0.role != "system" }.map(\.content)
    }
  }

  private static func shares(_ text: String, _ index: HeldOutIndex) -> Bool {
    let probe = Candidate(record: .instruction(InstructionRecord(instruction: "", output: text)))
    return OverlapFilter(index).judge(probe) != .keep
  }
}
