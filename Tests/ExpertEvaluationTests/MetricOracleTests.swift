import ExpertEvaluation
import ExpertPlatform
import ExpertRecord
import Foundation
import Testing

/// What the reference implementations say of generated answers: see Tests/Tools/metric-oracles.py.
enum OracleFixture {
  static let folder =
    #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    + "/Golden"

  static func bytes() throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/metric-oracles.jsonl")))
  }

  static func lines() throws -> [JSONValue] {
    try bytes().split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
  }
}

/// Equal to 1e-9, relative above one.
func agrees(_ a: Double?, _ b: Double?) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))
}

@Suite struct MetricOracleTests {
  @Test func theFixtureIsTheOneThatWasGenerated() throws {
    let sum = try String(
      contentsOfFile: OracleFixture.folder + "/metric-oracles.jsonl.sha256", encoding: .utf8)
    #expect(sum == "\(SHA256.hash(try OracleFixture.bytes()).hex)  metric-oracles.jsonl\n")
  }

  @Test func everyScoreEqualsTheReferenceImplementations() throws {
    var (answers, compared) = (0, 0)
    var names: Set<String> = []
    for line in try OracleFixture.lines() {
      guard let scores = line["scores"]?.members else { continue }
      let predictions = Self.predictions(line)
      answers += predictions.count
      for expected in scores {
        names.insert(expected.name)
        let column = ScoreColumn(try Metric(name: expected.name), predictions)
        let wanted = expected.value[0]?.array ?? []
        #expect(wanted.count == predictions.count)
        for (place, score) in wanted.enumerated()
        where !agrees(column.examples[place], score.number) {
          Issue.record(
            "\(expected.name) of \(predictions[place]): \(String(describing: column.examples[place])), expected \(score)"
          )
        }
        #expect(agrees(column.score, expected.value[1]?.number), "\(expected.name), corpus")
        compared += wanted.count + 1
      }
    }
    #expect(answers >= 600)
    #expect(compared >= 10_000)
    #expect(names.count >= 35)
  }

  private static func predictions(_ line: JSONValue) -> [Prediction] {
    zip(line["predictions"]?.array ?? [], line["references"]?.array ?? []).map {
      Prediction(text: $0.string ?? "", references: ($1.array ?? []).compactMap(\.string))
    }
  }

  @Test func f1OfGivenLabelsTreatsZeroDivisionAsScikitLearnDoes() throws {
    var cases = 0
    let treatments: [(String, ZeroDivision)] = [("zero", .zero), ("one", .one), ("none", .none)]
    for case let line? in try OracleFixture.lines().map({ $0["classification"] }) {
      for (name, treatment) in treatments {
        let found = try #require(
          Classification(
            predictions: (line["predictions"]?.array ?? []).compactMap(\.string),
            references: (line["references"]?.array ?? []).compactMap(\.string),
            labels: line["labels"]?.array?.compactMap(\.string), zeroDivision: treatment))
        let wanted = line["f1"]?[name]
        #expect(agrees(found.macroF1, wanted?[0]?.number), "\(line) \(name)")
        #expect(agrees(found.weightedF1, wanted?[1]?.number), "\(line) \(name)")
        cases += 1
      }
    }
    #expect(cases == 120)
  }

  @Test func perplexityAndRewardsEqualTheirFormulas() throws {
    var cases = 0
    for case let line? in try OracleFixture.lines().map({ $0["surprise"] }) {
      let rows = (line["rows"]?.array ?? []).map {
        Prediction(text: "", references: [], nll: $0[0]?.number, tokens: $0[1]?.integer)
      }
      let pairs = (line["pairs"]?.array ?? []).map {
        Prediction(
          text: "", references: [],
          rewards: .init(chosen: $0[0]?.number ?? 0, rejected: $0[1]?.number ?? 0))
      }
      #expect(agrees(ScoreColumn(.perplexity, rows).score, line["perplexity"]?.number))
      #expect(agrees(ScoreColumn(.rewardAccuracy, pairs).score, line["accuracy"]?.number))
      #expect(agrees(ScoreColumn(.rewardMargin, pairs).score, line["margin"]?.number))
      cases += 1
    }
    #expect(cases == 40)
  }

  @Test func theSignTestEqualsSciPysBinomialTest() throws {
    var cases = 0
    for case let line? in try OracleFixture.lines().map({ $0["sign_test"] }) {
      let wins = WinRate(wins: line["wins"]?.integer ?? 0, losses: line["losses"]?.integer ?? 0)
      #expect(agrees(wins.pValue, line["p"]?.number), "\(line): \(wins.pValue)")
      cases += 1
    }
    #expect(cases == 40)
  }
}
