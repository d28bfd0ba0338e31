internal import ExpertRecord
internal import GRDB

/// A SQL answer is one complete statement that SQLite's grammar accepts.
///
/// Syntax only: the statement is prepared against an empty database and never run, so an unknown
/// table, column or function is no reason to drop it. Words of other dialects that SQLite's grammar
/// does not know are.
package struct SQLFilter: RecordFilter {
  package let name = "sql"
  private let grammar = SQLGrammar()

  /// The words that begin a statement which may be prepared. PRAGMA, ATTACH and VACUUM are answers
  /// too, but SQLite acts on some pragmas while it prepares them, so those are scanned only.
  private static let prepared: Set<String> = [
    "SELECT", "WITH", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER",
    "EXPLAIN", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE",
  ]
  private static let scanned: Set<String> = ["PRAGMA", "ATTACH", "DETACH", "VACUUM", "REINDEX"]

  package init() {}

  package func judge(_ candidate: Candidate) -> Verdict {
    guard candidate.attributes.answerKind == .sql else { return .keep }
    let sql = RecordView(candidate).answer
    switch SQLScanner.scan(sql) {
    case .failure(let error):
      return drop("the answer is no complete SQL statement: \(error.problem.rawValue)")
    case .success(let first):
      if Self.scanned.contains(first) { return .keep }
      guard Self.prepared.contains(first) else {
        return drop("the answer does not begin as a SQL statement does")
      }
      return grammar.problem(sql).map { drop("SQLite cannot read the statement: \($0)") } ?? .keep
    }
  }
}

/// Asks SQLite's parser, through an empty database in memory that is opened once.
private struct SQLGrammar: Sendable {
  private let database = try? DatabaseQueue()

  /// What the parser says against a statement; `nil` where it reads it.
  func problem(_ sql: String) -> String? {
    guard let database else { return nil }
    do {
      try database.inDatabase { database in _ = try database.makeStatement(sql: sql) }
      return nil
    } catch let error as DatabaseError {
      return Self.isAboutSyntax(error.message ?? "") ? error.message : nil
    } catch {
      return nil
    }
  }

  /// The messages of SQLite's tokenizer and parser (tokenize.c, parse.y); every other message comes
  /// from looking up names, after the grammar accepted the text.
  private static func isAboutSyntax(_ message: String) -> Bool {
    ["syntax error", "incomplete input", "unrecognized token", "parser stack overflow"]
      .contains { ByteSearch.first(Array($0.utf8), in: Array(message.utf8)) != nil }
  }
}
