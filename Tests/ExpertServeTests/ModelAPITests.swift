import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertServe
import ExpertTensors
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

/// The API over real sockets, with a tiny model and adapters on it.
@Suite struct ModelAPITests {
  private let base: Base
  private let adapter: Adapter
  private let server: ModelServer
  private let port: Int

  init() throws {
    let folder = try TemporaryFolder()
    base = try Base.open(TinyChatModel(in: folder).path, precision: .fp32, pool: .shared)
    adapter = try AdapterFolder.load(
      TinyChatModel.adapter("lora_warm"), for: base.model.config)
    base.model.prepare(adapter, pool: .shared)
    var options = ModelServer.Options(address: try ListeningAddress(host: "127.0.0.1", port: 0))
    options.api.maxTokens = 24
    options.engine.waiting = 4
    server = try ModelServer(
      base,
      models: ServedModels(
        base: ServedModel(name: "tiny", template: .chatml),
        experts: [ServedModel(name: "tiny/expert", adapter: adapter, template: .chatml)]),
      options, pool: .shared)
    port = Int(server.baseURL.split(separator: ":").last ?? "") ?? 0
  }

  private func ask(
    _ method: String, _ path: String, _ json: JSONValue? = nil, headers: [String] = []
  ) throws -> RawClient.Reply {
    let client = RawClient(port: port)
    client.request(method, path, json, headers: headers)
    return try #require(client.reply())
  }

  private static let messages: JSONValue = [
    ["content": "Be short.", "role": "system"], ["content": "Hello", "role": "user"],
  ]

  private func chat(_ changes: [(String, JSONValue)] = []) -> JSONValue {
    let start: JSONValue = [
      "max_tokens": 12, "messages": Self.messages, "model": "tiny", "temperature": 0,
    ]
    return changes.reduce(start) { $0.replacing($1.0, by: $1.1) }
  }

  /// What the generator gives for the same conversation.
  private func expected(_ adapter: Adapter?, _ request: GenerationRequest? = nil) throws
    -> GenerationResult
  {
    let turns = [
      ChatTurn(role: "system", content: "Be short."), ChatTurn(role: "user", content: "Hello"),
    ]
    var request = request ?? GenerationRequest(prompt: [], maxTokens: 12)
    request.prompt = try base.tokenizer.render(
      Conversation(turns), template: .chatml, options: RenderOptions(addsGenerationPrompt: true)
    ).ids
    return try Generator(
      base.model, adapter: adapter, tokenizer: base.tokenizer, pool: .shared
    ).generate([request])[0]
  }

  @Test func theModelsAreListed() throws {
    let list = try ask("GET", "/v1/models")
    #expect(list.status == 200 && list.header("Content-Type") == "application/json")
    #expect(list.json?["data"]?.array?.map { $0["id"] } == ["tiny", "tiny/expert"])
    #expect(try ask("GET", "/v1/models/tiny%2Fexpert").json?["id"] == "tiny/expert")
    #expect(try ask("GET", "/v1/models/nothing").status == 404)
    #expect(try ask("GET", "/health").json == ["status": "ok"])
  }

  @Test func aChatIsAnsweredByTheModelThatItNames() throws {
    for (name, adapter) in [("tiny", nil), ("tiny/expert", self.adapter)] {
      let reply = try ask(
        "POST", "/v1/chat/completions", chat([("model", .string(name))]))
      #expect(reply.status == 200, "\(reply.body)")
      let expected = try expected(adapter)
      let choice = reply.json?["choices"]?[0]
      #expect(choice?["message"]?["content"]?.string == expected.text)
      #expect(choice?["message"]?["role"] == "assistant")
      #expect(choice?["finish_reason"]?.string == expected.finish.rawValue)
      #expect(reply.json?["object"] == "chat.completion")
      let usage = reply.json?["usage"]
      #expect(usage?["prompt_tokens"]?.integer == expected.promptTokens)
      #expect(usage?["completion_tokens"]?.integer == expected.tokens.count)
    }
  }

