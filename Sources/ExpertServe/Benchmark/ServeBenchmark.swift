package import ExpertModel
package import ExpertPlatform
internal import ExpertRecord
internal import ExpertTokenizer
internal import Foundation

/// Measures the whole way of an answer: HTTP, queue, batch and model, with one client and with
/// several at once.
package struct ServeBenchmark: Sendable {
  package struct Report: Sendable, Hashable {
    /// Tokens a second, of all answers together.
    package var one: Double
    package var many: Double
    /// Answers at once in `many`.
    package var streams: Int

    /// How many times as fast together.
    package var gain: Double { many / one }
  }

  private let folder: String
  private let layers: Int
  private let pool: ThreadPool
  private let tokens = 48

  /// Writes a model of Qwen3-0.6B's shape with `layers` layers and random weights into `folder`.
  package init(folder: String, layers: Int = ModelBenchmark.qwen3.layers, pool: ThreadPool) {
    self.folder = folder
    self.layers = layers
    self.pool = pool
  }

  package func run(streams: Int = 8) async throws -> Report {
    var config = ModelBenchmark.qwen3
    config.layers = layers
    let place = folder + "/serve"
    try ModelFiles.writeRandom(config, folder: place)
    defer { try? FileManager.default.removeItem(atPath: place) }
    try AtomicFile.write(place + "/tokenizer.json", CanonicalJSON.bytes(of: Self.letters))
    return try await measure(try Base.open(place, pool: pool), streams: streams)
  }

  /// Measures a model; each way runs once to warm up and three times, of which the best counts.
  package func measure(_ base: Base, streams: Int) async throws -> Report {
    let server = try ModelServer(
      base, models: ServedModels(base: ServedModel(name: "m", template: .plain), experts: []),
      ModelServer.Options(address: ListeningAddress(host: "127.0.0.1", port: 0)), pool: pool)
    defer { server.stop(grace: .zero) }
    let transport = CurlTransport()
    defer { transport.shutdown() }
    let one = try await best(1, server.baseURL, transport)
    let many = try await best(streams, server.baseURL, transport)
    return Report(one: one, many: many, streams: streams)
  }

  private func best(
    _ count: Int, _ url: String, _ transport: CurlTransport
  ) async throws -> Double {
    var best = 0.0
    for _ in 0..<4 { best = max(best, try await rate(count, url, transport)) }
    return best
  }

  /// Tokens a second of `count` answers at once.
  private func rate(
    _ count: Int, _ url: String, _ transport: CurlTransport
  ) async throws -> Double {
    let start = ContinuousClock.now
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<count {
        group.addTask { try await self.answer(number, url, transport) }
      }
      return try await group.reduce(0, +)
    }
    return Double(sum) / ((ContinuousClock.now - start) / .seconds(1))
  }

  /// Asks once and returns the tokens of the answer.
  private func answer(
    _ number: Int, _ url: String, _ transport: CurlTransport
  ) async throws -> Int {
    let body: JSONValue = [
      "max_tokens": .number(Double(tokens)), "model": "m", "prompt": .string("Prompt \(number)"),
      "temperature": 0,
    ]
    let response = try await transport.send(
      HTTPRequest(
        url: url + "/v1/completions", headers: [HTTPHeader("Content-Type", "application/json")],
        body: CanonicalJSON.bytes(of: body)))
    let json = try JSONValue.parse(response.body)
    return json["usage"]?["completion_tokens"]?.integer ?? 0
  }

  /// A tokenizer of single letters: what is measured needs no words.
  private static var letters: JSONValue {
    let letters = (UInt8(ascii: "!")...UInt8(ascii: "~")).enumerated().map { id, byte in
      JSONValue.Member(String(Unicode.Scalar(byte)), .number(Double(id)))
    }
    return [
      "added_tokens": [], "decoder": ["type": "ByteLevel"],
      "model": ["type": "BPE", "vocab": .object(letters + [.init("Ġ", 94)]), "merges": []],
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
    ]
  }
}
