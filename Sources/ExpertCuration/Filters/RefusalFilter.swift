internal import ExpertRecord

/// The answer is not a refusal and does not speak of itself as a language model.
///
/// The phrases are those that published refusal detectors share (HarmBench's and XSTest's keyword
/// lists, the lists by which ShareGPT and WizardLM data were freed of refusals). They count only
/// where a refusal stands: in the first sentences. An apology alone is no refusal.
package struct RefusalFilter: RecordFilter {
  package let name = "refusal"

  /// Characters from the start in which a refusal is looked for.
  private static let reach = 240

  private static let openings = [
    "i'm sorry, but i can", "i'm sorry, but i'm ", "i'm sorry, i can", "i am sorry, but i can",
    "i am sorry, but i am ", "i am sorry, i can", "sorry, but i can", "sorry, i can't",
    "sorry, i cannot", "i apologize, but i can", "i apologize, but i'm ", "i can't help with",
    "i cannot help with", "i can't assist", "i cannot assist", "i can't provide",
    "i cannot provide", "i can't fulfill", "i cannot fulfill", "i can't comply",
    "i cannot comply", "i can't create", "i cannot create", "i can't generate",
    "i cannot generate", "i'm not able to help", "i'm not able to assist", "i'm unable to",
    "i am unable to", "i am not able to", "i won't be able to", "i must decline",
    "i have to decline", "unfortunately, i can't", "unfortunately, i cannot",
    "unfortunately, i am unable", "unfortunately, i'm unable",
  ]

  private static let selfReferences = [
    "as an ai language model", "as an ai assistant", "as an ai model", "as an ai,", "as an ai i ",
    "as a large language model", "as a language model", "i'm an ai language model",
    "i am an ai language model", "i'm just an ai", "i am just an ai", "i'm an ai assistant",
    "i am an ai assistant", "i'm only an ai", "as an artificial intelligence",
    "my training data only", "my knowledge cutoff", "my knowledge cut-off",
  ]

  package init() {}

  package func judge(_ candidate: Candidate) -> Verdict {
    let view = RecordView(candidate)
    let start = Ascii.folded(view.answer.trimmed.prefix(Self.reach))
    if let phrase = Self.selfReferences.first(where: { Self.found($0, in: start) }) {
      return drop("the answer says \"\(phrase.trimmed)\"")
    }
    if let phrase = Self.openings.first(where: { Self.opens($0, start) }) {
      return drop("the answer refuses: \"\(phrase.trimmed)\"")
    }
    return .keep
  }

  /// A refusal opens the answer, or a sentence after a first short one.
  private static func opens(_ phrase: String, _ start: String) -> Bool {
    if start.hasPrefix(phrase) { return true }
    return [". ", "! ", "\n"].contains { found($0 + phrase, in: start) }
  }

  private static func found(_ phrase: String, in text: String) -> Bool {
    ByteSearch.first(Array(phrase.utf8), in: Array(text.utf8)) != nil
  }
}

/// Finding bytes in bytes; needles here are short, so the plain way is the fast one.
enum ByteSearch {
  static func first(_ needle: [UInt8], in hay: [UInt8], from: Int = 0) -> Int? {
    guard let head = needle.first, hay.count >= needle.count else { return nil }
    var at = from
    while at + needle.count <= hay.count {
      if hay[at] == head, hay[at..<(at + needle.count)].elementsEqual(needle) { return at }
      at += 1
    }
    return nil
  }
}
