internal import ExpertRecord

/// No text of the record holds something of the shape of a key or token.
///
/// The shapes are those that the services document and that secret scanners (gitleaks, GitHub's
/// secret scanning) share. The detail names the shape, never the value.
package struct SecretFilter: RecordFilter {
  package let name = "secret"

  package init() {}

  package func judge(_ candidate: Candidate) -> Verdict {
    for text in RecordView(candidate).texts {
      if let shape = SecretShapes.first(in: text) {
        return drop("a text contains what looks like \(shape)")
      }
    }
    return .keep
  }
}

/// Known shapes of keys.
enum SecretShapes {
  private struct Shape {
    var prefix: [UInt8]
    /// The least number of key characters after the prefix.
    var least: Int
    var what: String

    init(_ prefix: String, _ least: Int, _ what: String) {
      self.prefix = Array(prefix.utf8)
      self.least = least
      self.what = what
    }
  }

  private static let shapes = [
    Shape("sk-ant-", 20, "an Anthropic key"), Shape("sk-proj-", 20, "an OpenAI key"),
    Shape("sk-or-", 20, "an OpenRouter key"), Shape("sk-", 20, "a provider's key"),
    Shape("sk_live_", 16, "a Stripe key"), Shape("rk_live_", 16, "a Stripe key"),
    Shape("AKIA", 16, "an AWS access key"), Shape("ASIA", 16, "an AWS access key"),
    Shape("AIza", 35, "a Google key"), Shape("ghp_", 36, "a GitHub token"),
    Shape("gho_", 36, "a GitHub token"), Shape("ghu_", 36, "a GitHub token"),
    Shape("ghs_", 36, "a GitHub token"), Shape("ghr_", 36, "a GitHub token"),
    Shape("github_pat_", 50, "a GitHub token"), Shape("glpat-", 20, "a GitLab token"),
    Shape("xoxb-", 20, "a Slack token"), Shape("xoxp-", 20, "a Slack token"),
    Shape("xapp-", 20, "a Slack token"), Shape("hf_", 30, "a Hugging Face token"),
    Shape("npm_", 36, "an npm token"), Shape("SG.", 40, "a SendGrid key"),
  ]
  private static let privateKey = Array("PRIVATE KEY-----".utf8)
  /// A real key is random: 16 characters of it have more than this many different ones. Fewer mean
  /// a placeholder, such as `sk-xxxxxxxxxxxxxxxxxxxx`.
  private static let leastDistinct = 8

  /// What the first key-like thing in a text looks like.
  static func first(in text: String) -> String? {
    let bytes = Array(text.utf8)
    if hasPrivateKey(bytes) { return "a private key" }
    for at in bytes.indices where at == 0 || !isKey(bytes[at - 1]) {
      for shape in shapes where matches(shape, bytes, at) { return shape.what }
    }
    return nil
  }

  private static func matches(_ shape: Shape, _ bytes: [UInt8], _ at: Int) -> Bool {
    guard bytes[at] == shape.prefix[0], bytes[at...].starts(with: shape.prefix) else {
      return false
    }
    let start = at + shape.prefix.count
    let key = bytes[start...].prefix { isKey($0) || $0 == UInt8(ascii: ".") }
    guard key.count >= shape.least, Set(key).count >= leastDistinct else { return false }
    // Providers' own documentation marks its sample keys so: AKIAIOSFODNN7EXAMPLE.
    return ByteSearch.first(Array("EXAMPLE".utf8), in: key.map { $0 & 0xdf }) == nil
      && key.contains(where: Ascii.isDigit)
  }

  private static func isKey(_ byte: UInt8) -> Bool {
    Ascii.isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  /// A PEM header followed by a body; the header alone is only talk of keys.
  private static func hasPrivateKey(_ bytes: [UInt8]) -> Bool {
    guard let at = ByteSearch.first(privateKey, in: bytes) else { return false }
    let body = bytes[(at + privateKey.count)...].drop(while: Ascii.isSpace).prefix(40)
    return body.count == 40 && Set(body).count >= leastDistinct
      && body.allSatisfy { Ascii.isWord($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
  }
}
