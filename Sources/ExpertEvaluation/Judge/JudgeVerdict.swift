internal import ExpertGeneration
package import ExpertRecord

/// What a judge said of two answers.
package struct JudgeVerdict: Sendable, Hashable {
  package enum Winner: String, Sendable, Hashable, CaseIterable {
    case first = "A"
    case second = "B"
    case tie
  }

  package var winner: Winner
  package var reason: String

  package init(winner: Winner, reason: String = "") {
    self.winner = winner
    self.reason = reason
  }

  /// The JSON Schema that a reply follows. The reason stands first, so that a model thinks before
  /// it decides.
  package static let schema: JSONValue = [
    "type": "object", "additionalProperties": false, "required": ["reason", "winner"],
    "properties": [
      "reason": ["type": "string"],
      "winner": [
        "type": "string", "enum": .array(Winner.allCases.map { .string($0.rawValue) }),
      ],
    ],
  ]

  /// Reads a reply: the one JSON object in it that is a verdict. `nil` where there is none, or where
  /// several disagree.
  package init?(reply: String) {
    let verdicts = JSONExtraction.values(in: reply).compactMap { Self(json: $0) }
    guard let verdict = verdicts.last, verdicts.allSatisfy({ $0.winner == verdict.winner }) else {
      return nil
    }
    self = verdict
  }

  private init?(json: JSONValue) {
    guard let winner = json["winner"]?.string.flatMap({ Winner(rawValue: $0) }) else { return nil }
    self.init(winner: winner, reason: json["reason"]?.string ?? "")
  }
}
