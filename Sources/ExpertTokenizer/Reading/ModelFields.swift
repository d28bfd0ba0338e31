internal import ExpertRecord

/// The `model` of a `tokenizer.json`: a byte-pair encoding.
struct ModelFields {
  private let fields: JSONFields
  private let file: String
  private let vocab: JSONNode
  private let merges: JSONNode
  private let wholeWords: Bool

  init(_ root: JSONFields) throws(TokenizerError) {
    file = root.file
    let model = try root.required("model")
    guard model.kind == .object else {
      throw root.invalid("model", model.value.typeName, expected: "an object")
    }
    fields = JSONFields(model, file: root.file, path: "model")
    // Files of old versions leave the type out where it is BPE.
    if let type = fields["type"], type.string != "BPE" {
      throw .unsupported(
        file: file, field: "model.type", found: type.value.description(40), supported: "BPE")
    }
    vocab = try fields.required("vocab")
    merges = try fields.required("merges")
    guard vocab.kind == .object else {
      throw fields.invalid("vocab", vocab.value.typeName, expected: "an object of tokens and ids")
    }
    guard merges.kind == .array else {
      throw fields.invalid("merges", merges.value.typeName, expected: "a list")
    }
    for name in ["dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"] {
      try fields.refuse(name, supported: "none, as in byte-level BPE")
    }
    wholeWords = fields["ignore_merges"]?.kind == .true
  }

  /// Makes the vocabulary with the added tokens in it.
  func vocabulary(
    split: WordSplit, addedTokens: [AddedToken]
  ) throws(TokenizerError) -> Vocabulary {
    let highest = max(try highestID(), addedTokens.map { Int($0.id) }.max() ?? -1)
    guard highest >= 0 else {
      throw fields.invalid("vocab", "empty", expected: "at least one token")
    }
    let builder = try VocabularyBuilder(file: file, idCount: highest + 1)
    try addTokens(builder)
    try addMerges(builder)
    for token in addedTokens { try add(token, builder) }
    let unknown = try unknown(builder)
    return try builder.seal(split, wholeWords: wholeWords, unknown: unknown)
  }

  /// Ids may leave gaps, but not so many that a crafted file takes all memory.
  private func highestID() throws(TokenizerError) -> Int {
    var (highest, count) = (-1, 0)
    var failure: TokenizerError?
    vocab.forEachMember { name, value in
      guard failure == nil else { return }
      count += 1
      guard let number = value.number, number >= 0, number == number.rounded(),
        number <= Double(VocabularyBuilder.maximumID)
      else {
        failure = fields.invalid(
          Self.field(name), value.value.description(40),
          expected: "a whole number from 0 to \(VocabularyBuilder.maximumID)")
        return
      }
      highest = max(highest, Int(number))
    }
    if let failure { throw failure }
    guard highest < 2 * count + 65536 else {
      throw fields.invalid(
        "vocab", "\(count) tokens with ids up to \(highest)", expected: "ids without such gaps")
    }
    return highest
  }

  private static func field(_ name: JSONNode) -> String {
    "vocab[\"\((name.string ?? "").excerpt())\"]"
  }

  private func addTokens(_ builder: borrowing VocabularyBuilder) throws(TokenizerError) {
    var bytes: [UInt8] = []
    var walk = NodeWalk(vocab)
    while let (name, value) = walk.next() {
      let matches = name.decodeBytes(into: &bytes)
      try builder.add(
        Int(value.number ?? -1), bytes, matches: matches, field: fields.place(Self.field(name)))
    }
  }

  private func addMerges(_ builder: borrowing VocabularyBuilder) throws(TokenizerError) {
    var (left, right): ([UInt8], [UInt8]) = ([], [])
    var walk = NodeWalk(merges)
    var index = 0
    while let merge = walk.nextElement() {
      if merge.kind == .array {
        var parts: [JSONNode] = []
        merge.forEachElement { parts.append($0) }
        guard parts.count == 2, parts.allSatisfy({ $0.kind == .string }) else {
          throw badMerge(index, merge)
        }
        _ = parts[0].decodeBytes(into: &left)
        _ = parts[1].decodeBytes(into: &right)
        let cut = left.count
        try builder.merge(left + right, cut: cut, field: "model.merges[\(index)]")
      } else if let text = merge.string {
        try builder.merge(text, field: "model.merges[\(index)]")
      } else {
        throw badMerge(index, merge)
      }
      index += 1
    }
  }

  private func badMerge(_ index: Int, _ found: JSONNode) -> TokenizerError {
    fields.invalid(
      "merges[\(index)]", found.value.description(40),
      expected: "\"left right\" or [\"left\", \"right\"]")
  }

  /// An added token is often in the vocabulary already, with the same id and text.
  private func add(
    _ token: AddedToken, _ builder: borrowing VocabularyBuilder
  ) throws(TokenizerError) {
    let bytes = Array(token.content.utf8)
    let field = "added_tokens[\"\(token.content.excerpt())\"]"
    if let known = builder.bytes(of: Int(token.id)) {
      var alphabet: [UInt8] = []
      _ = ByteAlphabet.decode(token.content, into: &alphabet)
      guard known == bytes || known == alphabet else {
        throw .duplicate(
          file: file, field: field,
          found: "has the id \(token.id), which the vocabulary gives to another token")
      }
    } else {
      try builder.add(Int(token.id), bytes, matches: false, field: field)
    }
  }

  private func unknown(_ builder: borrowing VocabularyBuilder) throws(TokenizerError) -> Int32? {
    guard let token = fields["unk_token"]?.string else { return nil }
    var bytes: [UInt8] = []
    _ = ByteAlphabet.decode(token, into: &bytes)
    guard let id = builder.find(bytes[...]) else {
      throw .unknownPart(file: file, field: "model.unk_token", part: token)
    }
    return id
  }
}

extension JSONNode {
  /// The bytes that a token's text form stands for; `false` where text cannot become it.
  fileprivate func decodeBytes(into bytes: inout [UInt8]) -> Bool {
    // Without escapes the document's own bytes are the text.
    if !raw.contains(UInt8(ascii: "\\")) { return ByteAlphabet.decode(raw, into: &bytes) }
    return ByteAlphabet.decode(string ?? "", into: &bytes)
  }
}

/// The members or elements of a node one after the other, for loops that can throw.
private struct NodeWalk {
  private var members: [(name: JSONNode, value: JSONNode)] = []
  private var elements: [JSONNode] = []
  private var at = 0

  init(_ node: JSONNode) {
    node.forEachMember { members.append(($0, $1)) }
    node.forEachElement { elements.append($0) }
  }

  mutating func next() -> (name: JSONNode, value: JSONNode)? {
    guard at < members.count else { return nil }
    defer { at += 1 }
    return members[at]
  }

  mutating func nextElement() -> JSONNode? {
    guard at < elements.count else { return nil }
    defer { at += 1 }
    return elements[at]
  }
}
