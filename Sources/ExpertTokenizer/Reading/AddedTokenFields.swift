internal import ExpertRecord

/// The `added_tokens` of a `tokenizer.json`.
enum AddedTokenFields {
  static func read(_ root: JSONFields) throws(TokenizerError) -> [AddedToken] {
    guard let value = root["added_tokens"]?.value, value != .null else { return [] }
    guard let list = value.array else {
      throw root.invalid("added_tokens", value.typeName, expected: "a list")
    }
    var tokens: [AddedToken] = []
    var ids: Set<Int32> = []
    var contents: Set<String> = []
    for (i, entry) in list.enumerated() {
      let token = try token(entry, "added_tokens[\(i)]", root)
      guard ids.insert(token.id).inserted else {
        throw .duplicate(
          file: root.file, field: "added_tokens[\(i)].id", found: "\(token.id) is there twice")
      }
      guard contents.insert(token.content).inserted else {
        throw .duplicate(
          file: root.file, field: "added_tokens[\(i)].content",
          found: "\"\(token.content.excerpt())\" is there twice")
      }
      tokens.append(token)
    }
    return tokens
  }

  private static func token(
    _ entry: JSONValue, _ field: String, _ root: JSONFields
  ) throws(TokenizerError) -> AddedToken {
    guard let content = entry["content"]?.string, !content.isEmpty else {
      throw root.invalid(
        field + ".content", entry["content"]?.typeName ?? "missing", expected: "a text")
    }
    guard let id = entry["id"]?.integer, (0...VocabularyBuilder.maximumID).contains(id) else {
      throw root.invalid(
        field + ".id", entry["id"]?.description(40) ?? "missing",
        expected: "a whole number from 0 to \(VocabularyBuilder.maximumID)")
    }
    func flag(_ name: String, _ normal: Bool) -> Bool { entry[name]?.bool ?? normal }
    return AddedToken(
      id: Int32(id), content: content, isSpecial: flag("special", false),
      singleWord: flag("single_word", false), lstrip: flag("lstrip", false),
      rstrip: flag("rstrip", false), normalized: flag("normalized", !flag("special", false)))
  }
}
