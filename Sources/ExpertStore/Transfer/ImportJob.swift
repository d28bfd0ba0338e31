internal import ExpertPlatform
internal import ExpertRecord

/// One import under way: groups of rows are read and packed on all cores while those before are
/// being stored.
final class ImportJob<Raw: Sendable> {
  private let store: Store
  private let dataset: Dataset
  private let head: Commit?
  private let source: ImportSource
  private let kind: RecordKind
  private let parse: @Sendable (Int, Raw) -> Prepared
  private var rows: [DeltaRow] = []
  private var report = ImportReport()
  private var lastAttributes: (value: RecordAttributes, id: Int64)?
  private var dictionary: ZstdDictionary?

  /// Rows a thread reads at once: some tens of milliseconds of work.
  private let piece = 2048
  /// Rows a transaction stores at least. Hashes are scattered over the whole index, so a transaction
  /// rewrites most of its pages however few rows it has: at a million records, transactions of 8192
  /// rows write three times as many bytes as these.
  private let transactionRows = 65_536
  /// Rows that teach the first dictionary.
  private let samples = 4000

  init(
    store: Store, dataset: Dataset, head: Commit?, source: ImportSource, kind: RecordKind,
    parse: @escaping @Sendable (Int, Raw) -> Prepared
  ) {
    self.store = store
    self.dataset = dataset
    self.head = head
    self.source = source
    self.kind = kind
    self.parse = parse
  }

  /// Reads and packs groups on the calling thread and its helpers while a thread beside them stores
  /// those before, so that the disk and the cores work at once.
  func run(_ next: () throws -> [ImportLine<Raw>]) throws {
    var lines = try next()
    guard !lines.isEmpty else { return }
    try learn(lines)
    let groups = Handover<[PackedRow]>(capacity: 2)
    try Parallel.both(
      {
        defer { groups.finish() }
        while !lines.isEmpty, groups.put(pack(lines)) { lines = try next() }
      },
      beside: {
        defer { groups.stop() }
        while let group = groups.take() { try insert(group, andMoreOf: groups) }
      })
  }

  /// Trains the dictionary of records on the first rows where the store has none.
  private func learn(_ lines: [ImportLine<Raw>]) throws {
    dictionary = try store.read { $0.objects.newest[.record] }
    guard dictionary == nil, lines.count >= ObjectTable.trainingSamples else { return }
    let bodies = lines.prefix(samples).compactMap { line -> [UInt8]? in
      guard case .record(_, _, let bytes, _) = parse(line.line, line.raw).content else {
        return nil
      }
      return bytes
    }
    guard bodies.count >= ObjectTable.trainingSamples else { return }
    dictionary = try store.write("train") { context in
      try context.objects.train(.record, samples: bodies, context.connection)
      return context.objects.newest[.record]
    }
  }

  private func pack(_ lines: [ImportLine<Raw>]) -> [PackedRow] {
    let starts = Array(stride(from: 0, to: lines.count, by: piece))
    let parse = parse
    let dictionary = dictionary
    let piece = piece
    let results = Parallel.map(starts.count) { i in
      let zstd = Zstd()
      return lines[starts[i]..<min(starts[i] + piece, lines.count)].map { line in
        PackedRow(parse(line.line, line.raw), zstd, dictionary)
      }
    }
    return results.flatMap { $0 }
  }

  /// Stores a group and those that follow it in one transaction.
  private func insert(_ first: [PackedRow], andMoreOf groups: Handover<[PackedRow]>) throws {
    try store.write("import rows") { context in
      var group: [PackedRow]? = first
      var stored = 0
      while let rows = group {
        for row in rows { try insert(row, context) }
        stored += rows.count
        group = stored < transactionRows ? groups.take() : nil
      }
    }
  }

  private func insert(_ row: PackedRow, _ context: Context) throws {
    report.rows += 1
    switch row.content {
    case .record(let rid, let hash, let body, let attributes):
      let object = try context.objects.put(.record, hash, body, context.connection)
      rows.append(
        DeltaRow(
          rid: rid, seq: 0, now: .init(object: object, attrs: try id(of: attributes, context)),
          was: nil))
    case .refused(let reason, let text):
      report.quarantined += 1
      try context.connection.run(
        """
        INSERT OR REPLACE INTO quarantine(dataset_id, file, file_hash, line, reason, text)
        VALUES(?, ?, ?, ?, ?, ?)
        """,
        .integer(dataset.id), .text(source.file), .digest(source.digest),
        .integer(Int64(row.line)), .text(reason), .optional(text))
    }
  }

  /// Most rows carry the attributes of the row before.
  private func id(of attributes: RecordAttributes, _ context: Context) throws -> Int64 {
    if let last = lastAttributes, last.value == attributes { return last.id }
    let id = try context.put(attributes)
    lastAttributes = (attributes, id)
    return id
  }

  /// Commits what is new.
  func finish(branch: String, note: CommitNote) throws -> ImportReport {
    try store.write("commit import") { context in
      let members = try head.map { try context.membership(of: $0.id) } ?? Membership()
      number(against: members)
      guard !rows.isEmpty else { return report }
      var note = note
      note.detail = note.detail ?? sourceDetail
      report.commit = try context.write(
        CommitDraft(
          dataset: dataset, branch: branch, parent: head, rows: take(), note: note,
          members: members))
      return report
    }
  }

  private func take() -> [DeltaRow] {
    defer { rows = [] }
    return rows
  }

  private var sourceDetail: JSONValue {
    [
      "file": .string(source.file), "quarantined": .number(Double(report.quarantined)),
      "rows": .number(Double(report.rows)), "sha256": .string(source.digest.hex),
    ]
  }

  /// Gives new records their places and drops rows that change nothing.
  private func number(against members: Membership) {
    var seq = members.highestSeq
    var kept = 0
    for i in rows.indices {
      var row = rows[i]
      if let old = members[row.rid] {
        row.seq = old.seq
        row.was = .init(object: old.object, attrs: old.attrs)
      } else {
        seq += 1
        row.seq = seq
      }
      switch (row.was, row.now == row.was) {
      case (_, true):
        report.alreadyThere += 1
        continue
      case (nil, _): report.added += 1
      case (.some, _): report.edited += 1
      }
      rows[kept] = row
      kept += 1
    }
    rows.removeLast(rows.count - kept)
  }
}

/// A row whose body is packed.
struct PackedRow: Sendable {
  enum Content: Sendable {
    case record(rid: RecordID, hash: Digest, body: PackedBody, attributes: RecordAttributes)
    case refused(reason: String, text: String?)
  }

  var line: Int
  var content: Content

  init(_ row: Prepared, _ zstd: Zstd, _ dictionary: ZstdDictionary?) {
    line = row.line
    content =
      switch row.content {
      case .record(let rid, let hash, let bytes, let attributes):
        .record(rid: rid, hash: hash, body: zstd.pack(bytes, dictionary), attributes: attributes)
      case .refused(let reason, let text): .refused(reason: reason, text: text)
      }
  }
}
