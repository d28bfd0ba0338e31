internal import ExpertPlatform
package import ExpertRecord

extension Store {
  /// Says by which rules a job's candidates are judged. Where they were judged by others, every
  /// verdict is taken back, to be given anew from the stored answers; gives whether that was so.
  @discardableResult
  package func setRules(_ rules: JSONValue, of job: Job) throws -> Bool {
    let text = CanonicalJSON.text(of: rules)
    let known = try read { context in
      try context.connection.first("SELECT rules FROM job WHERE id = ?", .integer(job.id)) {
        $0.optionalText(0)
      } ?? nil
    }
    guard known != text else { return false }
    if known != nil { try resetJudgement(job) }
    try write("rules") { context in
      try context.connection.run(
        "UPDATE job SET rules = ? WHERE id = ?", .text(text), .integer(job.id))
    }
    return known != nil
  }

  /// Candidates that were more than enough wait for a verdict again: the job may want more now.
  package func reopenSurplus(_ job: Job) throws {
    guard try tally(job).surplus > 0 else { return }
    try write("reopen surplus") { context in
      try context.connection.run(
        "UPDATE candidate SET verdict = 0 WHERE job_id = ? AND verdict = 3", .integer(job.id))
    }
  }
}
