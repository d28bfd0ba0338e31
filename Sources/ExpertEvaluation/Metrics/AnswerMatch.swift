internal import ExpertRecord

/// Whether an answer is right, by several notions of right. White space around an answer never
/// counts.
package enum AnswerMatch {
  /// Whether the answer is one JSON document by the strict rules of records (RFC 8259, no name
  /// twice, no lone surrogates): what Python's `json.loads` accepts and more.
  package static func isJSON(_ prediction: String) -> Bool { json(prediction) != nil }

  /// Whether the answer is one JSON object or list.
  static func isDocument(_ text: String) -> Bool {
    switch json(text) {
    case .object, .array: true
    default: false
    }
  }

  /// Whether both are JSON with the same meaning: equal in the form of RFC 8785, so neither white
  /// space nor the order of members nor the spelling of numbers counts.
  package static func equalJSON(_ prediction: String, _ reference: String) -> Bool {
    guard let a = json(prediction), let b = json(reference) else { return false }
    return CanonicalJSON.bytes(of: a) == CanonicalJSON.bytes(of: b)
  }

  private static func json(_ text: String) -> JSONValue? {
    try? JSONValue.parse(TextRules.trimmed(text))
  }

  /// Whether both are the same text, byte by byte.
  package static func exact(_ prediction: String, _ reference: String) -> Bool {
    ExactText.equal(TextRules.trimmed(prediction), TextRules.trimmed(reference))
  }

  /// Whether both are the same after the normalisation of SQuAD.
  package static func squad(_ prediction: String, _ reference: String) -> Bool {
    AnswerForm.squad(prediction) == AnswerForm.squad(reference)
  }

  /// The F1 of the words that both have after the normalisation of SQuAD, from 0 to 1; two empty
  /// answers are equal.
  package static func squadF1(_ prediction: String, _ reference: String) -> Double {
    let found = AnswerForm.squad(prediction)
    let wanted = AnswerForm.squad(reference)
    guard !found.isEmpty, !wanted.isEmpty else { return found == wanted ? 1 : 0 }
    var left = wanted.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    var shared = 0
    for word in found where left[word, default: 0] > 0 {
      left[word, default: 0] -= 1
      shared += 1
    }
    guard shared > 0 else { return 0 }
    let precision = Double(shared) / Double(found.count)
    let recall = Double(shared) / Double(wanted.count)
    return 2 * precision * recall / (precision + recall)
  }

  /// Whether both mean the same, whatever they are:
  ///
  /// 1. both JSON: equal documents (`equalJSON`);
  /// 2. both one number (`1,234.50`, `$5`, `-3`, `12 %`): the same number with the same unit;
  /// 3. else equal words after SQuAD's normalisation, in which a mark between two digits and a
  ///    minus before one stay, so that 3.5 is not 35 and -5 is not 5.
  package static func normalised(_ prediction: String, _ reference: String) -> Bool {
    if let a = json(prediction), let b = json(reference) {
      return CanonicalJSON.bytes(of: a) == CanonicalJSON.bytes(of: b)
    }
    if let a = WrittenNumber(prediction), let b = WrittenNumber(reference) { return a == b }
    return AnswerForm.keepingNumbers(prediction) == AnswerForm.keepingNumbers(reference)
  }
}

/// The words of an answer, without what does not make it another answer.
enum AnswerForm {
  /// SQuAD's (Rajpurkar et al. 2016): lower case, without ASCII punctuation, without the articles
  /// a, an, the.
  static func squad(_ text: String) -> [TextRules.Scalars] {
    let lowered = TextRules.lowered(text.unicodeScalars)
    return TextRules.split(withoutArticles(lowered.filter { !TextRules.isPunctuation($0) }))
  }

  /// SQuAD's, but marks that make another number stay.
  static func keepingNumbers(_ text: String) -> [TextRules.Scalars] {
    let lowered = TextRules.lowered(text.unicodeScalars)
    let kept = lowered.indices.filter {
      !TextRules.isPunctuation(lowered[$0]) || belongsToNumber(lowered, $0)
    }
    return TextRules.split(withoutArticles(kept.map { lowered[$0] }))
  }

  private static func belongsToNumber(_ text: TextRules.Scalars, _ at: Int) -> Bool {
    guard at + 1 < text.count, TextRules.isDigit(text[at + 1]) else { return false }
    let before = at > 0 ? text[at - 1] : " "
    switch text[at] {
    case ".", ",", ":", "/", "-":
      return TextRules.isDigit(before) || (text[at] == "-" && isFree(before))
    default: return false
    }
  }

  /// Whether a minus after this is a sign and no hyphen.
  private static func isFree(_ before: Unicode.Scalar) -> Bool {
    TextRules.isSpace(before) || before == "(" || before == "="
  }

  /// The regular expression `\b(a|an|the)\b`, each match replaced by a space.
  private static func withoutArticles(_ text: TextRules.Scalars) -> TextRules.Scalars {
    var result: TextRules.Scalars = []
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, TextRules.isWord(text[end]) { end += 1 }
      if end == start {
        result.append(text[start])
        start += 1
      } else {
        result += articles.contains(Array(text[start..<end])) ? [" "] : text[start..<end]
        start = end
      }
    }
    return result
  }

  private static let articles: Set<TextRules.Scalars> = [["a"], ["a", "n"], ["t", "h", "e"]]
}

/// A number as people write it: sign, digits in groups of three or without groups, a fraction, a
/// currency sign before or a unit of `%` after.
struct WrittenNumber: Equatable {
  var value: Double
  /// `$`, `€`, `£`, `¥`, `%`, or nothing.
  var unit: Unicode.Scalar?

  init?(_ text: String) {
    var rest = Array(TextRules.trimmed(text).unicodeScalars)
    if rest.last == "." { rest.removeLast() }
    let isNegative = rest.first == "-" || rest.first == "\u{2212}"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    if let first = rest.first, Self.currencies.contains(first) {
      unit = first
      rest.removeFirst()
    } else if rest.last == "%" {
      unit = "%"
      rest.removeLast()
    }
    guard let digits = Self.digits(TextRules.trimmed(TextRules.text(rest))),
      let number = Double(digits), number.isFinite
    else { return nil }
    value = isNegative ? -number : number
  }

  private static let currencies: Set<Unicode.Scalar> = ["$", "€", "£", "¥"]

  /// The digits without grouping commas; `nil` where the text is no plain number.
  private static func digits(_ text: String) -> String? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.dropFirst().allSatisfy(isDigits),
      let whole = ungrouped(parts[0])
    else { return nil }
    return parts.count == 1 ? whole : whole + "." + parts[1]
  }

  private static func ungrouped(_ text: Substring) -> String? {
    let groups = text.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.allSatisfy(isDigits) else { return nil }
    guard groups.count > 1 else { return String(text) }
    guard groups[0].count <= 3, groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
    return groups.joined()
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
