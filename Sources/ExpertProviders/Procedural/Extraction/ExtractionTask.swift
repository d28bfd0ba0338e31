internal import ExpertRecord

/// A problem over a document, with the plan that answers it.
package struct ExtractionProblem: Sendable {
  package var item: ProceduralItem
  package var plan: DocumentPlan
  /// The values that the text was rendered from.
  package var rows: [[String]]
}

/// One kind of question for every kind of document.
struct ExtractionTask: Sendable {
  var id: String
  var skill: String
  /// Makes a problem, or `nil` where this document has no good one.
  var make:
    @Sendable (inout SeededGenerator, Difficulty, SampleDocument) -> (ProceduralItem, DocumentPlan)?

  /// Draws documents until one suits the question.
  func problem(
    _ format: DocumentFormat, _ g: inout SeededGenerator, _ difficulty: Difficulty
  ) -> ExtractionProblem {
    for _ in 0..<500 {
      let document = SampleDocument(format, &g, difficulty)
      if let (item, plan) = make(&g, difficulty, document), item.corruptions.count >= 2 {
        return ExtractionProblem(item: item, plan: plan, rows: document.rows)
      }
    }
    preconditionFailure("no document of the form \(format.id) suits the question \(id)")
  }

  func suits(_ format: DocumentFormat) -> Bool {
    switch id {
    case "malformed": format.damage != nil
    case "sum", "most", "least", "range", "group-sums", "average": !format.indices(.number).isEmpty
    default: true
    }
  }
}

/// The parts of a problem, put together in one way.
struct ExtractionDraft {
  var document: SampleDocument
  var question: String
  var form: String
  var answer: String
  var steps: [String]
  var kind: AnswerKind
  var corruptions: CorruptionList

  /// A draft; `answer` is what the corruptions are compared with.
  init(
    _ document: SampleDocument, question: String, form: String, answer: String, steps: [String],
    kind: AnswerKind = .literal, wrong: [(String, String?)]
  ) {
    (self.document, self.question, self.form) = (document, question, form)
    (self.answer, self.steps, self.kind) = (answer, steps, kind)
    corruptions = CorruptionList(right: answer)
    for (name, output) in wrong { corruptions.add(name, output) }
  }

  func item(_ g: inout SeededGenerator, input: String? = nil) -> ProceduralItem {
    let noun = document.format.noun
    let frame = g.pick([
      "# The \(noun) is given below.", "Read the \(noun). #", "Below is a \(noun). #",
      "Look through this \(noun): #", "From the \(noun) that follows: #", "#",
    ])
    var instruction = frame.filling(question)
    if !document.format.note.isEmpty { instruction += " \(document.format.note)" }
    return ProceduralItem(
      instruction: "\(instruction) \(form)", input: input ?? document.text.whole, output: answer,
      reasoning: steps.joined(separator: "\n"), answerKind: kind, corruptions: corruptions.items)
  }
}
