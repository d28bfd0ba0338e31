/// The header lines of one request as libcurl takes them.
struct HeaderLines: Sendable {
  let lines: [String]

  /// Checks every header, reveals the keys that belong to `origin`, and keeps libcurl from adding
  /// lines of its own.
  init(request: HTTPRequest, origin: Origin) throws(HTTPTransferError) {
    var lines: [String] = []
    var names: Set<String> = []
    for header in request.headers {
      lines.append(try Self.line(header))
      names.insert(header.name.lowercased())
    }
    for secret in request.secretHeaders {
      lines.append(try Self.line(secret.revealed(for: origin)))
      names.insert(secret.name.lowercased())
    }
    // An empty name takes a line out: no pause for "100 Continue", no form type for a JSON body.
    if !names.contains("expect") { lines.append("Expect:") }
    if !names.contains("content-type") { lines.append("Content-Type:") }
    self.lines = lines
  }

  /// `Name: value`, or `Name;` for an empty value, as libcurl wants it.
  private static func line(_ header: HTTPHeader) throws(HTTPTransferError) -> String {
    guard !header.name.isEmpty, header.name.utf8.allSatisfy(isTokenByte) else {
      throw .badRequest(reason: "a header has a name that HTTP does not permit")
    }
    guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
      throw .badRequest(reason: "the header \(header.name) holds a line break or control character")
    }
    return header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
  }

  /// RFC 9110, section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: Array("!#$%&'*+-.^_`|~".utf8).contains(byte)
    }
  }
}
