internal import ExpertPackage
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct KeyTests {
  /// RFC 8032, section 7.1, tests 1 to 3: seed, public key, message, signature.
  private static let vectors = [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        + "d25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        + "387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        + "4a7c15e9716ed28dc027beceea1ec40a"
    ),
  ]

  private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hexadecimal.bytes(hex)) }

  @Test func theVectorsOfRFC8032AreSignedAndVerified() throws {
    for (seed, open, message, signature) in Self.vectors {
      var secret = try bytes(seed)
      let key = SigningKey(seed: SecretBytes(moving: &secret))
      #expect(secret.allSatisfy { $0 == 0 })
      #expect(Hexadecimal.text(key.publicKey.bytes) == open)
      #expect(Hexadecimal.text(key.sign(try bytes(message))) == signature)
      #expect(key.publicKey.verifies(try bytes(signature), of: try bytes(message)))
    }
  }

  /// The order of the base point (RFC 8032, section 5.1), little-endian.
  private static let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"

  @Test func aSecondSignatureMadeOfOneIsRefused() throws {
    let (_, open, message, text) = Self.vectors[2]
    let key = try #require(PublicKey(open))
    var signature = try bytes(text)
    let order = try bytes(Self.order)
    var carry = 0
    for index in 0..<32 {
      carry += Int(signature[32 + index]) + Int(order[index])
      signature[32 + index] = UInt8(carry & 255)
      carry >>= 8
    }
    #expect(!key.verifies(signature, of: try bytes(message)))
    #expect(key.verifies(try bytes(text), of: try bytes(message)))
  }

  @Test func signaturesOfAnotherLengthOrWithoutContentAreRefused() throws {
    let (_, open, message, text) = Self.vectors[1]
    let key = try #require(PublicKey(open))
    let good = try bytes(text)
    for bad in [[], Array(good.dropLast()), good + [0], [UInt8](repeating: 0, count: 64)] {
      #expect(!key.verifies(bad, of: try bytes(message)))
    }
    for bit in 0..<512 {
      var bad = good
      bad[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!key.verifies(bad, of: try bytes(message)))
    }
    // R of order one and S = 0 would pass for a key of small order.
    var trivial = [UInt8](repeating: 0, count: 64)
    trivial[0] = 1
    #expect(!key.verifies(trivial, of: try bytes(message)))
  }

  /// The points of small order and their second spellings (Chalkias, Garillot, Nikolaenko, "Taming
  /// the many EdDSAs", 2020), and values that are no point.
  @Test(arguments: [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ])
  func keysThatNobodyHasAreNoKeys(_ hex: String) {
    #expect(PublicKey(hex) == nil)
    #expect(PublicKey("ed25519:" + hex) == nil)
  }

  @Test func onlyOneSpellingOfAKeyIsRead() {
    let hex = Self.vectors[0].1
    #expect(PublicKey(hex)?.description == "ed25519:" + hex)
    for bad in [hex.uppercased(), hex + "00", String(hex.dropLast(2)), "rsa:" + hex, ""] {
      #expect(PublicKey(bad) == nil, "\(bad)")
    }
  }

  @Test func aKeyFileIsPrivateAndNeverWrittenOver() throws {
    let folder = try TemporaryFolder()
    let keys = KeyStore(home: folder.file("home"))
    let key = try keys.create("mine", passphrase: nil)
    let mode = try FileManager.default.attributesOfItem(atPath: keys.privatePath("mine"))
    #expect(mode[.posixPermissions] as? Int == 0o600)
    #expect(throws: PackageError.self) { try keys.create("mine", passphrase: nil) }
    #expect(try keys.entry("mine").publicKey == key)
    #expect(try keys.list().map(\.name) == ["mine"])
    let opened = try keys.open("mine") { throw CancellationError() }
    #expect(key.verifies(opened.sign([1, 2]), of: [1, 2]))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: keys.privatePath("mine"))
    #expect(throws: PackageError.self) { try keys.entry("mine") }
    for bad in ["../x", "A", "", "a/b", String(repeating: "a", count: 65)] {
      #expect(throws: PackageError.self) { try keys.create(bad, passphrase: nil) }
    }
  }

  @Test func aPassphraseGuardsAKey() throws {
    let folder = try TemporaryFolder()
    let keys = KeyStore(home: folder.file("home"))
    let cost = KeyWrap.Cost(operations: 1, memory: 8192)
    func secret(_ text: String) throws -> SecretBytes {
      var bytes = Array(text.utf8)
      return try Passphrase.passphrase(&bytes)
    }
    let key = try keys.create("mine", passphrase: try secret("correct horse"), cost: cost)
    #expect(try keys.entry("mine").isWrapped)
    #expect(try keys.open("mine") { try secret("correct horse\n") }.publicKey == key)
    #expect(throws: PackageError.self) { try keys.open("mine") { try secret("wrong") } }
    let path = keys.privatePath("mine")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(!text.contains("seed"))
    let other = try keys.create("other", passphrase: nil)
    for (old, new) in [
      (key.description, other.description), ("\"memory\":8192", "\"memory\":4294967296"),
      ("\"operations\":1", "\"operations\":2"), ("argon2id", "md5"),
    ] {
      try text.replacing(old, with: new).write(toFile: path, atomically: false, encoding: .utf8)
      #expect(throws: PackageError.self) { try keys.open("mine") { try secret("correct horse") } }
    }
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(try keys.open("mine") { try secret("correct horse") }.publicKey == key)
  }

  @Test func thePassphraseFileMustBePrivate() throws {
    let folder = try TemporaryFolder()
    try "open sesame\n".write(toFile: folder.file("p"), atomically: false, encoding: .utf8)
    let environment = [Passphrase.variable: folder.file("p")]
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: folder.file("p"))
    #expect(throws: PackageError.self) { try Passphrase.fromEnvironment(environment) }
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: folder.file("p"))
    #expect(try Passphrase.fromEnvironment(environment)?.count == 11)
    #expect(try Passphrase.fromEnvironment([:]) == nil)
  }

  @Test func nothingPrintsASecret() {
    var bytes: [UInt8] = Array("canary-canary-canary-canary-1234".utf8)
    let secret = SecretBytes(moving: &bytes)
    var dumped = ""
    dump(secret, to: &dumped)
    dump(SigningKey(seed: secret), to: &dumped)
    #expect(!("\(secret)" + dumped).contains("canary"))
  }
}
