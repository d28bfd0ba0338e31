package import ExpertPlatform
package import ExpertRecord

/// Finds rows that are the same text after normalisation: NFC, every run of white space one space,
/// none at the ends, case kept.
///
/// The worse answer of a preference record and the reasoning of a distillation record count here:
/// a better answer paired with two worse ones is two records, not one twice.
package struct ExactDuplicates: Sendable {
  private var known: [Digest: Int] = [:]

  package init() {}

  /// Texts kept so far.
  package var count: Int { known.count }

  /// The id of an earlier row with the same text; otherwise keeps this one under `id`.
  package mutating func check(_ record: Record, id: Int) -> Int? {
    check(key: Self.key(record), id: id)
  }

  /// The same, for a key that was computed elsewhere.
  package mutating func check(key: Digest, id: Int) -> Int? {
    if let earlier = known[key] { return earlier }
    known[key] = id
    return nil
  }

  /// The id of the row kept under a key.
  package func match(key: Digest) -> Int? { known[key] }

  /// SHA-256 of the record's normalised parts, each closed by a zero byte.
  package static func key(_ record: Record) -> Digest {
    var hasher = SHA256()
    hasher.update("expert-gen/duplicate/v1\0")
    for part in parts(record) {
      hasher.update(normalised(part))
      hasher.update([0])
    }
    return hasher.finalize()
  }

  private static func parts(_ record: Record) -> [String] {
    switch record {
    case .instruction(let record): [record.instruction, record.input, record.output]
    case .preference(let record):
      [record.prompt.text, record.chosen.text, record.rejected.text]
    case .distillation(let record): [record.input, record.reasoning, record.answer]
    case .chat(let record): record.messages.flatMap { [$0.role, $0.content] }
    }
  }

  /// NFC, runs of white space one space, none at the ends, case kept.
  package static func normalised(_ text: String) -> String {
    ascii(text) ?? anyText(text)
  }

  /// The same for text that is ASCII, which most is: byte by byte.
  private static func ascii(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
      return String(unsafeUninitializedCapacity: bytes.count) { out in
        var count = 0
        var pending = false
        for byte in bytes {
          if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) {
            pending = count > 0
            continue
          }
          if pending {
            out[count] = 0x20
            count += 1
            pending = false
          }
          out[count] = byte
          count += 1
        }
        return count
      }
    }
  }

  private static func anyText(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var pending = false
    for scalar in TextTokens.normalised(text).unicodeScalars {
      if scalar.properties.isWhitespace {
        pending = !result.isEmpty
      } else {
        if pending { result.append(" ") }
        pending = false
        result.append(scalar)
      }
    }
    return String(result)
  }
}
