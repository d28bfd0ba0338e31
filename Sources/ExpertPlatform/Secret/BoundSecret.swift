/// A key together with the one origin that may see it.
package struct BoundSecret: Sendable, Hashable {
  package let secret: Secret
  package let origin: Origin

  /// Binds a key to the scheme, host and port of `url`.
  package init(_ secret: Secret, to url: String) throws(HTTPTransferError) {
    self.secret = secret
    origin = try Origin(url: url)
  }

  /// A header that carries the key: `Authorization` with the prefix `Bearer `, `x-api-key`, …
  package func header(_ name: String, prefix: String = "") -> SecretHeader {
    SecretHeader(name: name, prefix: prefix, bound: self)
  }
}

/// A header whose value is a key; its description shows the name alone.
package struct SecretHeader: Sendable, Hashable {
  package let name: String
  package let prefix: String
  package let bound: BoundSecret

  /// The header in plain text for a request to `destination`; refused for any other origin than
  /// the key's own.
  package func revealed(for destination: Origin) throws(HTTPTransferError) -> HTTPHeader {
    guard destination == bound.origin else {
      throw .badRequest(
        reason: "the key is bound to \(bound.origin) and is not sent to \(destination)")
    }
    return bound.secret.withValue { HTTPHeader(name, prefix + $0) }
  }
}
