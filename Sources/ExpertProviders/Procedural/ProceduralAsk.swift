package import ExpertRecord

/// What one request asks of the procedural provider: the JSON document that the prompt
/// `procedural` renders.
package struct ProceduralAsk: Sendable, Hashable {
  package var domain: String
  /// A skill of the domain; `nil` takes the templates of all skills.
  package var topic: String?
  package var format: ProceduralFormat
  /// `nil` mixes the three.
  package var difficulty: Difficulty?
  package var seed: UInt64
  package var slot: Int
  /// How many records, 1–1000.
  package var count: Int

  package init(
    domain: String, topic: String? = nil, format: ProceduralFormat = .instruction,
    difficulty: Difficulty? = nil, seed: UInt64 = 0, slot: Int = 0, count: Int = 4
  ) {
    self.domain = domain
    self.topic = topic
    self.format = format
    self.difficulty = difficulty
    self.seed = seed
    self.slot = slot
    self.count = count
  }

  /// Reads the document. `seed` and `slot` may be numbers or digits in a string.
  package init(_ text: String) throws(ProviderError) {
    let json: JSONValue
    do {
      json = try JSONValue.parse(text)
    } catch {
      throw Self.rejected("the prompt is not the JSON document it should be: \(error)")
    }
    guard json.members != nil else {
      throw Self.rejected("the prompt must be a JSON object with domain, topic, format …")
    }
    domain = json["domain"]?.string ?? ""
    let topic = json["topic"]?.string ?? ""
    self.topic = ["", "all", "mixed", "any"].contains(topic) ? nil : topic
    format = try Self.format(json["format"]?.string ?? ProceduralFormat.instruction.rawValue)
    difficulty = try Self.difficulty(json["difficulty"]?.string ?? "mixed")
    seed = try Self.whole("seed", json["seed"] ?? 0)
    slot = Int(clamping: try Self.whole("slot", json["slot"] ?? 0))
    count = Int(clamping: try Self.whole("count", json["count"] ?? 4))
    guard (1...1000).contains(count) else {
      throw Self.rejected("count is \(count); it must be between 1 and 1000")
    }
  }

  private static func rejected(_ message: String) -> ProviderError {
    .rejected(provider: ProceduralProvider.name, status: 400, message: message)
  }

  private static func format(_ name: String) throws(ProviderError) -> ProceduralFormat {
    guard let format = ProceduralFormat(rawValue: name) else {
      throw .unknown(
        what: "format of the procedural provider", name: name,
        known: ProceduralFormat.allCases.map(\.rawValue))
    }
    return format
  }

  private static func difficulty(_ name: String) throws(ProviderError) -> Difficulty? {
    if name == "mixed" { return nil }
    guard let difficulty = Difficulty(rawValue: name) else {
      throw .unknown(
        what: "difficulty", name: name, known: Difficulty.allCases.map(\.rawValue) + ["mixed"])
    }
    return difficulty
  }

  private static func whole(_ name: String, _ value: JSONValue) throws(ProviderError) -> UInt64 {
    if let text = value.string, let number = UInt64(text) { return number }
    if let number = value.integer, number >= 0 { return UInt64(number) }
    throw rejected("\(name) must be a whole number that is not negative")
  }
}
