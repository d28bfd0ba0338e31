internal import ExpertPlatform

/// Reads HTTP/1.1 requests whose bodies have a Content-Length.
enum RequestParser {
  struct Head {
    var method: String
    var path: String
    var headers: [HTTPHeader]
    var bodyStart: Int
  }

  enum Outcome {
    case incomplete
    case bad
    /// The head, and how many bytes the whole request takes.
    case request(Head, consumed: Int)
  }

  private static let maxHeadBytes = 1 << 20
  private static let maxBodyBytes = 256 << 20

  static func parse(_ input: [UInt8]) -> Outcome {
    // A TLS greeting, say: no method begins with such a byte, and no empty line will follow.
    if let first = input.first, !(0x41...0x5a).contains(first) { return .bad }
    guard let end = headEnd(input) else {
      return input.count > maxHeadBytes ? .bad : .incomplete
    }
    guard let head = parseHead(input[..<end], bodyStart: end + 4) else { return .bad }
    guard let length = bodyLength(head.headers) else { return .bad }
    let consumed = head.bodyStart + length
    return input.count < consumed ? .incomplete : .request(head, consumed: consumed)
  }

  /// Where the empty line begins.
  private static func headEnd(_ input: [UInt8]) -> Int? {
    guard input.count >= 4 else { return nil }
    return input.withUnsafeBufferPointer { bytes in
      for i in 0...(bytes.count - 4) where bytes[i] == 0x0d {
        if bytes[i + 1] == 0x0a, bytes[i + 2] == 0x0d, bytes[i + 3] == 0x0a { return i }
      }
      return nil
    }
  }

  private static func parseHead(_ bytes: ArraySlice<UInt8>, bodyStart: Int) -> Head? {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first else { return nil }
    let parts = first.split(separator: " ")
    guard parts.count == 3 else { return nil }
    let headers = lines.dropFirst().compactMap { line -> HTTPHeader? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      return HTTPHeader(String(line[..<colon]), String(value))
    }
    return Head(
      method: String(parts[0]), path: String(parts[1]), headers: headers, bodyStart: bodyStart)
  }

  /// `nil` for a length that is no number or too large, and for chunked bodies.
  private static func bodyLength(_ headers: [HTTPHeader]) -> Int? {
    for header in headers {
      switch header.name.lowercased() {
      case "transfer-encoding": return nil
      case "content-length":
        guard let length = Int(header.value), (0...maxBodyBytes).contains(length) else {
          return nil
        }
        return length
      default: continue
      }
    }
    return 0
  }
}
