/// Turns ids into text as they come, and gives out whole characters only.
///
/// The texts given out, joined, are what `decode` gives for all ids at once.
package struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipSpecial: Bool
  private var pending: [UInt8] = []

  /// A decoder for one stream.
  package init(_ tokenizer: Tokenizer, skipSpecial: Bool = true) {
    self.tokenizer = tokenizer
    self.skipSpecial = skipSpecial
  }

  /// The text that is complete with this token; often empty in the middle of a character.
  package mutating func append(_ id: Int32) throws(TokenizerError) -> String {
    try tokenizer.append(id, skipSpecial: skipSpecial, to: &pending)
    let whole = pending.count - Self.openBytes(pending)
    defer { pending.removeFirst(whole) }
    return String(decoding: pending[..<whole], as: UTF8.self)
  }

  /// What is left at the end: an unfinished character becomes U+FFFD.
  package mutating func finish() -> String {
    defer { pending.removeAll() }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end are the beginning of a character that may still become whole.
  private static func openBytes(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 == 0x80 { continue }
      return width(byte) > back && mayGoOn(bytes.suffix(back)) ? back : 0
    }
    return 0
  }

  private static func width(_ lead: UInt8) -> Int {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  /// The second byte of some characters has a narrower range (overlong forms, surrogates).
  private static func mayGoOn(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count > 1, let lead = bytes.first else { return true }
    let second = bytes[bytes.startIndex + 1]
    return switch lead {
    case 0xE0: second >= 0xA0
    case 0xED: second < 0xA0
    case 0xF0: second >= 0x90
    case 0xF4: second < 0x90
    default: true
    }
  }
}
