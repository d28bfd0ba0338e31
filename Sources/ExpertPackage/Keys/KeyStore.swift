internal import ExpertPlatform
internal import ExpertRecord
internal import Glibc

/// The publisher's own keys, each a file `EXPERT_HOME/keys/NAME.key` that only its owner can read,
/// with the public half beside it as `NAME.pub`.
package struct KeyStore: Sendable {
  private static let format = "expert-gen-key-1"
  private static let maxBytes = 16 << 10

  /// A key as it lies in its file, before any passphrase.
  package struct Entry: Sendable {
    package var name: String
    package var publicKey: PublicKey
    package var isWrapped: Bool
  }

  private let folder: String

  package init(home: String) { folder = home + "/keys" }

  /// Why a key cannot have this name; `nil` when it can.
  package static func fault(inName name: String) -> String? {
    let isPlain = name.utf8.allSatisfy {
      (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f
    }
    return isPlain && (1...64).contains(name.utf8.count)
      ? nil : "a key's name has 1 to 64 small letters, digits, '-' and '_'"
  }

  package func privatePath(_ name: String) -> String { "\(folder)/\(name).key" }
  package func publicPath(_ name: String) -> String { "\(folder)/\(name).pub" }

  /// Makes a key, with a passphrase or without; an existing name is never written over.
  package func create(
    _ name: String, passphrase: SecretBytes?, cost: KeyWrap.Cost = .moderate
  ) throws -> PublicKey {
    if let fault = Self.fault(inName: name) { throw PackageError.key(name: name, reason: fault) }
    try ExpertHome.makePrivateFolder(folder)
    let key = SigningKey()
    let path = privatePath(name)
    guard access(path, F_OK) != 0 else { throw Self.exists(name) }
    let wrap = try passphrase.map { try KeyWrap(key, passphrase: $0, cost: cost) }
    var bytes = Self.file(key, wrap: wrap)
    defer { SecretBytes.wipe(&bytes) }
    try writeNew(path, bytes, name: name)
    try AtomicFile.write(publicPath(name), Array("\(key.publicKey)\n".utf8))
    return key.publicKey
  }

  private static func exists(_ name: String) -> PackageError {
    .exists(what: "key", name: name, hint: "choose another name, or move its file away")
  }

  private static func file(_ key: SigningKey, wrap: KeyWrap?) -> [UInt8] {
    var head = CanonicalJSON.bytes(of: [
      "format": .string(format), "public_key": .string(key.publicKey.description),
      "wrap": wrap?.json ?? .null,
    ])
    guard wrap == nil else { return head + [0x0a] }
    head.removeLast()
    head += Array(",\"seed\":\"".utf8)
    key.withSeed { head += Array(Hexadecimal.text(UnsafeBufferPointer(start: $0, count: 32)).utf8) }
    return head + Array("\"}\n".utf8)
  }

  private func writeNew(_ path: String, _ bytes: [UInt8], name: String) throws {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor < 0, errno == EEXIST { throw Self.exists(name) }
    try Descriptor.check(descriptor, "create", path)
    defer { close(descriptor) }
    try bytes.withUnsafeBytes { try Descriptor.write(descriptor, $0, path: path) }
    try Descriptor.check(fsync(descriptor), "force to the disk", path)
    try Descriptor.syncFolder(folder)
  }

  /// The keys that are there, by name; files that are none are passed over.
  package func list() throws -> [Entry] {
    try FolderListing.names(in: folder).filter { $0.hasSuffix(".key") }
      .map { String($0.dropLast(4)) }.filter { Self.fault(inName: $0) == nil }.sorted()
      .compactMap { try? entry($0) }
  }

  /// What a key's file says without its passphrase.
  package func entry(_ name: String) throws -> Entry {
    let file = try read(name)
    return Entry(name: name, publicKey: file.publicKey, isWrapped: file.json["wrap"] != .null)
  }

  /// Opens a key; `passphrase` is asked only where the key has one.
  package func open(_ name: String, passphrase: () throws -> SecretBytes) throws -> SigningKey {
    let file = try read(name)
    let key = SigningKey(seed: try seed(file, name: name, passphrase: passphrase))
    guard key.publicKey == file.publicKey else { throw Self.damaged(name) }
    return key
  }

  private func seed(
    _ file: (json: JSONValue, publicKey: PublicKey), name: String,
    passphrase: () throws -> SecretBytes
  ) throws -> SecretBytes {
    if let text = file.json["seed"]?.string {
      guard var bytes = Hexadecimal.bytes(text), bytes.count == 32 else {
        throw Self.damaged(name)
      }
      return SecretBytes(moving: &bytes)
    }
    guard let wrap = file.json["wrap"].flatMap(KeyWrap.init) else { throw Self.damaged(name) }
    guard let seed = try wrap.open(for: file.publicKey, passphrase: try passphrase()) else {
      throw PackageError.key(
        name: name, reason: "the passphrase is wrong, or its file was changed")
    }
    return seed
  }

  private static func damaged(_ name: String) -> PackageError {
    .key(name: name, reason: "its file is damaged")
  }

  private func read(_ name: String) throws -> (json: JSONValue, publicKey: PublicKey) {
    if let fault = Self.fault(inName: name) { throw PackageError.key(name: name, reason: fault) }
    let path = privatePath(name)
    guard access(path, F_OK) == 0 else {
      throw PackageError.key(
        name: name, reason: "there is no such key; make it with: expert-gen expert keygen \(name)")
    }
    let file = try InputFile(path, plain: true)
    try Self.checkPrivate(file, name: name)
    var bytes = try file.bytes().take(Self.maxBytes)
    defer { SecretBytes.wipe(&bytes) }
    guard let json = try? JSONValue.parse(bytes), json["format"]?.string == Self.format,
      let key = json["public_key"]?.string.flatMap({ PublicKey($0) })
    else { throw Self.damaged(name) }
    return (json, key)
  }

  private static func checkPrivate(_ file: InputFile, name: String) throws {
    var facts = stat()
    try Descriptor.check(fstat(file.descriptor, &facts), "read", file.path)
    guard facts.st_mode & 0o077 == 0, facts.st_uid == geteuid() || facts.st_uid == 0 else {
      throw PackageError.key(
        name: name, reason: "others may read its file; run: chmod 600 \(file.path)")
    }
  }
}
