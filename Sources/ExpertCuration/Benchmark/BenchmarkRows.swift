internal import ExpertRecord

/// Synthetic rows for the benchmark: about 60 words of made-up prose each, every tenth row a copy of
/// an earlier one with some words replaced. A row is a function of seed and number alone, so no
/// row has to be kept.
struct BenchmarkRows: Sendable {
  private let seed: UInt64
  private let vocabulary: [[UInt8]]
  private static let syllables = [
    "ba", "co", "de", "fi", "gra", "hu", "ing", "ka", "lo", "mer", "nu", "or", "pe", "ri", "sta",
    "ter", "un", "ve", "wi", "yo", "zen", "ous", "al", "con", "pro",
  ]

  init(seed: UInt64) {
    self.seed = seed
    var random = SeededGenerator(seed: seed, stream: "benchmark/vocabulary")
    vocabulary = (0..<30_000).map { _ in
      let word = (0..<(1 + random.below(4))).map { _ in random.pick(Self.syllables) }
      return Array(word.joined().utf8)
    }
  }

  /// The row that row `number` is a copy of; each row is copied once at most, and no copy is.
  func base(of number: Int) -> Int? {
    guard number % 10 == 9, number > 1000 else { return nil }
    // Anything from a few rows to nearly all of the table away: number / 2 and less, made even.
    return (number / 10) * 2 % 10 == 9 ? nil : number / 10 * 2
  }

  /// The text of a row.
  func text(_ number: Int) -> String {
    guard let base = base(of: number) else { return Self.render(words(number), vocabulary) }
    var random = generator(number, 1)
    var words = words(base)
    // 0…7 replaced words leave a similarity of 1 down to about 0.5.
    for _ in 0..<random.below(8) { words[random.below(words.count)] = word(&random) }
    return Self.render(words, vocabulary)
  }

  private func words(_ number: Int) -> [Int] {
    var random = generator(number, 0)
    return (0..<(50 + random.below(21))).map { _ in word(&random) }
  }

  /// A cube of a uniform number skews towards the first words about as natural text does.
  private func word(_ random: inout SplitMix) -> Int {
    let u = random.unit()
    return Int(u * u * u * Double(vocabulary.count))
  }

  private func generator(_ number: Int, _ use: UInt64) -> SplitMix {
    SplitMix(
      state: (seed &* 2 &+ use) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(number) &* 0xd6e8_feb8_6659_fd93)
  }

  private static func render(_ words: [Int], _ vocabulary: [[UInt8]]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * 8)
    for (place, word) in words.enumerated() {
      if place > 0 {
        if place % 12 == 0 { bytes.append(UInt8(ascii: ".")) }
        bytes.append(UInt8(ascii: " "))
      }
      bytes += vocabulary[word]
    }
    bytes.append(UInt8(ascii: "."))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// SplitMix64 without the hashing that starts `SeededGenerator`: a million rows need it often.
  private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func below(_ bound: Int) -> Int {
      Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
  }
}
