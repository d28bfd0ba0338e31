internal import ExpertRecord

/// The list of what a registry offers, in one file `index.json`: the canonical JSON (RFC 8785) of
/// an object whose member `signature` is over the rest of it.
package struct RegistryIndex: Sendable, Hashable {
  package static let fileName = "index.json"
  package static let format = "expert-registry-1"
  package static let maxBytes = 64 << 20
  /// Stands before the signed bytes, so that no other signature can pass for an index's.
  private static let domain = "expert-registry-v1\n"

  /// One package on offer.
  package struct Entry: Sendable, Hashable {
    package var slug: String
    package var candidate: Resolver.Candidate
    package var file: String
    package var size: Int
    /// SHA-256 of the file.
    package var sha256: String
    /// The key that signed the package.
    package var key: PublicKey
    package var description: String?
    package var capabilities: [String]

    package var version: ExpertVersion { candidate.version }
  }

  /// Grows with every publication; an older index than one seen before is refused.
  package var serial: Int
  package var updatedAt: String
  package var entries: [Entry]

  package init(serial: Int, updatedAt: String, entries: [Entry]) {
    self.serial = serial
    self.updatedAt = updatedAt
    self.entries = entries
  }
}

extension RegistryIndex {
  /// The file's bytes, signed.
  package func bytes(signedBy key: SigningKey) -> [UInt8] {
    let json = unsigned.setting(["key"], to: .string(key.publicKey.description))
    let signature = key.sign(Self.message(json))
    return CanonicalJSON.bytes(
      of: json.setting(["signature"], to: .string(Hexadecimal.text(signature))))
  }

  private static func message(_ json: JSONValue) -> [UInt8] {
    Array(domain.utf8) + CanonicalJSON.bytes(of: json.setting(["signature"], to: nil))
  }

  private var unsigned: JSONValue {
    [
      "format": .string(Self.format), "serial": .number(Double(serial)),
      "updated_at": .string(updatedAt), "packages": .array(entries.map(\.json)),
    ]
  }

  /// Reads and verifies an index; nothing of it counts unless its key is trusted.
  package static func read(
    _ bytes: [UInt8], place: String, isTrusted: (PublicKey) throws -> Bool
  ) throws -> (index: RegistryIndex, key: PublicKey) {
    func refused(_ reason: String) -> PackageError { .refused(member: fileName, reason: reason) }
    let json: JSONValue
    do {
      json = try JSONValue.parse(bytes, limits: JSONLimits(maxBytes: maxBytes, maxDepth: 16))
    } catch {
      throw PackageError.registry(place: place, reason: "its index is no JSON: \(error)")
    }
    guard json["format"]?.string == format else {
      throw PackageError.registry(place: place, reason: "it has no index of the form \(format)")
    }
    guard let key = json["key"]?.string.flatMap({ PublicKey($0) }),
      let signature = json["signature"]?.string.flatMap({ Hexadecimal.bytes($0) })
    else { throw refused("the index of \(place) is not signed") }
    guard try isTrusted(key) else {
      throw refused(
        "the index of \(place) is signed by \(key), which is not trusted here; if you know whose it "
          + "is: expert-gen expert trust add \(key)")
    }
    guard key.verifies(signature, of: message(json)) else {
      throw refused("the signature of the index of \(place) does not fit")
    }
    do {
      return (try RegistryIndex(json), key)
    } catch {
      throw error.refusing(fileName)
    }
  }

  private init(_ json: JSONValue) throws(PackageError) {
    let root = try ManifestFields(json)
    serial = try root.requiredInteger("serial", in: 1...(1 << 53))
    updatedAt = try root.text("updated_at", limit: 64) ?? ""
    entries = []
    for fields in try root.objects("packages", limit: 1_000_000) ?? [] {
      entries.append(try Entry(fields))
    }
  }

