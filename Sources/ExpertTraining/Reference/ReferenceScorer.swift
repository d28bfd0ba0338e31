package import ExpertModel
package import ExpertPlatform

/// Computes the log-probabilities that preference losses compare the policy with: those of the base
/// alone, or with the adapter that training began from.
///
/// A model that does not change need not be asked in every epoch: once for each pair is enough, and
/// with a `PrecomputedCache` once for all runs.
package struct ReferenceScorer {
  private let pass: FrozenPass
  private let tokensAtOnce: Int

  /// `tokensAtOnce` is the size of a pass; a longer pair is one alone.
  package init(
    _ model: BaseModel, adapter: Adapter? = nil, tokensAtOnce: Int = 4096, pool: ThreadPool
  ) {
    pass = FrozenPass(model, adapter: adapter, pool: pool)
    self.tokensAtOnce = tokensAtOnce
  }

  /// The log-probabilities of pairs, in order. What was computed stays in the `cache` whenever this
  /// ends; `progress` is called with the pairs known so far and all of them, and throws to cancel.
  package func scores(
    of pairs: [PreferenceExample], cache: PrecomputedCache? = nil,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> ReferenceScores {
    try scores(of: pairs.map { TextPair($0) }, cache, progress)
  }

  /// The same for single answers: `chosen` is the answer's, `rejected` the mismatched one's.
  package func scores(
    of examples: [KTOExample], cache: PrecomputedCache? = nil,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> ReferenceScores {
    try scores(of: examples.map { TextPair($0) }, cache, progress)
  }

  private func scores(
    of pairs: [TextPair], _ cache: PrecomputedCache?, _ progress: (Int, Int) throws -> Void
  ) throws -> ReferenceScores {
    let items = PrecomputedCache.items(pairs.map(\.first.rid))
    var values = try known(pairs, items, cache)
    let missing = pairs.indices.filter { values[$0] == nil }
    var done = pairs.count - missing.count
    try progress(done, pairs.count)
    for batch in batches(missing, of: pairs) {
      let found = score(batch.map { pairs[$0] })
      for (place, value) in zip(batch, found) { values[place] = value }
      try cache?.keep(
        zip(batch, found).map { place, value in
          (items[place], ReferenceRow(pairs[place], value).bytes)
        })
      done += batch.count
      try progress(done, pairs.count)
    }
    return ReferenceScores(
      values: values.compactMap { $0 }, cached: pairs.count - missing.count,
      computed: missing.count)
  }

  private func known(
    _ pairs: [TextPair], _ items: [String], _ cache: PrecomputedCache?
  ) throws -> [PairLogProbabilities?] {
    guard let rows = try cache?.rows(items) else { return pairs.map { _ in nil } }
    return zip(pairs, items).map { pair, item in
      rows[item].flatMap { ReferenceRow(bytes: $0) }.flatMap { row in
        row.fingerprint == pair.fingerprint ? row.value : nil
      }
    }
  }

  /// Places in runs that fill a pass.
  private func batches(_ places: [Int], of pairs: [TextPair]) -> [[Int]] {
    var batches: [[Int]] = []
    var room = 0
    for place in places {
      let rows = pairs[place].rowCount + 2 * pass.promptLength
      if rows > room || batches.isEmpty {
        batches.append([])
        room = tokensAtOnce
      }
      batches[batches.count - 1].append(place)
      room -= rows
    }
    return batches
  }

  private func score(_ pairs: [TextPair]) -> [PairLogProbabilities] {
    var batch = SegmentBatch()
    for pair in pairs {
      batch.append(
        pair.first.replacingSoftPrompt(with: pass.promptLength),
        pair.second.replacingSoftPrompt(with: pass.promptLength))
    }
    let sums = pass.logProbabilities(of: batch)
    return pairs.indices.map {
      PairLogProbabilities(chosen: sums[2 * $0], rejected: sums[2 * $0 + 1])
    }
  }
}

/// The reference log-probabilities of a whole split.
package struct ReferenceScores: Sendable, Hashable {
  /// By place in the data.
  package let values: [PairLogProbabilities]
  /// Pairs that were read from the cache.
  package let cached: Int
  /// Pairs that were computed.
  package let computed: Int
}

/// Two texts that may share a prompt, without the soft prompt of the adapter that is trained: the
/// reference has its own, or none.
struct TextPair {
  let first: TokenExample
  let second: TokenExample

  init(_ pair: PreferenceExample) { self.init(pair.chosen, pair.rejected) }

  init(_ example: KTOExample) { self.init(example.completion, example.mismatched) }

  private init(_ first: TokenExample, _ second: TokenExample) {
    self.first = first.replacingSoftPrompt(with: 0)
    self.second = second.replacingSoftPrompt(with: 0)
  }

  var rowCount: Int {
    first.ids.count + second.ids.count - first.sharedLength(with: second)
  }

  /// What tells these tokens from all others.
  var fingerprint: UInt64 { TokenExample.fingerprint([first, second]) }
}

/// One row of the cache: eight bytes that tell the tokens, then both sums as doubles, all
/// little-endian.
struct ReferenceRow {
  var fingerprint: UInt64
  var value: PairLogProbabilities

  init(_ pair: TextPair, _ value: PairLogProbabilities) {
    fingerprint = pair.fingerprint
    self.value = value
  }

  init?(bytes: [UInt8]) {
    guard bytes.count == 24 else { return nil }
    let words = LittleEndian.words(bytes)
    fingerprint = words[0]
    value = PairLogProbabilities(
      chosen: Double(bitPattern: words[1]), rejected: Double(bitPattern: words[2]))
  }

  var bytes: [UInt8] {
    LittleEndian.bytes([fingerprint, value.chosen.bitPattern, value.rejected.bitPattern])
  }
}

/// Numbers as rows hold them.
enum LittleEndian {
  static func bytes(_ words: [UInt64]) -> [UInt8] {
    words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
  }

  static func words(_ bytes: [UInt8]) -> [UInt64] {
    stride(from: 0, to: bytes.count / 8 * 8, by: 8).map { start in
      bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}

extension TokenExample {
  /// The first half word of SHA-256 over the tokens and targets of texts: a row that was kept for
  /// other tokens is never taken.
  static func fingerprint(_ texts: [TokenExample]) -> UInt64 {
    var bytes: [UInt8] = []
    func append(_ number: Int) {
      withUnsafeBytes(of: Int64(number).littleEndian) { bytes.append(contentsOf: $0) }
    }
    for text in texts {
      append(text.ids.count)
      for id in text.ids {
        withUnsafeBytes(of: id.littleEndian) { bytes.append(contentsOf: $0) }
      }
      append(text.supervised.count)
      for range in text.supervised {
        append(range.lowerBound)
        append(range.upperBound)
      }
    }
    return SHA256.hash(bytes).prefix64
  }
}