  @Test func aStreamIsTheSameInPieces() throws {
    let reply = try ask(
      "POST", "/v1/chat/completions",
      chat([("stream", true), ("stream_options", ["include_usage": true])]))
    #expect(reply.header("Content-Type") == "text/event-stream")
    #expect(reply.events.last == "[DONE]")
    let chunks = reply.events.dropLast().compactMap { try? JSONValue.parse($0) }
    #expect(chunks.count == reply.events.count - 1)
    let expected = try expected(nil)
    #expect(chunks.first?["choices"]?[0]?["delta"]?["role"] == "assistant")
    let text = chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }.joined()
    #expect(text == expected.text)
    #expect(
      chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.string } == [
        expected.finish.rawValue
      ])
    #expect(chunks.last?["usage"]?["completion_tokens"]?.integer == expected.tokens.count)
    #expect(Set(chunks.map { $0["id"]?.string }).count == 1)
    #expect(chunks.allSatisfy { $0["object"] == "chat.completion.chunk" })
  }

  @Test func settingsReachTheSampler() throws {
    var request = GenerationRequest(prompt: [], maxTokens: 12)
    request.sampling = SamplingOptions(temperature: 0.9, topK: 40, topP: 0.9, minP: 0.01, seed: 7)
    request.stream = 0
    let settings: [(String, JSONValue)] = [
      ("temperature", 0.9), ("top_k", 40), ("top_p", 0.9), ("min_p", 0.01), ("seed", 7),
    ]
    let reply = try ask("POST", "/v1/chat/completions", chat(settings))
    let expected = try expected(nil, request)
    #expect(reply.json?["choices"]?[0]?["message"]?["content"]?.string == expected.text)
    // Choices draw apart, and the same seed draws the same ones.
    let several = chat(settings + [("n", 3)])
    let first = try ask("POST", "/v1/chat/completions", several).json?["choices"]?.array
    let second = try ask("POST", "/v1/chat/completions", several).json?["choices"]?.array
    #expect(first?.count == 3 && first == second)
    #expect(Set(first?.compactMap { $0["message"]?["content"]?.string } ?? []).count > 1)
    // A stop string ends the text before it.
    let whole = try self.expected(nil).text
    let stop = String(whole.dropFirst(2).prefix(2))
    let stopped = try ask("POST", "/v1/chat/completions", chat([("stop", .string(stop))]))
    #expect(stopped.json?["choices"]?[0]?["finish_reason"] == "stop")
    #expect(
      stopped.json?["choices"]?[0]?["message"]?["content"]?.string
        == whole.components(separatedBy: stop)[0])
  }

  @Test func likelihoodsAreTold() throws {
    let reply = try ask(
      "POST", "/v1/chat/completions", chat([("logprobs", true), ("top_logprobs", 2)]))
    let content = reply.json?["choices"]?[0]?["logprobs"]?["content"]?.array ?? []
    #expect(!content.isEmpty)
    for token in content {
      // Greedy: the chosen token is the likeliest.
      #expect(token["top_logprobs"]?.array?.count == 2)
      #expect(token["logprob"] == token["top_logprobs"]?[0]?["logprob"])
      #expect((token["logprob"]?.number ?? 1) <= 0)
    }
    let plain = try ask("POST", "/v1/chat/completions", chat())
    #expect(plain.json?["choices"]?[0]?["logprobs"] == .null)
  }

  @Test func aTextIsContinued() throws {
    let reply = try ask(
      "POST", "/v1/completions",
      ["max_tokens": 6, "model": "tiny", "prompt": "once", "temperature": 0])
    let generator = Generator(base.model, tokenizer: base.tokenizer, pool: .shared)
    let expected = try generator.generate([
      GenerationRequest(
        prompt: try base.tokenizer.encode("once", affixes: true), maxTokens: 6)
    ])[0]
    #expect(reply.json?["choices"]?[0]?["text"]?.string == expected.text)
    #expect(reply.json?["object"] == "text_completion")
  }

  @Test func embeddingsAreMeansOfLength1() throws {
    let reply = try ask(
      "POST", "/v1/embeddings", ["input": ["one text", "another"], "model": "tiny"])
    let vectors = (reply.json?["data"]?.array ?? []).map {
      ($0["embedding"]?.array ?? []).compactMap(\.number)
    }
    #expect(vectors.count == 2)
    let own = try TextEmbedder(base, pool: .shared).embed(["one text", "another"])
    for (vector, expected) in zip(vectors, own) {
      #expect(vector.count == base.model.config.hiddenSize)
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
      #expect(zip(vector, expected).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    }
    let packed = try ask(
      "POST", "/v1/embeddings",
      ["encoding_format": "base64", "input": "one text", "model": "tiny"])
    let data = Data(base64Encoded: packed.json?["data"]?[0]?["embedding"]?.string ?? "") ?? Data()
    let floats = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(floats.count == vectors[0].count)
    #expect(zip(floats, vectors[0]).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    #expect(
      try ask("POST", "/v1/embeddings", ["input": "x", "model": "tiny/expert"]).status == 400)
    #expect(try ask("POST", "/v1/embeddings", ["input": "", "model": "tiny"]).status == 400)
  }

  /// What is wrong with a chat completion, the status and the parameter that is named.
  static let bad: [(name: String, value: JSONValue?, status: Int, parameter: String?)] = [
    ("model", nil, 400, "model"), ("model", "other", 404, "model"), ("model", 3, 400, "model"),
    ("messages", nil, 400, "messages"), ("messages", [], 400, "messages"),
    ("messages", "hi", 400, "messages"), ("messages", [3], 400, nil),
    ("messages", [["content": "x"]], 400, "messages[0].role"),
    ("messages", [["content": "x", "role": "clown"]], 400, "messages"),
    ("messages", [["role": "user"]], 400, "messages[0].content"),
    ("messages", [["content": [["type": "image_url"]], "role": "user"]], 400, nil),
    ("temperature", -1, 400, "temperature"), ("temperature", "hot", 400, "temperature"),
    ("temperature", 3, 400, "temperature"), ("top_p", 2, 400, "top_p"), ("top_p", 0, 400, nil),
    ("top_k", 1.5, 400, "top_k"), ("min_p", -0.1, 400, "min_p"), ("seed", 0.5, 400, "seed"),
    ("n", 0, 400, "n"), ("n", 1000, 400, "n"), ("max_tokens", 0, 400, "max_tokens"),
    ("stream", "yes", 400, "stream"), ("stop", 3, 400, "stop"), ("stop", [3], 400, "stop"),
    ("tools", [["type": "function"]], 400, "tools"),
    ("response_format", ["type": "json_object"], 400, "response_format"),
    ("presence_penalty", 1, 400, "presence_penalty"), ("logit_bias", ["5": 1], 400, "logit_bias"),
    ("top_logprobs", 99, 400, "top_logprobs"),
    (
      "messages", [["content": .string(String(repeating: "x", count: 600)), "role": "user"]], 400,
      nil
    ),
  ]

  @Test(arguments: bad.indices) func whatIsWrongIsNamed(_ index: Int) throws {
    let (name, value, status, parameter) = Self.bad[index]
    let reply = try ask(
      "POST", "/v1/chat/completions", chat().replacing(name, by: value))
    let error = reply.json?["error"]
    #expect(reply.status == status, "\(name): \(reply.body)")
    #expect(error?["message"]?.string?.isEmpty == false && error?["type"] != nil)
    if let parameter { #expect(error?["param"]?.string == parameter, "\(reply.body)") }
    #expect(try ask("POST", "/v1/chat/completions", chat()).status == 200)
  }

  @Test func whatIsNoJSONRequestIsRefused() throws {
    let client = RawClient(port: port)
    let head = "Host: 127.0.0.1:\(port)\r\nContent-Length: 2\r\n"
    client.send(
      "POST /v1/completions HTTP/1.1\r\n\(head)Content-Type: text/plain\r\n\r\n{}")
    #expect(client.reply()?.status == 415)
    for body in ["{]", "[]", "", "{\"a\":1,\"a\":2}", String(repeating: "[", count: 5000)] {
      let bytes = Array(body.utf8)
      client.send(
        "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
          + "Content-Type: application/json; charset=utf-8\r\nContent-Length: \(bytes.count)\r\n\r\n"
          + body)
      #expect(client.reply()?.status == 400, "\(body.prefix(20))")
    }
    #expect(try ask("GET", "/v1/completions").status == 405)
    #expect(try ask("POST", "/v1/models", [:]).status == 405)
    #expect(try ask("GET", "/etc/passwd").status == 404)
  }

  @Test func manyClientsOfBothModelsGetTheirOwnAnswers() async throws {
    let port = port
    let base = try expected(nil).text
    let own = try expected(adapter).text
    let bodies = [chat([("stream", true)]), chat([("model", "tiny/expert"), ("stream", true)])]
    let answers = await withTaskGroup(of: (Int, String).self) { group in
      for number in 0..<12 {
        group.addTask {
          let client = RawClient(port: port)
          client.request("POST", "/v1/chat/completions", bodies[number % 2])
          let events = client.reply()?.events ?? []
          let pieces = events.compactMap { try? JSONValue.parse($0) }.compactMap {
            $0["choices"]?[0]?["delta"]?["content"]?.string
          }
          return (number, pieces.joined())
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for (number, text) in answers { #expect(text == (number % 2 == 0 ? base : own)) }
    #expect(answers.count == 12)
  }

  @Test func tooManyAreToldToComeAgain() throws {
    let long = chat([("n", 8), ("temperature", 1)])
    let clients = (0..<12).map { _ in RawClient(port: port) }
    for client in clients { client.request("POST", "/v1/chat/completions", long) }
    let replies = clients.map { $0.reply() }
    let statuses = replies.map { $0?.status ?? 0 }
    #expect(Set(statuses) == [200, 503], "\(statuses)")
    let refused = replies.first { $0?.status == 503 }
    #expect(refused??.header("Retry-After") == "1")
    #expect(refused??.json?["error"]?["code"] == "overloaded")
    #expect(server.jobCount == 0)
    #expect(try ask("POST", "/v1/chat/completions", chat()).status == 200)
  }

  @Test func aTokenIsAskedForWhereOthersCanReach() throws {
    let models = try ServedModels(base: ServedModel(name: "tiny", template: .chatml), experts: [])
    let address = try ListeningAddress(host: "0.0.0.0", port: 0)
    #expect(throws: ServeError.tokenNeeded(address: "0.0.0.0:0")) {
      try ModelServer(base, models: models, ModelServer.Options(address: address), pool: .shared)
    }
    let guarded = try ModelServer(
      base, models: models,
      ModelServer.Options(
        address: try ListeningAddress(host: "127.0.0.1", port: 0), token: try Secret("t0ken")),
      pool: .shared)
    let port = Int(guarded.baseURL.split(separator: ":").last ?? "") ?? 0
    let client = RawClient(port: port)
    client.request("GET", "/v1/models", headers: ["Authorization: Bearer t0ken"])
    #expect(client.reply()?.status == 200)
    client.request("GET", "/v1/models", headers: ["Authorization: Bearer t0kem"])
    let refused = client.reply()
    #expect(refused?.status == 401 && refused?.header("WWW-Authenticate") == "Bearer")
    #expect(refused?.body.contains("t0ken") == false)
  }
}

/// The real small model.
@Suite(.testModel(TestModels.smolLM2)) struct ServedSmolLM2Tests {
  @Test func aQuestionIsAnswered() throws {
    let base = try Base.open(TestModels.path(TestModels.smolLM2), pool: .shared)
    let server = try ModelServer(
      base,
      models: ServedModels(
        base: ServedModel(name: "smol", template: base.template()), experts: []),
      ModelServer.Options(address: ListeningAddress(host: "127.0.0.1", port: 0)), pool: .shared)
    let client = RawClient(port: Int(server.baseURL.split(separator: ":").last ?? "") ?? 0)
    client.request(
      "POST", "/v1/chat/completions",
      [
        "max_tokens": 24,
        "messages": [["content": "What is the capital of France?", "role": "user"]],
        "model": "smol", "temperature": 0,
      ])
    let reply = client.reply()
    let text = reply?.json?["choices"]?[0]?["message"]?["content"]?.string
    #expect(text?.contains("Paris") == true, "\(reply?.body ?? "no reply")")
  }
}
