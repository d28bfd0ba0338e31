package import ExpertPlatform
internal import ExpertRecord

/// Asks the hub. Redirects are followed by hand: the token goes to the hub alone, other servers
/// are asked without it, over https only, and a hub elsewhere cannot send us to this machine.
package struct HubClient: Sendable {
  package let endpoint: HubEndpoint
  let transport: any HTTPTransport

  package init(endpoint: HubEndpoint, transport: any HTTPTransport) {
    self.endpoint = endpoint
    self.transport = transport
  }

  private static let maxRedirects = 5
  private static let redirects: Set<Int> = [301, 302, 303, 307, 308]
  private static let maxListingBytes = 16 << 20

  /// What a repository holds at a revision: the commit and its files.
  package func list(
    _ repository: RepositoryID, revision: String
  ) async throws(RegistryError) -> (commit: String, license: String?, files: [HubFile]) {
    var limits = HTTPLimits()
    limits.maxBodyBytes = Self.maxListingBytes
    limits.deadline = .seconds(60)
    let what = "\(repository)@\(revision)"
    let response = try await get(
      endpoint.listing(repository, revision: revision), what: what, limits: limits)
    guard response.status == 200 else { throw refusal(response, what: what) }
    return try Self.read(response.body, what: what)
  }

  /// A GET that follows redirects; any other status is the caller's to judge.
  func get(
    _ url: String, what: String, headers: [HTTPHeader] = [], limits: HTTPLimits,
    sink: (any HTTPBodySink)? = nil
  ) async throws(RegistryError) -> HTTPResponse {
    var url = url
    for _ in 0...Self.maxRedirects {
      let response: HTTPResponse
      do throws(HTTPTransferError) {
        let request = HTTPRequest(
          method: "GET", url: url, headers: headers, secretHeaders: try secrets(for: url),
          limits: limits, sink: sink)
        response = try await transport.send(request)
        guard Self.redirects.contains(response.status), let next = response.header("location")
        else { return response }
        url = try follow(next, from: url)
      } catch { throw .transfer(what: what, error) }
    }
    throw .badAnswer(what: what, reason: "more than \(Self.maxRedirects) redirects")
  }

  /// The token, for the hub's own origin only.
  private func secrets(for url: String) throws(HTTPTransferError) -> [SecretHeader] {
    guard let token = endpoint.token, try Origin(url: url) == endpoint.origin else { return [] }
    return [token.header("Authorization", prefix: "Bearer ")]
  }

  private func follow(
    _ location: String, from url: String
  ) throws(HTTPTransferError) -> String {
    let next = try RedirectTarget.url(of: location, from: url)
    let origin = try Origin(url: next)
    if HubEndpoint.isLoopback(origin), !endpoint.isLocal {
      throw .refusedEndpoint(
        reason: "a redirect to \(origin), which is this machine, is not followed")
    }
    let isSecure = origin.scheme == "https" || HubEndpoint.isLoopback(origin)
    guard isSecure || origin == endpoint.origin else {
      throw .refusedEndpoint(
        reason: "a redirect to \(origin), which is not encrypted, is not followed")
    }
    return next
  }

  /// An error status in words that say what to do.
  func refusal(_ response: HTTPResponse, what: String) -> RegistryError {
    let hasToken = endpoint.token != nil
    let advice =
      switch response.status {
      case 401, 403:
        hasToken
          ? "the token in HF_TOKEN has no access; accept the model's terms on its page"
          : "it may be private, gated or misspelt; set HF_TOKEN if you have access"
      case 404: "there is no such repository, revision or file"
      case 429: "it asks to wait; try again later"
      default: "try again later"
      }
    return .hub(what: what, status: response.status, advice: advice)
  }

  // MARK: - The listing

  private static func read(
    _ body: [UInt8], what: String
  ) throws(RegistryError) -> (commit: String, license: String?, files: [HubFile]) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue.parse(body, limits: JSONLimits(maxBytes: maxListingBytes))
    } catch { throw .badAnswer(what: what, reason: error.description) }
    guard let commit = json["sha"]?.string, isCommit(commit) else {
      throw .badAnswer(what: what, reason: "it names no commit")
    }
    guard let siblings = json["siblings"]?.array else {
      throw .badAnswer(what: what, reason: "it lists no files")
    }
    return (commit, json["cardData"]?["license"]?.string, siblings.compactMap(file))
  }

  private static func isCommit(_ text: String) -> Bool {
    text.utf8.count == 40
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// One file of the list; what has no name or size is left out.
  private static func file(_ json: JSONValue) -> HubFile? {
    guard let name = json["rfilename"]?.string else { return nil }
    let stored = json["lfs"]
    guard let bytes = stored?["size"]?.integer ?? json["size"]?.integer, bytes >= 0 else {
      return nil
    }
    return HubFile(
      name: name, bytes: bytes, digest: stored?["sha256"]?.string.flatMap { Digest(hex: $0) })
  }
}
