internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// What had been acknowledged when the witness was last written: a small file beside the store
/// which shows when a damaged WAL has silently dropped committed transactions.
struct Witness: Sendable, Hashable {
  var storeID: String
  var txn: Int64
  var chain: Digest
  /// `dataset/kind/name` to commit hash.
  var heads: [String: String]

  static func path(of store: String) -> String { store + ".witness" }

  /// Reads the witness of a store; `nil` where there is none.
  static func read(store path: String) throws -> Witness? {
    guard let data = FileManager.default.contents(atPath: Self.path(of: path)) else { return nil }
    guard let json = try? JSONValue.parse([UInt8](data)), let witness = Witness(json: json) else {
      throw StoreError.witnessMismatch(path: path, reason: "the witness file cannot be read")
    }
    return witness
  }

  private init?(json: JSONValue) {
    guard let id = json["store"]?.string, let txn = json["txn"]?.integer,
      let chain = json["chain"]?.string.flatMap({ Digest(hex: $0) }),
      let heads = json["heads"]?.members
    else { return nil }
    self.init(storeID: id, txn: Int64(txn), chain: chain, heads: [:])
    for head in heads { self.heads[head.name] = head.value.string }
  }

  init(storeID: String, txn: Int64, chain: Digest, heads: [String: String]) {
    self.storeID = storeID
    self.txn = txn
    self.chain = chain
    self.heads = heads
  }

  private var json: JSONValue {
    .object([
      .init("chain", .string(chain.hex)),
      .init("heads", .object(heads.sorted { $0.key < $1.key }.map { .init($0, .string($1)) })),
      .init("store", .string(storeID)), .init("txn", .number(Double(txn))),
    ])
  }

  /// Writes the file so that a crash leaves the old one or the new one, whole.
  func write(store path: String) throws {
    try DurableFile.replace(
      Self.path(of: path), with: CanonicalJSON.bytes(of: json) + [UInt8(ascii: "\n")])
  }
}
