internal import CLibcurl

/// One server as the same-origin rule sees it: scheme, host and port.
package struct Origin: Sendable, Hashable, CustomStringConvertible {
  package let scheme: String
  /// Lower case, without brackets; an IPv4 address in its four-part decimal form.
  package let host: String
  package let port: Int

  /// `scheme://host:port`, which holds nothing secret.
  package var description: String {
    host.contains(":") ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)"
  }

  /// The origin of an http or https URL, read by the parser that later opens the connection.
  package init(url: String) throws(HTTPTransferError) {
    guard let handle = curl_url() else { throw .badURL(reason: "no memory to read it") }
    defer { curl_url_cleanup(handle) }
    guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK else {
      throw .badURL(reason: "it is not a complete URL such as https://host/path")
    }
    guard Self.part(CURLUPART_USER, of: handle) == nil,
      Self.part(CURLUPART_PASSWORD, of: handle) == nil
    else { throw .badURL(reason: "it holds a user name or password; a key belongs in a header") }
    guard let scheme = Self.part(CURLUPART_SCHEME, of: handle)?.lowercased(),
      scheme == "https" || scheme == "http"
    else { throw .badURL(reason: "only https and http are spoken") }
    guard let host = Self.part(CURLUPART_HOST, of: handle), !host.isEmpty,
      let portText = Self.part(CURLUPART_PORT, of: handle, flags: UInt32(CURLU_DEFAULT_PORT)),
      let port = Int(portText)
    else { throw .badURL(reason: "it names no host") }
    self.scheme = scheme
    self.host = Self.bare(host.lowercased())
    self.port = port
  }

  private static func part(
    _ part: CURLUPart, of handle: OpaquePointer, flags: UInt32 = 0
  ) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  /// Without the brackets of an IPv6 address and without the dot that ends an absolute name.
  private static func bare(_ host: String) -> String {
    if host.hasPrefix("["), host.hasSuffix("]") { return String(host.dropFirst().dropLast()) }
    return host.hasSuffix(".") ? String(host.dropLast()) : host
  }
}

/// Which servers may be asked: https anywhere public, http on this machine, and private networks
/// only when the user said so. Link-local and metadata addresses are refused always.
package struct EndpointPolicy: Sendable, Hashable {
  /// Private networks are permitted, http included (`--allow-private`).
  package var allowPrivate: Bool

  package init(allowPrivate: Bool = false) {
    self.allowPrivate = allowPrivate
  }

  /// A URL that passed, and the kinds of address that its name may resolve to.
  package struct Admission: Sendable, Hashable {
    package let origin: Origin
    package let kinds: Set<NetworkAddress.Kind>
  }

  /// Judges a URL before anything is resolved.
  package func admit(url: String) throws(HTTPTransferError) -> Admission {
    let origin = try Origin(url: url)
    let kinds = permittedKinds(of: origin)
    guard let literal = NetworkAddress(origin.host) else {
      guard !kinds.isEmpty else { throw .refusedEndpoint(reason: Self.plainHTTP(origin)) }
      return Admission(origin: origin, kinds: kinds)
    }
    guard kinds.contains(literal.kind) else {
      throw .refusedEndpoint(reason: Self.reason(origin: origin, kind: literal.kind))
    }
    return Admission(origin: origin, kinds: kinds)
  }

  /// What the origin's name may resolve to; empty when it may not be asked at all.
  private func permittedKinds(of origin: Origin) -> Set<NetworkAddress.Kind> {
    if Self.isLoopbackName(origin.host) { return [.loopback] }
    var kinds: Set<NetworkAddress.Kind> = []
    if origin.scheme == "https" { kinds.insert(.publicNetwork) }
    if allowPrivate { kinds.formUnion([.privateNetwork, .loopback]) }
    return kinds
  }

  private static func isLoopbackName(_ host: String) -> Bool {
    host == "localhost" || host.hasSuffix(".localhost")
      || NetworkAddress(host)?.kind == .loopback
  }

  /// Says why an address of this kind is refused and what to do.
  package static func reason(origin: Origin, kind: NetworkAddress.Kind) -> String {
    switch kind {
    case .privateNetwork, .loopback:
      return "\(origin) lies in a private network; --allow-private permits it"
    case .publicNetwork:
      return plainHTTP(origin)
    case .forbidden:
      return "\(origin) is a link-local, metadata or reserved address, never a model server"
    }
  }

  private static func plainHTTP(_ origin: Origin) -> String {
    "\(origin) is not encrypted; use https (plain http serves this machine, and private networks "
      + "with --allow-private)"
  }
}
