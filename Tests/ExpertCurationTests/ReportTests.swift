import ExpertCuration
import ExpertRecord
import Testing

@Suite struct ReportTests {
  @Test func theFunnelAddsUpAndKeepsTheOrderOfTheFilters() {
    var funnel = Funnel()
    for number in 0..<5 {
      funnel.record(.drop(Rejection(filter: "near-duplicate", detail: "like record \(number)")))
    }
    funnel.record(.drop(Rejection(filter: "json", detail: "no JSON")))
    funnel.record(.drop(Rejection(filter: "judge", detail: "scored 2 of 10")))
    for _ in 0..<3 { funnel.record(.keep) }
    #expect(funnel.candidates == 10 && funnel.accepted == 3)
    #expect(funnel.steps.map(\.filter) == ["json", "near-duplicate", "judge"])
    #expect(funnel.steps.map(\.dropped) == [1, 5, 1])
    #expect(funnel.steps[1].examples == ["like record 0", "like record 1", "like record 2"])
    #expect(
      funnel.description == """
        candidates               10
          json                   -1        9  no JSON
          near-duplicate         -5        4  like record 0
          judge                  -1        3  scored 2 of 10
        accepted                  3
        """)
    var twice = funnel
    twice.merge(funnel)
    #expect(twice.candidates == 20 && twice.accepted == 6 && twice.steps[1].dropped == 10)
    #expect(funnel.json["dropped"]?[0]?["filter"] == "json")
  }

  @Test func diversityIsKeptOverTotal() {
    let texts = [
      "one two three four", "one two three four", "five six seven eight", "one two three four",
    ]
    let report = DiversityReport.measure(texts, threshold: 0.85)
    #expect(report == DiversityReport(kept: 2, total: 4, threshold: 0.85))
    #expect(
      report.description == "diversity 0.5: 2 of 4 records kept at the similarity threshold 0.85")
    #expect(DiversityReport.measure([]).score == 1)
  }

  @Test func statisticsCountWhatIsThere() {
    var statistics = DatasetStatistics()
    for (text, difficulty) in [("Alice", Difficulty.easy), ("7", .easy), ("true", .hard)] {
      var row = candidate(text, kind: .literal)
      row.attributes.difficulty = difficulty
      row.attributes.split = .train
      row.attributes.labels = ["demo"]
      statistics.record(row)
    }
    #expect(statistics.records == 3)
    #expect(statistics.difficulties == ["easy": 2, "hard": 1])
    #expect(statistics.splits == ["train": 3] && statistics.labels == ["demo": 3])
    #expect(statistics.answerLengths.least == 1 && statistics.answerLengths.most == 5)
    #expect(statistics.answerLengths.buckets == [0, 1, 0, 2])
    #expect(statistics.description.contains("difficulty    easy 2, hard 1"))
    #expect(statistics.json["answer_length"]?["max"] == 5)
    #expect(DatasetStatistics().description == "records       0")
  }

  @Test func theBenchmarkFindsItsPlantedPairsAndNothingElse() {
    let report = DuplicateBenchmark.run(rows: 6000, threads: 2, seed: 1)
    #expect(report.plantedPairs > 100)
    #expect(report.recall >= 0.99 && report.falsePositives == 0)
    #expect(report.duplicates >= report.foundPairs)
    #expect(report.description.contains("6000 rows"))
  }
}
