/// A token that is looked for in the text before anything is cut or merged.
package struct AddedToken: Sendable, Hashable {
  package var id: Int32
  package var content: String
  /// A mark of the format, such as the end of a turn; left out when skipping specials.
  package var isSpecial: Bool
  /// Matches only where no word character touches it.
  package var singleWord: Bool
  /// Swallows the white space before it.
  package var lstrip: Bool
  /// Swallows the white space behind it.
  package var rstrip: Bool
  /// Is looked for in the normalised text.
  package var normalized: Bool

  /// An added token with the flags that special tokens have.
  package init(
    id: Int32, content: String, isSpecial: Bool = true, singleWord: Bool = false,
    lstrip: Bool = false, rstrip: Bool = false, normalized: Bool = false
  ) {
    self.id = id
    self.content = content
    self.isSpecial = isSpecial
    self.singleWord = singleWord
    self.lstrip = lstrip
    self.rstrip = rstrip
    self.normalized = normalized
  }
}
