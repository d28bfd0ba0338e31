internal import ExpertRecord
internal import Foundation

/// Changes bytes the way fuzzers do: single bits and bytes, numbers at their edges, pieces cut out,
/// doubled or moved, and what another file of the corpus holds. The same seed gives the same
/// changes.
package struct Mutator {
  private var random: SeededGenerator
  private let corpus: [[UInt8]]

  package init(seed: UInt64, corpus: [[UInt8]]) {
    random = SeededGenerator(seed: seed, stream: "fuzz")
    self.corpus = corpus
  }

  /// Whether fuzz tests run alone (`make fuzz`): then the process's memory is theirs.
  package static var isAlone: Bool {
    ProcessInfo.processInfo.environment["FUZZ_SECONDS"] != nil
  }

  /// How long a fuzz test may run: `FUZZ_SECONDS`, by default two seconds.
  package static var seconds: Double {
    ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap(Double.init) ?? 2
  }

  /// Eight-byte numbers at which checks fail.
  private static let edges: [UInt64] = [
    0, 1, 7, 8, 0x7f, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 32, 1 << 40,
    UInt64(Int64.max), 1 << 63, .max, .max - 7,
  ]

  /// One file of the corpus, changed in one to eight places.
  package mutating func next() -> [UInt8] {
    var bytes = corpus[pick(corpus.count)]
    for _ in 0...pick(8) { change(&bytes) }
    return bytes
  }

  private mutating func pick(_ count: Int) -> Int {
    Int.random(in: 0..<max(1, count), using: &random)
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return bytes.append(UInt8(pick(256))) }
    // Heads are where the decisions are: half of all changes fall into the first kilobyte.
    let at = pick(2) == 0 ? pick(min(bytes.count, 1024)) : pick(bytes.count)
    switch pick(8) {
    case 0: bytes[at] ^= 1 << UInt8(pick(8))
    case 1: bytes[at] = UInt8(pick(256))
    case 2:
      overwrite(&bytes, at, with: Self.edges[pick(Self.edges.count)], size: [1, 2, 4, 8][pick(4)])
    case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + pick(16)))
    case 4: bytes.removeSubrange(at...)
    case 5:
      let end = min(bytes.count, at + 1 + pick(32))
      bytes.insert(contentsOf: bytes[at..<end], at: pick(bytes.count))
    case 6:
      let other = corpus[pick(corpus.count)]
      let start = pick(other.count)
      bytes.insert(contentsOf: other[start..<min(other.count, start + pick(64))], at: at)
    default: digit(&bytes, near: at)
    }
  }

  private func overwrite(_ bytes: inout [UInt8], _ at: Int, with value: UInt64, size: Int) {
    for i in 0..<min(size, bytes.count - at) {
      bytes[at + i] = UInt8(truncatingIfNeeded: value >> UInt64(8 * i))
    }
  }

  /// Changes a decimal digit, or puts one or a sign beside it: JSON's own edges.
  private mutating func digit(_ bytes: inout [UInt8], near at: Int) {
    guard let place = bytes[at...].firstIndex(where: { (0x30...0x39).contains($0) }) else { return }
    let choices = Array("0123456789-.e".utf8)
    if pick(2) == 0 {
      bytes[place] = choices[pick(choices.count)]
    } else {
      bytes.insert(choices[pick(choices.count)], at: place)
    }
  }
}