  /// The newest version of an expert that a pattern means; of several bases the only one, or that
  /// of the slug.
  package func newest(_ name: String) throws(PackageError) -> Entry {
    let pattern = VersionPattern(name)
    if pattern == nil, name.contains("@") {
      throw .usage(
        place: name,
        reason: "it is not a version pattern; write name@1.0.0, name@>=1.0.0,<2.0.0 or name@*")
    }
    let wanted = pattern?.name ?? name
    let found = entries.filter {
      ($0.slug == wanted || $0.candidate.name == wanted) && pattern?.admits($0.version) != false
    }
    let slugs = Set(found.map(\.slug))
    let exact = found.filter { $0.slug == wanted }
    guard slugs.count <= 1 || !exact.isEmpty else {
      throw .unknown(
        what: "single expert", name: name,
        hint: "it is offered for several bases: \(slugs.sorted().joined(separator: ", "))")
    }
    guard let best = (exact.isEmpty ? found : exact).max(by: { $0.version < $1.version }) else {
      throw .unknown(what: "expert", name: name, hint: "the registry does not offer it")
    }
    return best
  }
}

extension RegistryIndex.Entry {
  /// The entry of a verified package.
  package init(_ package: VerifiedPackage, key: PublicKey, size: Int, sha256: String) {
    let manifest = package.manifest
    slug = manifest.slug
    candidate = Resolver.Candidate(manifest, isInstalled: false)
    file = "packages/" + manifest.fileName
    self.size = size
    self.sha256 = sha256
    self.key = key
    description = manifest.description
    capabilities = manifest.capabilities
  }

  fileprivate init(_ fields: ManifestFields) throws(PackageError) {
    slug = try fields.requiredText("slug", limit: 128)
    let name = try fields.requiredText("name", limit: 64)
    for text in [slug, name] {
      if let fault = Self.fault(text) { throw fields.fault("name", fault) }
    }
    guard let version = ExpertVersion(try fields.requiredText("version", limit: 64)) else {
      throw fields.fault("version", "it must be a semantic version")
    }
    guard let key = PublicKey(try fields.requiredText("key", limit: 128)) else {
      throw fields.fault("key", "it must be an Ed25519 key")
    }
    self.key = key
    file = try fields.requiredText("file", limit: 256)
    guard file == "packages/\(slug).v\(version).expert" else {
      throw fields.fault("file", "it must be packages/\(slug).v\(version).expert")
    }
    size = try fields.requiredInteger("size_bytes", in: 1...PackageLimits.weightBytes)
    guard let digest = ManifestRules.digestText(try fields.requiredText("sha256", limit: 128))
    else { throw fields.fault("sha256", "it must be 64 lower-case hexadecimal digits") }
    sha256 = digest
    let constraints = try Constraints(fields)
    candidate = Resolver.Candidate(
      name: name, version: version, base: try fields.text("base", limit: 256) ?? "",
      requires: constraints.requires, incompatibleWith: constraints.incompatibleWith)
    description = try fields.text("description", limit: 65_536)
    capabilities = try fields.texts("capabilities") ?? []
  }

  /// A slug may be longer than a name: it has the base's behind it.
  private static func fault(_ text: String) -> String? {
    let isPlain = text.utf8.allSatisfy {
      (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || [0x2d, 0x5f, 0x2e].contains($0)
    }
    return isPlain && !text.contains("..") && !text.hasPrefix(".")
      ? nil : "it must be small letters, digits, '.', '-' and '_'"
  }

  fileprivate var json: JSONValue {
    let base: JSONValue = [
      "slug": .string(slug), "name": .string(candidate.name),
      "version": .string(version.description), "base": .string(candidate.base),
      "file": .string(file), "size_bytes": .number(Double(size)), "sha256": .string(sha256),
      "key": .string(key.description),
      "requires": .array(candidate.requires.map { .string($0.description) }),
      "incompatible_with": .array(candidate.incompatibleWith.map { .string($0.description) }),
      "capabilities": .array(capabilities.map(JSONValue.string)),
    ]
    return base.setting(["description"], to: description.map(JSONValue.string))
  }
}
