package import ExpertGeneration
internal import ExpertPlatform
package import ExpertProviders
internal import ExpertRecord

/// Which answer stands first in a question to the judge.
package enum JudgeOrder: Int, Sendable, Hashable, CaseIterable {
  case expertFirst = 0
  case baseFirst = 1
}

/// One question to the judge: an example in one of both orders.
package struct JudgeQuestion: Sendable, Hashable {
  /// The example's place in the list of outcomes.
  package var place: Int
  package var order: JudgeOrder
  package var request: ModelRequest
}

/// Writes the questions to a judge. Pure: the same outcomes give the same requests.
///
/// A judge prefers what stands first (Zheng et al., "Judging LLM-as-a-Judge with MT-Bench and
/// Chatbot Arena", NeurIPS 2023), so every example is asked twice, in both orders, and only a
/// preference that survives the exchange counts.
package struct JudgePlan: Sendable {
  /// The template's name in the prompt library.
  package static let template = "judge"

  private let template: PromptTemplate
  private let provider: String
  private let model: String
  private let seed: UInt64

  package init(template: PromptTemplate, provider: String, model: String, seed: UInt64 = 0) {
    self.template = template
    self.provider = provider
    self.model = model
    self.seed = seed
  }

  /// Two questions for each outcome that has both answers, unless they are the same: that is a tie
  /// which nobody needs to be asked about.
  package func questions(_ outcomes: [ExampleOutcome]) -> [JudgeQuestion] {
    outcomes.enumerated().flatMap { place, outcome -> [JudgeQuestion] in
      guard let base = outcome.base, !AnswerMatch.exact(base.text, outcome.expert.text) else {
        return []
      }
      return JudgeOrder.allCases.map { order in
        let answers =
          order == .expertFirst
          ? (outcome.expert.text, base.text) : (base.text, outcome.expert.text)
        return JudgeQuestion(
          place: place, order: order,
          request: request(outcome, answers, slot: 2 * place + order.rawValue))
      }
    }
  }

  private func request(
    _ outcome: ExampleOutcome, _ answers: (String, String), slot: Int
  ) -> ModelRequest {
    let texts = [outcome.prompt, outcome.references.first ?? "", answers.0, answers.1]
    var context: [String: PromptValue] = [
      "prompt": .text(outcome.prompt), "answer_a": .text(answers.0), "answer_b": .text(answers.1),
      "fence": .text(Self.fence(around: texts)),
    ]
    if let reference = outcome.references.first, !reference.isEmpty {
      context["reference"] = .text(reference)
    }
    return ModelRequest(
      provider: provider, model: model, messages: template.render(context),
      schema: JudgeVerdict.schema, temperature: 0, seed: seed & 0x7fff_ffff, slot: slot)
  }

  /// A word that stands in none of the texts, so that no text can end its own field: made of their
  /// hash, which they cannot contain, and checked all the same.
  private static func fence(around texts: [String]) -> String {
    var seed = CanonicalJSON.bytes(of: .array(texts.map(JSONValue.string)))
    while true {
      let word = "FENCE-" + SHA256.hash(seed).hex.prefix(16)
      if !texts.contains(where: { $0.contains(word) }) { return word }
      seed.append(0)
    }
  }
}
