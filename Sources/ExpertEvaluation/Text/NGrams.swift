/// Numbers words, so that runs of up to four of them fit into one machine word of 128 bits.
struct WordNumbers {
  private var numbers: [TextRules.Scalars: UInt32] = [:]

  /// The words' numbers; a word that was not seen before gets the next one.
  mutating func numbers(of words: [TextRules.Scalars]) -> [UInt32] {
    words.map { word in
      if let known = numbers[word] { return known }
      let number = UInt32(numbers.count)
      numbers[word] = number
      return number
    }
  }
}

/// How often each run of `n` symbols stands in a text.
///
/// A run is the 128-bit number whose digits are its symbols: four words of 32 bits, or six
/// characters of 21.
struct NGramCounts {
  private(set) var counts: [UInt128: Int] = [:]
  private(set) var total = 0

  /// The longest run of words that can be counted.
  static let longestWordRun = 4
  /// The longest run of characters that can be counted.
  static let longestCharacterRun = 6

  /// Counts the runs of `n` symbols of `bits` bits each.
  init(_ symbols: [UInt32], n: Int, bits: Int) {
    guard n > 0, symbols.count >= n else { return }
    total = symbols.count - n + 1
    counts.reserveCapacity(total)
    let mask: UInt128 = (1 << UInt128(n * bits)) &- 1
    var run: UInt128 = 0
    for (index, symbol) in symbols.enumerated() {
      run = (run << UInt128(bits) | UInt128(symbol)) & mask
      if index >= n - 1 { counts[run, default: 0] += 1 }
    }
  }

  /// The runs of one to `longest` words.
  static func words(_ numbers: [UInt32], upTo longest: Int) -> [NGramCounts] {
    longest == 0 ? [] : (1...longest).map { NGramCounts(numbers, n: $0, bits: 32) }
  }

  /// The runs of one to `longest` characters.
  static func characters(_ text: TextRules.Scalars, upTo longest: Int) -> [NGramCounts] {
    let symbols = text.map(\.value)
    return longest == 0 ? [] : (1...longest).map { NGramCounts(symbols, n: $0, bits: 21) }
  }

  /// The runs that both have, each as often as the one that has it less often.
  func matches(_ other: NGramCounts) -> Int {
    counts.reduce(0) { sum, entry in sum + min(entry.value, other.counts[entry.key] ?? 0) }
  }

  /// Takes for each run the larger of both counts: what several references allow.
  mutating func formMaximum(_ other: NGramCounts) {
    for (run, count) in other.counts { counts[run] = max(counts[run] ?? 0, count) }
  }
}
