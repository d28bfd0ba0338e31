package import ExpertRecord

/// One example as both questions decided it.
package struct JudgedExample: Sendable, Hashable {
  package enum Result: String, Sendable, Hashable, CaseIterable {
    /// Both orders prefer the expert's answer.
    case win
    /// Both orders see a tie, or both systems gave the same answer.
    case tie
    /// Both orders prefer the base's answer.
    case loss
    /// The orders disagree: what was preferred is the place.
    case inconsistent
    /// A question has no usable reply.
    case failed
  }

  package var rid: String
  package var result: Result
  /// The judge's reasons: expert first, base first.
  package var reasons: [String]
}

/// What a judge said of the whole test set.
package struct JudgeSummary: Sendable, Hashable {
  package var provider: String
  package var model: String
  /// The template as `name@v1`, and its SHA-256.
  package var template: String
  package var templateSHA256: String
  package var examples: [JudgedExample]

  package func count(_ result: JudgedExample.Result) -> Int {
    examples.count { $0.result == result }
  }

  /// Only consistent preferences win or lose; an inconsistent one is a tie; a failed one is left out.
  package var wins: WinRate {
    WinRate(
      wins: count(.win), ties: count(.tie) + count(.inconsistent), losses: count(.loss))
  }

  /// Of the examples that were judged, the share in which both orders agreed.
  package var consistency: Double? {
    let judged = examples.count - count(.failed)
    return judged > 0 ? Double(judged - count(.inconsistent)) / Double(judged) : nil
  }

  package var summary: String {
    "judge \(provider) \(model): \(ScoreText.wins(wins)) win/tie/loss, both orders agree in "
      + "\(ScoreText.decimal(100 * (consistency ?? 0), 1)) %, \(count(.failed)) without verdict"
  }
}

extension JudgeSummary {
  /// Puts the verdicts of the questions together; a question without one failed.
  package init(
    outcomes: [ExampleOutcome], questions: [JudgeQuestion], verdicts: [JudgeVerdict?],
    provider: String, model: String, template: String, templateSHA256: String
  ) {
    var asked: [Int: [JudgeOrder: JudgeVerdict?]] = [:]
    for (question, verdict) in zip(questions, verdicts) {
      asked[question.place, default: [:]][question.order] = .some(verdict)
    }
    let examples = outcomes.enumerated().compactMap { place, outcome -> JudgedExample? in
      guard outcome.base != nil else { return nil }
      guard let both = asked[place] else {
        return JudgedExample(rid: outcome.rid, result: .tie, reasons: ["the answers are the same"])
      }
      return JudgedExample(rid: outcome.rid, both[.expertFirst] ?? nil, both[.baseFirst] ?? nil)
    }
    self.init(
      provider: provider, model: model, template: template, templateSHA256: templateSHA256,
      examples: examples)
  }
}

extension JudgedExample {
  fileprivate init(rid: String, _ expertFirst: JudgeVerdict?, _ baseFirst: JudgeVerdict?) {
    let reasons = [expertFirst, baseFirst].map { $0?.reason ?? "" }
    guard let expertFirst, let baseFirst else {
      self.init(rid: rid, result: .failed, reasons: reasons)
      return
    }
    let result: Result =
      switch (expertFirst.winner, baseFirst.winner) {
      case (.first, .second): .win
      case (.second, .first): .loss
      case (.tie, .tie): .tie
      default: .inconsistent
      }
    self.init(rid: rid, result: result, reasons: reasons)
  }
}

extension JudgeSummary {
  package var json: JSONValue {
    [
      "consistency": .optional(consistency), "examples": .array(examples.map(\.json)),
      "failed": .number(Double(count(.failed))),
      "inconsistent": .number(Double(count(.inconsistent))), "model": .string(model),
      "provider": .string(provider), "template": .string(template),
      "template_sha256": .string(templateSHA256), "wins": wins.json,
    ]
  }

  init?(_ json: JSONValue?) {
    guard let json, let provider = json["provider"]?.string, let model = json["model"]?.string
    else {
      return nil
    }
    self.init(
      provider: provider, model: model, template: json["template"]?.string ?? "",
      templateSHA256: json["template_sha256"]?.string ?? "",
      examples: (json["examples"]?.array ?? []).compactMap { JudgedExample($0) })
  }
}

extension JudgedExample {
  fileprivate var json: JSONValue {
    [
      "reasons": .array(reasons.map(JSONValue.string)), "result": .string(result.rawValue),
      "rid": .string(rid),
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let rid = json["rid"]?.string,
      let result = json["result"]?.string.flatMap({ Result(rawValue: $0) })
    else { return nil }
    self.init(
      rid: rid, result: result, reasons: (json["reasons"]?.array ?? []).compactMap(\.string))
  }
}
