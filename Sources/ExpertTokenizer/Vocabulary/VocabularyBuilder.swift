internal import CKernels
internal import ExpertRecord

/// Takes tokens and merges in any order that a file has them and checks them as they come.
struct VocabularyBuilder: ~Copyable {
  /// How the files of the three sources call themselves in messages.
  let file: String
  private let tables: OpaquePointer
  private let idCount: Int
  private var sealed = false

  /// The greatest id that is read: what the packed pair table can hold.
  static let maximumID = Int(EXPERT_BPE_MAX_IDS) - 2

  init(file: String, idCount: Int) throws(TokenizerError) {
    guard let tables = expert_bpe_new(idCount) else { throw .outOfMemory }
    self.file = file
    self.idCount = idCount
    self.tables = tables
  }

  deinit { if !sealed { expert_bpe_free(tables) } }

  /// Adds a token; `matches` says whether text can become it.
  func add(
    _ id: Int, _ bytes: UnsafeBufferPointer<UInt8>, matches: Bool,
    field: @autoclosure () -> String
  ) throws(TokenizerError) {
    // An empty buffer may have no address, and the tables want one.
    var nothing: UInt8 = 0
    let result =
      bytes.baseAddress.map { expert_bpe_add(tables, Int32(id), $0, bytes.count, matches ? 1 : 0) }
      ?? expert_bpe_add(tables, Int32(id), &nothing, 0, matches ? 1 : 0)
    switch result {
    case 0: return
    case -1:
      throw .invalid(
        file: file, field: field(), found: "\(id)", expected: "an id below \(idCount)")
    case -2:
      throw .duplicate(
        file: file, field: field(), found: "has the id \(id), which \(name(of: id)) has already")
    case -3: throw .duplicate(file: file, field: field(), found: "is there twice")
    default: throw .outOfMemory
    }
  }

  /// Adds a token of which the bytes are in an array.
  func add(
    _ id: Int, _ bytes: [UInt8], matches: Bool, field: @autoclosure () -> String
  ) throws(TokenizerError) {
    let made: Result<Void, TokenizerError> = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(TokenizerError) in
        try add(id, buffer, matches: matches, field: field())
      }
    }
    try made.get()
  }

  /// The token with these bytes that text can become.
  func find(_ bytes: ArraySlice<UInt8>) -> Int32? {
    let id = bytes.withUnsafeBufferPointer {
      $0.baseAddress.map { expert_bpe_find(tables, $0, bytes.count) } ?? -1
    }
    return id < 0 ? nil : id
  }

  /// The bytes of a token, if the id is taken.
  func bytes(of id: Int) -> [UInt8]? {
    var count = 0
    guard let bytes = expert_bpe_bytes(tables, Int32(id), &count) else { return nil }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }

  private func name(of id: Int) -> String {
    bytes(of: id).map { "\"\(String(decoding: $0, as: UTF8.self).excerpt())\"" } ?? "another"
  }

  /// Adds the next merge: `bytes` are both parts, the first `cut` of them the left one.
  func merge(
    _ bytes: [UInt8], cut: Int, field: @autoclosure () -> String
  ) throws(TokenizerError) {
    guard let left = find(bytes[..<cut]) else { throw unknown(bytes[..<cut], field()) }
    guard let right = find(bytes[cut...]) else { throw unknown(bytes[cut...], field()) }
    guard let merged = find(bytes[...]) else { throw unknown(bytes[...], field()) }
    switch expert_bpe_merge(tables, left, right, merged) {
    case 0: return
    case -1:
      throw .invalid(
        file: file, field: field(), found: "one merge too many",
        expected: "at most \(EXPERT_BPE_MAX_MERGES) merges")
    default: throw .outOfMemory
    }
  }

  private func unknown(_ part: ArraySlice<UInt8>, _ field: String) -> TokenizerError {
    .unknownPart(file: file, field: field, part: ByteAlphabet.encode(part))
  }

  /// Adds every merge that ranks imply.
  func mergeByRanks() throws(TokenizerError) {
    guard expert_bpe_merge_ranks(tables) == 0 else { throw .outOfMemory }
  }

  /// Ends the making.
  consuming func seal(
    _ split: WordSplit, wholeWords: Bool, unknown: Int32? = nil
  ) throws(TokenizerError) -> Vocabulary {
    guard expert_bpe_seal(tables, split.kernel, wholeWords ? 1 : 0, unknown ?? -1) == 0 else {
      throw .outOfMemory
    }
    sealed = true
    return Vocabulary(tables: tables, idCount: idCount)
  }
}
