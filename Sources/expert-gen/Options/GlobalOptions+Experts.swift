internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

extension GlobalOptions {
  /// The user's folder of keys, trust and experts.
  var expertHome: ExpertHome { ExpertHome(places.home) }

  /// Opens the installed experts.
  func installer() throws -> Installer { try Installer(expertHome, clock: SystemClock()) }

  /// Opens one of the user's own keys, asking for its passphrase where it has one.
  func signingKey(_ name: String) throws -> SigningKey {
    try expertHome.keys.open(name) { try PassphrasePrompt.existing(name) }
  }

  /// A public key as the user names it: the key itself, a file that holds it, or one's own key.
  func publicKey(_ text: String) throws -> PublicKey {
    if let key = PublicKey(text) { return key }
    let isPath = text.contains("/") || text.hasSuffix(".pub")
    guard FileManager.default.fileExists(atPath: text) || !isPath else {
      throw Failure(.usage, "no-file", "there is no file \(text)")
    }
    if FileManager.default.fileExists(atPath: text) {
      let bytes = try InputFile.read(text, limit: 4096)
      let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(
        in: .whitespacesAndNewlines)
      guard let key = PublicKey(line) else {
        throw PackageError.key(
          name: text, reason: "the file holds no key of the form ed25519:<hex>")
      }
      return key
    }
    let keys = expertHome.keys
    guard KeyStore.fault(inName: text) == nil,
      FileManager.default.fileExists(atPath: keys.privatePath(text))
    else {
      throw Failure(
        .usage, "unknown-name",
        "\(text) is no key; name ed25519:<hex>, a .pub file, or a key of yours (see keygen)")
    }
    return try keys.entry(text).publicKey
  }

  /// A base model to hold an expert against: one of `model list`, or the path of its weights.
  func installationBase(_ text: String) throws -> InstallationBase {
    let model = try registry().resolve(text)
    return InstallationBase(
      name: model.name, path: model.path, sha256: model.record?.weightsHash.hex)
  }

  /// Finds an expert's base among the user's models: by its hash, else by its name.
  func baseFinder() throws -> @Sendable (ExpertPackage.BaseModel) -> InstallationBase? {
    let registry = try registry()
    return { model in
      let records = registry.names.compactMap { try? registry.record($0) }
      let short = model.name.split(separator: "/").last.map { $0.lowercased() }
      let found =
        records.first { $0.weightsHash.hex == model.sha256 }
        ?? (try? registry.resolve(model.name))?.record
        ?? records.first { $0.name.lowercased() == short }
      return found.map {
        InstallationBase(
          name: $0.name, path: registry.path(of: $0.name), sha256: $0.weightsHash.hex)
      }
    }
  }

  /// A package: a file, an unpacked folder, or an address.
  func package(_ source: String, allowPrivate: Bool = false) async throws -> InputFile {
    if source.hasPrefix("http://") || source.hasPrefix("https://") {
      say("fetching \(source)")
      let transport = CurlTransport(policy: EndpointPolicy(allowPrivate: allowPrivate))
      defer { transport.shutdown() }
      return try await Download.file(source, transport: transport, token: try registryToken())
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else {
      throw PackageError.unknown(
        what: "file or folder", name: source,
        hint: "an expert of a registry is installed with --from FOLDER or URL")
    }
    guard isFolder.boolValue else { return try InputFile(source) }
    guard PackageFolder.isOne(source) else {
      throw PackageError.invalid(
        place: source, reason: "it holds no manifest.json, so it is no unpacked package")
    }
    return try PackageFolder.archive(source)
  }

  /// The files of a registry.
  func registryFiles(_ place: String, _ transport: CurlTransport) throws -> RegistryFiles {
    RegistryFiles(RegistryPlace(place), transport: transport, token: try registryToken())
  }

  private func registryToken() throws -> Secret? {
    let name = RegistryFiles.tokenVariable
    guard ProcessInfo.processInfo.environment[name]?.isEmpty == false else { return nil }
    return try Secret(variable: name)
  }
}

/// Packages as machines and people read them.
enum ExpertText {
  static func json(_ expert: InstalledExpert, trusted: Bool) -> JSONValue {
    [
      "name": .string(expert.name), "slug": .string(expert.slug),
      "version": .string(expert.version.description),
      "base": .string(expert.manifest.bases.first?.model.name ?? ""),
      "signed": .bool(expert.isSigned), "trusted": .bool(trusted),
      "key": expert.signer.map { .string($0.description) } ?? .null,
      "folder": .string(expert.folder), "size_bytes": .number(Double(expert.size)),
      "source": .string(expert.source), "installed_at": .string(expert.installedAt),
      "manifest_sha256": .string(expert.digest),
      "warning": expert.warning.map(JSONValue.string) ?? .null,
    ]
  }

  static func json(_ manifest: Manifest, signer: PublicKey?) -> JSONValue {
    [
      "name": .string(manifest.name), "slug": .string(manifest.slug),
      "version": .string(manifest.version.description),
      "base": .string(manifest.bases.first?.model.name ?? ""), "signed": .bool(signer != nil),
      "key": signer.map { .string($0.description) } ?? .null,
    ]
  }

  /// What stays to be said of an installed expert for ever.
  static func state(_ expert: InstalledExpert, trusted: Bool) -> String {
    var words: [String] = []
    if !expert.isSigned {
      words.append("UNSIGNED")
    } else if !trusted {
      words.append("key no longer trusted")
    }
    if let warning = expert.warning { words.append(warning) }
    return words.joined(separator: "; ")
  }
}
