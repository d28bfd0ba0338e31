internal import ExpertPlatform

/// Reads HTTP/1.1 requests from bytes as they come, within limits: a state machine that touches no
/// socket and no clock.
///
/// Stricter than RFC 9112 allows a server to be, so that no two readers can see two requests where
/// there is one: lines end with CR LF, names are tokens, no folding, one Content-Length at most, no
/// Transfer-Encoding.
package struct RequestReader {
  package enum Outcome: Sendable, Hashable {
    /// Nothing of a request has come yet.
    case idle
    /// The head is not whole.
    case head
    /// The head is whole, the body is not. `asksToContinue`: the client waits to be told to send it.
    case body(asksToContinue: Bool)
    case request(ClientRequest)
    /// Nothing more can be read from this connection.
    case refusal(HTTPRefusal)
  }

  private struct Head {
    var request: ClientRequest
    var length: Int
    var asksToContinue: Bool
  }

  private let limits: ConnectionLimits
  private var input: [UInt8] = []
  /// Where the search for the end of the head goes on.
  private var searched = 0
  private var head: Head?

  package init(_ limits: ConnectionLimits) { self.limits = limits }

  /// Bytes that wait to be read.
  package var waiting: Int { input.count }

  /// Takes more bytes.
  package mutating func feed(_ bytes: some Sequence<UInt8>) { input.append(contentsOf: bytes) }

  /// What has come so far; a whole request is taken out.
  package mutating func next() -> Outcome {
    do throws(HTTPRefusal) {
      if head == nil {
        guard !input.isEmpty else { return .idle }
        guard let end = try headEnd() else { return .head }
        head = try parse(Array(input[..<end]))
        input.removeFirst(end + 4)
        searched = 0
      }
      guard let ready = head else { return .head }
      guard input.count >= ready.length else {
        let asks = ready.asksToContinue
        head?.asksToContinue = false
        return .body(asksToContinue: asks)
      }
      var request = ready.request
      request.body = Array(input.prefix(ready.length))
      input.removeFirst(ready.length)
      head = nil
      return .request(request)
    } catch {
      input = []
      head = nil
      return .refusal(error)
    }
  }

  /// Where the empty line begins; `nil` where it has not come.
  private mutating func headEnd() throws(HTTPRefusal) -> Int? {
    // A TLS greeting, say: no method begins so, and no empty line would follow.
    guard (0x41...0x5A).contains(input[0]) else { throw Self.malformed("a method must come first") }
    var place = max(0, searched - 3)
    while place + 4 <= input.count {
      if input[place] == 0x0D, input[place + 1] == 0x0A, input[place + 2] == 0x0D,
        input[place + 3] == 0x0A
      {
        guard place <= limits.headBytes else { throw tooLong }
        return place
      }
      place += 1
    }
    guard input.count <= limits.headBytes else { throw tooLong }
    searched = input.count
    return nil
  }

  private var tooLong: HTTPRefusal {
    HTTPRefusal(431, "request line and headers have more than \(limits.headBytes) bytes")
  }

  private static func malformed(_ reason: String) -> HTTPRefusal {
    HTTPRefusal(400, "this is no HTTP/1.1 request: \(reason)")
  }

  private func parse(_ bytes: [UInt8]) throws(HTTPRefusal) -> Head {
    let lines = try Self.lines(bytes)
    let (method, path) = try Self.requestLine(lines[0])
    guard lines.count - 1 <= limits.headers else {
      throw HTTPRefusal(431, "there are more than \(limits.headers) headers")
    }
    var headers: [HTTPHeader] = []
    for line in lines.dropFirst() { headers.append(try Self.header(line)) }
    let request = ClientRequest(method: method, path: path, headers: headers)
    return Head(
      request: request, length: try length(of: request),
      asksToContinue: try asksToContinue(request))
  }

  /// The lines without their ends; a CR or LF of its own is no end.
  private static func lines(_ bytes: [UInt8]) throws(HTTPRefusal) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case 0x0D:
        guard place + 1 < bytes.count, bytes[place + 1] == 0x0A else {
          throw malformed("a line ends with CR LF")
        }
        lines.append(bytes[start..<place])
        place += 2
        start = place
      case 0x0A: throw malformed("a line ends with CR LF")
      default: place += 1
      }
    }
    return lines + [bytes[start...]]
  }

  private static func requestLine(
    _ line: ArraySlice<UInt8>
  ) throws(HTTPRefusal) -> (method: String, path: String) {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw malformed("method, target and version come first") }
    guard parts[0].count <= 16, parts[0].allSatisfy({ (0x41...0x5A).contains($0) }) else {
      throw malformed("the method is no word of capital letters")
    }
    guard parts[2].elementsEqual("HTTP/1.1".utf8) else {
      throw HTTPRefusal(505, "only HTTP/1.1 is spoken here")
    }
    guard parts[1].first == UInt8(ascii: "/"), parts[1].allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw malformed("the target must be a path") }
    let path = parts[1].prefix { $0 != UInt8(ascii: "?") }
    return (text(parts[0]), text(path))
  }

  private static func header(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPHeader {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      throw malformed("a header has a colon")
    }
    let name = line[..<colon]
    guard !name.isEmpty, name.allSatisfy(isTokenByte) else {
      throw malformed("a header's name is a token, and the colon follows at once")
    }
    let value = line[line.index(after: colon)...].drop(while: isBlank)
    let end = value.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? value.startIndex
    let trimmed = value[..<end]
    guard trimmed.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
      throw malformed("a header's value holds control characters")
    }
    return HTTPHeader(text(name), text(trimmed))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// RFC 9110, 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
  }

  private func length(of request: ClientRequest) throws(HTTPRefusal) -> Int {
    guard request.values("transfer-encoding").isEmpty else {
      throw HTTPRefusal(411, "send the body with a Content-Length, not with a Transfer-Encoding")
    }
    let all = request.values("content-length")
    guard let text = all.first else { return 0 }
    guard all.count == 1, !text.isEmpty, text.utf8.count <= 18,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text)
    else { throw Self.malformed("Content-Length must be one number") }
    guard length <= limits.bodyBytes else {
      throw HTTPRefusal(413, "the body has \(length) bytes; \(limits.bodyBytes) are the most")
    }
    return length
  }

  private func asksToContinue(_ request: ClientRequest) throws(HTTPRefusal) -> Bool {
    guard let expectation = request.values("expect").first else { return false }
    guard expectation.lowercased() == "100-continue" else {
      throw HTTPRefusal(417, "nothing but 100-continue can be expected")
    }
    return true
  }
}
