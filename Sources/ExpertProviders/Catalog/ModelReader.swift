internal import ExpertPlatform
internal import ExpertRecord
internal import Yams

/// Reads one entry of a provider file's `models`.
enum ModelReader {
  static let fields = [
    "name", "context", "max_output", "prices", "capabilities", "limits",
  ]
  static let priceFields = [
    "date", "source", "input", "cached_input", "cache_write", "output", "max_prompt",
  ]

  static func read(_ item: YAMLField, provider: ProviderSpec) throws(ProviderError) -> ModelSpec {
    let fields = try item.fields(Self.fields)
    let name = try ProviderFile.required("name", of: item, fields).text()
    var model = ModelSpec(
      name: name, capabilities: provider.capabilities, limits: provider.limits)
    model.context = try ProviderFile.known(fields["context"])
    model.maxOutput = try ProviderFile.known(fields["max_output"])
    if let field = fields["capabilities"] {
      model.capabilities = try CapabilitiesReader.read(field, over: provider.capabilities)
    }
    if let field = fields["limits"] {
      model.limits = try ProviderFile.limits(field).filled(from: provider.limits)
    }
    model.prices = provider.isLocal ? [.free] : []
    guard let prices = fields["prices"], !prices.isUnknown else { return model }
    guard !provider.isLocal else {
      throw prices.fail("prices: a local server's tokens cost nothing; leave the field out")
    }
    for field in try prices.list() { model.prices.append(try price(field)) }
    return model
  }

  private static func price(_ field: YAMLField) throws(ProviderError) -> Price {
    let fields = try field.fields(priceFields)
    let date = try ProviderFile.required("date", of: field, fields)
    let day = try date.text()
    guard CalendarDate(day) != nil else {
      throw date.fail("date: expected a day as YYYY-MM-DD, found \"\(day)\"")
    }
    let source = try ProviderFile.required("source", of: field, fields)
    let url = try source.text()
    guard url.hasPrefix("https://") else {
      throw source.fail("source: expected the https address of the page that states the price")
    }
    return Price(
      date: day, source: url, input: try dollars(fields["input"]),
      cachedInput: try dollars(fields["cached_input"]),
      cacheWrite: try dollars(fields["cache_write"]), output: try dollars(fields["output"]),
      maxPrompt: try ProviderFile.known(fields["max_prompt"]))
  }

  /// Dollars per million tokens, or `nil` where the file says unknown. Zero is refused: only a
  /// server of the user's own is free, and that is said by `local: true`.
  private static func dollars(_ field: YAMLField?) throws(ProviderError) -> Double? {
    guard let field, !field.isUnknown else { return nil }
    let value = try field.number(in: 0...10_000)
    guard value > 0 else {
      throw field.fail(
        "\(field.name): a price is not 0; write \"unknown\" where you do not know it")
    }
    return value
  }
}

/// Reads `capabilities`, of a provider or of one model.
enum CapabilitiesReader {
  static let fields = [
    "structured", "temperature", "top_p", "seed", "max_tokens_name", "thinking", "thinking_on",
    "thinking_off",
  ]

  static func read(
    _ field: YAMLField, over defaults: Capabilities
  ) throws(ProviderError) -> Capabilities {
    let fields = try field.fields(Self.fields)
    var result = defaults
    if let value = fields["structured"] {
      result.structured = try value.choice(Capabilities.Structured.self)
    }
    if let value = fields["temperature"] { result.temperature = try value.bool() }
    if let value = fields["top_p"] { result.topP = try value.bool() }
    if let value = fields["seed"] { result.seed = try value.bool() }
    if let value = fields["max_tokens_name"] { result.maxTokensName = try value.text() }
    if let value = fields["thinking"] {
      result.thinking = try value.choice(Capabilities.Thinking.self)
    }
    if let value = fields["thinking_on"] { result.thinkingOn = try mapping(value) }
    if let value = fields["thinking_off"] { result.thinkingOff = try mapping(value) }
    return result
  }

  private static func mapping(_ field: YAMLField) throws(ProviderError) -> JSONValue? {
    if field.isUnknown { return nil }
    guard field.node.mapping != nil else {
      throw field.fail("\(field.name): expected a mapping that is merged into the request")
    }
    return try field.json()
  }
}
