internal import ExpertPlatform
internal import ExpertRecord

/// Reads the forms in which errors arrive: `{"error":{…}}`, `{"error":"text"}`, `{"message":…}`,
/// `{"detail":[{"msg"}]}`, a list of one of these, HTML from a proxy, plain text, nothing.
enum ErrorBody {
  static func facts(_ response: HTTPResponse) -> FailureFacts {
    guard let json = WireCodec.json(response.body) else {
      var facts = FailureFacts(status: response.status)
      facts.message = unreadable(response.body)
      return facts
    }
    return facts(json, response: response)
  }

  static func facts(_ json: JSONValue, response: HTTPResponse) -> FailureFacts {
    var facts = FailureFacts(status: response.status)
    let root = json.array?.first ?? json
    let error = root["error"] ?? root
    // Some gateways answer 200 and put the status into the body.
    if (200..<300).contains(response.status) {
      facts.status = [error["code"], error["status"], root["status"]].compactMap { $0?.integer }
        .first { (400..<600).contains($0) }
      facts.isGarbled = facts.status == nil
    }
    facts.codes = codes(error, root)
    facts.message = clean(message(error, root) ?? "")
    facts.parameter = error["param"]?.string ?? root["param"]?.string
    facts.hint = hint(error) ?? TimeText.spokenDelay(facts.message)
    facts.quotas = quotas(error)
    return facts
  }

  /// Whether a body that came with a good status is an error nonetheless.
  static func isError(_ json: JSONValue) -> Bool {
    let root = json.array?.first ?? json
    if root["type"]?.string == "error" { return true }
    guard let error = root["error"], error != .null else { return false }
    return root["choices"] == nil && root["content"] == nil && root["candidates"] == nil
  }

  /// What can be said about a body that is not JSON.
  static func unreadable(_ body: [UInt8]) -> String {
    let head = String(decoding: body.prefix(2000), as: UTF8.self)
    if WireCodec.isBlank(head) { return "the reply is empty" }
    let lowered = head.lowercased()
    guard lowered.contains("<html") || lowered.contains("<!doctype") else {
      return "the reply is not JSON: " + clean(String(head.prefix(120)))
    }
    guard let open = lowered.firstRange(of: "<title>"),
      let close = lowered[open.upperBound...].firstRange(of: "</title>")
    else { return "the reply is an HTML page, not JSON" }
    return "the reply is an HTML page: "
      + clean(String(lowered[open.upperBound..<close.lowerBound].prefix(120)))
  }

  /// A text from outside for a terminal and a ledger: control and bidirectional characters become
  /// spaces, what looks like a key is struck out, and the whole is cut at 300 characters.
  static func clean(_ text: String) -> String {
    var result = ""
    var space = true
    for scalar in text.unicodeScalars.prefix(1200) {
      if isHidden(scalar) || scalar.properties.isWhitespace {
        if !space { result += " " }
        space = true
      } else {
        result.unicodeScalars.append(scalar)
        space = false
      }
    }
    return String(KeyShapes.redacted(result).prefix(300)).trimmingSpaces
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      true
    default: false
    }
  }

  private static func codes(_ error: JSONValue, _ root: JSONValue) -> Set<String> {
    var found: Set<String> = []
    for value in [error["code"], error["type"], error["status"], root["code"], root["type"]] {
      if let text = value?.string { found.insert(text.lowercased()) }
    }
    found.remove("error")
    for detail in error["details"]?.array ?? [] {
      if let reason = detail["reason"]?.string { found.insert(reason.lowercased()) }
    }
    return found
  }

  private static func message(_ error: JSONValue, _ root: JSONValue) -> String? {
    if let text = error.string { return text }
    if let text = error["message"]?.string { return text }
    if let text = root["message"]?.string { return text }
    if let text = root["detail"]?.string { return text }
    let details = root["detail"]?.array ?? root["message"]?["detail"]?.array ?? []
    let texts = details.compactMap { $0["msg"]?.string ?? $0.string }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }

  /// Gemini's `RetryInfo.retryDelay`, or a delay that a gateway names in seconds.
  private static func hint(_ error: JSONValue) -> Duration? {
    for detail in error["details"]?.array ?? [] {
      if let text = detail["retryDelay"]?.string { return TimeText.goDuration(text) }
    }
    let metadata = error["metadata"]
    let seconds = error["retry_after"]?.number ?? metadata?["retry_after"]?.number
    return seconds.flatMap(TimeText.duration)
  }

  private static func quotas(_ error: JSONValue) -> [String] {
    (error["details"]?.array ?? []).flatMap { detail in
      (detail["violations"]?.array ?? []).compactMap { $0["quotaId"]?.string }
    }
  }
}

/// Strikes out what looks like a key: providers quote the key they refuse.
package enum KeyShapes {
  /// Words of 16 and more characters of the key alphabet that begin like a key, and anything after
  /// "Bearer".
  package static func redacted(_ text: String) -> String {
    var result = ""
    var previous = ""
    var word = ""
    func flush() {
      result += isSecret(word, after: previous) ? "[key]" : word
      if !word.isEmpty { previous = word }
      word = ""
    }
    for character in text {
      let isPart = character.isASCII && (character.isLetter || character.isNumber)
      if isPart || "-_*".contains(character) {
        word.append(character)
      } else {
        flush()
        result.append(character)
      }
    }
    flush()
    return result
  }

  private static let prefixes = [
    "sk-", "sk_", "pk-", "AIza", "ya29", "key-", "gsk_", "xai-", "hf_", "rk-", "org-",
  ]

  private static func isSecret(_ word: String, after previous: String) -> Bool {
    if previous.lowercased() == "bearer", word.count >= 4 { return true }
    if prefixes.contains(where: word.hasPrefix), word.count >= 8 { return true }
    let digits = word.filter(\.isNumber).count
    return word.count >= 32 && digits >= 4 && digits < word.count
      && !word.contains("-")
  }
}
