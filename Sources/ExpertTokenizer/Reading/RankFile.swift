internal import ExpertRecord

/// What a tiktoken rank file does not say itself.
package struct RankFileOptions: Sendable, Hashable {
  package var split: WordSplit
  package var isNFC: Bool
  /// Special tokens; the first has the id behind the highest rank, the others follow.
  package var specialTokens: [String]
  /// Added tokens that are no special ones, behind those.
  package var ordinaryTokens: [String]

  package init(
    split: WordSplit, isNFC: Bool, specialTokens: [String], ordinaryTokens: [String] = []
  ) {
    self.split = split
    self.isNFC = isNFC
    self.specialTokens = specialTokens
    self.ordinaryTokens = ordinaryTokens
  }

  /// The tokens behind the 151,643 ranks of Qwen2, Qwen2.5 and Qwen3, as Qwen3's files have them.
  package static let qwen = RankFileOptions(
    split: .qwen2, isNFC: true,
    specialTokens: [
      "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>",
      "<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>",
      "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>",
    ],
    ordinaryTokens: [
      "<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
      "<|fim_pad|>",
      "<|repo_name|>", "<|file_sep|>", "<tool_response>", "</tool_response>", "<think>",
      "</think>",
    ])
}

extension Tokenizer {
  /// Reads a tiktoken rank file: lines of a token in base64, a space and its rank, which is its id.
  package convenience init(
    rankFile bytes: UnsafeRawBufferPointer, name: String, options: RankFileOptions
  ) throws(TokenizerError) {
    var ranks: [(id: Int, bytes: [UInt8])] = []
    try RankLines.read(bytes, file: name) { ranks.append(($0, $1)) }
    guard let highest = ranks.map(\.id).max() else {
      throw .invalid(
        file: name, field: "line 1", found: "nothing", expected: "base64, a space and a rank")
    }
    let builder = try VocabularyBuilder(
      file: name, idCount: highest + 1 + options.addedCount)
    for (line, rank) in ranks.enumerated() {
      try builder.add(rank.id, rank.bytes, matches: true, field: "line \(line + 1)")
    }
    try builder.mergeByRanks()
    let added = options.added(from: highest + 1)
    for token in added {
      try builder.add(
        Int(token.id), Array(token.content.utf8), matches: false, field: token.content)
    }
    var marks = Marks()
    marks.eos = added.first { $0.content == "<|im_end|>" || $0.content == "<|eot_id|>" }?.id
    marks.pad = added.first { $0.content == "<|endoftext|>" }?.id
    self.init(
      vocabulary: try builder.seal(options.split, wholeWords: true), split: options.split,
      isNFC: options.isNFC, addedTokens: added, marks: marks)
  }
}

extension RankFileOptions {
  fileprivate var addedCount: Int { specialTokens.count + ordinaryTokens.count }

  fileprivate func added(from first: Int) -> [AddedToken] {
    (specialTokens + ordinaryTokens).enumerated().map { i, content in
      AddedToken(
        id: Int32(first + i), content: content, isSpecial: i < specialTokens.count)
    }
  }
}

/// The lines of a rank file.
private enum RankLines {
  /// The highest rank: the tokens that follow need ids too.
  private static let maximum = VocabularyBuilder.maximumID - 1024

  static func read(
    _ bytes: UnsafeRawBufferPointer, file: String, _ body: (Int, [UInt8]) -> Void
  ) throws(TokenizerError) {
    var at = 0
    var line = 0
    while at < bytes.count {
      line += 1
      var end = at
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      if end > at {
        try read(UnsafeRawBufferPointer(rebasing: bytes[at..<end]), file, line, body)
      }
      at = end + 1
    }
  }

  private static func read(
    _ text: UnsafeRawBufferPointer, _ file: String, _ line: Int,
    _ body: (Int, [UInt8]) -> Void
  ) throws(TokenizerError) {
    var space = 0
    while space < text.count, text[space] != UInt8(ascii: " ") { space += 1 }
    guard space < text.count else {
      throw bad(file, line, "without a space", "base64, a space and a rank")
    }
    guard let token = Base64.decode(UnsafeRawBufferPointer(rebasing: text[..<space])),
      !token.isEmpty
    else { throw bad(file, line, "no base64", "a token in base64") }
    guard let rank = number(text, from: space + 1) else {
      let found = String(decoding: text[(space + 1)...], as: UTF8.self).excerpt()
      throw bad(file, line, "the rank \"\(found)\"", "a number from 0 to \(maximum)")
    }
    body(rank, token)
  }

  private static func number(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var end = text.count
    if end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    guard end > start else { return nil }
    var value = 0
    for at in start..<end {
      let digit = Int(text[at]) - 0x30
      guard (0...9).contains(digit) else { return nil }
      value = value * 10 + digit
      guard value <= maximum else { return nil }
    }
    return value
  }

  private static func bad(
    _ file: String, _ line: Int, _ found: String, _ expected: String
  ) -> TokenizerError {
    .invalid(file: file, field: "line \(line)", found: found, expected: expected)
  }
}
