import ExpertEvaluation
import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTestSupport
import Foundation
import Testing

/// Outcomes of a made-up test set: `rights` says which answers of base and expert are right.
func outcomes(_ rights: [(base: Bool, expert: Bool)]) -> [ExampleOutcome] {
  rights.enumerated().map { place, right in
    ExampleOutcome(
      rid: "r\(place)", split: .test, difficulty: place % 2 == 0 ? .easy : .hard,
      answerKind: .label, prompt: "Classify <\(place)> & say \"spam\"", references: ["spam"],
      base: SystemAnswer(text: right.base ? "spam" : "ham"),
      expert: SystemAnswer(text: right.expert ? " spam\n" : "<script>alert(1)</script>"))
  }
}

func provenance() -> EvaluationProvenance {
  var provenance = EvaluationProvenance(
    seed: 7, tool: "expert-gen 0.1.0", date: "2026-01-02T03:04:05Z")
  provenance.dataset = "mail"
  provenance.version = "v3"
  provenance.commit = String(repeating: "ab", count: 32)
  provenance.split = "test"
  provenance.adapter = "mail-expert"
  provenance.adapterSHA256 = String(repeating: "cd", count: 32)
  provenance.checkpoint = "step-400"
  return provenance
}

func report(_ rights: [(base: Bool, expert: Bool)]) -> EvaluationReport {
  EvaluationReport(
    scoring: outcomes(rights), bootstrap: Bootstrap(seed: 7, resamples: 200),
    provenance: provenance())
}

/// Three of four right for the expert, one of four for the base.
let four: [(base: Bool, expert: Bool)] = [
  (false, true), (true, true), (false, true), (false, false),
]

