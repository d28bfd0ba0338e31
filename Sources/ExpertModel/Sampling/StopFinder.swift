/// Watches a growing text for the strings that end it, and holds back what may become one.
package struct StopFinder {
  private let stops: [[UInt8]]
  private var held: [UInt8] = []
  /// Whether a stop string was found; nothing comes after it.
  package private(set) var found = false

  /// Empty strings are no stops.
  package init(_ stops: [String]) {
    self.stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) }
  }

  /// Takes more text and returns what is certain to come before any stop string.
  package mutating func feed(_ text: String) -> String {
    guard !found else { return "" }
    held += Array(text.utf8)
    if let end = firstStop() {
      found = true
      held.removeSubrange(end...)
      return take(held.count)
    }
    return take(held.count - longestBeginning())
  }

  /// What was held back, at the end of the text.
  package mutating func finish() -> String { found ? "" : take(held.count) }

  private mutating func take(_ count: Int) -> String {
    defer { held.removeFirst(count) }
    return String(decoding: held.prefix(count), as: UTF8.self)
  }

  private func firstStop() -> Int? {
    held.indices.first { place in
      stops.contains { held[place...].starts(with: $0) }
    }
  }

  /// The length of the longest end of the held text that begins a stop string.
  private func longestBeginning() -> Int {
    let longest = stops.map(\.count).max() ?? 0
    for length in stride(from: min(held.count, longest - 1), to: 0, by: -1) {
      let end = held.suffix(length)
      if stops.contains(where: { $0.starts(with: end) }) { return length }
    }
    return 0
  }
}
