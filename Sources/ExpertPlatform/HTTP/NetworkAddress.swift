internal import CLibcurl

/// An IPv4 or IPv6 address, and which kind of network it lies in.
package struct NetworkAddress: Sendable, Hashable {
  /// 16 bytes; an IPv4 address stands in its mapped form, `::ffff:a.b.c.d`.
  private let bytes: [UInt8]

  /// The kinds that the endpoint rules tell apart.
  package enum Kind: String, Sendable, Hashable {
    case loopback, privateNetwork, publicNetwork
    /// Link-local, cloud metadata, unspecified, multicast, reserved: never a model server.
    case forbidden
  }

  /// Reads 4 or 16 bytes in network order; `nil` for any other count.
  package init?(bytes: [UInt8]) {
    switch bytes.count {
    case 4: self.bytes = Self.mappedPrefix + bytes
    case 16: self.bytes = bytes
    default: return nil
    }
  }

  /// Reads dotted IPv4 or colon-separated IPv6 text without brackets or zone.
  package init?(_ text: String) {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = Int(expert_parse_address(text, &bytes))
    self.init(bytes: Array(bytes[..<count]))
  }

  private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
  /// The well-known prefix of NAT64 (RFC 6052): the last four bytes are an IPv4 address.
  private static let translatedPrefix: [UInt8] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
  /// Where one large cloud serves instance credentials over IPv6.
  private static let metadata6: [UInt8] = [
    0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54,
  ]
  /// Clouds whose metadata service lies outside 169.254.0.0/16.
  private static let metadata4: [[UInt8]] = [[100, 100, 100, 200], [192, 0, 0, 192]]

  /// The kind of network, by the special-purpose registries of RFC 6890.
  package var kind: Kind {
    if let four = embeddedIPv4 { return Self.kind(four: four) }
    return Self.kind(six: bytes)
  }

  /// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 one.
  private var embeddedIPv4: [UInt8]? {
    let head = Array(bytes[0..<12])
    if head == Self.mappedPrefix || head == Self.translatedPrefix { return Array(bytes[12...]) }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return Array(bytes[2..<6]) }
    let compatible = head.allSatisfy { $0 == 0 } && bytes[12...].contains { $0 > 1 }
    return compatible ? Array(bytes[12...]) : nil
  }

  private static func kind(four: [UInt8]) -> Kind {
    if metadata4.contains(four) { return .forbidden }
    switch (four[0], four[1]) {
    case (127, _): return .loopback
    case (10, _), (172, 16...31), (192, 168), (100, 64...127): return .privateNetwork
    case (0, _), (169, 254), (224...255, _): return .forbidden
    default: return .publicNetwork
    }
  }

  private static func kind(six: [UInt8]) -> Kind {
    if six == metadata6 { return .forbidden }
    if six[0..<15].allSatisfy({ $0 == 0 }) { return six[15] == 1 ? .loopback : .forbidden }
    switch (six[0], six[1]) {
    case (0xfe, 0x80...0xbf), (0xff, _): return .forbidden
    // fec0::/10, the site-local range of old, is routed like a private one where it still is.
    case (0xfc...0xfd, _), (0xfe, 0xc0...0xff): return .privateNetwork
    default: return .publicNetwork
    }
  }
}
