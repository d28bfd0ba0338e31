internal import ExpertModel
internal import ExpertRecord
internal import ExpertTokenizer

/// What chat completions and completions have in common.
struct GenerationCall {
  var model: String
  /// Choices.
  var count: Int
  var streams: Bool
  /// Whether a stream ends with the tokens used.
  var includesUsage: Bool
  /// `nil`: as many as the server gives.
  var maxTokens: Int?
  var sampling: SamplingOptions
  var stops: [String]
  /// Alternatives told for each token; `nil`: no likelihoods are told.
  var likelihoods: Int?

  private static let most = 8
  private static let maxStops = 16

  init(_ fields: RequestFields, isChat: Bool) throws(HTTPRefusal) {
    try Self.refuseUnsupported(fields)
    guard let model = try fields.text("model") else { throw fields.refusal("model", "given") }
    self.model = model
    count = try fields.integer("n", in: 1...Self.most) ?? 1
    streams = try fields.bool("stream") ?? false
    includesUsage = try fields.object("stream_options")?.bool("include_usage") ?? false
    let limit = 1...(1 << 30)
    let old = try fields.integer("max_tokens", in: limit)
    maxTokens = try fields.integer("max_completion_tokens", in: limit) ?? old
    sampling = try Self.sampling(fields)
    stops = try fields.texts("stop", most: Self.maxStops)?.filter { !$0.isEmpty } ?? []
    likelihoods = try Self.likelihoods(fields, isChat: isChat)
  }

  private static func sampling(_ fields: RequestFields) throws(HTTPRefusal) -> SamplingOptions {
    let topK = try fields.integer("top_k", in: -1...(1 << 30)) ?? 0
    var options = SamplingOptions(
      temperature: try fields.number("temperature", in: 0...2) ?? 1, topK: max(0, topK),
      topP: try fields.number("top_p", in: 0...1) ?? 1,
      minP: try fields.number("min_p", in: 0...1) ?? 0,
      repetitionPenalty: try fields.number("repetition_penalty", in: 0.01...100) ?? 1)
    let whole = 1 << 53
    if let seed = try fields.integer("seed", in: -whole...whole) {
      options.seed = UInt64(bitPattern: Int64(seed))
    } else {
      options.seed = UInt64.random(in: 0...UInt64.max)
    }
    if let problem = options.problem { throw HTTPRefusal(400, problem) }
    return options
  }

  private static func likelihoods(
    _ fields: RequestFields, isChat: Bool
  ) throws(HTTPRefusal) -> Int? {
    guard isChat else { return try fields.integer("logprobs", in: 0...20) }
    let top = try fields.integer("top_logprobs", in: 0...20)
    guard try fields.bool("logprobs") ?? false else { return nil }
    return top ?? 0
  }

  /// What would change the answer and is not there is refused, not passed over in silence.
  private static func refuseUnsupported(_ fields: RequestFields) throws(HTTPRefusal) {
    for name in ["tools", "functions"] where fields[name]?.array?.isEmpty == false {
      throw fields.refusal(name, "left out: models here call no tools")
    }
    if let format = try fields.object("response_format"), try format.text("type") != "text" {
      throw fields.refusal("response_format", "left out, or text: replies are not constrained here")
    }
    for name in ["frequency_penalty", "presence_penalty"] {
      if let value = try fields.number(name, in: -2...2), value != 0 {
        throw fields.refusal(name, "0 or left out; repetition_penalty is there")
      }
    }
    if fields["logit_bias"]?.members?.isEmpty == false {
      throw fields.refusal("logit_bias", "left out")
    }
  }

  /// The requests of all choices; each draws from a stream of its own.
  func requests(_ prompt: [Int32], most: Int) -> [GenerationRequest] {
    (0..<count).map { choice in
      GenerationRequest(
        prompt: prompt, maxTokens: min(maxTokens ?? most, most), sampling: sampling, stops: stops,
        stream: choice, likelihoods: likelihoods)
    }
  }
}
