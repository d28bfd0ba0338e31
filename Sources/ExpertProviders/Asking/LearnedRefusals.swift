internal import ExpertRecord
internal import Synchronization

/// What models refused to take, remembered for the life of a provider.
final class LearnedRefusals: Sendable {
  struct Facts: Sendable, Hashable {
    var dropped: Set<String> = []
    var structured: Capabilities.Structured?
    var maxTokensName: String?
    var cutPromptSeen = false
  }

  private let models = Mutex<[String: Facts]>([:])

  func facts(_ model: String) -> Facts { models.withLock { $0[model] ?? Facts() } }

  /// Remembers one refusal; false where it was known, so that it is said only once.
  func learn(_ model: String, _ change: (inout Facts) -> Void) -> Bool {
    models.withLock { models in
      let before = models[model] ?? Facts()
      var after = before
      change(&after)
      models[model] = after
      return after != before
    }
  }

  /// A call as this model takes it.
  func apply(to call: inout WireCall) {
    let facts = facts(call.target.model.name)
    call.dropped = facts.dropped
    if let name = facts.maxTokensName { call.capabilities.maxTokensName = name }
    if let structured = facts.structured {
      call.capabilities.structured = min(structured, call.capabilities.structured)
    }
  }
}

/// Something the user should hear once.
package enum ProviderNotice: Sendable, Hashable, CustomStringConvertible {
  /// The model does not take a parameter; it is left out from now on.
  case dropped(model: String, parameter: String, reason: String)
  /// The model cannot be held to a format; a weaker one is asked for from now on.
  case weaker(model: String, format: Capabilities.Structured, reason: String)
  /// The server cut the prompt without saying so.
  case promptCut(model: String, counted: Int, expected: Int)

  package var description: String {
    switch self {
    case .dropped(let model, let parameter, let reason):
      "\(model) does not take \"\(parameter)\"; it is left out from now on (\(reason))"
    case .weaker(let model, let format, let reason):
      "\(model) cannot be held to that format; asking with \(format.rawValue) from now on (\(reason))"
    case .promptCut(let model, let counted, let expected):
      "\(model) counted \(counted) prompt tokens where about \(expected) were sent: its context is "
        + "too small and cuts prompts; raise it on the server"
    }
  }
}

/// Finds the parameter that a reply with status 400 or 422 complains about.
enum Refusal: Sendable, Hashable {
  case drop(String)
  case rename(from: String, to: String)
  case weaken(Capabilities.Structured)

  private static let codes: Set<String> = [
    "unsupported_value", "unsupported_parameter", "unknown_parameter", "invalid_parameter",
    "unrecognized_request_argument",
  ]
  private static let phrases = [
    "deprecated", "not support", "unsupported", "unrecognized", "unknown", "only the default",
    "not permitted", "not allowed", "extra inputs", "no longer", "cannot both be specified",
    "only 1 is allowed", "not available", "unavailable",
  ]

  /// What to change so that the model may accept the same request; `nil` where the complaint is
  /// about something else.
  static func find(_ facts: FailureFacts, sent body: JSONValue, call: WireCall) -> Refusal? {
    guard facts.status == 400 || facts.status == 422 else { return nil }
    let message = facts.message.lowercased()
    let isRefusal =
      !facts.codes.isDisjoint(with: codes) || phrases.contains { message.contains($0) }
    guard isRefusal else { return nil }
    guard let name = named(facts, message, optional(body)) else { return nil }
    let limit = call.capabilities.maxTokensName
    if name == limit {
      let other = limit == "max_tokens" ? "max_completion_tokens" : "max_tokens"
      return message.contains(other) ? .rename(from: limit, to: other) : nil
    }
    guard formatNames.contains(name) else { return .drop(name) }
    switch call.structured {
    case .jsonSchema: return .weaken(.jsonObject)
    case .jsonObject: return .weaken(.none)
    case .none: return .drop(name)
    }
  }

  private static let formatNames: Set<String> = ["response_format", "output_config"]
  private static let needed: Set<String> = [
    "model", "messages", "system", "contents", "systemInstruction", "generationConfig",
  ]

  /// The optional members of a body; two of the same length come in the order of the body, the last
  /// one first, so that of two that exclude each other the later is dropped.
  private static func optional(_ body: JSONValue) -> [String] {
    let own = (body.members ?? []).map(\.name)
    let inner = (body["generationConfig"]?.members ?? []).map(\.name)
    return (own + inner).filter { !needed.contains($0) }.reversed()
  }

  private static func named(
    _ facts: FailureFacts, _ message: String, _ sent: [String]
  ) -> String? {
    if let parameter = facts.parameter {
      let head = String(parameter.prefix { $0 != "." && $0 != "[" })
      return sent.contains(head) ? head : nil
    }
    // Quoted names first: "`temperature` is deprecated" must not match a longer word.
    for name in sent {
      for quote in ["`\(name)", "'\(name)", "\"\(name)"] where message.contains(quote.lowercased())
      {
        return name
      }
    }
    return sent.first { contains(word: $0.lowercased(), in: message) }
  }

  private static func contains(word: String, in text: String) -> Bool {
    guard let range = text.firstRange(of: word) else { return false }
    let isPart: (Character) -> Bool = { $0.isLetter || $0.isNumber || $0 == "_" }
    let before =
      range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : " "
    let after = range.upperBound < text.endIndex ? text[range.upperBound] : " "
    return !isPart(before) && !isPart(after)
  }
}
