internal import ExpertPlatform

/// Ways in which a server fails its client, each as a reply that stands in for a good one.
package enum ScriptedFault: String, CaseIterable, Sendable {
  // Time
  case silence, slowHead, slowBody, halfOpen
  case endlessKeepAlive, endlessInterimReplies
  // Connections
  case closeWithoutReply, closeInHead, resetWithoutReply, resetMidBody
  // Framing
  case lengthTooLong, lengthTooShort, lengthGarbage, unframed
  case truncatedChunks, garbageChunkSize, endlessChunkSize
  case garbageStatusLine, notHTTP
  // Size
  case hugeHeaderLine, manyHeaders, hugeBody, hugeDeclaredBody, gzipBomb
  // Compression
  case badGzip, cutGzip, unknownEncoding
  // Well-formed HTTP that carries no good answer
  case invalidUTF8, cutJSON, htmlPage, emptyBody, redirect
  // Odd, and yet a whole good reply
  case keepAliveThenBody, gzipped, chunkedBody, interimReply

  /// The faulty reply, made from the body that would have been right.
  ///
  /// `interval` is the pause between two bytes or lines of the slow ones; `elsewhere` is where the
  /// redirect points.
  package func reply(
    insteadOf good: [UInt8], interval: Duration = .seconds(1),
    elsewhere: String = "http://127.0.0.1:9/"
  ) -> ScriptedReply {
    switch self {
    case .silence, .slowHead, .slowBody, .halfOpen, .endlessKeepAlive, .endlessInterimReplies:
      slowReply(good, interval)
    case .closeWithoutReply, .closeInHead, .resetWithoutReply, .resetMidBody: brokenReply(good)
    case .lengthTooLong, .lengthTooShort, .lengthGarbage, .unframed, .truncatedChunks,
      .garbageChunkSize, .endlessChunkSize, .garbageStatusLine, .notHTTP:
      misframedReply(good)
    case .hugeHeaderLine, .manyHeaders, .hugeBody, .hugeDeclaredBody, .gzipBomb: oversizeReply
    case .badGzip, .cutGzip, .unknownEncoding: miscompressedReply(good)
    case .invalidUTF8, .cutJSON, .htmlPage, .emptyBody, .redirect: uselessReply(good, elsewhere)
    case .keepAliveThenBody, .gzipped, .chunkedBody, .interimReply: oddReply(good, interval)
    }
  }

  private static func head(_ headers: HTTPHeader..., status: Int = 200) -> [UInt8] {
    ScriptedReply.head(status: status, headers: headers)
  }

  private static func length(_ count: Int) -> HTTPHeader {
    HTTPHeader("Content-Length", "\(count)")
  }

  private static let chunked = HTTPHeader("Transfer-Encoding", "chunked")

  private func slowReply(_ good: [UInt8], _ interval: Duration) -> ScriptedReply {
    let head = Self.head(Self.length(good.count))
    return switch self {
    case .slowHead: ScriptedReply(steps: [.drip(head + good, every: interval)])
    case .slowBody: ScriptedReply(steps: [.bytes(head), .drip(good, every: interval)])
    case .halfOpen: ScriptedReply(steps: [.bytes(head + good.prefix(good.count / 2)), .silence])
    case .endlessKeepAlive:
      ScriptedReply(
        steps: [
          .bytes(Self.head(Self.chunked)), .forever(Array("1\r\n\n\r\n".utf8), every: interval),
        ])
    case .endlessInterimReplies:
      ScriptedReply(steps: [.forever(Array("HTTP/1.1 102 Wait\r\n\r\n".utf8), every: interval)])
    default: ScriptedReply(steps: [.silence])
    }
  }

  private func brokenReply(_ good: [UInt8]) -> ScriptedReply {
    let head = Self.head(Self.length(good.count))
    return switch self {
    case .closeInHead: ScriptedReply(steps: [.bytes(Array(head.prefix(20))), .close])
    case .resetWithoutReply: ScriptedReply(steps: [.reset])
    case .resetMidBody:
      // The pause lets the client read the first half: a reset drops what it has not read.
      ScriptedReply(
        steps: [
          .bytes(head + good.prefix(good.count / 2)), .wait(.milliseconds(50)), .reset,
        ])
    default: ScriptedReply(steps: [.close])
    }
  }

  private func misframedReply(_ good: [UInt8]) -> ScriptedReply {
    let half = Array(good.prefix(good.count / 2))
    let bytes: [UInt8] =
      switch self {
      case .lengthTooLong: Self.head(Self.length(good.count + 100)) + good
      case .lengthTooShort: Self.head(Self.length(half.count)) + good
      case .lengthGarbage: Self.head(HTTPHeader("Content-Length", "many")) + good
      case .truncatedChunks: Self.head(Self.chunked) + ScriptedReply.chunks(half, size: 16)
      case .garbageChunkSize:
        Self.head(Self.chunked) + ScriptedReply.chunks(half, size: 16) + Array("zz\r\n".utf8) + good
      case .endlessChunkSize:
        Self.head(Self.chunked) + [UInt8](repeating: 0x66, count: 100) + Array("\r\n".utf8)
      case .garbageStatusLine: Array("HTTP/1.1 banana\r\nContent-Length: 0\r\n\r\n".utf8)
      case .notHTTP: Array("SSH-2.0-OpenSSH_9.2\r\n".utf8) + good
      default: Self.head() + good
      }
    return ScriptedReply(steps: [.bytes(bytes), .close])
  }

  private var oversizeReply: ScriptedReply {
    let block = [UInt8](repeating: 0x61, count: 1 << 16)
    switch self {
    case .hugeHeaderLine:
      let start = Array("HTTP/1.1 200 OK\r\nX-Padding: ".utf8)
      return ScriptedReply(steps: [.bytes(start), .repeated(block, count: 800), .close])
    case .manyHeaders:
      let line = Array("X-Padding: \(String(repeating: "a", count: 1000))\r\n".utf8)
      let start = Array("HTTP/1.1 200 OK\r\n".utf8)
      return ScriptedReply(steps: [.bytes(start), .repeated(line, count: 50_000), .close])
    case .gzipBomb: return Self.bombReply
    case .hugeDeclaredBody:
      let head = Self.head(Self.length(1 << 40))
      return ScriptedReply(steps: [.bytes(head), .repeated(block, count: 16_000)])
    default:
      let chunk = Array("10000\r\n".utf8) + block + Array("\r\n".utf8)
      return ScriptedReply(
        steps: [
          .bytes(Self.head(Self.chunked)), .repeated(chunk, count: 16_000),
          .bytes(Array("0\r\n\r\n".utf8)),
        ])
    }
  }

  /// A gigabyte of zeros in seven megabytes.
  private static var bombReply: ScriptedReply {
    let bomb = GzipWriter.bomb
    let block =
      Array((String(bomb.block.count, radix: 16) + "\r\n").utf8) + bomb.block + Array("\r\n".utf8)
    let head = head(chunked, HTTPHeader("Content-Encoding", "gzip"))
    return ScriptedReply(
      steps: [
        .bytes(head + ScriptedReply.chunks(bomb.start, size: 64)),
        .repeated(block, count: (1 << 30) / GzipWriter.bombBlockSize),
        .bytes(Array("0\r\n\r\n".utf8)),
      ])
  }

  private func miscompressedReply(_ good: [UInt8]) -> ScriptedReply {
    let packed = GzipWriter.stored(good)
    let encoding = HTTPHeader("Content-Encoding", self == .unknownEncoding ? "banana" : "gzip")
    let body: [UInt8] =
      switch self {
      case .cutGzip: Array(packed.prefix(packed.count / 2))
      case .badGzip: packed.prefix(10) + packed.dropFirst(10).map { $0 ^ 0xff }
      default: good
      }
    return ScriptedReply(headers: [encoding], body: body)
  }

  private func uselessReply(_ good: [UInt8], _ elsewhere: String) -> ScriptedReply {
    switch self {
    case .invalidUTF8:
      let middle = good.count / 2
      return ScriptedReply(body: good[..<middle] + [0xc3, 0x28, 0xff] + good[middle...])
    case .cutJSON: return ScriptedReply(body: Array(good.prefix(good.count / 2)))
    case .htmlPage:
      return ScriptedReply(
        status: 502, headers: [HTTPHeader("Content-Type", "text/html")],
        text: "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")
    case .redirect:
      return ScriptedReply(status: 307, headers: [HTTPHeader("Location", elsewhere)], body: [])
    default: return ScriptedReply(body: [])
    }
  }

  private func oddReply(_ good: [UInt8], _ interval: Duration) -> ScriptedReply {
    switch self {
    case .keepAliveThenBody:
      let line = ScriptedReply.chunks([0x0a], size: 1)
      let beats = [ScriptedReply.Step](repeating: .bytes(line), count: 3).flatMap {
        [$0, .wait(interval)]
      }
      let rest = ScriptedReply.chunks(good, size: 64) + Array("0\r\n\r\n".utf8)
      return ScriptedReply(steps: [.bytes(Self.head(Self.chunked))] + beats + [.bytes(rest)])
    case .gzipped:
      return ScriptedReply(
        headers: [HTTPHeader("Content-Encoding", "gzip")], body: GzipWriter.stored(good))
    case .interimReply:
      let interim = Array("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".utf8)
      return ScriptedReply(steps: [.bytes(interim)] + ScriptedReply(body: good).steps)
    default: return .chunked(body: good)
    }
  }
}
