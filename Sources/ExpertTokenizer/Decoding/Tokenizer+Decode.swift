extension Tokenizer {
  /// The bytes of one token.
  package func bytes(of id: Int32) throws(TokenizerError) -> [UInt8] {
    guard let bytes = vocabulary.withBytes(of: id, { Array($0) }) else { throw .unknownID(id) }
    return bytes
  }

  /// The text of ids. Bytes that are no UTF-8 become U+FFFD.
  package func decode(
    _ ids: some Sequence<Int32>, skipSpecial: Bool = false
  ) throws(TokenizerError) -> String {
    var bytes: [UInt8] = []
    for id in ids { try append(id, skipSpecial: skipSpecial, to: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  func append(
    _ id: Int32, skipSpecial: Bool, to bytes: inout [UInt8]
  ) throws(TokenizerError) {
    if skipSpecial, specialIDs.contains(id) { return }
    guard vocabulary.withBytes(of: id, { bytes.append(contentsOf: $0) }) != nil else {
      throw .unknownID(id)
    }
  }
}
