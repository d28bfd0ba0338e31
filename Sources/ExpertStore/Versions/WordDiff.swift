/// Two texts compared word by word.
package enum WordDiff {
  package enum Piece: Sendable, Hashable {
    case same(String)
    case removed(String)
    case added(String)
  }

  /// Beyond this many comparisons the middle is shown as replaced: a table of 4 million cells is
  /// built in milliseconds.
  private static let largestTable = 4_000_000

  /// The pieces in order; `same` and `removed` together are the old text, `same` and `added` the new.
  package static func between(_ old: String, _ new: String) -> [Piece] {
    let a = words(old)
    let b = words(new)
    var start = 0
    while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
    var end = 0
    while end < min(a.count, b.count) - start, a[a.count - 1 - end] == b[b.count - 1 - end] {
      end += 1
    }
    var pieces: [Piece] = []
    append(.same(a[..<start].joined()), to: &pieces)
    middle(Array(a[start..<a.count - end]), Array(b[start..<b.count - end]), &pieces)
    append(.same(a[(a.count - end)...].joined()), to: &pieces)
    return pieces
  }

  /// Words with the white space after them, so that joining gives the text back.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var inSpace = false
    for character in text {
      if inSpace, !character.isWhitespace {
        words.append(word)
        word = ""
      }
      inSpace = character.isWhitespace
      word.append(character)
    }
    return word.isEmpty ? words : words + [word]
  }

  /// Longest common subsequence by the textbook table.
  private static func middle(_ a: [String], _ b: [String], _ pieces: inout [Piece]) {
    guard !a.isEmpty, !b.isEmpty, a.count * b.count <= largestTable else {
      append(.removed(a.joined()), to: &pieces)
      append(.added(b.joined()), to: &pieces)
      return
    }
    let width = b.count + 1
    var longest = [Int32](repeating: 0, count: (a.count + 1) * width)
    for i in stride(from: a.count - 1, through: 0, by: -1) {
      for j in stride(from: b.count - 1, through: 0, by: -1) {
        longest[i * width + j] =
          a[i] == b[j]
          ? longest[(i + 1) * width + j + 1] + 1
          : max(longest[(i + 1) * width + j], longest[i * width + j + 1])
      }
    }
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      if i < a.count, j < b.count, a[i] == b[j] {
        append(.same(a[i]), to: &pieces)
        (i, j) = (i + 1, j + 1)
      } else if j == b.count
        || (i < a.count && longest[(i + 1) * width + j] >= longest[i * width + j + 1])
      {
        append(.removed(a[i]), to: &pieces)
        i += 1
      } else {
        append(.added(b[j]), to: &pieces)
        j += 1
      }
    }
  }

  private static func append(_ piece: Piece, to pieces: inout [Piece]) {
    switch (pieces.last, piece) {
    case (_, .same("")), (_, .removed("")), (_, .added("")): return
    case (.same(let old), .same(let new)): pieces[pieces.count - 1] = .same(old + new)
    case (.removed(let old), .removed(let new)): pieces[pieces.count - 1] = .removed(old + new)
    case (.added(let old), .added(let new)): pieces[pieces.count - 1] = .added(old + new)
    default: pieces.append(piece)
    }
  }
}
