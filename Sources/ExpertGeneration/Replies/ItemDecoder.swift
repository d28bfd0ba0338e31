internal import ExpertRecord

/// Why an item of a reply is no record.
struct ItemError: Error, CustomStringConvertible {
  var description: String
}

/// Makes records of one object of a reply: strict about what must be there.
struct ItemDecoder {
  var format: GenerationFormat
  /// The reasoning that came beside the reply's text.
  var reasoning: String?

  struct Decoded {
    var records: [Record]
    var meta: [JSONValue.Member]
  }

  func decode(_ object: JSONValue) throws(ItemError) -> Decoded {
    switch format {
    case .instruction, .adversarial: try instruction(object)
    case .preferencePairs: try preference(object)
    case .distillation: try distillation(object)
    }
  }

  private func instruction(_ object: JSONValue) throws(ItemError) -> Decoded {
    let record = InstructionRecord(
      instruction: try text(["instruction", "prompt", "question"], in: object),
      input: try optionalText(["input", "context"], in: object),
      output: try text(["output", "response", "answer", "completion"], in: object))
    return Decoded(
      records: [.instruction(record)],
      meta: rest(
        of: object,
        without: [
          "instruction", "prompt", "question", "input", "context", "output", "response", "answer",
          "completion",
        ]))
  }

  private func distillation(_ object: JSONValue) throws(ItemError) -> Decoded {
    var steps = try optionalText(["reasoning", "rationale", "steps"], in: object)
    if steps.isEmpty { steps = reasoning ?? "" }
    guard !steps.isEmpty else { throw ItemError(description: "“reasoning” is missing") }
    let record = DistillationRecord(
      input: try text(["input", "question", "problem", "prompt"], in: object), reasoning: steps,
      answer: try text(["answer", "output"], in: object))
    return Decoded(
      records: [.distillation(record)],
      meta: rest(
        of: object,
        without: [
          "input", "question", "problem", "prompt", "reasoning", "rationale", "steps", "answer",
          "output",
        ]))
  }

  /// `chosen`/`rejected` as they are, or graded answers: best over mid, best over poor, mid over
  /// poor. Equal answers make no pair.
  private func preference(_ object: JSONValue) throws(ItemError) -> Decoded {
    let prompt = try text(["prompt", "question", "instruction"], in: object)
    let meta = rest(
      of: object,
      without: [
        "prompt", "question", "instruction", "chosen", "rejected", "best", "mid", "poor",
      ])
    if object["best"] == nil {
      let pair = PreferenceRecord(
        prompt: .text(prompt), chosen: .text(try text(["chosen"], in: object)),
        rejected: .text(try text(["rejected"], in: object)))
      guard pair.chosen != pair.rejected else {
        throw ItemError(description: "“chosen” and “rejected” are the same")
      }
      return Decoded(records: [.preference(pair)], meta: meta)
    }
    let grades = try graded(object)
    var records: [Record] = []
    for better in grades.indices {
      for worse in grades.indices where worse > better && grades[better] != grades[worse] {
        records.append(
          .preference(
            PreferenceRecord(
              prompt: .text(prompt), chosen: .text(grades[better]), rejected: .text(grades[worse])))
        )
      }
    }
    guard !records.isEmpty else { throw ItemError(description: "all answers are the same") }
    return Decoded(records: records, meta: meta)
  }

  private func graded(_ object: JSONValue) throws(ItemError) -> [String] {
    var grades = [try text(["best"], in: object)]
    if object["mid"] != nil { grades.append(try text(["mid"], in: object)) }
    grades.append(try text(["poor"], in: object))
    return grades
  }

  /// The first of these members; it must be text that says something. Numbers, booleans, lists and
  /// objects are taken in their JSON form: models often answer `42` where `"42"` was asked for.
  private func text(_ names: [String], in object: JSONValue) throws(ItemError) -> String {
    let value = try optionalText(names, in: object)
    guard value.contains(where: { !$0.isWhitespace }) else {
      throw ItemError(description: "“\(names[0])” is missing or empty")
    }
    guard !Self.placeholders.contains(where: { value.trimmed == $0 }) else {
      throw ItemError(description: "“\(names[0])” is the prompt's own placeholder, copied")
    }
    return value
  }

  /// What stands for a text in the shape that the prompts show; small models give it back.
  private static let placeholders = ["…", "..."]

  private func optionalText(_ names: [String], in object: JSONValue) throws(ItemError) -> String {
    guard let value = names.lazy.compactMap({ object[$0] }).first else { return "" }
    switch value {
    case .null: return ""
    case .string(let text): return text
    default: return CanonicalJSON.text(of: value)
    }
  }

  private func rest(of object: JSONValue, without used: Set<String>) -> [JSONValue.Member] {
    (object.members ?? []).filter { !used.contains($0.name) }
  }
}

extension String {
  /// Without white space at its ends.
  fileprivate var trimmed: Substring {
    let start = self[...].drop(while: \.isWhitespace)
    let end = start.lastIndex { !$0.isWhitespace }
    return end.map { start[...$0] } ?? ""
  }
}
