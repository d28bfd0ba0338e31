package import ExpertPlatform

/// Which record this is, through all its edits: a UUID of version 8 (RFC 9562, section 5.8) made
/// from where the record came from. The same source gives the same identifier on every machine.
///
/// The first 128 bits of a SHA-256 with six bits replaced by version and variant: 122 bits, so two
/// of a billion records collide with a probability below 1e-18.
package struct RecordID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first eight bytes as a big-endian number.
  package let high: UInt64
  /// The last eight bytes as a big-endian number.
  package let low: UInt64

  /// The record that answer number `ordinal` of a job's slot gave.
  package init(job: Digest, slot: Int, ordinal: Int) {
    self.init(origin: "expert-gen/rid/v1\0job\0", job, [slot, ordinal])
  }

  /// The record that stood on a line of a file (counted from 1; the digest is the file's).
  package init(file: Digest, line: Int) {
    self.init(origin: "expert-gen/rid/v1\0file\0", file, [line])
  }

  /// Hashes the kind of origin, its digest and the numbers as 64-bit big-endian, and sets version
  /// and variant.
  private init(origin: StaticString, _ digest: Digest, _ numbers: [Int]) {
    var message = digest.bytes
    for number in numbers {
      withUnsafeBytes(of: Int64(number).bigEndian) { message.append(contentsOf: $0) }
    }
    let head = UnsafeRawBufferPointer(start: origin.utf8Start, count: origin.utf8CodeUnitCount)
    let hash = message.withUnsafeBytes { FastHash.digest(head, $0) }
    (high, low) = hash.withBytes { bytes in
      let first = UInt64(bigEndian: bytes.load(fromByteOffset: 0, as: UInt64.self))
      let second = UInt64(bigEndian: bytes.load(fromByteOffset: 8, as: UInt64.self))
      return (first & ~0xF000 | 0x8000, second & (.max >> 2) | 1 << 63)
    }
  }

  /// Reads the 16 bytes of an identifier; `nil` where count, version or variant are others.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    self.init(high: Self.word(bytes.prefix(8)), low: Self.word(bytes.suffix(8)))
  }

  /// Reads the form `xxxxxxxx-xxxx-8xxx-yxxx-xxxxxxxxxxxx` in either case; `nil` for anything else.
  package init?(_ text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 36 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for (i, digit) in digits.enumerated() {
      if [8, 13, 18, 23].contains(i) {
        guard digit == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let nibble = Self.nibble(digit) else { return nil }
      words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | nibble)
    }
    self.init(high: words.0, low: words.1)
  }

  /// Reads the two halves; `nil` where version or variant are others.
  package init?(high: UInt64, low: UInt64) {
    guard high & 0xF000 == 0x8000, low >> 62 == 0b10 else { return nil }
    self.high = high
    self.low = low
  }

  private static func word(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func nibble(_ digit: UInt8) -> UInt64? {
    switch digit {
    case 0x30...0x39: UInt64(digit - 0x30)
    case 0x41...0x46: UInt64(digit - 0x41 + 10)
    case 0x61...0x66: UInt64(digit - 0x61 + 10)
    default: nil
    }
  }

  /// The 16 bytes.
  package var bytes: [UInt8] {
    withBytes { [UInt8]($0) }
  }

  /// Lends the 16 bytes without an array of their own.
  package func withBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }

  /// The identifier in UUID form, lower case.
  package var description: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (i, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(i) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The order of the bytes.
  package static func < (a: RecordID, b: RecordID) -> Bool {
    (a.high, a.low) < (b.high, b.low)
  }
}
