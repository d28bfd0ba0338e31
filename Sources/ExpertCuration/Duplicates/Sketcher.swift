internal import CKernels

/// Turns one text at a time into its set of shingles and its band keys. Owns the scratch buffers
/// for that, so each thread has its own.
final class Sketcher {
  private(set) var shingles: UnsafeMutablePointer<UInt64>
  private var shingleCapacity = 1024
  private var table: UnsafeMutablePointer<UInt64>
  private var tableCapacity = 1024
  private var mask = 0
  private let signature: UnsafeMutablePointer<UInt32>
  private let isa: expert_isa

  /// Number of different shingles of the last text; never 0 once a text was read.
  private(set) var count = 0

  init(isa: expert_isa = expert_isa_current()) {
    self.isa = isa
    shingles = .allocate(capacity: shingleCapacity)
    table = .allocate(capacity: tableCapacity)
    signature = .allocate(capacity: Int(EXPERT_MINHASH_COUNT))
  }

  deinit {
    shingles.deallocate()
    table.deallocate()
    signature.deallocate()
  }

  /// Reads a text: afterwards `shingles` and `count` are its set, and `common(with:)` compares.
  func read(_ text: String) {
    let fast: Int? = text.utf8.withContiguousStorageIfAvailable { bytes in
      reserve(bytes.count)
      guard let base = bytes.baseAddress else { return 0 }
      let found = expert_ascii_tokens(isa, base, bytes.count, shingles)
      return found < 0 ? nil : found
    }.flatMap { $0 }
    finish(fast ?? slowTokens(text))
  }

  private func slowTokens(_ text: String) -> Int {
    let normalised = TextTokens.normalised(text)
    reserve(normalised.utf8.count)
    return TextTokens.hashes(ofNormalised: normalised, into: shingles)
  }

  private func finish(_ tokens: Int) {
    let all = expert_shingles(shingles, tokens, shingles)
    prepareTable(for: all)
    count = expert_unique(shingles, all, table, mask)
  }

  /// Makes a stored set the one that `common(with:)` compares with.
  func adopt(_ set: UnsafePointer<UInt64>, count: Int) {
    reserve(count)
    shingles.update(from: set, count: count)
    prepareTable(for: count)
    self.count = expert_unique(shingles, count, table, mask)
  }

  /// How many shingles another set shares with the last text's.
  func common(with set: UnsafePointer<UInt64>, count: Int) -> Int {
    expert_intersection(table, mask, set, count)
  }

  /// Writes the band keys of the last text.
  func bandKeys(_ plan: BandPlan, into keys: UnsafeMutablePointer<UInt32>) {
    expert_minhash(isa, shingles, count, signature)
    expert_band_keys(signature, plan.bands, plan.rows, keys)
  }

  private func reserve(_ count: Int) {
    guard max(count, 1) > shingleCapacity else { return }
    shingles.deallocate()
    shingleCapacity = max(count, 2 * shingleCapacity)
    shingles = .allocate(capacity: shingleCapacity)
  }

  /// At most half full, so that a search ends after a step or two.
  private func prepareTable(for count: Int) {
    var capacity = 64
    while capacity < 2 * count { capacity *= 2 }
    mask = capacity - 1
    guard capacity > tableCapacity else { return }
    table.deallocate()
    tableCapacity = capacity
    table = .allocate(capacity: capacity)
  }
}
