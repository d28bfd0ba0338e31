import ExpertLoopback
import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTestSupport
internal import Foundation
internal import Synchronization

/// A hub on this machine: it lists one repository with a tiny model, answers small files itself and
/// sends clients to a second server for large ones, as the real one does.
final class HubFixture: Sendable {
  /// What a test changes about the answers.
  struct Faults: Sendable {
    /// Bytes after which the content server cuts each reply, this many times.
    var cutAfter: Int?
    var cuts = 0
    /// Answers before any content, one after another.
    var statuses: [Int] = []
    /// What the weights' listed hash is, if not the true one.
    var listedHash: String?
    /// The content server answers other bytes of the same length.
    var wrongBytes = false
    /// The content server ignores ranges.
    var ignoresRanges = false
    /// The tag of the bytes.
    var tag = "\"one\""
    /// Where large files are said to be, if not on the content server.
    var redirect: String?
    /// Repository files beside those of the model.
    var extra: [String: [UInt8]] = [:]
    /// The only files listed.
    var only: [String]?
    var listingStatus = 200
  }

  static let commit = String(repeating: "ab", count: 20)
  static let repository = "test/Tiny-Model"

  let faults: Mutex<Faults>
  let content: ScriptedServer
  let hub: ScriptedServer
  let files: [String: [UInt8]]

  init(model: String = "qwen3", _ faults: Faults = Faults()) throws {
    let source = ModelFilesTests.golden.file(model)
    var files: [String: [UInt8]] = faults.extra
    for name in ["config.json", "generation_config.json", "model.safetensors"] {
      files[name] = Array(try Data(contentsOf: URL(fileURLWithPath: source + "/" + name)))
    }
    files["pytorch_model.bin"] = [0x80, 2]
    files["onnx/model.onnx"] = [1]
    self.files = files
    let state = Mutex(faults)
    self.faults = state
    let stored = files
    let box = FaultBox()
    content = try ScriptedServer.logging { request in
      Self.answer(request, stored, box.take())
    }
    let contentURL = content.baseURL
    hub = try ScriptedServer.logging { request in
      Self.hubAnswer(request, stored, box.peek(), contentURL: contentURL)
    }
    box.set { body in self.faults.withLock { body(&$0) } }
  }

  /// Reaches the faults of a fixture that is still being made.
  private final class FaultBox: Sendable {
    private let access = Mutex<(@Sendable ((inout Faults) -> Void) -> Void)?>(nil)

    func set(_ access: @escaping @Sendable ((inout Faults) -> Void) -> Void) {
      self.access.withLock { $0 = access }
    }

    func peek() -> Faults {
      var copy = Faults()
      access.withLock { $0 }?({ copy = $0 })
      return copy
    }

    /// What holds for one content request; counted faults are used up.
    func take() -> Faults {
      var copy = Faults()
      access.withLock { $0 }?({ faults in
        copy = faults
        if !faults.statuses.isEmpty {
          faults.statuses.removeFirst()
        } else if faults.cuts > 0 {
          faults.cuts -= 1
        }
      })
      return copy
    }
  }

  // MARK: - Answers

  private static func hubAnswer(
    _ request: ReceivedRequest, _ files: [String: [UInt8]], _ faults: Faults, contentURL: String
  ) -> ScriptedReply {
    if request.path.hasPrefix("/api/models/\(repository)/revision/main") {
      return ScriptedReply(
        status: faults.listingStatus, text: CanonicalJSON.text(of: listing(files, faults)))
    }
    let prefix = "/\(repository)/resolve/\(commit)/"
    guard request.path.hasPrefix(prefix) else { return ScriptedReply(status: 404, text: "{}") }
    let name = String(request.path.dropFirst(prefix.count))
    guard let bytes = files[name] else { return ScriptedReply(status: 404, text: "{}") }
    guard isLarge(name) else {
      return ScriptedReply(headers: [HTTPHeader("ETag", "\"small\"")], body: bytes)
    }
    let target = faults.redirect ?? contentURL + "/blob/" + name
    return ScriptedReply(status: 302, headers: [HTTPHeader("Location", target)], text: "moved")
  }

  private static func isLarge(_ name: String) -> Bool {
    name.hasSuffix(".safetensors") || name.hasSuffix(".gguf")
  }

  private static func listing(_ files: [String: [UInt8]], _ faults: Faults) -> JSONValue {
    let names = faults.only ?? files.keys.sorted()
    return [
      "sha": .string(commit), "cardData": ["license": "apache-2.0"],
      "siblings": .array(
        names.map { name in
          let bytes = files[name] ?? []
          let size = JSONValue.number(Double(bytes.count))
          guard isLarge(name) else { return ["rfilename": .string(name), "size": size] }
          let hash = faults.listedHash ?? SHA256.hash(bytes).description
          return [
            "rfilename": .string(name), "size": size,
            "lfs": ["size": size, "sha256": .string(hash), "pointerSize": 134],
          ]
        }),
    ]
  }

  /// The content server: ranges, tags, cuts.
  private static func answer(
    _ request: ReceivedRequest, _ files: [String: [UInt8]], _ faults: Faults
  ) -> ScriptedReply {
    if let status = faults.statuses.first { return ScriptedReply(status: status, text: "busy") }
    let name = request.path.split(separator: "/").last.map(String.init) ?? ""
    guard var bytes = files[name] else { return ScriptedReply(status: 404, text: "") }
    if faults.wrongBytes { bytes[bytes.count / 2] ^= 1 }
    var headers = [HTTPHeader("ETag", faults.tag)]
    var status = 200
    var body = bytes[...]
    let condition = request.header("if-range")
    if let range = request.header("range"), !faults.ignoresRanges,
      condition == nil || condition == faults.tag,
      let start = Int(range.dropFirst("bytes=".count).dropLast())
    {
      guard start < bytes.count else { return ScriptedReply(status: 416, text: "") }
      status = 206
      body = bytes[start...]
      headers.append(
        HTTPHeader("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"))
    }
    guard let cut = faults.cutAfter, faults.cuts > 0, cut < body.count else {
      return ScriptedReply(status: status, headers: headers, body: Array(body))
    }
    headers.append(HTTPHeader("Content-Length", "\(body.count)"))
    let head = ScriptedReply.head(status: status, headers: headers)
    return ScriptedReply(
      steps: [.bytes(head + body.prefix(cut)), .wait(.milliseconds(50)), .reset])
  }

  // MARK: - Asking

  func client(token: String? = nil) throws -> HubClient {
    let endpoint = try HubEndpoint(url: hub.baseURL + "/", token: token.map { try Secret($0) })
    return HubClient(endpoint: endpoint, transport: CurlTransport())
  }

  func wish(file: String? = nil, name: String? = nil) throws -> PullWish {
    try PullWish(
      Self.repository, revision: nil, file: file, name: name, catalog: ModelCatalog([]))
  }
}
