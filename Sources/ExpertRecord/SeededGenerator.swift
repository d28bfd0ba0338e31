internal import ExpertPlatform

/// A random number generator that the same seed and stream repeat on every machine.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014),
/// started from SHA-256 of seed and stream, so that streams do not overlap in practice.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator for one named use of a seed: "plan", "slot/17", "split".
  package init(seed: UInt64, stream: String) {
    var hasher = SHA256()
    hasher.update("expert-gen/random/v1\0\(seed)\0")
    hasher.update(stream)
    state = hasher.finalize().prefix64
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A whole number in `0..<bound`, without bias (Lemire, "Fast random integer generation in an
  /// interval", 2019). The standard library's own methods may change between releases; this may not.
  package mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "a range to draw from cannot be empty")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// A whole number in the closed range.
  package mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// A number in `0..<1` with 53 random bits.
  package mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// One element of a list that is not empty.
  package mutating func pick<T>(_ list: [T]) -> T {
    list[below(list.count)]
  }

  /// The list in random order (Fisher and Yates).
  package mutating func shuffled<T>(_ list: [T]) -> [T] {
    var result = list
    for i in stride(from: result.count - 1, to: 0, by: -1) { result.swapAt(i, below(i + 1)) }
    return result
  }

  /// `count` different elements of a list, in random order.
  package mutating func sample<T>(_ list: [T], count: Int) -> [T] {
    Array(shuffled(list).prefix(count))
  }
}
