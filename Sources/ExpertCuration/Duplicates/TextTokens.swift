internal import CKernels
@_spi(_Unicode) internal import Swift

/// The tokens of a text by the rule of the duplicate search: after NFC, a run of letters or digits
/// is one token and every other character that is not white space is one; case is kept.
///
/// Combining marks belong to the run they stand in. In scripts written without spaces (Han,
/// Hiragana, Katakana) every character is a token, because a run there is a clause, and clauses
/// hide near duplicates.
package enum TextTokens {
  /// How a character takes part in tokens.
  package enum Class: Sendable { case space, word, single }

  /// The class of one Unicode scalar.
  package static func classify(_ scalar: Unicode.Scalar) -> Class {
    if scalar.isASCII { return classifyASCII(UInt8(truncatingIfNeeded: scalar.value)) }
    if scalar.properties.isWhitespace { return .space }
    if isWrittenWithoutSpaces(scalar) { return .single }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      return .word
    default:
      return .single
    }
  }

  private static func classifyASCII(_ byte: UInt8) -> Class {
    switch byte {
    case 9...13, 32: .space
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: .word
    default: .single
    }
  }

  private static func isWrittenWithoutSpaces(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isIdeographic || (0x3041...0x30ff).contains(scalar.value)
  }

  /// The text in NFC; the text itself where it surely is already.
  package static func normalised(_ text: String) -> String {
    if isSurelyNFC(text) { return text }
    var result = ""
    for scalar in text._nfc { result.unicodeScalars.append(scalar) }
    return result
  }

  /// Every scalar below U+0300 and every unified ideograph, kana letter and Hangul syllable stays
  /// itself in NFC, and none of them is a combining mark (UAX #15, NFC_Quick_Check=Yes and
  /// Canonical_Combining_Class=0).
  private static func isSurelyNFC(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x300, 0x2010...0x2027, 0x3041...0x3096, 0x30a1...0x30fa, 0x4e00...0x9fff,
        0xac00...0xd7a3:
        true
      default: false
      }
    }
  }

  /// The tokens as strings: the plain version that the kernel is tested against.
  package static func strings(of text: String) -> [String] {
    var tokens: [String] = []
    var run = String.UnicodeScalarView()
    func close() {
      if !run.isEmpty { tokens.append(String(run)) }
      run = String.UnicodeScalarView()
    }
    for scalar in normalised(text).unicodeScalars {
      switch classify(scalar) {
      case .word: run.append(scalar)
      case .space: close()
      case .single:
        close()
        tokens.append(String(Character(scalar)))
      }
    }
    close()
    return tokens
  }

  /// The hashes of the tokens of text that is not all ASCII, written to `tokens`, which has room for
  /// one per byte of the normalised text. Returns how many.
  static func hashes(ofNormalised text: String, into tokens: UnsafeMutablePointer<UInt64>) -> Int {
    var text = text
    return text.withUTF8 { bytes in
      var count = 0
      var runStart = 0
      var at = 0
      var inRun = false
      func emit(_ from: Int, _ to: Int) {
        guard let base = bytes.baseAddress else { return }
        tokens[count] = expert_token_hash(base + from, to - from)
        count += 1
      }
      while at < bytes.count {
        let (scalar, width) = decode(bytes, at)
        let kind = classify(scalar)
        if inRun, kind != .word {
          emit(runStart, at)
          inRun = false
        } else if !inRun, kind == .word {
          runStart = at
          inRun = true
        }
        if kind == .single { emit(at, at + width) }
        at += width
      }
      if inRun { emit(runStart, bytes.count) }
      return count
    }
  }

  /// One scalar of valid UTF-8 (a Swift string's bytes always are) and how many bytes it takes.
  private static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int
  ) -> (Unicode.Scalar, Int) {
    let first = UInt32(bytes[at])
    func next(_ i: Int) -> UInt32 { UInt32(bytes[at + i]) & 0x3f }
    let (value, width): (UInt32, Int) =
      switch first {
      case 0..<0x80: (first, 1)
      case 0..<0xe0: ((first & 0x1f) << 6 | next(1), 2)
      case 0..<0xf0: ((first & 0x0f) << 12 | next(1) << 6 | next(2), 3)
      default: ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
      }
    return (Unicode.Scalar(value) ?? "\u{fffd}", width)
  }
}
