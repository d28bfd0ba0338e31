package import ExpertPlatform

/// Who is served: the right host name, no foreign web page, the token where there is one.
///
/// A page of the internet can make a browser send requests to this machine; what it cannot do is
/// change Host and Origin. A name that was rebound to this machine's address stays the page's name
/// in Host, so an exact list of names ends DNS rebinding.
package struct AccessRules: Sendable {
  /// Values of Host that are this server's, in small letters: `127.0.0.1:8123`.
  package var hosts: Set<String>
  /// Origins of web pages that may ask; by default none.
  package var origins: Set<String>
  package var token: Secret?
  /// What may be asked without the token.
  private static let open: Set<String> = ["/health"]

  package init(hosts: Set<String>, origins: Set<String> = [], token: Secret? = nil) {
    self.hosts = Set(hosts.map { $0.lowercased() })
    self.origins = origins
    self.token = token
  }

  /// Why a request is not served; `nil` where it is.
  package func refusal(_ request: ClientRequest) -> HTTPRefusal? {
    guard let host = request.value("host"), hosts.contains(host.lowercased()) else {
      return HTTPRefusal(
        403, "the Host header does not name this server", type: "permission_error",
        code: "wrong_host")
    }
    if let foreign = refusalOfPage(request) { return foreign }
    guard let token, !Self.open.contains(request.path), !isPreflight(request) else { return nil }
    guard let given = request.value("authorization").flatMap(Self.bearer),
      token.withValue({ Self.equal(Array($0.utf8), Array(given.utf8)) })
    else {
      return HTTPRefusal(
        401, "give the server's token as \"Authorization: Bearer TOKEN\"",
        type: "authentication_error", code: "invalid_api_key")
    }
    return nil
  }

  private func refusalOfPage(_ request: ClientRequest) -> HTTPRefusal? {
    let origins = request.values("origin")
    let isKnown = origins.allSatisfy { self.origins.contains($0) }
    let isForeign = request.values("sec-fetch-site").contains {
      $0 != "none" && $0 != "same-origin"
    }
    guard !isKnown || (isForeign && origins.isEmpty) else { return nil }
    return HTTPRefusal(
      403, "web pages of other origins are not served; --allow-origin permits one",
      type: "permission_error", code: "wrong_origin")
  }

  /// The question of a browser whether a page may ask; it carries no token.
  package func isPreflight(_ request: ClientRequest) -> Bool {
    request.method == "OPTIONS" && !request.values("origin").isEmpty
  }

  /// The headers that let a permitted page read the reply.
  package func headers(for request: ClientRequest) -> [HTTPHeader] {
    guard let origin = request.value("origin"), origins.contains(origin) else { return [] }
    return [
      HTTPHeader("Access-Control-Allow-Origin", origin), HTTPHeader("Vary", "Origin"),
      HTTPHeader("Access-Control-Allow-Headers", "Authorization, Content-Type"),
      HTTPHeader("Access-Control-Allow-Methods", "GET, POST"),
    ]
  }

  private static func bearer(_ value: String) -> String? {
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }

  /// Compares in a time that depends on the lengths alone.
  package static func equal(_ secret: [UInt8], _ given: [UInt8]) -> Bool {
    var difference = UInt8(secret.count == given.count ? 0 : 1)
    for place in given.indices {
      difference |= given[place] ^ secret[place % max(1, secret.count)]
    }
    return difference == 0
  }
}
