internal import ExpertPlatform
internal import Glibc

/// An address and port to listen on.
package struct ListeningAddress: Sendable, Hashable {
  /// IPv4 or IPv6, in numbers.
  package var host: String
  package var port: Int

  /// Only numbers: a name may mean another machine tomorrow. `localhost` is 127.0.0.1.
  package init(host: String, port: Int) throws(ServeError) {
    self.host = host == "localhost" ? "127.0.0.1" : host
    self.port = port
    guard (0...65535).contains(port) else { throw .badPort(port) }
    guard isIPv4 || isIPv6 else { throw .badAddress(host) }
  }

  private var isIPv4: Bool {
    var address = in_addr()
    return inet_pton(AF_INET, host, &address) == 1
  }

  private var isIPv6: Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, host, &address) == 1
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool { host == "::1" || (isIPv4 && host.hasPrefix("127.")) }

  /// As it stands in a URL.
  package var authority: String { (isIPv6 ? "[\(host)]" : host) + ":\(port)" }

  /// The values of Host that mean this server.
  package var hosts: Set<String> {
    var names: Set<String> = [authority]
    if isLoopback { names.formUnion(["localhost:\(port)", "127.0.0.1:\(port)", "[::1]:\(port)"]) }
    return names
  }

  /// Opens the listening socket and learns the port where 0 was asked for.
  mutating func listen(backlog: Int32) throws(ServeError) -> Int32 {
    let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, flags, 0)
    guard descriptor >= 0 else { throw failure("open a socket for", errno) }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor) == 0, Glibc.listen(descriptor, backlog) == 0 else {
      let code = errno
      close(descriptor)
      throw failure("listen on", code)
    }
    port = Self.port(of: descriptor) ?? port
    return descriptor
  }

  private func failure(_ operation: String, _ code: Int32) -> ServeError {
    .cannotListen(address: authority, reason: FileError.text(of: code))
  }

  private func bind(_ descriptor: Int32) -> Int32 {
    let number = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
    if isIPv6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = number
      inet_pton(AF_INET6, host, &address.sin6_addr)
      return Self.bind(descriptor, &address)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = number
    inet_pton(AF_INET, host, &address.sin_addr)
    return Self.bind(descriptor, &address)
  }

  private static func bind<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
    let size = socklen_t(MemoryLayout<Address>.size)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, size)
      }
    }
  }

  private static func port(of descriptor: Int32) -> Int? {
    // Family and port lie at the same places of both kinds of address.
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size)
      }
    }
    return code == 0 ? Int(UInt16(bigEndian: address.sin6_port)) : nil
  }
}
