package import ExpertRecord

/// The phrases of a held-out set, such as a test set: runs of 13 words in lower case without
/// punctuation (Brown et al. 2020, "Language Models are Few-Shot Learners", appendix C).
///
/// Texts shorter than the run are kept whole, and match only a record that contains them whole and
/// has no fewer than 8 words in common, the shortest run that appendix allows.
package struct HeldOutIndex: Sendable {
  /// The words of a run.
  package let words: Int
  private static let leastWords = 8
  private var runs: Set<UInt64> = []
  private var shortLengths: Set<Int> = []

  package init(words: Int = 13) { self.words = max(1, words) }

  /// Runs kept.
  package var count: Int { runs.count }

  /// Adds a record's texts.
  package mutating func insert(_ record: Record) {
    for text in RecordView(Candidate(record: record)).texts { insert(text) }
  }

  /// Adds one text.
  package mutating func insert(_ text: String) {
    let hashes = WordRuns.hashes(of: text)
    if hashes.count >= words {
      WordRuns.forEach(hashes, words) { run, _ in
        runs.insert(run)
        return true
      }
    } else if hashes.count >= min(words, Self.leastWords) {
      shortLengths.insert(hashes.count)
      runs.insert(WordRuns.combine(hashes[...]))
    }
  }

  /// The position of the first word of a run that the held-out set has too.
  func overlap(_ text: String) -> Int? {
    let hashes = WordRuns.hashes(of: text)
    var found: Int?
    for length in [words] + shortLengths.sorted() where found == nil {
      WordRuns.forEach(hashes, length) { run, start in
        if runs.contains(run) { found = start }
        return found == nil
      }
    }
    return found
  }
}

/// Hashes of runs of words, the same in every process.
private enum WordRuns {
  /// FNV-1a of each word's letters and digits in lower case; words of punctuation alone are left out.
  static func hashes(of text: String) -> [UInt64] {
    var result: [UInt64] = []
    for word in Words.split(TextTokens.normalised(text)) {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      var any = false
      for scalar in word.unicodeScalars
      where TextTokens.classify(scalar) != .single
        || !scalar.isASCII
      {
        for byte in scalar.properties.lowercaseMapping.utf8 {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        any = true
      }
      if any { result.append(hash) }
    }
    return result
  }

  static func combine(_ hashes: ArraySlice<UInt64>) -> UInt64 {
    var state = UInt64(hashes.count) &* 0x9e37_79b9_7f4a_7c15
    for hash in hashes {
      state = (state ^ hash) &* 0xff51_afd7_ed55_8ccd
      state ^= state >> 32
    }
    return state
  }

  /// Calls `body` with every run and where it starts, until it returns false.
  static func forEach(_ hashes: [UInt64], _ length: Int, _ body: (UInt64, Int) -> Bool) {
    guard hashes.count >= length else { return }
    for start in 0...(hashes.count - length) {
      if !body(combine(hashes[start..<(start + length)]), start) { return }
    }
  }
}

/// No text of the record shares a long run of words with the held-out set.
package struct OverlapFilter: RecordFilter {
  package let name = "overlap"
  private let heldOut: HeldOutIndex

  package init(_ heldOut: HeldOutIndex) { self.heldOut = heldOut }

  package func judge(_ candidate: Candidate) -> Verdict {
    for text in RecordView(candidate).texts {
      if let start = heldOut.overlap(text) {
        return drop("from word \(start + 1) on, a run of words stands in the held-out set")
      }
    }
    return .keep
  }
}
