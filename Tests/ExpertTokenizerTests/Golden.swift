import ExpertPlatform
import ExpertRecord
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

/// The fixtures beside this file, each checked against its sum in `SHA256SUMS`.
enum Golden {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  static func data(_ name: String) throws -> Data {
    let data = try Data(contentsOf: folder.appending(path: name))
    let sums = try String(contentsOf: folder.appending(path: "SHA256SUMS"), encoding: .utf8)
    let line = try #require(
      sums.split(separator: "\n").first { $0.hasSuffix("  " + name) }, "\(name) has no sum")
    #expect(
      line.hasPrefix(SHA256.hash(Array(data)).hex), "\(name) is not the file that was made")
    return data
  }

  static func json(_ name: String) throws -> JSONValue {
    try JSONValue.parse(Array(data(name)), limits: JSONLimits(maxBytes: 16 << 20))
  }

  /// The small trained tokenizer with the parts of a variant put in.
  static func variant(_ name: String) throws -> Tokenizer {
    try Tokenizer(tokenizerJSON: variantJSON(name), name: "\(name).json")
  }

  static func variantJSON(_ name: String) throws -> [UInt8] {
    let change = try #require(json("identity.json")["variants"]?[name])
    var small = try json("small.json")
    for member in change.members ?? [] where member.name != "drop" {
      if member.name == "ignore_merges" {
        let model = try #require(small["model"])
        small = small.setting("model", model.setting("ignore_merges", member.value))
      } else {
        small = small.setting(member.name, member.value)
      }
    }
    if let letters = change["drop"]?.string { small = try dropping(letters, of: small) }
    return CanonicalJSON.bytes(of: small)
  }

  /// Removes the tokens that have one of some letters, and the merges that need them.
  private static func dropping(_ letters: String, of small: JSONValue) throws -> JSONValue {
    let model = try #require(small["model"])
    let vocab = try #require(model["vocab"]?.members)
      .filter { !$0.name.contains { letters.contains($0) } }
    let known = Set(vocab.map(\.name))
    let merges = try #require(model["merges"]?.array).filter { merge in
      let parts = (merge.array ?? []).compactMap(\.string)
      return parts.allSatisfy(known.contains) && known.contains(parts.joined())
    }
    return small.setting(
      "model", model.setting("vocab", .object(vocab)).setting("merges", .array(merges)))
  }
}

extension JSONValue {
  /// The object with one member set.
  func setting(_ name: String, _ value: JSONValue) -> JSONValue {
    let others = (members ?? []).filter { $0.name != name }
    return .object(others + [Member(name, value)])
  }

  /// A list of token ids.
  var ids: [Int32] { (array ?? []).compactMap { $0.integer.map { Int32($0) } } }
}
