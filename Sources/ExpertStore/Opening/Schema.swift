/// The tables of a store, format 3. Documentation/Formats/store.md explains each column.
///
/// A table WITHOUT ROWID lists its key columns first and in the key's order: SQLite 3.40's
/// quick_check otherwise reports NULLs that are not there.
enum Schema {
  /// "EXPG": marks the file as ours (https://www.sqlite.org/pragma.html#pragma_application_id).
  static let applicationID: Int32 = 0x4558_5047
  static let version: Int32 = 3

  static let script = objects + versions + jobs + reasons + evaluations + precomputed

  private static let objects = """
    CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
    CREATE TABLE chain(txn INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
    CREATE TABLE object_kind(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE object(
      id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL,
      codec INTEGER NOT NULL, size INTEGER NOT NULL, sum INTEGER NOT NULL, body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE dictionary(
      codec INTEGER PRIMARY KEY, kind INTEGER NOT NULL, object_id INTEGER NOT NULL) STRICT;

    """

  private static let versions = """
    CREATE TABLE dataset(
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, schema TEXT NOT NULL,
      versions INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE commit_(
      id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL,
      dataset_id INTEGER NOT NULL REFERENCES dataset(id), number INTEGER NOT NULL,
      root BLOB NOT NULL, record_count INTEGER NOT NULL, generation INTEGER NOT NULL,
      operation TEXT NOT NULL, message TEXT NOT NULL, author TEXT NOT NULL,
      time_utc TEXT NOT NULL, semver TEXT NOT NULL, detail_id INTEGER,
      delta_rows INTEGER NOT NULL, since_snapshot INTEGER NOT NULL, object_id INTEGER NOT NULL,
      UNIQUE(dataset_id, hash), UNIQUE(dataset_id, number)) STRICT;
    CREATE TABLE commit_parent(
      commit_id INTEGER NOT NULL REFERENCES commit_(id), ord INTEGER NOT NULL,
      parent_id INTEGER NOT NULL REFERENCES commit_(id),
      PRIMARY KEY(commit_id, ord)) STRICT, WITHOUT ROWID;
    CREATE INDEX commit_child ON commit_parent(parent_id);
    CREATE TABLE delta(
      commit_id INTEGER NOT NULL, rid BLOB NOT NULL, seq INTEGER NOT NULL,
      object_id INTEGER, attrs_id INTEGER, was_object_id INTEGER, was_attrs_id INTEGER,
      PRIMARY KEY(commit_id, rid)) STRICT, WITHOUT ROWID;
    CREATE TABLE snapshot(
      commit_id INTEGER NOT NULL, bucket INTEGER NOT NULL, object_id INTEGER NOT NULL,
      PRIMARY KEY(commit_id, bucket)) STRICT, WITHOUT ROWID;
    CREATE TABLE ref(
      dataset_id INTEGER NOT NULL REFERENCES dataset(id),
      kind TEXT NOT NULL CHECK(kind IN ('branch', 'tag')), name TEXT NOT NULL,
      commit_id INTEGER NOT NULL REFERENCES commit_(id),
      PRIMARY KEY(dataset_id, kind, name)) STRICT, WITHOUT ROWID;
    CREATE TRIGGER tag_stays BEFORE UPDATE ON ref WHEN OLD.kind = 'tag'
      BEGIN SELECT RAISE(ABORT, 'tags never move'); END;
    CREATE TABLE reflog(
      id INTEGER PRIMARY KEY, dataset_id INTEGER NOT NULL, kind TEXT NOT NULL,
      name TEXT NOT NULL, old_commit_id INTEGER, new_commit_id INTEGER,
      operation TEXT NOT NULL, time_us INTEGER NOT NULL) STRICT;
    CREATE TABLE pin(
      commit_id INTEGER NOT NULL REFERENCES commit_(id), reason TEXT NOT NULL,
      subject TEXT NOT NULL, time_utc TEXT NOT NULL,
      PRIMARY KEY(commit_id, reason, subject)) STRICT, WITHOUT ROWID;

    """

