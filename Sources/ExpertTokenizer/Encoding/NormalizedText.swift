internal import CKernels

/// NFC of a piece of text, with the way back to the original's bytes.
struct NormalizedText: ~Copyable {
  private let bytes: UnsafeMutablePointer<UInt8>
  private let count: Int
  private let edits: [expert_nfc_edit]

  /// `nil` where NFC changes nothing, which is found without copying.
  init?(_ text: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
    guard let base = text.baseAddress,
      expert_nfc_first_unstable(base, text.count, 0) < text.count
    else { return nil }
    var out: UnsafeMutablePointer<UInt8>?
    var list: UnsafeMutablePointer<expert_nfc_edit>?
    var (count, editCount) = (0, 0)
    guard expert_nfc(base, text.count, &out, &count, &list, &editCount) == 0, let out else {
      throw .outOfMemory
    }
    bytes = out
    self.count = count
    edits = Array(UnsafeBufferPointer(start: list, count: editCount))
    expert_nfc_free(list)
  }

  deinit { expert_nfc_free(bytes) }

  /// The normalised bytes.
  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }

  /// Translates rising places of the result into places of the original: inside of a changed
  /// stretch to its end.
  func originalEnds(_ ends: [Int]) -> [Int] {
    var edit = 0
    var shift = 0
    return ends.map { end in
      while edit < edits.count, edits[edit].out_to <= end {
        shift = Int(edits[edit].to) - Int(edits[edit].out_to)
        edit += 1
      }
      if edit < edits.count, edits[edit].out_from < end { return Int(edits[edit].to) }
      return end + shift
    }
  }
}
