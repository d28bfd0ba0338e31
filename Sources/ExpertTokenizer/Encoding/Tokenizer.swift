internal import CKernels

/// Byte-level byte-pair encoding: text to token ids and back, as Hugging Face's tokenizers does it.
///
/// One value serves all threads. It remembers the words that it has met (about 3 MiB for each
/// thread that encodes at the same time), which is what makes it fast. Vocabularies other than
/// byte-level BPE (SentencePiece unigram, WordPiece) are refused when they are read.
package final class Tokenizer: Sendable {
  /// Whether special tokens written in the text are those tokens, or plain text.
  package enum SpecialTokens: Sendable, Hashable {
    /// `<|im_end|>` in the text is the token: for text that a template wrote.
    case tokens
    /// It is ten characters: for text from outside that must not end a turn.
    case plainText
  }

  /// Token ids with the bytes of the text that each stands for.
  package struct Encoding: Sendable, Hashable {
    package var ids: [Int32] = []
    /// The first byte of each token in the UTF-8 form of the text.
    package var starts: [Int] = []
    /// The byte behind each token.
    package var ends: [Int] = []
  }

  let vocabulary: Vocabulary
  let pool: ScratchPool
  let isNFC: Bool
  private let rawTokens: AddedTokenMatcher
  private let normalizedTokens: AddedTokenMatcher

  /// How words are cut.
  package let split: WordSplit
  /// All added tokens, sorted by id.
  package let addedTokens: [AddedToken]
  let specialIDs: Set<Int32>
  /// The marks of the format and what files say about their use.
  package let marks: Marks

  /// The highest id and one: the least number of rows that an embedding must have.
  package var idCount: Int { vocabulary.idCount }

  init(
    vocabulary: Vocabulary, split: WordSplit, isNFC: Bool, addedTokens: [AddedToken], marks: Marks
  ) {
    self.vocabulary = vocabulary
    self.split = split
    self.isNFC = isNFC
    self.addedTokens = addedTokens.sorted { $0.id < $1.id }
    self.marks = marks
    pool = ScratchPool(vocabulary)
    specialIDs = Set(addedTokens.lazy.filter(\.isSpecial).map(\.id))
    rawTokens = AddedTokenMatcher(addedTokens.filter { !$0.normalized })
    normalizedTokens = AddedTokenMatcher(addedTokens.filter(\.normalized))
  }

  /// The id of a token by its text: an added token's content, or the text of a whole token.
  package func id(of token: String) -> Int32? {
    addedTokens.first { $0.content == token }?.id ?? vocabulary.find(Array(token.utf8))
  }

  /// The ids of a text. `affixes` = with the tokens that the file puts before and behind every
  /// text (a beginning of sequence); chat templates write their own.
  package func encode(
    _ text: String, special: SpecialTokens = .tokens, affixes: Bool = false
  ) throws(TokenizerError) -> [Int32] {
    let ids = try withEncoded(text, special) { Array($0) }
    return affixes ? marks.prefix + ids + marks.suffix : ids
  }

  /// The ids of a text with their bytes in it.
  package func encodeWithOffsets(
    _ text: String, special: SpecialTokens = .tokens
  ) throws(TokenizerError) -> Encoding {
    var text = text
    let result: Result<Encoding, TokenizerError> = text.withUTF8 { bytes in
      Result { () throws(TokenizerError) in
        try pool.withScratch { scratch throws(TokenizerError) in
          var pass = EncodingPass(
            text: bytes, special: special == .tokens, scratch: scratch, encoding: Encoding())
          try encode(&pass)
          return pass.encoding ?? Encoding()
        }
      }
    }
    return try result.get()
  }

  /// How many ids the text has, without making a list of them.
  package func count(
    _ text: String, special: SpecialTokens = .tokens
  ) throws(TokenizerError) -> Int {
    try withEncoded(text, special) { $0.count }
  }

  private func withEncoded<Value>(
    _ text: String, _ special: SpecialTokens,
    _ body: (UnsafeBufferPointer<Int32>) -> Value
  ) throws(TokenizerError) -> Value {
    var text = text
    let result: Result<Value, TokenizerError> = text.withUTF8 { bytes in
      Result { () throws(TokenizerError) in
        try pool.withScratch { scratch throws(TokenizerError) in
          var pass = EncodingPass(
            text: bytes, special: special == .tokens, scratch: scratch, encoding: nil)
          try encode(&pass)
          var count = 0
          let ids = expert_bpe_ids(scratch, &count)
          return body(UnsafeBufferPointer(start: ids, count: count))
        }
      }
    }
    return try result.get()
  }
}

