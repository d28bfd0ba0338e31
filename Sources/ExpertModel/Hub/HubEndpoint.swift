package import ExpertPlatform

/// Which hub is asked, and with what token.
package struct HubEndpoint: Sendable {
  /// Without a slash at the end.
  package let url: String
  /// Sent to this one server and to no other.
  let token: BoundSecret?
  let origin: Origin
  /// The hub is on this machine, so a redirect may stay there.
  let isLocal: Bool

  package static let standard = "https://huggingface.co"

  package init(
    url: String = standard, token: Secret? = nil
  ) throws(RegistryError) {
    var url = url
    while url.hasSuffix("/") { url.removeLast() }
    self.url = url
    do throws(HTTPTransferError) {
      origin = try Origin(url: url)
      self.token = if let token { try BoundSecret(token, to: url) } else { nil }
    } catch { throw .transfer(what: url, error) }
    isLocal = Self.isLoopback(origin)
  }

  /// From `HF_ENDPOINT`, `HF_TOKEN`, or the private file that `HF_TOKEN_FILE` names.
  package init(environment: [String: String]) throws(RegistryError) {
    let url = environment["HF_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.standard
    try self.init(url: url, token: try Self.token(environment))
  }

  private static func token(_ environment: [String: String]) throws(RegistryError) -> Secret? {
    let text = environment["HF_TOKEN"] ?? ""
    let file = environment["HF_TOKEN_FILE"] ?? ""
    do throws(SecretError) {
      if !text.isEmpty { return try Secret(text) }
      return file.isEmpty ? nil : try Secret(file: file)
    } catch {
      throw .badFile(path: text.isEmpty ? file : "HF_TOKEN", reason: error.description)
    }
  }

  static func isLoopback(_ origin: Origin) -> Bool {
    origin.host == "localhost" || NetworkAddress(origin.host)?.kind == .loopback
  }

  /// The repository's description, with sizes and hashes.
  func listing(_ repository: RepositoryID, revision: String) -> String {
    "\(url)/api/models/\(repository)/revision/\(Self.escaped(revision))?blobs=true"
  }

  /// Where a file of one commit is answered.
  func file(_ repository: RepositoryID, commit: String, name: String) -> String {
    "\(url)/\(repository)/resolve/\(Self.escaped(commit))/\(Self.escaped(name))"
  }

  /// Everything but unreserved characters (RFC 3986, section 2.3) as %XX.
  static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      if ModelName.isAllowed(byte) || byte == UInt8(ascii: "~") {
        out.append(byte)
      } else {
        out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
