internal import ExpertRecord

/// A `tokenizer.json`, read and checked field by field.
struct TokenizerParts {
  let vocabulary: Vocabulary
  let split: WordSplit
  let isNFC: Bool
  let addedTokens: [AddedToken]
  var marks = Marks()

  /// Every level of a tokenizer file nests few lists.
  private static let limits = JSONLimits(maxBytes: 128 << 20, maxDepth: 32)

  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(TokenizerError) {
    var tape = JSONTape()
    let read: Result<TokenizerParts, TokenizerError>
    do throws(JSONError) {
      read = try tape.read(bytes, limits: Self.limits) { root in
        Result { () throws(TokenizerError) in try TokenizerParts(root, file: file) }
      }
    } catch {
      throw .notJSON(file: file, error)
    }
    self = try read.get()
  }

  private init(_ root: JSONNode, file: String) throws(TokenizerError) {
    let fields = JSONFields(root, file: file, path: "")
    split = try PipelineFields.split(fields)
    isNFC = try PipelineFields.isNFC(fields)
    addedTokens = try AddedTokenFields.read(fields)
    let model = try ModelFields(fields)
    vocabulary = try model.vocabulary(split: split, addedTokens: addedTokens)
    try readAffixes(fields)
  }

  /// What a `TemplateProcessing` puts before and behind every single text.
  private mutating func readAffixes(_ fields: JSONFields) throws(TokenizerError) {
    guard let post = fields["post_processor"]?.value, post != .null else { return }
    let steps = post["processors"]?.array ?? [post]
    for step in steps where step["type"]?.string == "TemplateProcessing" {
      var isBehind = false
      for piece in step["single"]?.array ?? [] {
        if piece["Sequence"] != nil { isBehind = true }
        guard let token = piece["SpecialToken"]?["id"]?.string else { continue }
        guard let id = addedTokens.first(where: { $0.content == token })?.id else {
          throw .unknownPart(file: fields.file, field: "post_processor.single", part: token)
        }
        if isBehind { marks.suffix.append(id) } else { marks.prefix.append(id) }
      }
    }
    if marks.prefix.count == 1 { marks.bos = marks.prefix[0] }
  }
}

/// An object of the file with the path that messages name.
struct JSONFields {
  let node: JSONNode
  let file: String
  let path: String
  private var members: [(name: String, node: JSONNode)] = []

  init(_ node: JSONNode, file: String, path: String) {
    self.node = node
    self.file = file
    self.path = path
    // Only objects of few members are looked up by name; vocabularies are walked.
    node.forEachMember { name, value in
      if let name = name.string { members.append((name, value)) }
    }
  }

  subscript(name: String) -> JSONNode? { members.first { $0.name == name }?.node }

  func place(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

  func required(_ name: String) throws(TokenizerError) -> JSONNode {
    guard let node = self[name] else { throw .missing(file: file, field: place(name)) }
    return node
  }

  func invalid(_ name: String, _ found: String, expected: String) -> TokenizerError {
    .invalid(file: file, field: place(name), found: found, expected: expected)
  }

  /// A field that must be absent, null, false, zero or empty.
  func refuse(_ name: String, supported: String) throws(TokenizerError) {
    guard let value = self[name]?.value else { return }
    switch value {
    case .null, .bool(false), .number(0), .string(""): return
    default:
      throw .unsupported(
        file: file, field: place(name), found: value.description(40), supported: supported)
    }
  }
}

extension JSONValue {
  /// The value in a message.
  func description(_ limit: Int) -> String {
    switch self {
    case .string(let text): "\"\(text.excerpt(limit))\""
    case .number(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    default: typeName
    }
  }
}
