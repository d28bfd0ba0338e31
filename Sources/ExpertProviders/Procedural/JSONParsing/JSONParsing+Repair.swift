internal import ExpertRecord

extension JSONParsing {
  /// Mending text that is almost JSON. The answer is the document that was broken.
  static let repair: [ProceduralTemplate] = ProceduralTemplate.all(
    "repair",
    JSONFault.all.map { fault in ("repair-\(fault.name)", { mended(fault, &$0, $1) }) } + [
      ("repair-several-faults", severalFaults), ("repair-markdown-fence", fence),
      ("repair-typographic-quotes", typographicQuotes), ("repair-not-a-number", notANumber),
      ("repair-cut-array", cutArray),
    ])

  private static func asked(_ g: inout SeededGenerator) -> String {
    g.pick([
      "Repair this text so that it is valid JSON.", "The following is almost JSON. Correct it.",
      "A strict parser rejects this document. Fix the syntax.",
      "Turn the text below into well-formed JSON.", "Correct the syntax error in this JSON.",
      "Someone edited this configuration by hand and broke it. Mend it.",
      "Fix the document without changing its data.",
    ]) + " "
      + g.pick([
        "Output the repaired document minified, keys in their order.",
        "Answer with compact JSON (no white space between tokens), order kept.",
        "Return it on one line without spaces outside strings; keep the order of members.",
        "Write the result as minified JSON and change no value.",
      ])
  }

  private static func mended(
    _ fault: JSONFault, _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (document, text, fault) = broken(d, &g, faults: [fault])
    var item = ProceduralItem.json(
      asked(&g), input: text, answer: document,
      reasoning: "The fault: \(fault.explanation). Once that is put right the text parses, and its "
        + "\(document.leaves.count) values are written without white space.")
    item.corruptions.append(.init("unrepaired", text))
    return item
  }

  private static func severalFaults(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let (document, broken, fault) = broken(
      d, &g, faults: [.missingComma, .unquotedName, .comment, .missingColon, .trailingComma])
    var text = broken
    var also = "the last closing bracket is missing"
    if g.once(in: 2) {
      text = "\(g.pick(["data", "result", "config", "payload"])) = \(text);"
      also = "the document is wrapped in an assignment"
    } else {
      text.removeLast()
    }
    return .json(
      asked(&g), input: text, answer: document,
      reasoning: "There are two faults: \(fault.explanation), and \(also). With both put right the "
        + "document parses.")
  }

  private static func fence(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (document, broken, fault) = broken(d, &g)
    let lead = g.pick([
      "Sure! Here is the record you asked for:", "The answer of the service was:",
      "I have put it together for you.", "Output of the run:",
    ])
    let tail = g.pick(["Let me know if it helps.", "(end of output)", "Hope this is right.", ""])
    return .json(
      asked(&g), input: "\(lead)\n\n```json\n\(broken)\n```\n\(tail)", answer: document,
      reasoning: "The text around the fenced block goes. Inside the block, \(fault.explanation); "
        + "that is corrected.")
  }

  private static func typographicQuotes(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    var document = DocumentFactory.document(d, &g)
    while ProceduralJSON.minified(document).contains("\\\"") {
      document = DocumentFactory.document(d, &g)
    }
    let (open, close) = g.pick([("\u{201c}", "\u{201d}"), ("\u{201e}", "\u{201c}"), ("«", "»")])
    var opened = false
    let text = ProceduralJSON.pretty(document).map { character -> String in
      guard character == "\"" else { return String(character) }
      opened.toggle()
      return opened ? open : close
    }.joined()
    return .json(
      asked(&g), input: text, answer: document,
      reasoning: "A word processor has replaced the quotation marks by \(open) and \(close). JSON "
        + "knows only the plain mark, so each of them is put back.")
  }

  private static func notANumber(
    _ g: inout SeededGenerator, _ d: Difficulty
  ) -> ProceduralItem {
    let source = DocumentFactory.document(d, &g)
    let numbers = source.leaves.filter { $0.value.number != nil }
    let leaf = g.pick(numbers.isEmpty ? source.leaves : numbers)
    let word = g.pick(["NaN", "Infinity", "-Infinity", "undefined"])
    let document = source.replacing(leaf.path[...], with: .null)
    let text = ProceduralJSON.pretty(source.replacing(leaf.path[...], with: .string("@@")))
      .replacing("\"@@\"", with: word)
    return .json(
      asked(&g) + " "
        + g.pick([
          "NaN, Infinity and undefined become null.", "What JSON cannot express becomes null.",
          "Replace a value that JSON does not know by null.",
        ]),
      input: text, answer: document,
      reasoning: "At \(leaf.dotted) stands \(word), which JSON does not have. It becomes null.")
  }

  private static func cutArray(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (entity, rows) = rows(d, &g)
    let text = ProceduralJSON.spaced(.array(rows))
    let last = ProceduralJSON.spaced(rows[rows.count - 1])
    let cut = text.count - 1 - last.count + g.integer(in: 1...max(1, last.count - 1))
    let kept = JSONValue.array(Array(rows.dropLast()))
    let ask = g.pick([
      "The download broke off in the middle of the last object.",
      "This array of \(entity.plural) was truncated while it was written.",
      "The connection was lost before the array was complete.",
    ])
    let form = g.pick([
      "Keep the complete objects, drop the incomplete one, close the array. Minified JSON.",
      "Save what is whole: remove the unfinished object and end the array. No white space.",
      "Drop the partial object and output the rest as compact JSON, order kept.",
    ])
    return .json(
      "\(ask) \(form)", input: String(text.prefix(cut)), answer: kept,
      reasoning: "\(rows.count - 1) objects are complete; the one that starts after them is not. "
        + "It is removed with the comma before it, and a bracket closes the array.")
  }
}
