package import ExpertPlatform

/// One request as the scripted server read it.
package struct ReceivedRequest: Sendable {
  /// How many requests came before it, over all connections.
  package let index: Int
  /// The connection that it came over; numbers are not used twice.
  package let connection: Int
  /// Since the server's start.
  package let time: Duration
  package let method: String
  /// The target as it stood in the request line, query included.
  package let path: String
  package let headers: [HTTPHeader]
  package let body: [UInt8]

  /// The value of the first header of this name, in any case.
  package func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }
}
