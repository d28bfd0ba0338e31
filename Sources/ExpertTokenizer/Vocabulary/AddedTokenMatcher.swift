internal import CKernels

/// Finds added tokens in text: at each place the longest that starts there, from left to right.
struct AddedTokenMatcher: Sendable {
  /// A token found, with the bytes that it takes, stripped white space included.
  struct Match {
    var token: AddedToken
    var range: Range<Int>
    /// Where the search goes on: behind the token itself. As in the reference, a token that begins
    /// in stripped white space is found all the same.
    var resume: Int
  }

  private struct Entry {
    var bytes: [UInt8]
    var token: AddedToken
  }

  /// Tokens by their first byte, the longest first.
  private var entries: [[Entry]] = Array(repeating: [], count: 256)
  /// The one byte that all tokens start with, if it is one.
  private var onlyFirst: UInt8?
  /// First and second bytes that some token starts with.
  private var starts = [Bool](repeating: false, count: 65536)
  private(set) var isEmpty = true

  init(_ tokens: [AddedToken]) {
    for token in tokens where !token.content.isEmpty { insert(token) }
    for i in entries.indices { entries[i].sort { $0.bytes.count > $1.bytes.count } }
    let firsts = entries.indices.filter { !entries[$0].isEmpty }
    onlyFirst = firsts.count == 1 ? UInt8(firsts[0]) : nil
    isEmpty = firsts.isEmpty
  }

  private mutating func insert(_ token: AddedToken) {
    let bytes = Array(token.content.utf8)
    let first = Int(bytes[0])
    entries[first].append(Entry(bytes: bytes, token: token))
    let seconds = bytes.count > 1 ? Int(bytes[1])..<(Int(bytes[1]) + 1) : 0..<256
    for second in seconds { starts[first << 8 | second] = true }
  }

  /// The first match in `text[from..<to]`; stripping goes back to `floor` at most. `special` =
  /// special tokens count too.
  func first(
    in text: UnsafeBufferPointer<UInt8>, from: Int, to: Int, floor: Int, special: Bool
  ) -> Match? {
    if isEmpty { return nil }
    var at = from
    while let candidate = nextCandidate(in: text, from: at, to: to) {
      if let entry = longest(in: text, at: candidate, to: to, special: special) {
        let range = candidate..<(candidate + entry.bytes.count)
        if !entry.token.singleWord || standsAlone(range, in: text, to: to) {
          return Match(
            token: entry.token, range: stripped(range, entry, in: text, floor, to),
            resume: range.upperBound)
        }
        at = range.upperBound
      } else {
        at = candidate + 1
      }
    }
    return nil
  }

  private func nextCandidate(
    in text: UnsafeBufferPointer<UInt8>, from: Int, to: Int
  ) -> Int? {
    var at = from
    while at < to {
      if let onlyFirst {
        guard let base = text.baseAddress else { return nil }
        at += expert_find_byte(base + at, to - at, onlyFirst)
        if at == to { return nil }
      }
      let second = at + 1 < to ? Int(text[at + 1]) : 0
      if starts[Int(text[at]) << 8 | second] || (at + 1 == to && !entries[Int(text[at])].isEmpty) {
        return at
      }
      at += 1
    }
    return nil
  }

  private func longest(
    in text: UnsafeBufferPointer<UInt8>, at: Int, to: Int, special: Bool
  ) -> Entry? {
    entries[Int(text[at])].first { entry in
      (special || !entry.token.isSpecial) && at + entry.bytes.count <= to
        && text[at..<(at + entry.bytes.count)].elementsEqual(entry.bytes)
    }
  }

  private func standsAlone(
    _ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>, to: Int
  ) -> Bool {
    !(scalar(before: range.lowerBound, in: text).map(Self.isWord) ?? false)
      && !(scalar(at: range.upperBound, in: text, to: to).map { Self.isWord($0.0) } ?? false)
  }

  private func stripped(
    _ range: Range<Int>, _ entry: Entry, in text: UnsafeBufferPointer<UInt8>, _ floor: Int,
    _ to: Int
  ) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    if entry.token.lstrip {
      while start > floor, let before = scalar(before: start, in: text), Self.isSpace(before) {
        start -= before.utf8Width
      }
      start = max(start, min(floor, range.lowerBound))
    }
    if entry.token.rstrip {
      while let (next, width) = scalar(at: end, in: text, to: to), Self.isSpace(next) {
        end += width
      }
    }
    return start..<end
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    expert_unicode_classes(scalar.value) & 32 != 0
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    expert_unicode_classes(scalar.value) & 4 != 0
  }

  private func scalar(
    at place: Int, in text: UnsafeBufferPointer<UInt8>, to: Int
  ) -> (Unicode.Scalar, Int)? {
    guard place < to else { return nil }
    let part = UnsafeBufferPointer(rebasing: text[place..<min(to, place + 4)])
    guard let scalar = String(decoding: part, as: UTF8.self).unicodeScalars.first else {
      return nil
    }
    return (scalar, scalar.utf8Width)
  }

  private func scalar(
    before place: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Unicode.Scalar? {
    var start = place - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return start < 0 ? nil : scalar(at: start, in: text, to: place)?.0
  }
}

extension Unicode.Scalar {
  fileprivate var utf8Width: Int { UTF8.width(self) }
}
