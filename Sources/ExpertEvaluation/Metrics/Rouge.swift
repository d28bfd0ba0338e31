/// ROUGE as the `rouge_score` package computes it, from 0 to 1.
///
/// Lin, "ROUGE: a Package for Automatic Evaluation of Summaries" (WAS 2004). Words are runs of ASCII
/// letters and digits in lower case; with the stemmer, words of more than three letters count by
/// their stems.
package struct Rouge: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// Runs of 1 to 4 words.
    case runs(Int)
    /// The longest common subsequence of all words.
    case longest
    /// The union of the longest common subsequences of each line of the reference with each line
    /// of the prediction: ROUGE-Lsum.
    case longestByLine
  }

  package struct Score: Sendable, Hashable {
    package var precision: Double
    package var recall: Double

    /// The harmonic mean of precision and recall.
    package var fMeasure: Double {
      precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
    }

    static let zero = Score(precision: 0, recall: 0)
  }

  package var kind: Kind
  package var stems: Bool

  package init(_ kind: Kind = .longest, stems: Bool = false) {
    if case .runs(let n) = kind {
      self.kind = .runs(min(NGramCounts.longestWordRun, max(1, n)))
    } else {
      self.kind = kind
    }
    self.stems = stems
  }

  /// The score against the reference that gives the best F-measure.
  package func score(_ prediction: String, _ references: [String]) -> Score {
    references.map { score(prediction, $0) }.reduce(nil as Score?) { best, next in
      guard let best else { return next }
      return next.fMeasure > best.fMeasure ? next : best
    } ?? .zero
  }

  private func score(_ prediction: String, _ reference: String) -> Score {
    switch kind {
    case .runs(let n): scoreRuns(words(prediction), words(reference), n)
    case .longest: scoreLongest(words(prediction), words(reference))
    case .longestByLine: scoreLines(lines(prediction), lines(reference))
    }
  }

  // MARK: words

  private typealias Word = [UInt8]

  private func words(_ text: some BidirectionalCollection<Unicode.Scalar>) -> [Word] {
    var words: [Word] = []
    var word: Word = []
    func end() {
      if !word.isEmpty { words.append(stems && word.count > 3 ? PorterStemmer.stem(word) : word) }
      word = []
    }
    for scalar in TextRules.lowered(text) {
      switch scalar.value {
      case 0x30...0x39, 0x61...0x7A: word.append(UInt8(scalar.value))
      default: end()
      }
    }
    end()
    return words
  }

  private func words(_ text: String) -> [Word] { words(text.unicodeScalars) }

  private func lines(_ text: String) -> [[Word]] {
    text.unicodeScalars.split(separator: "\n").map { words($0) }
  }

  // MARK: runs

  private func scoreRuns(_ prediction: [Word], _ reference: [Word], _ n: Int) -> Score {
    let found = Self.numbers(prediction, reference)
    let runs = NGramCounts(found.0, n: n, bits: 32)
    let wanted = NGramCounts(found.1, n: n, bits: 32)
    let matches = Double(runs.matches(wanted))
    return Score(
      precision: matches / Double(max(1, runs.total)),
      recall: matches / Double(max(1, wanted.total)))
  }

  private static func numbers(_ a: [Word], _ b: [Word]) -> ([UInt32], [UInt32]) {
    var known: [Word: UInt32] = [:]
    func number(_ word: Word) -> UInt32 {
      let next = UInt32(known.count)
      return known[word, default: next]
    }
    func numbers(_ words: [Word]) -> [UInt32] {
      words.map { word in
        let number = number(word)
        known[word] = number
        return number
      }
    }
    return (numbers(a), numbers(b))
  }

  // MARK: longest common subsequence

  private func scoreLongest(_ prediction: [Word], _ reference: [Word]) -> Score {
    guard !prediction.isEmpty, !reference.isEmpty else { return .zero }
    let (found, wanted) = Self.numbers(prediction, reference)
    let length = Double(Self.longestCommon(wanted, found))
    return Score(
      precision: length / Double(found.count), recall: length / Double(wanted.count))
  }

  /// The length alone: one row of the table at a time.
  private static func longestCommon(_ a: [UInt32], _ b: [UInt32]) -> Int {
    var row = [Int](repeating: 0, count: b.count + 1)
    for x in a {
      var diagonal = 0
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = x == y ? diagonal + 1 : max(above, row[j])
        diagonal = above
      }
    }
    return row[b.count]
  }

  // MARK: by line

  private func scoreLines(_ prediction: [[Word]], _ reference: [[Word]]) -> Score {
    let found = prediction.reduce(0) { $0 + $1.count }
    let wanted = reference.reduce(0) { $0 + $1.count }
    guard found > 0, wanted > 0 else { return .zero }
    let hits = Double(Self.unionHits(prediction, reference))
    return Score(precision: hits / Double(found), recall: hits / Double(wanted))
  }

  /// Words of the union subsequences, none more often than it stands on either side (as ROUGE 1.5.5
  /// does, unlike the paper).
  private static func unionHits(_ prediction: [[Word]], _ reference: [[Word]]) -> Int {
    var left = counts(prediction)
    var right = counts(reference)
    var hits = 0
    for line in reference {
      let union = prediction.reduce(into: Set<Int>()) { $0.formUnion(common(line, $1)) }
      for place in union.sorted() {
        let word = line[place]
        guard left[word, default: 0] > 0, right[word, default: 0] > 0 else { continue }
        hits += 1
        left[word, default: 0] -= 1
        right[word, default: 0] -= 1
      }
    }
    return hits
  }

  private static func counts(_ lines: [[Word]]) -> [Word: Int] {
    lines.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// The places in `reference` of one longest common subsequence: of several the one that reading
  /// the table backwards finds when it prefers to leave out a word of the reference.
  private static func common(_ reference: [Word], _ prediction: [Word]) -> [Int] {
    let table = table(reference, prediction)
    var (i, j) = (reference.count, prediction.count)
    var places: [Int] = []
    while i > 0, j > 0 {
      if reference[i - 1] == prediction[j - 1] {
        places.append(i - 1)
        (i, j) = (i - 1, j - 1)
      } else if table[i][j - 1] > table[i - 1][j] {
        j -= 1
      } else {
        i -= 1
      }
    }
    return places
  }

  private static func table(_ a: [Word], _ b: [Word]) -> [[Int]] {
    var table = [[Int]](
      repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in a.indices {
      for j in b.indices {
        table[i + 1][j + 1] =
          a[i] == b[j] ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
      }
    }
    return table
  }
}
