/// A text as routing sees it: words in order, small letters, plurals like singulars.
package struct QueryWords: Sendable, Hashable {
  package let words: [String]

  /// Words that are looked at; a longer text is cut.
  private static let maxWords = 4096

  package init(_ text: String) {
    words = Self.words(of: text, limit: Self.maxWords)
  }

  /// Runs of letters and digits; `+` and `#` behind them belong to the word (c++, f#).
  private static func words(of text: String, limit: Int) -> [String] {
    var words: [String] = []
    var word = ""
    func end() {
      if !word.isEmpty, words.count < limit { words.append(normal(word)) }
      word = ""
    }
    for character in text {
      if words.count >= limit { break }
      if character.isLetter || character.isNumber {
        if word.last == "+" || word.last == "#" { end() }
        word.append(character)
      } else if character == "+" || character == "#", !word.isEmpty, word.utf8.count < 16 {
        word.append(character)
      } else {
        end()
      }
    }
    end()
    return words
  }

  /// A plural's s is taken off, so that parsers and parser are one word.
  private static func normal(_ word: String) -> String {
    let small = word.lowercased()
    let isPlural = small.utf8.count > 3 && small.hasSuffix("s") && !small.hasSuffix("ss")
    return isPlural ? String(small.dropLast()) : small
  }
}
