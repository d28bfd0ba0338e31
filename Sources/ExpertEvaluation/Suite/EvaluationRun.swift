/// Puts the cases of a test set to the base and to the expert, and scores what they answer.
///
/// Synchronous bookkeeping around two `AnswerSource`s; it writes nothing. Cancelling the task ends
/// the run between two groups.
package struct EvaluationRun: Sendable {
  /// Cases that a source gets at once.
  package static let group = 32

  package var suite: EvaluationSuite
  package var bootstrap: Bootstrap
  package var provenance: EvaluationProvenance

  package init(
    suite: EvaluationSuite = EvaluationSuite(), bootstrap: Bootstrap = Bootstrap(),
    provenance: EvaluationProvenance
  ) {
    self.suite = suite
    self.bootstrap = bootstrap
    self.provenance = provenance
  }

  /// Asks and scores. `onProgress` is told the cases done so far.
  ///
  /// Throws `EvaluationError` where there is no case or a source loses answers, `CancellationError`,
  /// and whatever the sources throw.
  package func run(
    _ cases: [EvaluationCase], base: (any AnswerSource)?, expert: any AnswerSource,
    onProgress: @Sendable (Int) -> Void = { _ in }
  ) async throws -> EvaluationReport {
    guard !cases.isEmpty else {
      throw EvaluationError.nothingToScore(what: "the test split has no record")
    }
    var outcomes: [ExampleOutcome] = []
    for start in stride(from: 0, to: cases.count, by: Self.group) {
      try Task.checkCancellation()
      let group = Array(cases[start..<min(start + Self.group, cases.count)])
      let answers = try await Self.ask(expert, group)
      var others: [SystemAnswer]?
      if let base { others = try await Self.ask(base, group) }
      for (place, asked) in group.enumerated() {
        outcomes.append(ExampleOutcome(asked, base: others?[place], expert: answers[place]))
      }
      onProgress(outcomes.count)
    }
    return EvaluationReport(
      scoring: outcomes, suite: suite, bootstrap: bootstrap, provenance: provenance)
  }

  private static func ask(
    _ source: any AnswerSource, _ cases: [EvaluationCase]
  ) async throws -> [SystemAnswer] {
    let answers = try await source.answers(to: cases)
    guard answers.count == cases.count else {
      throw EvaluationError.answersMissing(
        source: source.name, asked: cases.count, given: answers.count)
    }
    return answers
  }
}
