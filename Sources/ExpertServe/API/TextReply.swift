internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTokenizer
internal import Synchronization

/// Writes the answer to a chat completion or a completion, whole or as a stream of events, as the
/// choices' texts come.
final class TextReply: Sendable {
  private struct State {
    var hasBegun = false
    var results: [GenerationResult?]
    var likelihoods: [[TokenLikelihood]]
    var left: Int
  }

  private let responder: Responder
  private let call: GenerationCall
  private let isChat: Bool
  private let tokenizer: Tokenizer
  private let id: String
  private let created: Int64
  private let state: Mutex<State>

  init(
    _ responder: Responder, _ call: GenerationCall, isChat: Bool, tokenizer: Tokenizer,
    created: Int64
  ) {
    self.responder = responder
    self.call = call
    self.isChat = isChat
    self.tokenizer = tokenizer
    self.created = created
    let number = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    id = (isChat ? "chatcmpl-" : "cmpl-") + number
    state = Mutex(
      State(
        results: Array(repeating: nil, count: call.count),
        likelihoods: Array(repeating: [], count: call.count), left: call.count))
  }

  /// A piece of a choice's text.
  func text(_ choice: Int, _ text: String, _ tokens: [TokenLikelihood]) {
    guard call.streams else {
      return state.withLock { $0.likelihoods[choice] += tokens }
    }
    begin()
    let logprobs = self.logprobs(tokens)
    if isChat {
      event(choice, member: "delta", ["content": .string(text)], logprobs, finish: .null)
    } else {
      event(choice, member: "text", .string(text), logprobs, finish: .null)
    }
  }

  /// The end of a choice; with the last one the reply ends.
  func end(_ choice: Int, _ result: Result<GenerationResult, any Error>) {
    switch result {
    case .failure(let error): responder.refuse(Self.refusal(error))
    case .success(let result):
      if call.streams {
        begin()
        let reason = JSONValue.string(result.finish.rawValue)
        event(
          choice, member: isChat ? "delta" : "text", isChat ? .object([]) : "", .null,
          finish: reason)
      }
      let results = state.withLock { state -> [GenerationResult]? in
        state.results[choice] = result
        state.left -= 1
        return state.left == 0 ? state.results.compactMap(\.self) : nil
      }
      if let results { finish(results) }
    }
  }

  private static func refusal(_ error: any Error) -> HTTPRefusal {
    switch error {
    case let error as GenerationError where error != .notFinite:
      HTTPRefusal(400, error.description, code: code(error))
    case is CancellationError:
      HTTPRefusal(503, "the server is stopping", type: "server_error")
    default: HTTPRefusal(500, "\(error)", type: "server_error")
    }
  }

  private static func code(_ error: GenerationError) -> String? {
    if case .promptTooLong = error { "context_length_exceeded" } else { nil }
  }

  // MARK: Streams

  /// Begins the stream with the first text: what goes wrong before it still has a status.
  private func begin() {
    let isFirst = state.withLock { state in
      defer { state.hasBegun = true }
      return !state.hasBegun
    }
    guard isFirst else { return }
    responder.stream()
    guard isChat else { return }
    for choice in 0..<call.count {
      event(
        choice, member: "delta", ["content": "", "role": "assistant"], .null, finish: .null)
    }
  }

  private func event(
    _ choice: Int, member: String, _ value: JSONValue, _ logprobs: JSONValue, finish: JSONValue
  ) {
    let object = JSONValue.object([
      .init("index", .number(Double(choice))), .init(member, value), .init("logprobs", logprobs),
      .init("finish_reason", finish),
    ])
    send(choices: [object], usage: .null)
  }

  private func send(choices: [JSONValue], usage: JSONValue) {
    var members = head(isChat ? "chat.completion.chunk" : "text_completion")
    members.append(.init("choices", .array(choices)))
    if call.includesUsage { members.append(.init("usage", usage)) }
    responder.event(CanonicalJSON.bytes(of: .object(members)))
  }

  // MARK: The end

  private func finish(_ results: [GenerationResult]) {
    guard !call.streams else {
      if call.includesUsage { send(choices: [], usage: Self.usage(results)) }
      responder.event(Array("[DONE]".utf8))
      return responder.end()
    }
    let likelihoods = state.withLock { $0.likelihoods }
    let choices = results.enumerated().map { place, result in
      choice(place, result, likelihoods[place])
    }
    var members = head(isChat ? "chat.completion" : "text_completion")
    members.append(.init("choices", .array(choices)))
    members.append(.init("usage", Self.usage(results)))
    responder.reply(200, CanonicalJSON.bytes(of: .object(members)))
  }

  private func choice(
    _ place: Int, _ result: GenerationResult, _ likelihoods: [TokenLikelihood]
  ) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("index", .number(Double(place))), .init("logprobs", logprobs(likelihoods)),
      .init("finish_reason", .string(result.finish.rawValue)),
    ]
    if isChat {
      let message: JSONValue = ["content": .string(result.text), "role": "assistant"]
      members.append(.init("message", message))
    } else {
      members.append(.init("text", .string(result.text)))
    }
    return .object(members)
  }

  private func head(_ object: String) -> [JSONValue.Member] {
    [
      .init("id", .string(id)), .init("object", .string(object)),
      .init("created", .number(Double(created))), .init("model", .string(call.model)),
    ]
  }

  /// The prompt counts once, however many choices were made of it.
  private static func usage(_ results: [GenerationResult]) -> JSONValue {
    let prompt = results.first?.promptTokens ?? 0
    let completion = results.reduce(0) { $0 + $1.tokens.count }
    return [
      "completion_tokens": .number(Double(completion)), "prompt_tokens": .number(Double(prompt)),
      "total_tokens": .number(Double(prompt + completion)),
    ]
  }

  // MARK: Likelihoods

  private func logprobs(_ tokens: [TokenLikelihood]) -> JSONValue {
    guard call.likelihoods != nil else { return .null }
    if isChat { return ["content": .array(tokens.map(chatLogprob))] }
    return [
      "tokens": .array(tokens.map { .string(text(of: $0.token)) }),
      "token_logprobs": .array(tokens.map { .number($0.logprob) }),
      "top_logprobs": .array(tokens.map(completionTop)),
    ]
  }

  private func chatLogprob(_ token: TokenLikelihood) -> JSONValue {
    let top = token.top.map { object($0.token, $0.logprob, []) }
    return object(token.token, token.logprob, [.init("top_logprobs", .array(top))])
  }

  private func object(
    _ token: Int32, _ logprob: Double, _ more: [JSONValue.Member]
  ) -> JSONValue {
    let bytes = (try? tokenizer.bytes(of: token)) ?? []
    return .object(
      [
        .init("token", .string(String(decoding: bytes, as: UTF8.self))),
        .init("logprob", .number(logprob)),
        .init("bytes", .array(bytes.map { .number(Double($0)) })),
      ] + more)
  }

  /// Two tokens may have one text where neither is whole characters; the likelier one counts.
  private func completionTop(_ token: TokenLikelihood) -> JSONValue {
    var members: [JSONValue.Member] = []
    for candidate in token.top {
      let name = text(of: candidate.token)
      if !members.contains(where: { ExactText.equal($0.name, name) }) {
        members.append(.init(name, .number(candidate.logprob)))
      }
    }
    return .object(members)
  }

  private func text(of token: Int32) -> String {
    String(decoding: (try? tokenizer.bytes(of: token)) ?? [], as: UTF8.self)
  }
}
