import ExpertLoopback
import ExpertPlatform
import ExpertTestSupport
import Foundation
import Synchronization
import Testing

/// Counts and hashes what it is given.
private final class CountingSink: HTTPBodySink {
  struct State {
    var statuses: [Int] = []
    var bytes = 0
    var largest = 0
    var hasher = SHA256()
  }

  let state = Mutex(State())
  private let limit: Int

  init(limit: Int = .max) { self.limit = limit }

  func begin(status: Int, headers: [HTTPHeader]) -> Bool {
    state.withLock { $0.statuses.append(status) }
    return status == 200
  }

  func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    state.withLock { state in
      state.bytes += bytes.count
      state.largest = max(state.largest, bytes.count)
      state.hasher.update(bytes)
      return state.bytes <= limit
    }
  }
}

@Suite struct BodySinkTests {
  private static func get(_ url: String, _ sink: CountingSink, most: Int = 1 << 30) -> HTTPRequest {
    var limits = HTTPLimits()
    limits.maxBodyBytes = most
    return HTTPRequest(method: "GET", url: url, limits: limits, sink: sink)
  }

  @Test func aLargeBodyIsPouredAndNotHeld() async throws {
    let block = [UInt8](repeating: 7, count: 1 << 20)
    let server = try ScriptedServer { _ in
      ScriptedReply(steps: [
        .bytes(
          ScriptedReply.head(
            status: 200, headers: [HTTPHeader("Content-Length", "\(300 << 20)")])),
        .repeated(block, count: 300),
      ])
    }
    let sink = CountingSink()
    let reply = try await CurlTransport().send(Self.get(server.baseURL + "/", sink))
    #expect(reply.status == 200)
    #expect(reply.body == [])
    #expect(sink.state.withLock { $0.bytes } == 300 << 20)
    // It came in pieces, each of which was gone before the next.
    #expect(sink.state.withLock { $0.largest } <= 1 << 20)
    var expected = SHA256()
    for _ in 0..<300 { expected.update(block) }
    #expect(sink.state.withLock { $0.hasher.finalize() } == expected.finalize())
  }

  @Test func aBodyThatTheSinkDeclinesIsHeld() async throws {
    let server = try ScriptedServer { _ in ScriptedReply(status: 503, text: "busy") }
    let sink = CountingSink()
    let reply = try await CurlTransport().send(Self.get(server.baseURL + "/", sink))
    #expect(reply.status == 503)
    #expect(String(decoding: reply.body, as: UTF8.self) == "busy")
    #expect(sink.state.withLock { $0.bytes } == 0)
  }

  @Test func anEndlessErrorPageIsCutOff() async throws {
    let server = try ScriptedServer { _ in
      ScriptedReply(status: 500, body: [UInt8](repeating: 1, count: 2 << 20))
    }
    await #expect(throws: HTTPTransferError.bodyTooLarge(limit: 1 << 20)) {
      try await CurlTransport().send(Self.get(server.baseURL + "/", CountingSink()))
    }
  }

  @Test func theLimitCountsWhatIsPoured() async throws {
    let server = try ScriptedServer { _ in
      .chunked(body: [UInt8](repeating: 1, count: 100_000), size: 1000)
    }
    await #expect(throws: HTTPTransferError.bodyTooLarge(limit: 50_000)) {
      try await CurlTransport().send(
        Self.get(server.baseURL + "/", CountingSink(), most: 50_000))
    }
  }

  @Test func aSinkThatHasEnoughEndsTheTransfer() async throws {
    let server = try ScriptedServer { _ in
      ScriptedReply(body: [UInt8](repeating: 1, count: 4 << 20))
    }
    await #expect(throws: HTTPTransferError.stopped) {
      try await CurlTransport().send(Self.get(server.baseURL + "/", CountingSink(limit: 1000)))
    }
  }

  @Test func anEmptyBodyIsAnnouncedToo() async throws {
    let server = try ScriptedServer { _ in ScriptedReply(body: []) }
    let sink = CountingSink()
    _ = try await CurlTransport().send(Self.get(server.baseURL + "/", sink))
    #expect(sink.state.withLock { $0.statuses } == [200])
  }

  /// A range of a compressed body would be no range of the file.
  @Test func onlyWithoutASinkIsCompressionAskedFor() async throws {
    let server = try ScriptedServer.logging { _ in ScriptedReply(body: [1]) }
    let transport = CurlTransport()
    _ = try await transport.send(Self.get(server.baseURL + "/", CountingSink()))
    _ = try await transport.send(HTTPRequest(method: "GET", url: server.baseURL + "/"))
    _ = try await transport.send(Self.get(server.baseURL + "/", CountingSink()))
    let asked = try #require(server.log?.all).map { entry in
      entry.headers.first { $0.name.lowercased() == "accept-encoding" }?.value
    }
    #expect(asked == [nil, "gzip, deflate", nil])
  }

  @Test func aCutBodySaysHowMuchCame() async throws {
    let server = try ScriptedServer { _ in
      let head = ScriptedReply.head(
        status: 200, headers: [HTTPHeader("Content-Length", "100")])
      return ScriptedReply(steps: [.bytes(head + [1, 2, 3]), .close])
    }
    await #expect(throws: HTTPTransferError.truncated(receivedBytes: 3)) {
      try await CurlTransport().send(Self.get(server.baseURL + "/", CountingSink()))
    }
  }

  @Test func aRedirectIsReadRelativeToItsOrigin() throws {
    let url = "https://a.example/x/y?z#f"
    for (location, expected) in [
      ("/b", "https://a.example/b"), ("c", "https://a.example/x/c"),
      ("//d.example/e", "https://d.example/e"), ("http://g/h#i", "http://g/h"),
    ] {
      #expect(try RedirectTarget.url(of: location, from: url) == expected)
    }
  }
}

@Suite struct LargeFileTests {
  @Test func aFileAppearsWholeOrNotAtAll() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("large")
    var file = try AtomicFileWriter(path)
    let block = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
    try file.append(Array(block[..<10]))
    try block[10...].withUnsafeBytes { try file.append($0) }
    #expect(!FileManager.default.fileExists(atPath: path))
    try file.commit()
    #expect(try SHA256.hash(file: path) == SHA256.hash(block))
    try abandon(folder.file("other"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["large"])
  }

  private func abandon(_ path: String) throws {
    var file = try AtomicFileWriter(path)
    try file.append([1, 2, 3])
  }

  @Test func aSharedCopyHasTheSameBytesUnderAnotherName() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(folder.file("a"), [1, 2, 3])
    try SharedCopy.make(folder.file("b"), from: folder.file("a"))
    #expect(FileManager.default.contents(atPath: folder.file("b")) == Data([1, 2, 3]))
    try FileManager.default.removeItem(atPath: folder.file("a"))
    #expect(FileManager.default.contents(atPath: folder.file("b")) == Data([1, 2, 3]))
    #expect(throws: FileError.self) {
      try SharedCopy.make(folder.file("b"), from: folder.file("b"))
    }
  }
}
