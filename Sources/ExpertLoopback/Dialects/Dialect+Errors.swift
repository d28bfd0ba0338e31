package import ExpertPlatform
internal import ExpertRecord

/// What a rate-limited reply says about when to come back.
package enum RetryHint: Sendable, Hashable {
  case absent
  case seconds(String)
  case milliseconds(Int)
  /// An HTTP date (RFC 9110, section 5.6.7), in full.
  case date(String)
  case garbage
  /// More than an hour.
  case huge
  /// Both headers; the one in milliseconds is the finer.
  case both(milliseconds: Int, seconds: String)

  /// One of each kind.
  package static let patterns: [RetryHint] = [
    .absent, .seconds("1"), .seconds("0.25"), .milliseconds(250),
    .date("Sun, 06 Nov 1994 08:49:37 GMT"), .garbage, .huge,
    .both(milliseconds: 100, seconds: "2"),
  ]

  package var headers: [HTTPHeader] {
    switch self {
    case .absent: []
    case .seconds(let text): [HTTPHeader("Retry-After", text)]
    case .milliseconds(let count): [HTTPHeader("retry-after-ms", "\(count)")]
    case .date(let text): [HTTPHeader("Retry-After", text)]
    case .garbage: [HTTPHeader("Retry-After", "soon \u{1F642}")]
    case .huge: [HTTPHeader("Retry-After", "86400")]
    case .both(let count, let text):
      [HTTPHeader("retry-after-ms", "\(count)"), HTTPHeader("Retry-After", text)]
    }
  }
}

/// The shapes in which error bodies come.
package enum ErrorShape: String, CaseIterable, Sendable {
  /// As the dialect documents it.
  case documented
  /// `{"error":"text"}`
  case errorText
  /// `{"message":"text"}`
  case messageText
  /// `{"detail":[{"msg":"text"}]}`
  case detailList
  /// `[{"error":{…}}]`
  case oneElementArray
  /// A page of a proxy in between.
  case html
}

/// An error as a provider documents it: status, code and type in its own vocabulary.
package struct DialectError: Sendable, Hashable {
  package var status: Int
  package var code: String
  package var type: String
  package var message: String
  /// Names the parameter at fault.
  package var parameter: String?
  /// Says that the run must stop, since the account cannot pay.
  package var isBilling = false

  package init(
    _ status: Int, code: String, type: String, message: String, parameter: String? = nil,
    isBilling: Bool = false
  ) {
    self.status = status
    self.code = code
    self.type = type
    self.message = message
    self.parameter = parameter
    self.isBilling = isBilling
  }
}

extension Dialect {
  /// An error reply.
  package func error(
    _ error: DialectError, retry: RetryHint = .absent, shape: ErrorShape = .documented,
    headers: [HTTPHeader] = []
  ) -> ScriptedReply {
    let all = retry.headers + headers
    guard shape != .html else {
      return ScriptedReply(
        status: error.status, headers: all + [HTTPHeader("Content-Type", "text/html")],
        text: "<html><body><h1>\(error.status)</h1><p>cloud proxy</p></body></html>")
    }
    return ScriptedReply(
      status: error.status, headers: all, json: errorBody(error, shape), requestID: "req-error")
  }

  private func errorBody(_ error: DialectError, _ shape: ErrorShape) -> JSONValue {
    switch shape {
    case .errorText: ["error": .string(error.message)]
    case .messageText: ["message": .string(error.message)]
    case .detailList:
      ["detail": [["loc": ["body"], "msg": .string(error.message), "type": .string(error.type)]]]
    case .oneElementArray: [documentedBody(error)]
    default: documentedBody(error)
    }
  }

  private func documentedBody(_ error: DialectError) -> JSONValue {
    switch self {
    case .anthropic:
      [
        "type": "error", "request_id": "req-error",
        "error": ["type": .string(error.type), "message": .string(error.message)],
      ]
    case .gemini:
      [
        "error": [
          "code": .number(Double(error.status)), "status": .string(error.type),
          "message": .string(error.message), "details": .array(geminiDetails(error)),
        ]
      ]
    default:
      [
        "error": [
          "message": .string(error.message), "type": .string(error.type),
          "param": error.parameter.map(JSONValue.string) ?? nil, "code": .string(error.code),
        ]
      ]
    }
  }

