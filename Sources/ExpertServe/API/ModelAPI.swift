package import ExpertModel
package import ExpertPlatform
internal import ExpertRecord
internal import ExpertTokenizer
internal import Foundation
internal import Synchronization

/// The endpoints: an OpenAI-compatible API over one base and the experts on it.
package final class ModelAPI: Sendable {
  /// What a request may cost.
  package struct Limits: Sendable, Hashable {
    /// Tokens of an answer, where the request asks for more or says nothing.
    package var maxTokens = 2048
    /// Texts of one embedding request.
    package var embeddings = 256

    package init() {}
  }

  private let base: Base
  private let models: ServedModels
  private let engine: Engine
  private let limits: Limits
  private let clock: any PlatformClock
  private let started: Int64
  private let queue = JobQueue<Call>()
  private let thread: Mutex<LoopThread?> = Mutex(nil)

  /// A request that waits to be read.
  private struct Call: Sendable {
    var request: ClientRequest
    var responder: Responder
  }

  package init(
    _ base: Base, models: ServedModels, engine: Engine, limits: Limits = Limits(),
    clock: any PlatformClock = SystemClock()
  ) {
    self.base = base
    self.models = models
    self.engine = engine
    self.limits = limits
    self.clock = clock
    started = clock.wallMicroseconds() / 1_000_000
    let queue = queue
    let worker = LoopThread(name: "api") { [weak self] in
      while let calls = queue.take(waits: true) {
        for call in calls { self?.handle(call.request, call.responder) }
      }
    }
    thread.withLock { $0 = worker }
  }

  deinit { stop() }

  /// The server's handler: requests are read and checked on a thread of their own, so that a long
  /// prompt holds up neither the connections nor the batch.
  package var handler: HTTPServer.Handler {
    { [weak self] request, responder in
      guard let self, self.queue.add(Call(request: request, responder: responder)) else {
        return responder.refuse(
          HTTPRefusal(503, "the server is stopping", type: "server_error"))
      }
    }
  }

  /// Reads no more requests and waits for the thread. A second call does nothing.
  package func stop() {
    _ = queue.close()
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }

  private func handle(_ request: ClientRequest, _ responder: Responder) {
    do throws(HTTPRefusal) {
      try route(request, responder)
    } catch {
      responder.refuse(error)
    }
  }

  private func route(_ request: ClientRequest, _ responder: Responder) throws(HTTPRefusal) {
    switch request.path {
    case "/health":
      try require("GET", request)
      responder.reply(200, CanonicalJSON.bytes(of: ["status": "ok"]))
    case "/v1/models":
      try require("GET", request)
      let list = JSONValue.array(models.all.map(json))
      responder.reply(200, CanonicalJSON.bytes(of: ["data": list, "object": "list"]))
    case "/v1/chat/completions":
      try complete(try fields(request), responder, isChat: true)
    case "/v1/completions":
      try complete(try fields(request), responder, isChat: false)
    case "/v1/embeddings":
      try embed(try fields(request), responder)
    default:
      try model(request, responder)
    }
  }

  private func model(_ request: ClientRequest, _ responder: Responder) throws(HTTPRefusal) {
    let prefix = "/v1/models/"
    guard request.path.hasPrefix(prefix) else {
      throw HTTPRefusal(404, "there is no \(request.path) here", code: "unknown_url")
    }
    try require("GET", request)
    let name = String(request.path.dropFirst(prefix.count))
    let found = try served(name.removingPercentEncoding ?? name)
    responder.reply(200, CanonicalJSON.bytes(of: json(found)))
  }

  private func require(_ method: String, _ request: ClientRequest) throws(HTTPRefusal) {
    guard request.method == method else {
      throw HTTPRefusal(405, "\(request.path) takes \(method)")
    }
  }

  /// The object of a POST. A page can send other types without asking first, so only JSON counts.
  private func fields(_ request: ClientRequest) throws(HTTPRefusal) -> RequestFields {
    try require("POST", request)
    let type = request.value("content-type")?.split(separator: ";").first.map(String.init)
    guard type?.trimmingCharacters(in: .whitespaces).lowercased() == "application/json" else {
      throw HTTPRefusal(415, "send JSON, with Content-Type: application/json")
    }
    return try RequestFields(body: request.body)
  }

  private func served(_ name: String) throws(HTTPRefusal) -> ServedModel {
    guard let model = models[name] else {
      let known = models.all.prefix(20).map(\.name).joined(separator: ", ")
      throw HTTPRefusal(
        404, "there is no model \(name); there are: \(known)", code: "model_not_found",
        parameter: "model")
    }
    return model
  }

  private func json(_ model: ServedModel) -> JSONValue {
    [
      "created": .number(Double(started)), "id": .string(model.name), "object": "model",
      "owned_by": model.adapter == nil ? "base" : "expert",
      "root": .string(models.base.name),
    ]
  }

  // MARK: Texts

  private func complete(
    _ fields: RequestFields, _ responder: Responder, isChat: Bool
  ) throws(HTTPRefusal) {
    let call = try GenerationCall(fields, isChat: isChat)
    let model = try served(call.model)
    let prompt = try isChat ? chatPrompt(fields, model) : textPrompt(fields)
    let reply = TextReply(
      responder, call, isChat: isChat, tokenizer: base.tokenizer,
      created: clock.wallMicroseconds() / 1_000_000)
    let jobs = call.requests(prompt, most: limits.maxTokens).enumerated().map { choice, request in
      TextJob(
        request, adapter: model.adapter, isWanted: { responder.isWanted },
        text: { reply.text(choice, $0, $1) }, end: { reply.end(choice, $0) })
    }
    guard engine.submit(jobs) else { throw Self.overloaded }
  }

  private static let overloaded = HTTPRefusal(
    503, "too many requests wait already; come again", type: "server_error", code: "overloaded")

  private func chatPrompt(
    _ fields: RequestFields, _ model: ServedModel
  ) throws(HTTPRefusal) -> [Int32] {
    let chat = try ChatCall(fields)
    return try Self.refusing("messages") { () throws(TokenizerError) in
      try base.tokenizer.render(
        Conversation(chat.turns), template: model.template,
        options: RenderOptions(addsGenerationPrompt: true, thinking: chat.thinking)
      ).ids
    }
  }

  private func textPrompt(_ fields: RequestFields) throws(HTTPRefusal) -> [Int32] {
    guard let prompt = try fields.text("prompt") else { throw fields.refusal("prompt", "given") }
    return try encode(prompt, "prompt")
  }

  private func encode(_ text: String, _ parameter: String) throws(HTTPRefusal) -> [Int32] {
    try Self.refusing(parameter) { () throws(TokenizerError) in
      try base.tokenizer.encode(text, affixes: true)
    }
  }

  private static func refusing<T>(
    _ parameter: String, _ body: () throws(TokenizerError) -> T
  ) throws(HTTPRefusal) -> T {
    do throws(TokenizerError) {
      return try body()
    } catch {
      throw HTTPRefusal(400, error.description, parameter: parameter)
    }
  }

  // MARK: Embeddings

  private func embed(_ fields: RequestFields, _ responder: Responder) throws(HTTPRefusal) {
    guard let name = try fields.text("model") else { throw fields.refusal("model", "given") }
    guard try served(name).adapter == nil else {
      throw fields.refusal("model", "the base \(models.base.name), whose states embeddings are")
    }
    guard let texts = try fields.texts("input", most: limits.embeddings) else {
      throw fields.refusal("input", "given")
    }
    guard fields["dimensions"] == nil else { throw fields.refusal("dimensions", "left out") }
    let format = try fields.text("encoding_format") ?? "float"
    guard ["float", "base64"].contains(format) else {
      throw fields.refusal("encoding_format", "float or base64")
    }
    let tokens = try countTokens(texts)
    let job = EmbeddingJob(texts, isWanted: { responder.isWanted }) { result in
      switch result {
      case .success(let vectors):
        responder.reply(
          200, Self.body(vectors, model: name, isBase64: format == "base64", tokens: tokens))
      case .failure(let error):
        responder.refuse(HTTPRefusal(503, "no embedding: \(error)", type: "server_error"))
      }
    }
    guard engine.submit(job) else { throw Self.overloaded }
  }

  /// All tokens; an empty text and one beyond the context are refused.
  private func countTokens(_ texts: [String]) throws(HTTPRefusal) -> Int {
    var sum = 0
    let context = base.model.config.contextLength
    for text in texts {
      let count = try encode(text, "input").count
      guard count > 0, count <= context else {
        throw HTTPRefusal(
          400, "a text of \(count) tokens cannot be embedded; from 1 to \(context) can",
          parameter: "input")
      }
      sum += count
    }
    return sum
  }

  private static func body(
    _ vectors: [[Float]], model: String, isBase64: Bool, tokens: Int
  ) -> [UInt8] {
    let data = vectors.enumerated().map { place, vector -> JSONValue in
      [
        "embedding": isBase64
          ? .string(base64(vector)) : .array(vector.map { .number(Double($0)) }),
        "index": .number(Double(place)), "object": "embedding",
      ]
    }
    return CanonicalJSON.bytes(of: [
      "data": .array(data), "model": .string(model), "object": "list",
      "usage": ["prompt_tokens": .number(Double(tokens)), "total_tokens": .number(Double(tokens))],
    ])
  }

  /// Little-endian single precision, as the OpenAI API has it.
  private static func base64(_ vector: [Float]) -> String {
    vector.map { $0.bitPattern.littleEndian }.withUnsafeBytes {
      Data($0).base64EncodedString()
    }
  }
}