  private static let jobs = """
    CREATE TABLE job(
      id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE,
      dataset_id INTEGER NOT NULL REFERENCES dataset(id), config_id INTEGER NOT NULL,
      rules TEXT,
      state TEXT NOT NULL CHECK(state IN ('open', 'paused', 'done', 'stopped')), note TEXT,
      lost_in_flight INTEGER NOT NULL DEFAULT 0, created_us INTEGER NOT NULL,
      updated_us INTEGER NOT NULL) STRICT;
    CREATE TABLE job_commit(
      job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE, commit_id INTEGER NOT NULL,
      PRIMARY KEY(job_id, commit_id)) STRICT, WITHOUT ROWID;
    CREATE TABLE slot(
      id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
      n INTEGER NOT NULL, round INTEGER NOT NULL, cell TEXT NOT NULL, template_id INTEGER,
      request_id INTEGER NOT NULL, reply_id INTEGER, idempotency_key BLOB NOT NULL,
      state TEXT NOT NULL CHECK(state IN ('planned', 'received', 'failed')),
      in_flight INTEGER NOT NULL DEFAULT 0, reused INTEGER NOT NULL DEFAULT 0,
      tokens_in INTEGER, tokens_out INTEGER, cost_micros INTEGER,
      UNIQUE(job_id, n)) STRICT;
    CREATE INDEX slot_key ON slot(idempotency_key);
    CREATE INDEX slot_state ON slot(job_id, state, n);
    CREATE TABLE answer(
      idempotency_key BLOB NOT NULL, slot_id INTEGER NOT NULL, reply_id INTEGER NOT NULL) STRICT;
    CREATE UNIQUE INDEX answer_once ON answer(idempotency_key);
    CREATE INDEX answer_slot ON answer(slot_id);
    CREATE TABLE attempt(
      id INTEGER PRIMARY KEY, slot_id INTEGER NOT NULL REFERENCES slot(id) ON DELETE CASCADE,
      status TEXT NOT NULL, provider TEXT, model TEXT, provider_request_id TEXT,
      tokens_in INTEGER, tokens_out INTEGER, cost_micros INTEGER, error TEXT,
      time_us INTEGER NOT NULL) STRICT;
    CREATE INDEX attempt_slot ON attempt(slot_id);
    CREATE TABLE candidate(
      id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
      slot_id INTEGER NOT NULL, n INTEGER NOT NULL, ordinal INTEGER NOT NULL,
      rid BLOB NOT NULL, object_id INTEGER NOT NULL, attrs_id INTEGER NOT NULL,
      verdict INTEGER NOT NULL DEFAULT 0 CHECK(verdict BETWEEN 0 AND 3)) STRICT;
    CREATE UNIQUE INDEX candidate_place ON candidate(job_id, n, ordinal);
    CREATE UNIQUE INDEX candidate_rid ON candidate(rid);
    CREATE INDEX candidate_waiting ON candidate(job_id, n, ordinal) WHERE verdict = 0;

    """

  private static let reasons = """
    CREATE TABLE rejection(
      id INTEGER PRIMARY KEY, dataset_id INTEGER NOT NULL, job_id INTEGER, slot_id INTEGER,
      candidate_id INTEGER, commit_id INTEGER, rid BLOB, object_id INTEGER, ordinal INTEGER,
      filter TEXT NOT NULL, score REAL, detail TEXT NOT NULL, text TEXT) STRICT;
    CREATE INDEX rejection_job ON rejection(job_id, filter);
    CREATE INDEX rejection_candidate ON rejection(candidate_id) WHERE candidate_id IS NOT NULL;
    CREATE INDEX rejection_rid ON rejection(rid) WHERE rid IS NOT NULL;
    CREATE TABLE quarantine(
      id INTEGER PRIMARY KEY, dataset_id INTEGER NOT NULL, file TEXT NOT NULL,
      file_hash BLOB NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL, text TEXT,
      UNIQUE(dataset_id, file_hash, line)) STRICT;
    CREATE TABLE edge(
      rid BLOB NOT NULL, role TEXT NOT NULL, object_id INTEGER NOT NULL,
      PRIMARY KEY(rid, role, object_id)) STRICT, WITHOUT ROWID;
    CREATE TABLE score(
      object_id INTEGER NOT NULL, scorer TEXT NOT NULL, value REAL NOT NULL, detail TEXT,
      PRIMARY KEY(object_id, scorer)) STRICT, WITHOUT ROWID;
    CREATE TABLE duplicate(
      candidate_id INTEGER PRIMARY KEY, object_id INTEGER NOT NULL, of_id INTEGER,
      of_rid BLOB, method TEXT NOT NULL, similarity REAL) STRICT;
    CREATE INDEX duplicate_object ON duplicate(object_id);

    """

  private static let evaluations = """
    CREATE TABLE evaluation(
      id INTEGER PRIMARY KEY, commit_id INTEGER NOT NULL REFERENCES commit_(id), split TEXT,
      subject TEXT NOT NULL, examples INTEGER NOT NULL, score REAL, base_score REAL, win_rate REAL,
      report_id INTEGER NOT NULL, time_utc TEXT NOT NULL,
      UNIQUE(commit_id, report_id)) STRICT;

    """

  private static let precomputed = """
    CREATE TABLE precomputed(
      id INTEGER PRIMARY KEY, commit_id INTEGER NOT NULL REFERENCES commit_(id),
      config_id INTEGER NOT NULL, time_utc TEXT NOT NULL, UNIQUE(commit_id, config_id)) STRICT;
    CREATE TABLE precomputed_row(
      set_id INTEGER NOT NULL REFERENCES precomputed(id) ON DELETE CASCADE, item TEXT NOT NULL,
      sum INTEGER NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY(set_id, item)) STRICT, WITHOUT ROWID;

    """

  /// What a format has that the one before it had not. Formats only ever add, so a reader may take an
  /// older store as it is; a writer brings it up to date first.
  static func addition(of format: Int32) -> String? {
    switch format {
    case 2: evaluations
    case 3: precomputed
    default: nil
    }
  }
}