/// One text on its way to ids.
struct EncodingPass {
  let text: UnsafeBufferPointer<UInt8>
  let special: Bool
  let scratch: OpaquePointer
  /// Filled with ids and offsets where those are wanted.
  var encoding: Tokenizer.Encoding?

  var wantsEnds: Int32 { encoding == nil ? 0 : 1 }
}

extension Tokenizer {
  /// Added tokens first, then what is between them.
  private func encode(_ pass: inout EncodingPass) throws(TokenizerError) {
    guard pass.text.count <= Int(Int32.max) else { throw .textTooLong(bytes: pass.text.count) }
    var (at, search) = (0, 0)
    while let match = rawTokens.first(
      in: pass.text, from: search, to: pass.text.count, floor: at, special: pass.special)
    {
      try encodeBetween(at..<max(at, match.range.lowerBound), &pass)
      try append(match.token, match.range, &pass)
      (at, search) = (match.range.upperBound, match.resume)
    }
    try encodeBetween(at..<pass.text.count, &pass)
  }

  private func append(
    _ token: AddedToken, _ range: Range<Int>, _ pass: inout EncodingPass
  ) throws(TokenizerError) {
    if pass.encoding == nil {
      guard expert_bpe_append(pass.scratch, token.id, range.upperBound, 0) == 0 else {
        throw .outOfMemory
      }
    } else {
      pass.encoding?.ids.append(token.id)
      pass.encoding?.starts.append(range.lowerBound)
      pass.encoding?.ends.append(range.upperBound)
    }
  }

  /// Text without added tokens, except those that are looked for after normalising.
  private func encodeBetween(
    _ range: Range<Int>, _ pass: inout EncodingPass
  ) throws(TokenizerError) {
    if range.isEmpty { return }
    let part = UnsafeBufferPointer(rebasing: pass.text[range])
    if isNFC, let normal = try NormalizedText(part) {
      let first = pass.encoding?.ids.count ?? 0
      try encodeNormal(normal.buffer, 0..<normal.buffer.count, &pass)
      if pass.encoding != nil { translate(from: first, normal, base: range.lowerBound, &pass) }
    } else {
      try encodeNormal(pass.text, range, &pass)
    }
  }

  /// Moves the offsets of what was just encoded from the normalised piece to the text.
  private func translate(
    from first: Int, _ normal: borrowing NormalizedText, base: Int, _ pass: inout EncodingPass
  ) {
    guard let encoding = pass.encoding else { return }
    let ends = normal.originalEnds(Array(encoding.ends[first...]))
    for (i, end) in ends.enumerated() {
      pass.encoding?.ends[first + i] = base + end
      pass.encoding?.starts[first + i] = base + (i == 0 ? 0 : ends[i - 1])
    }
  }

  private func encodeNormal(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ pass: inout EncodingPass
  ) throws(TokenizerError) {
    var (at, search) = (range.lowerBound, range.lowerBound)
    while let match = normalizedTokens.first(
      in: text, from: search, to: range.upperBound, floor: at, special: pass.special)
    {
      try encodeWords(text, at..<max(at, match.range.lowerBound), &pass)
      try append(match.token, match.range, &pass)
      (at, search) = (match.range.upperBound, match.resume)
    }
    try encodeWords(text, at..<range.upperBound, &pass)
  }

  private func encodeWords(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ pass: inout EncodingPass
  ) throws(TokenizerError) {
    guard !range.isEmpty, let base = text.baseAddress else { return }
    if pass.encoding != nil { expert_bpe_clear(pass.scratch) }
    guard
      expert_bpe_encode(
        pass.scratch, base, text.count, range.lowerBound, range.upperBound, pass.wantsEnds) == 0
    else { throw .outOfMemory }
    if pass.encoding != nil { collect(from: range.lowerBound, &pass) }
  }

  /// Takes over the ids and offsets of one piece.
  private func collect(from start: Int, _ pass: inout EncodingPass) {
    var count = 0
    guard let ids = expert_bpe_ids(pass.scratch, &count) else { return }
    let ends = expert_bpe_ends(pass.scratch)
    pass.encoding?.ids.append(contentsOf: UnsafeBufferPointer(start: ids, count: count))
    var before = start
    for end in UnsafeBufferPointer(start: ends, count: count) {
      pass.encoding?.starts.append(before)
      pass.encoding?.ends.append(Int(end))
      before = Int(end)
    }
  }
}
