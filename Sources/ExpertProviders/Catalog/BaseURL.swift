internal import ExpertPlatform

/// A provider's address: an origin and a path prefix, without query, fragment or a slash at the end.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
  package let text: String

  /// What is wrong with an address.
  package struct Invalid: Error, Sendable, Hashable {
    package var reason: String
  }

  package init(_ text: String) throws(Invalid) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) else {
      throw Invalid(reason: "an address has no spaces, backslashes or control characters")
    }
    guard !text.contains("?"), !text.contains("#") else {
      throw Invalid(reason: "a base URL has no query and no fragment")
    }
    do {
      _ = try Origin(url: text)
    } catch {
      throw Invalid(
        reason: "\(error.description); expected https://HOST or, on this machine, "
          + "http://localhost:PORT")
    }
    var trimmed = text
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.text = trimmed
  }

  package var description: String { text }

  /// Refuses what the endpoint rules do not allow.
  package func check(allowPrivate: Bool) throws(ProviderError) {
    do {
      _ = try EndpointPolicy(allowPrivate: allowPrivate).admit(url: text)
    } catch {
      throw .forbiddenEndpoint(url: text, reason: error.description)
    }
  }
}