@Suite struct ReportTests {
  @Test func theReportHoldsWhatAManifestSays() throws {
    let report = report(four)
    #expect(
      report.qualityMetrics == [
        "base_model_score": 0.25, "benchmark_score": 0.75, "checkpoint": "step-400",
        "improvement_percent": 200, "test_date": "2026-01-02", "test_queries": 4,
        "win_rate_vs_base": 0.75,
      ])
    let wins = try #require(report.benchmark?.wins)
    #expect((wins.wins, wins.ties, wins.losses) == (2, 2, 0))
    #expect(report.rows.map(\.name) == ["accuracy", "f1-macro", "f1-weighted"])
  }

  @Test func difficultiesAndKindsOfAnswersHaveTheirOwnRows() {
    let report = report(four)
    #expect(report.difficulties.map(\.name) == ["easy", "hard"])
    #expect(report.difficulties.map(\.expert) == [1, 0.5])
    #expect(report.difficulties.map(\.base) == [0, 0.5])
    #expect(report.answerKinds.map(\.name) == ["label"])
  }

  @Test func templatesAndCorruptionsHaveTheirOwnRows() throws {
    let origins = ["off-by-one", "wrong-unit", "off-by-one", nil].map {
      RecordOrigin(template: "sum", corruption: $0)
    }
    let named = zip(outcomes(four), origins).map { outcome, origin in
      var outcome = outcome
      outcome.origin = origin
      return outcome
    }
    let report = EvaluationReport(
      scoring: named, bootstrap: Bootstrap(seed: 7, resamples: 20), provenance: provenance())
    #expect(report.corruptions.map(\.name) == ["off-by-one", "wrong-unit", "unknown"])
    #expect(report.corruptions.map(\.expert) == [1, 1, 0])
    #expect(report.corruptions.map(\.base) == [0, 1, 0])
    #expect(report.templates.map(\.examples) == [4])
    #expect(report.tables.map(\.title).contains("Benchmark by corruption"))
    let again = try EvaluationReport(json: report.json(withTexts: true), path: "a.json")
    #expect(again == report)
  }

  @Test func eachKindOfAnswerIsDecidedByItsOwnMetric() {
    let suite = EvaluationSuite()
    let deciding = AnswerKind.allCases.map {
      suite.metrics(for: $0, record: .instruction).first?.name
    }
    #expect(
      deciding == [
        "normalised-match", "accuracy", "json-equality", "exact-match", "exact-match", "chrf",
      ])
    #expect(suite.metrics(for: .prose, record: .preference).first == .rewardAccuracy)
  }

  @Test func aMixedSetScoresEachExampleByItsKind() throws {
    let mixed = [
      ExampleOutcome(
        rid: "a", answerKind: .json, references: ["{\"a\":1}"],
        expert: SystemAnswer(text: "{ \"a\": 1.0 }", nll: 2, tokens: 2)),
      ExampleOutcome(
        rid: "b", answerKind: .literal, references: ["5"], expert: SystemAnswer(text: "6")),
    ]
    let report = EvaluationReport(
      scoring: mixed, bootstrap: Bootstrap(resamples: 0), provenance: provenance())
    #expect(report.benchmark?.expert.value == 0.5)
    let counts = Dictionary(uniqueKeysWithValues: report.rows.map { ($0.name, $0.examples) })
    #expect(
      counts == [
        "json-equality": 1, "json-validity": 1, "exact-match": 2, "normalised-match": 1,
        "squad-f1": 1, "perplexity": 1,
      ])
    #expect(report.benchmark?.base == nil)
    #expect(report.qualityMetrics["win_rate_vs_base"] == .null)
  }

  @Test func theJSONReadsBackAsTheSameReport() throws {
    var whole = report(four)
    whole.leaks = LeakReport(
      tested: 4, trained: 9, leaks: [Leak(rid: "r1", kind: .near, trained: "t", similarity: 0.9)],
      phrases: ["r2"], sources: ["mail@v3:train"], unknown: ["mail@v1: it is not here"])
    whole.provenance.limit = 4
    whole.provenance.splitRecords = 9
    whole.provenance.allowsTrainedOn = true
    whole.provenance.sampling = ["temperature": 0.5]
    let bytes = CanonicalJSON.bytes(of: whole.json(withTexts: true))
    let again = try EvaluationReport(json: try JSONValue.parse(bytes), path: "a.json")
    #expect(again == whole)
    #expect(CanonicalJSON.bytes(of: again.json(withTexts: true)) == bytes)
  }

  @Test(arguments: [
    "{}", "{\"format\":\"expert-gen evaluation 1\"}",
    "{\"format\":\"expert-gen evaluation 1\",\"count\":1,\"metrics\":[{}],\"provenance\":{}}",
  ])
  func whatIsNoReportIsRefused(text: String) throws {
    let json = try JSONValue.parse(text)
    #expect(throws: EvaluationError.self) { try EvaluationReport(json: json, path: "a.json") }
  }

  @Test func thePageEscapesEveryTextAndLoadsNothing() {
    var outcomes = outcomes(four)
    outcomes[0].prompt = "\"><img src=http://evil.example/x onerror=alert(1)>\u{202E}\u{0}"
    let report = EvaluationReport(
      scoring: outcomes, bootstrap: Bootstrap(resamples: 50), provenance: provenance())
    let page = ReportPage(report).html
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(
      page.contains(
        "&quot;&gt;&lt;img src=http://evil.example/x onerror=alert(1)&gt;\u{FFFD}\u{FFFD}"))
    for forbidden in ["<script", "<img", "<link", "src=\"", "url(", "@import", "\u{202E}"] {
      #expect(!page.contains(forbidden), "\(forbidden)")
    }
    #expect(page.contains("default-src 'none'"))
    #expect(page.components(separatedBy: "<details>").count == 5)
    #expect(page.contains("mail-expert"))
  }

  @Test func thePageFoldsAwayWhatIsTooMuch() {
    let page = ReportPage(report(four), examples: 3).html
    #expect(page.contains("and 1 more in the JSON report"))
  }

  @Test func theTablesHaveACellForEachColumn() {
    for table in report(four).tables {
      #expect(table.rows.allSatisfy { $0.count == table.header.count }, "\(table.title)")
    }
    #expect(report(four).tables.count == 3)
    #expect(report(four).notes.contains { $0.contains("only 4 examples") })
  }

  @Test func reportsAreComparedExampleByExample() throws {
    let better: [(base: Bool, expert: Bool)] = four.map { ($0.base, true) }
    let comparison = try ReportComparison(report(four), report(better))
    #expect(comparison.shared == 4)
    #expect(comparison.warnings == [])
    let row = try #require(comparison.rows.first { $0.name == "accuracy" })
    #expect((row.first, row.second) == (0.75, 1))
    #expect(row.wins == WinRate(wins: 1, ties: 3, losses: 0))
    #expect(row.interval?.low == 0)
    #expect(comparison.rows.first?.name == "benchmark" && comparison.rows.first?.wins == row.wins)
    #expect(comparison.table.rows.allSatisfy { $0.count == comparison.table.header.count })
  }

  @Test func reportsOfOtherDataAreComparedWithAWarning() throws {
    var other = report(four)
    other.provenance.commit = String(repeating: "ef", count: 32)
    other.outcomes.removeLast()
    let comparison = try ReportComparison(report(four), other)
    #expect(comparison.warnings.count == 2)
    other.rows = []
    other.benchmark = nil
    #expect(throws: EvaluationError.self) { try ReportComparison(report(four), other) }
  }

  /// Corpus scores are computed anew of the shared examples; without texts they are left out.
  @Test func aComparisonIsOfTheSharedExamplesAlone() throws {
    let first = report(four)
    var second = report(four.map { ($0.base, true) })
    second.outcomes[0].rid = "another"
    let comparison = try ReportComparison(first, second)
    #expect(comparison.shared == 3)
    let rows = Dictionary(uniqueKeysWithValues: comparison.rows.map { ($0.name, $0) })
    #expect(rows["accuracy"]?.first == 2.0 / 3 && rows["accuracy"]?.second == 1)
    #expect(rows["benchmark"]?.first == 2.0 / 3)
    // Of right, right, wrong: F1 of "spam" is 0.8, of the wrong answer's label 0; weighted 0.8.
    #expect(abs((rows["f1-weighted"]?.first ?? 0) - 0.8) < 1e-12)
    #expect(abs((rows["f1-macro"]?.first ?? 0) - 0.4) < 1e-12)
    #expect(rows["f1-weighted"]?.second == 1 && rows["f1-weighted"]?.interval != nil)
    let stored = try EvaluationReport(json: second.json(withTexts: false), path: "store")
    let without = try ReportComparison(first, stored)
    #expect(without.rows.map(\.name) == ["benchmark", "accuracy"])
    #expect(without.warnings.contains { $0.contains("f1-macro is left out") })
    // All shared: the scores stand as they are.
    let whole = try EvaluationReport(json: first.json(withTexts: false), path: "store")
    let same = try ReportComparison(first, whole)
    #expect(same.rows.map(\.name) == ["benchmark", "accuracy", "f1-macro", "f1-weighted"])
    #expect(same.rows.allSatisfy { $0.first == $0.second })
    for place in second.outcomes.indices { second.outcomes[place].rid = "x\(place)" }
    #expect(throws: EvaluationError.self) { try ReportComparison(first, second) }
  }

  @Test func aReportMakesWayForOneThatTellsMore() {
    func made(
      _ examples: Int, limit: Int? = nil, split: String = "test", leaks: [Leak] = [],
      adapter: String = "a"
    ) -> EvaluationReport {
      var report = report(Array(repeating: (false, true), count: examples))
      report.provenance.limit = limit
      report.provenance.splitRecords = 40
      report.provenance.split = split
      report.provenance.adapterSHA256 = adapter
      report.leaks = LeakReport(tested: examples, trained: 9, leaks: leaks)
      return report
    }
    let whole = made(40)
    let leaked = made(40, leaks: [Leak(rid: "r0", kind: .exact)])
    #expect(whole.isWhole && made(40, limit: 50).isWhole)
    for partial in [made(4, limit: 4), made(40, split: "valid"), leaked] {
      #expect(!partial.isWhole)
      #expect(!partial.mayReplace(whole) && whole.mayReplace(partial))
    }
    #expect(whole.mayReplace(whole))
    #expect(made(8, limit: 8).mayReplace(made(4, limit: 4)))
    #expect(!made(4, limit: 4).mayReplace(made(8, limit: 8)))
    #expect(made(4, limit: 4).mayReplace(leaked) && !leaked.mayReplace(made(4, limit: 4)))
    #expect(made(4, limit: 4, adapter: "b").mayReplace(whole))
  }

  @Test func aReportIsKeptBesideTheAdapterAndInTheStore() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.file("expert.db"), mode: .create)
    defer { try? store.close() }
    let rid = RecordID(file: SHA256.hash("a"), line: 1)
    let record = Record.instruction(InstructionRecord(instruction: "q", output: "spam"))
    _ = try store.commit(
      [.add(rid: rid, record: record, attributes: RecordAttributes(split: .test))], to: "mail",
      kind: .instruction, note: CommitNote(operation: "test"))
    let report = report(four)
    try report.write(besideAdapter: folder.path)
    let kept = try report.keep(in: store, of: try store.resolve("mail:test"))
    let stored = try EvaluationReport(json: try store.report(of: kept), path: "store")
    #expect(stored.benchmark == report.benchmark)
    #expect(stored.outcomes.map(\.prompt) == ["", "", "", ""])
    #expect(kept.figures.subject == report.provenance.adapterSHA256)
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("evaluation.json")))
    let file = try JSONValue.parse([UInt8](data))
    #expect(try EvaluationReport(json: file, path: "file") == report)
  }
}

