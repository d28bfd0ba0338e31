internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTestSupport
internal import Foundation

/// What the store holds at one moment, read with nothing running.
struct StoreSnapshot {
  /// Slots whose reply is committed, with that reply's identifier in the store.
  var received: [Int: String] = [:]
  /// The slots' questions, as the server knows them.
  var questions: [String: Int] = [:]
  /// Records that passed.
  var accepted: Set<String> = []
  /// The most replies that one transaction has stored so far.
  var largestGroup = 0

  /// Reads the only job of a store; empty where there is none yet.
  init(_ path: String, hasSeed: Bool) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let store = try Store.open(path, mode: .readOnly)
    defer { try? store.close() }
    guard let job = try store.jobs().first else { return }
    for slot in try store.slots(of: job) {
      questions[ScriptedModel.identity(ofStored: slot.request, hasSeed: hasSeed)] = slot.n
    }
    accepted = Set(try store.acceptedCandidates(of: job).map { "\($0.rid)" })
    try readReplies(path)
  }

  private mutating func readReplies(_ path: String) throws {
    let database = try SQLDatabase(path: path, readOnly: true)
    defer { try? database.close() }
    let rows = try database.read { connection in
      try connection.all(
        "SELECT s.n, hex(o.hash) FROM slot s JOIN object o ON o.id = s.reply_id"
          + " WHERE s.state = 'received'"
      ) { (Int($0.int(0)), $0.text(1)) }
    }
    received = Dictionary(uniqueKeysWithValues: rows)
    largestGroup = Int(
      try database.read { connection in
        try connection.int(
          "SELECT coalesce(max(c), 0) FROM (SELECT count(DISTINCT slot_id) AS c FROM attempt"
            + " WHERE status = 'ok' GROUP BY time_us)")
      })
  }
}

/// Kills a job again and again, starts the same command anew, and compares what the store had
/// acknowledged with what the server was asked afterwards.
struct KillHarness {
  /// What the harness found; everything but `kills` and `repeats` must be zero.
  struct Report {
    var kills = 0
    /// Kills that came before the first request of their run, and after the last.
    var early = 0
    var late = 0
    /// Acknowledged replies and accepted records that were gone or changed later.
    var lost = 0
    /// Requests for a slot whose reply had been committed before.
    var askedAgain = 0
    /// Requests for a slot that had been asked for, and was not acknowledged.
    var repeats = 0
    /// The most slots that were asked for and not acknowledged at a kill.
    var mostOutstanding = 0
    var largestGroup = 0
    /// The command refused to go on, saying this.
    var refusal: String?

    var line: String {
      "\(kills) kills (\(early) before a request, \(late) after the last), \(lost) lost, "
        + "\(askedAgain) asked again, \(repeats) repeats, at most \(mostOutstanding) outstanding "
        + "at a kill, largest group commit \(largestGroup)"
    }
  }

  let tool: CommandLineTool
  let model: ScriptedModel
  let command: [String]
  /// The wire has a seed that tells slots apart.
  var hasSeed = true
  /// Requests of the whole job.
  let total: Int
  /// Requests between kills, about.
  var stride = 20
  /// Done to the store after each kill, when it has been looked at.
  var afterKill: (Int, String) throws -> Void = { _, _ in }

  private var random: SeededGenerator
  private(set) var report = Report()
  private var before: StoreSnapshot

  init(
    tool: CommandLineTool, model: ScriptedModel, command: [String], total: Int, seed: UInt64 = 7
  ) throws {
    self.total = total
    self.tool = tool
    self.model = model
    self.command = command
    random = SeededGenerator(seed: seed, stream: "kills")
    before = try StoreSnapshot(tool.folder.file("expert.db"), hasSeed: true)
  }

  /// Every reply of the job is in the store.
  var hasAllReplies: Bool { before.received.count >= total }

  private var path: String { tool.folder.file("expert.db") }

  /// Kills `count` times; ends early where the job ends or is refused. `atTheEnd` lets the job come
  /// to its last answers first, so that the kills meet the judging and the commit.
  mutating func kill(_ count: Int, atTheEnd: Bool = false) throws {
    for _ in 0..<count {
      let first = model.count
      let process = try tool.start(command)
      waitForTheMoment(process, first, atTheEnd: atTheEnd)
      if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      guard process.terminationReason == .uncaughtSignal else {
        let outcome = try tool.outcome(of: process)
        if outcome.status != 0 { report.refusal = outcome.output + outcome.errors }
        try compare(from: first)
        return
      }
      report.kills += 1
      if model.count == first, before.received.count < total { report.early += 1 }
      if before.received.count >= total { report.late += 1 }
      try compare(from: first)
      try afterKill(report.kills, path)
      do {
        before = try StoreSnapshot(path, hasSeed: hasSeed).keeping(before)
      } catch is StoreError {
        let outcome = try tool.run(command)
        report.refusal = "\(outcome.status) " + outcome.errors
        return
      }
    }
  }

  /// Runs the command to its end and looks a last time.
  mutating func finish() throws -> CommandLineTool.Outcome {
    let first = model.count
    let outcome = try tool.run(command)
    try compare(from: first)
    return outcome
  }

  /// Most kills come after some requests, some at the start, and where all is answered at any time.
  private mutating func waitForTheMoment(_ process: Process, _ first: Int, atTheEnd: Bool) {
    let left = total - before.received.count
    guard left > 0 else {
      usleep(UInt32(random.next() % 300_000))
      return
    }
    let isEarly = random.next() % 10 == 0
    let wanted = isEarly ? 0 : 1 + Int(random.next() % UInt64(stride * 2))
    let patience = ContinuousClock.now + .seconds(atTheEnd ? 60 : 5)
    while process.isRunning, model.count - first < (atTheEnd ? left : min(wanted, left)),
      ContinuousClock.now < patience
    {
      usleep(500)
    }
    usleep(UInt32(random.next() % (isEarly ? 60_000 : 15_000)) + (atTheEnd ? 40_000 : 0))
  }

  /// Compares the store with what it had acknowledged before, and with the requests since `first`.
  private mutating func compare(from first: Int) throws {
    let now = try StoreSnapshot(path, hasSeed: hasSeed)
    for (n, reply) in before.received where now.received[n] != reply { report.lost += 1 }
    report.lost += before.accepted.subtracting(now.accepted).count
    let arrivals = model.arrivals
    var asked = Set(arrivals[..<first].map(\.question))
    for arrival in arrivals[first...] {
      let slot = before.questions[arrival.question] ?? now.questions[arrival.question]
      if let slot, before.received[slot] != nil {
        report.askedAgain += 1
      } else if !asked.insert(arrival.question).inserted {
        report.repeats += 1
      }
    }
    let open = asked.count { now.questions[$0].map { now.received[$0] == nil } ?? true }
    report.mostOutstanding = max(report.mostOutstanding, open)
    report.largestGroup = max(report.largestGroup, now.largestGroup)
  }
}

extension StoreSnapshot {
  /// What was ever acknowledged stays acknowledged, whatever was done to the store since.
  fileprivate func keeping(_ earlier: StoreSnapshot) -> StoreSnapshot {
    var all = self
    all.received.merge(earlier.received) { $1 }
    all.questions.merge(earlier.questions) { $1 }
    all.accepted.formUnion(earlier.accepted)
    return all
  }
}
