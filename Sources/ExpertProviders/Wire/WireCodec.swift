package import ExpertPlatform
package import ExpertRecord

/// Turns calls into HTTP requests and HTTP replies into results, for every dialect alike.
package struct WireCodec: Sendable {
  let dialect: any WireDialect
  let base: BaseURL

  package init(dialect: any WireDialect, base: BaseURL) {
    self.dialect = dialect
    self.base = base
  }

  /// The chat request. The key stands in a header only, never in the address or the body.
  package func request(
    _ call: WireCall, key: BoundSecret?, limits: HTTPLimits = HTTPLimits()
  ) -> HTTPRequest {
    let spec = call.target.provider
    let path = (spec.chatPath ?? dialect.chatPath)
      .replacing("{model}", with: Self.escaped(call.target.model.name))
    return HTTPRequest(
      method: "POST", url: base.text + path,
      headers: headers(spec) + [HTTPHeader("Content-Type", "application/json")],
      secretHeaders: key.map { [dialect.authorization($0)] } ?? [],
      body: OrderedJSON.bytes(of: body(call)), limits: limits)
  }

  /// The request that lists models; `nil` where the provider has no such list.
  package func modelsRequest(
    _ spec: ProviderSpec, key: BoundSecret?, limits: HTTPLimits = HTTPLimits()
  ) -> HTTPRequest? {
    let path = spec.modelsPath ?? dialect.modelsPath
    guard !path.isEmpty else { return nil }
    return HTTPRequest(
      method: "GET", url: base.text + path, headers: headers(spec),
      secretHeaders: key.map { [dialect.authorization($0)] } ?? [], limits: limits)
  }

  /// The body with the file's own members merged in and what the model refused left out.
  package func body(_ call: WireCall) -> JSONValue {
    var body = dialect.body(call).merging(call.thinkingBody)
      .merging(call.target.provider.extraBody)
    for name in call.dropped { body = body.removing(name) }
    return body
  }

  /// What an HTTP reply means. Bodies that are not what the status promises are failures too.
  package func result(_ response: HTTPResponse, call: WireCall) -> WireResult {
    guard (200..<300).contains(response.status) else {
      return .failure(ErrorBody.facts(response))
    }
    guard let json = Self.json(response.body) else {
      var facts = FailureFacts(status: response.status)
      facts.message = ErrorBody.unreadable(response.body)
      facts.isGarbled = true
      return .failure(facts)
    }
    if ErrorBody.isError(json) {
      return .failure(ErrorBody.facts(json, response: response))
    }
    guard case .reply(var reply) = dialect.reply(json, call: call) else {
      return dialect.reply(json, call: call)
    }
    reply.requestID = Self.requestID(response) ?? reply.requestID
    if reply.finish == .complete, Self.isBlank(reply.text) {
      reply.finish = .transient
    }
    return .reply(reply)
  }

  /// Names under which request ids arrive, the most common first.
  static func requestID(_ response: HTTPResponse) -> String? {
    let names = ["x-request-id", "request-id", "x-ds-trace-id", "x-goog-request-id", "cf-ray"]
    return names.lazy.compactMap { response.header($0) }.first.map { String($0.prefix(200)) }
  }

  /// The JSON in a body that may begin with the empty lines and comments of a keep-alive.
  static func json(_ body: [UInt8]) -> JSONValue? {
    let limits = JSONLimits(maxBytes: 8 << 20, maxDepth: 64)
    return try? JSONValue.parse(Array(trimmed(body)), limits: limits)
  }

  /// A body without leading empty lines and lines that begin with ":", which servers send while a
  /// request waits in their queue.
  static func trimmed(_ body: [UInt8]) -> ArraySlice<UInt8> {
    var rest = body[...]
    while true {
      rest = rest.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
      guard rest.first == UInt8(ascii: ":") else { return rest }
      rest = rest.drop { $0 != 0x0a }
    }
  }

  static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
  }

  private func headers(_ spec: ProviderSpec) -> [HTTPHeader] {
    let extra = spec.extraHeaders.sorted { $0.key < $1.key }.map { HTTPHeader($0.key, $0.value) }
    return [HTTPHeader("Accept", "application/json")] + dialect.headers + extra
  }

  /// A model's name as part of a path: letters, digits and -._~ stay, all else is percent-encoded;
  /// "/" stays too, because servers name models by folders.
  private static func escaped(_ name: String) -> String {
    var out = ""
    for byte in name.utf8 {
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || "-._~/".unicodeScalars.contains(scalar))
      out += isPlain ? String(scalar) : "%" + Self.hex(byte)
    }
    return out
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16, uppercase: true)
    return text.count == 1 ? "0" + text : text
  }
}
