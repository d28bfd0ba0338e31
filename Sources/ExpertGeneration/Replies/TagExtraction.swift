internal import ExpertRecord

/// Reads the `<reasoning>…</reasoning><answer>…</answer>` form in which teachers often answer,
/// each pair headed by the problem in `<input>`, `<question>` or `<problem>`.
enum TagExtraction {
  /// The objects `{"input","reasoning","answer"}` in the order of the text.
  static func items(in text: String) -> [JSONValue] {
    var items: [JSONValue] = []
    var rest = text[...]
    while let reasoning = element(["reasoning", "think"], in: rest) {
      let after = rest[reasoning.end...]
      guard let answer = element(["answer"], in: after) else { break }
      let before = rest[..<reasoning.start]
      let input = element(["input", "question", "problem"], in: before)?.content ?? ""
      items.append([
        "input": .string(input), "reasoning": .string(reasoning.content),
        "answer": .string(answer.content),
      ])
      rest = text[answer.end...]
    }
    return items
  }

  private struct Element {
    var content: String
    var start: String.Index
    var end: String.Index
  }

  /// The first element of any of these names, its content trimmed.
  private static func element(_ names: [String], in text: Substring) -> Element? {
    names.compactMap { name -> Element? in
      guard let open = text.firstRange(of: "<\(name)>") else { return nil }
      let inner = text[open.upperBound...]
      guard let close = inner.firstRange(of: "</\(name)>") else { return nil }
      let content = inner[..<close.lowerBound]
      return Element(
        content: trimmed(content), start: open.lowerBound, end: close.upperBound)
    }.min { $0.start < $1.start }
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text.drop { $0.isWhitespace }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
