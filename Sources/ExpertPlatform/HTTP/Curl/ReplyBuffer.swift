/// The reply as it arrives: header lines, then the body.
struct ReplyBuffer {
  private(set) var status = 0
  private(set) var headers: [HTTPHeader] = []
  /// All header bytes, those of interim replies and trailers included.
  private(set) var headerBytes = 0
  /// The empty line after the headers has come.
  private(set) var headersEnded = false
  var body: [UInt8] = []

  /// Takes one line with its line break. A status line starts over, since an interim reply
  /// (RFC 9110, section 15.2) may stand before the final one.
  mutating func append(headerLine bytes: UnsafeRawBufferPointer) {
    headerBytes += bytes.count
    let line = bytes.prefix { $0 != 0x0d && $0 != 0x0a }
    if line.isEmpty {
      headersEnded = true
    } else if line.starts(with: Self.protocolName) {
      status = Self.status(of: line)
      headers = []
      headersEnded = false
    } else if !headersEnded {
      appendField(line)
    }
  }

  private static let protocolName = Array("HTTP/".utf8)

  /// The number after the first blank.
  private static func status(of line: Slice<UnsafeRawBufferPointer>) -> Int {
    let parts = line.split(separator: 0x20, maxSplits: 2)
    guard parts.count > 1 else { return 0 }
    return Int(String(decoding: parts[1], as: UTF8.self)) ?? 0
  }

  private mutating func appendField(_ line: Slice<UnsafeRawBufferPointer>) {
    guard let colon = line.firstIndex(of: 0x3a) else { return }
    let name = String(decoding: line[..<colon], as: UTF8.self)
    let value = line[line.index(after: colon)...].drop { $0 == 0x20 || $0 == 0x09 }
    headers.append(HTTPHeader(name, Self.trimmed(value)))
  }

  private static func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> String {
    var value = value
    while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
    return String(decoding: value, as: UTF8.self)
  }

  /// How the end of the body was told.
  enum Framing { case none, length, chunked, garbledLength, connectionClose }

  /// The framing that an HTTP/1 reply declares (RFC 9112, section 6.3).
  func framing(method: String) -> Framing {
    if method == "HEAD" || status == 204 || status == 304 { return .none }
    var framing = Framing.connectionClose
    for header in headers {
      switch header.name.lowercased() {
      case "transfer-encoding":
        if header.value.lowercased().hasSuffix("chunked") { return .chunked }
      case "content-length": framing = UInt64(header.value) == nil ? .garbledLength : .length
      default: break
      }
    }
    return framing
  }
}