  /// Gemini names the quota and the delay in details rather than in headers.
  private func geminiDetails(_ error: DialectError) -> [JSONValue] {
    guard error.status == 429 else { return [] }
    var details: [JSONValue] = [
      [
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [["quotaId": .string(error.code)]],
      ]
    ]
    if !error.isBilling {
      details.append(
        ["@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"])
    }
    return details
  }

  /// Too many requests: wait and come back.
  package var rateLimit: DialectError {
    switch self {
    case .anthropic:
      DialectError(
        429, code: "", type: "rate_limit_error", message: "This request exceeds the rate limit.")
    case .gemini:
      DialectError(
        429, code: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
        type: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota. Retry in 1s.")
    default:
      DialectError(
        429, code: "rate_limit_exceeded", type: "requests",
        message: "Rate limit reached. Please try again in 20ms.")
    }
  }

  /// The provider has no room just now: wait and come back.
  package var overload: DialectError {
    switch self {
    case .anthropic: DialectError(529, code: "", type: "overloaded_error", message: "Overloaded")
    case .gemini:
      DialectError(503, code: "", type: "UNAVAILABLE", message: "The model is overloaded.")
    default:
      DialectError(
        503, code: "server_overloaded", type: "server_error", message: "server busy, try again")
    }
  }

  /// Every documented way of saying that the account cannot pay.
  package var billingErrors: [DialectError] {
    switch self {
    case .openAI: Self.openAIBilling
    case .anthropic: Self.anthropicBilling
    case .gemini:
      [
        DialectError(
          429, code: "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
          type: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota.", isBilling: true)
      ]
    case .deepSeek:
      [
        DialectError(
          402, code: "invalid_request_error", type: "unknown_error",
          message: "Insufficient Balance", isBilling: true)
      ]
    default: []
    }
  }

  private static var openAIBilling: [DialectError] {
    let codes = [
      "credit_balance_exhausted", "insufficient_quota", "organization_spend_limit_exceeded",
      "project_spend_limit_exceeded", "organization_usage_limit_exceeded",
    ]
    return codes.map {
      DialectError(
        429, code: $0, type: $0, message: "You exceeded your current quota.", isBilling: true)
    }
  }

  private static var anthropicBilling: [DialectError] {
    [
      DialectError(
        402, code: "", type: "billing_error", message: "Your payment failed.", isBilling: true),
      DialectError(
        400, code: "", type: "invalid_request_error",
        message: "Your credit balance is too low to access the API.", isBilling: true),
      DialectError(
        403, code: "", type: "enforced_spend_limit_reached",
        message: "The spend limit of this workspace is reached.", isBilling: true),
    ]
  }

  /// A parameter that this model does not take; the client drops it and asks again.
  package func unsupportedParameter(_ name: String) -> DialectError {
    switch self {
    case .anthropic:
      DialectError(
        400, code: "", type: "invalid_request_error",
        message: "\(name): Extra inputs are not permitted", parameter: name)
    case .gemini:
      DialectError(
        400, code: "", type: "INVALID_ARGUMENT", message: "\(name) is not supported by this model",
        parameter: name)
    default:
      DialectError(
        400, code: "unsupported_value", type: "invalid_request_error",
        message: "Unsupported value: '\(name)' does not support this value with this model.",
        parameter: name)
    }
  }

  /// A key that the provider does not know.
  package var badKey: DialectError {
    switch self {
    case .anthropic:
      DialectError(401, code: "", type: "authentication_error", message: "invalid x-api-key")
    case .gemini:
      DialectError(
        400, code: "API_KEY_INVALID", type: "INVALID_ARGUMENT", message: "API key not valid.")
    default:
      DialectError(
        401, code: "invalid_api_key", type: "invalid_request_error",
        message: "Incorrect API key provided.")
    }
  }

  /// A model that the provider does not have.
  package func unknownModel(_ name: String) -> DialectError {
    DialectError(
      404, code: "model_not_found", type: self == .gemini ? "NOT_FOUND" : "not_found_error",
      message: "The model `\(name)` does not exist.", parameter: "model")
  }

  /// The provider's own fault: come back later.
  package var serverFault: DialectError {
    DialectError(
      500, code: "server_error", type: self == .gemini ? "INTERNAL" : "api_error",
      message: "The server had an error.")
  }
}