/// Answers from a closure.
private struct ScriptedAnswers: AnswerSource {
  var name = "expert"
  var answer: @Sendable ([EvaluationCase]) throws -> [SystemAnswer]

  func answers(to cases: [EvaluationCase]) async throws -> [SystemAnswer] { try answer(cases) }
}

@Suite struct EvaluationRunTests {
  private func cases(_ count: Int) -> [EvaluationCase] {
    (0..<count).map { i in
      EvaluationCase(
        rid: "r\(i)",
        record: .instruction(
          InstructionRecord(instruction: "Add \(i) and 1", input: "", output: "\(i + 1)")),
        attributes: RecordAttributes(split: .test, difficulty: .easy, answerKind: .literal))
    }
  }

  @Test func everyCaseIsAskedOnceAndScored() async throws {
    let right = ScriptedAnswers { $0.map { SystemAnswer(text: $0.reference) } }
    let wrong = ScriptedAnswers(name: "base") { $0.map { _ in SystemAnswer(text: "?") } }
    let report = try await EvaluationRun(provenance: provenance()).run(
      cases(70), base: wrong, expert: right)
    #expect(report.outcomes.map(\.rid) == (0..<70).map { "r\($0)" })
    #expect(report.benchmark?.expert.value == 1 && report.benchmark?.base?.value == 0)
    #expect(report.benchmark?.wins == WinRate(wins: 70, ties: 0, losses: 0))
    #expect(report.outcomes[3].prompt == "Add 3 and 1")
  }

  @Test func lostAnswersAreAnErrorAndNoShift() async throws {
    let short = ScriptedAnswers { $0.dropLast().map { SystemAnswer(text: $0.reference) } }
    await #expect(throws: EvaluationError.answersMissing(source: "expert", asked: 3, given: 2)) {
      try await EvaluationRun(provenance: provenance()).run(cases(3), base: nil, expert: short)
    }
    await #expect(throws: EvaluationError.self) {
      try await EvaluationRun(provenance: provenance()).run([], base: nil, expert: short)
    }
  }

  @Test func aCancelledRunStopsBetweenGroups() async throws {
    let run = EvaluationRun(provenance: provenance())
    let cases = cases(200)
    let source = ScriptedAnswers { asked in
      withUnsafeCurrentTask { $0?.cancel() }
      return asked.map { SystemAnswer(text: $0.reference) }
    }
    let task = Task { try await run.run(cases, base: nil, expert: source) }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
