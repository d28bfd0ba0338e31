internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation
import Testing

/// Project Wycheproof's vectors of Ed25519 (see Golden/README.md for their source).
@Suite struct WycheproofTests {
  private struct Counts: Equatable {
    var verified = 0
    var refused = 0
  }

  /// Every valid signature verifies, every invalid one is refused. What the vectors call acceptable
  /// is by keys of small or mixed order, which this program takes for no keys at all.
  @Test func everyVectorIsJudgedAsItsResultSays() throws {
    let bytes = try Data(contentsOf: URL(filePath: Fixture.golden + "/ed25519_test.json"))
    let json = try JSONValue.parse([UInt8](bytes))
    var counts: [String: Counts] = [:]
    for group in try #require(json["testGroups"]?.array) {
      let digits = try #require(group["publicKey"]?["pk"]?.string)
      let key = PublicKey(digits)
      for vector in try #require(group["tests"]?.array) {
        let result = try #require(vector["result"]?.string)
        let message = try #require(vector["msg"]?.string.flatMap { Hexadecimal.bytes($0) })
        let signature = try #require(vector["sig"]?.string.flatMap { Hexadecimal.bytes($0) })
        let verified = key?.verifies(signature, of: message) ?? false
        counts[result, default: Counts()].verified += verified ? 1 : 0
        counts[result, default: Counts()].refused += verified ? 0 : 1
        let number = vector["tcId"]?.integer ?? 0
        #expect(verified == (result == "valid"), "vector \(number) is \(result)")
        #expect(key != nil || Self.flags(vector).contains { $0.hasSuffix("OrderPublicKey") })
      }
    }
    #expect(json["numberOfTests"]?.integer == 210)
    #expect(
      counts == [
        "valid": Counts(verified: 117), "invalid": Counts(refused: 64),
        "acceptable": Counts(refused: 29),
      ])
  }

  private static func flags(_ vector: JSONValue) -> [String] {
    vector["flags"]?.array?.compactMap(\.string) ?? []
  }
}
