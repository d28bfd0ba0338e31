import ExpertRecord
import Foundation

/// A client that sends what it is told, well-formed or not, and reads what comes back.
///
/// Unchecked: one thread at a time reads; another may send meanwhile, which touches no memory.
final class RawClient: @unchecked Sendable {
  /// A reply as it stood on the wire.
  struct Reply {
    var status: Int
    var head: String
    var body: String

    var json: JSONValue? { try? JSONValue.parse(body) }
    /// The data of server-sent events, the last one `[DONE]`.
    var events: [String] {
      body.components(separatedBy: "\n\n").compactMap { event in
        event.hasPrefix("data: ") ? String(event.dropFirst(6)) : nil
      }
    }

    func header(_ name: String) -> String? {
      head.components(separatedBy: "\r\n").first {
        $0.lowercased().hasPrefix(name.lowercased() + ": ")
      }.map { String($0.dropFirst(name.count + 2)) }
    }
  }

  let port: Int
  private let descriptor: Int32
  private var input: [UInt8] = []

  init(port: Int) {
    self.port = port
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    // A test that waits in vain shall fail, not hang.
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends bytes; `false` where the server has gone.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.send(
          descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Sends a well-formed request.
  func request(
    _ method: String, _ path: String, _ json: JSONValue? = nil, host: String? = nil,
    headers: [String] = []
  ) {
    let body = json.map { CanonicalJSON.bytes(of: $0) } ?? []
    var lines = ["\(method) \(path) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")"]
    if json != nil { lines.append("Content-Type: application/json") }
    lines += ["Content-Length: \(body.count)"] + headers
    send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  }

  /// Reads one whole reply; `nil` where the server left without one.
  func reply() -> Reply? {
    guard let end = readUntil("\r\n\r\n") else { return nil }
    let head = String(decoding: input[..<end], as: UTF8.self)
    input.removeFirst(end + 4)
    let status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
    var reply = Reply(status: status, head: head, body: "")
    if reply.header("Transfer-Encoding") == "chunked" {
      reply.body = chunks()
    } else {
      let length = Int(reply.header("Content-Length") ?? "0") ?? 0
      while input.count < length, more() {}
      reply.body = String(decoding: input.prefix(length), as: UTF8.self)
      input.removeFirst(min(length, input.count))
    }
    return reply
  }

  /// Whether the server closes the connection within the time.
  func isClosed() -> Bool {
    while more() {}
    return true
  }

  /// The first bytes of a reply under way.
  func firstText(_ text: String) -> Bool { readUntil(text) != nil }

  private func chunks() -> String {
    var body: [UInt8] = []
    while let end = readUntil("\r\n") {
      let size = Int(String(decoding: input[..<end], as: UTF8.self), radix: 16) ?? 0
      input.removeFirst(end + 2)
      while input.count < size + 2, more() {}
      body += input.prefix(size)
      input.removeFirst(min(size + 2, input.count))
      if size == 0 { break }
    }
    return String(decoding: body, as: UTF8.self)
  }

  private func readUntil(_ text: String) -> Int? {
    let wanted = Array(text.utf8)
    while true {
      if input.count >= wanted.count {
        for place in 0...(input.count - wanted.count)
        where input[place..<place + wanted.count].elementsEqual(wanted) {
          return place
        }
      }
      guard more() else { return nil }
    }
  }

  private func more() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    input += buffer[..<count]
    return true
  }
}
