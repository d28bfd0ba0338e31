internal import ExpertCuration
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import Synchronization

/// The judge of one job at work on its store: takes candidates in slot order, writes verdicts, and
/// commits what was accepted.
///
/// `@unchecked Sendable`: `judge` is only touched by the one task that runs the job.
final class JudgeBench: @unchecked Sendable {
  private let store: Store
  private let job: Job
  private let options: JobOptions
  /// Made when the first candidate waits: a finished job needs none.
  private var judge: Judge?
  private(set) var accepted: Int
  private(set) var judged: Int

  /// Verdicts given under other rules are withdrawn, to be given anew from the stored replies.
  init(store: Store, job: Job, options: JobOptions) throws {
    self.store = store
    self.job = job
    self.options = options
    try store.setRules(options.rules, of: job)
    let tally = try store.tally(job)
    accepted = tally.accepted
    judged = tally.accepted + tally.rejected
    if accepted < options.count { try store.reopenSurplus(job) }
  }

  /// Learns what is kept already. Done before anything is asked: it takes a while in a large store,
  /// and replies that arrive meanwhile would wait in memory, where a kill loses them.
  func prepare() throws { _ = try readyJudge() }

  private func readyJudge() throws -> Judge {
    if let judge { return judge }
    let made = try makeJudge()
    judge = made
    return made
  }

  /// A judge that knows every record that a new one must not repeat.
  private func makeJudge() throws -> Judge {
    let judge = Judge(
      filters: .standard(options.filters, heldOut: options.heldOut?.index),
      diversityThreshold: options.diversityThreshold)
    let own = try store.candidateIDs(of: job)
    var splits: [RecordID: Split] = [:]
    for dataset in try store.datasets() where isInScope(dataset) {
      guard let version = try store.newestVersion(of: dataset) else { continue }
      var records = try store.records(of: version)
      try records.forEach {
        splits[$0.rid] = $0.attributes.split
        if !own.contains($0.rid) {
          judge.learn($0.record, rid: $0.rid, split: $0.attributes.split)
        }
      }
    }
    for candidate in try store.acceptedCandidates(of: job) {
      judge.learn(
        candidate.record, rid: candidate.rid, split: splits[candidate.rid])
    }
    return judge
  }

  private func isInScope(_ dataset: Dataset) -> Bool {
    switch options.scope {
    case .store: dataset.kind == job.dataset.kind
    case .dataset: dataset.id == job.dataset.id
    }
  }

  var isComplete: Bool { accepted >= options.count }

  /// Judges every candidate whose turn has come.
  func judgeWaiting() throws {
    while true {
      let waiting = try store.unjudged(job, limit: Self.group)
      guard !waiting.isEmpty else { return }
      let judge = try readyJudge()
      let verdicts = families(of: waiting).flatMap { self.verdicts(of: $0, by: judge) }
      try store.judge(verdicts, job: job)
    }
  }

  /// Candidates judged in one transaction.
  private static let group = 1_000

  /// Candidates made from the same item of a reply, which stand next to each other.
  private func families(of candidates: [StoredCandidate]) -> [[StoredCandidate]] {
    var families: [[StoredCandidate]] = []
    for candidate in candidates {
      if let last = families.last?.last, last.n == candidate.n, last.family == candidate.family {
        families[families.count - 1].append(candidate)
      } else {
        families.append([candidate])
      }
    }
    return families
  }

  private func verdicts(of family: [StoredCandidate], by judge: Judge) -> [Judgement] {
    guard accepted < options.count else {
      return family.map { Judgement(candidate: $0.id, verdict: .surplus) }
    }
    let room = options.count - accepted
    let rulings = judge.judge(
      family: family.prefix(room).map {
        ($0.rid, Candidate(record: $0.record, attributes: $0.attributes))
      })
    let verdicts = zip(family, rulings).map { candidate, ruling in
      Judgement(
        candidate: candidate.id, verdict: ruling.verdict, duplicateOf: ruling.twin?.duplicateOf)
    }
    accepted += rulings.count { $0.rejection == nil }
    judged += rulings.count
    let surplus = family.dropFirst(room).map { Judgement(candidate: $0.id, verdict: .surplus) }
    return verdicts + surplus
  }
}

extension JudgeBench {
  /// Commits what was accepted and is in no version yet; then takes out of the dataset what this job
  /// put there and its rules of today reject. Gives the newest commit made, or `nil`.
  func commit(author: String, task: GenerationTask) throws -> Commit? {
    let note = CommitNote(
      operation: "create", author: author, message: "\(accepted) records: \(task.task)",
      detail: ["job": .string(job.key.hex), "rules": options.rules])
    let added = try store.commitJob(job, note: note) { questions in
      try self.splits(of: questions, seed: task.seed)
    }
    return try withdraw(author: author) ?? added
  }

  /// One split for each record, the same for all of a cluster: near copies, and pairs made from the
  /// same answers. A cluster with a member in an earlier version follows it.
  private func splits(of questions: [SplitQuestion], seed: UInt64) throws -> [Split] {
    let judge = try readyJudge()
    var members = questions.map { SplitMember(hash: $0.contentHash) }
    var place: [RecordID: Int] = [:]
    for (index, question) in questions.enumerated() { place[question.rid] = index }
    var pairs: [(Int, Int)] = []
    var family: (key: [Int], first: Int)?
    for candidate in try store.acceptedCandidates(of: job) {
      guard let index = place[candidate.rid] else { continue }
      let key = [candidate.n, candidate.ordinal / ReplyParser.variants]
      if let family, family.key == key { pairs.append((family.first, index)) }
      if family?.key != key { family = (key, index) }
      guard let twin = candidate.twin else { continue }
      if let other = place[twin] {
        pairs.append((other, index))
      } else if let split = judge.split(of: twin) {
        members.append(SplitMember(hash: Digest.tagged(.record, twin.bytes), frozen: split))
        pairs.append((members.count - 1, index))
      }
    }
    let assigner = SplitAssigner(seed: seed, ratios: options.ratios)
    return assigner.assign(members, pairs: pairs).splits.prefix(questions.count)
      .map { $0 ?? .train }
  }

  private func withdraw(author: String) throws -> Commit? {
    guard let version = try store.newestVersion(of: job.dataset) else { return nil }
    let own = try store.candidateIDs(of: job)
    let accepted = Set(try store.acceptedCandidates(of: job).map(\.rid))
    var changes: [RecordChange] = []
    var records = try store.records(of: version)
    try records.forEach { record in
      guard own.contains(record.rid), !accepted.contains(record.rid) else { return }
      changes.append(
        .remove(
          rid: record.rid,
          reason: RemovalReason(filter: "rules", detail: "rejected by the rules of today")))
    }
    guard !changes.isEmpty else { return nil }
    return try store.commit(
      changes, to: job.dataset.name, kind: job.dataset.kind,
      note: CommitNote(
        operation: "filter", author: author,
        message: "\(changes.count) records no longer pass", detail: ["rules": options.rules]))
  }
}

extension StoredCandidate {
  fileprivate var family: Int { ordinal / ReplyParser.variants }
}

extension Judge.Ruling {
  fileprivate var verdict: CandidateVerdict {
    guard let rejection else { return .accepted }
    return .rejected(filter: rejection.filter, score: rejection.score, detail: rejection.detail)
  }
}

extension Judge.Twin {
  fileprivate var duplicateOf: DuplicateOf {
    DuplicateOf(rid: rid, method: method, similarity: similarity)
  }
}
