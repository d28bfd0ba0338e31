package import ExpertCuration
package import ExpertRecord

/// What was found in one reply: candidates with their place, and what could not be used.
package struct ParsedReply: Sendable, Hashable {
  package struct Item: Sendable, Hashable {
    /// `family * 16 + variant`: pairs made from the same answers share a family.
    package var ordinal: Int
    package var candidate: Candidate

    package init(ordinal: Int, candidate: Candidate) {
      self.ordinal = ordinal
      self.candidate = candidate
    }
  }

  package var items: [Item] = []
  package var rejections: [Rejection] = []

  package init(items: [Item] = [], rejections: [Rejection] = []) {
    self.items = items
    self.rejections = rejections
  }
}

/// Turns a reply's text into candidates: lenient extraction, strict validation after.
package struct ReplyParser: Sendable {
  /// How many variants one item of a reply can give: part of every ordinal, so never to change.
  package static let variants = 16

  private var format: GenerationFormat
  private var difficulty: Difficulty
  private var answerKind: AnswerKind?

  package init(format: GenerationFormat, difficulty: Difficulty, answerKind: AnswerKind?) {
    self.format = format
    self.difficulty = difficulty
    self.answerKind = answerKind
  }

  /// Reads the candidates out of a reply's text. `reasoning` is the model's own, where the wire
  /// format carried it apart; it stands in for a distillation record that has none.
  package func parse(_ text: String, reasoning: String? = nil) -> ParsedReply {
    let objects = itemObjects(in: text)
    guard !objects.isEmpty else {
      let reason = text.allSatisfy(\.isWhitespace) ? "the reply is empty" : "no record in the reply"
      return ParsedReply(rejections: [Rejection(filter: "parse", detail: reason)])
    }
    var parsed = ParsedReply()
    for (family, object) in objects.enumerated() {
      do {
        let decoded = try ItemDecoder(format: format, reasoning: reasoning).decode(object)
        for (variant, record) in decoded.records.enumerated() {
          let candidate = Candidate(record: record, attributes: attributes(decoded.meta))
          parsed.items.append(
            .init(ordinal: family * Self.variants + variant, candidate: candidate))
        }
      } catch {
        parsed.rejections.append(Rejection(filter: "schema", detail: error.description))
      }
    }
    return parsed
  }

  /// The members that the decoder did not use; `answer_kind` and `template` come from providers
  /// that know them.
  private func attributes(_ meta: [JSONValue.Member]) -> RecordAttributes {
    let declared = meta.first { $0.name == "answer_kind" }?.value.string
    return RecordAttributes(
      difficulty: difficulty,
      answerKind: declared.flatMap(AnswerKind.init) ?? answerKind,
      meta: meta.filter { $0.name != "answer_kind" })
  }

  private func itemObjects(in text: String) -> [JSONValue] {
    let objects = JSONExtraction.values(in: text).flatMap(Self.records)
    if objects.isEmpty, format == .distillation { return TagExtraction.items(in: text) }
    return objects
  }

  /// The names under which models wrap their list.
  private static let listNames = ["records", "items", "data", "examples", "results", "pairs"]

  /// The objects of a value: of an array, of an object that wraps a list, or the object itself.
  private static func records(_ value: JSONValue) -> [JSONValue] {
    switch value {
    case .array(let elements): return elements.flatMap(records)
    case .object:
      for name in listNames {
        if case .array(let elements)? = value[name] { return elements.flatMap(records) }
      }
      return [value]
    default: return []
    }
  }
}
