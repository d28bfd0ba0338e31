/// Cuts SQL text into what decides whether it is one whole statement: quoted texts, comments,
/// parentheses and semicolons. It knows no grammar.
struct SQLScanner {
  /// Why the text is no single complete statement.
  enum Problem: String {
    case empty = "there is no statement"
    case openQuote = "a quoted text is not closed"
    case openComment = "a comment is not closed"
    case openParenthesis = "a parenthesis is not closed"
    case extraParenthesis = "a parenthesis is closed that was not opened"
    case several = "there is more than one statement"
    case fenced = "it stands in a code fence"
  }

  private let bytes: [UInt8]
  private var at = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// The first problem of a text, or the statement's first word in upper case.
  static func scan(_ text: String) -> Result<String, ProblemError> {
    if text.trimmed.hasPrefix("```") { return .failure(ProblemError(problem: .fenced)) }
    var scanner = SQLScanner(text)
    return scanner.scan()
  }

  struct ProblemError: Error { var problem: Problem }

  private mutating func scan() -> Result<String, ProblemError> {
    var depth = 0
    var ended = false
    var triggerBody = false
    var words: [String] = []
    func fail(_ problem: Problem) -> Result<String, ProblemError> {
      .failure(ProblemError(problem: problem))
    }
    while at < bytes.count {
      let byte = bytes[at]
      if Ascii.isSpace(byte) {
        at += 1
        continue
      }
      if startsComment() {
        guard skipComment() else { return fail(.openComment) }
        continue
      }
      if byte == UInt8(ascii: ";") {
        at += 1
        ended = ended || (!words.isEmpty && !triggerBody)
        continue
      }
      if ended { return fail(.several) }
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
        guard skipQuoted(byte) else { return fail(.openQuote) }
        words.append("?")
      case UInt8(ascii: "("):
        depth += 1
        at += 1
      case UInt8(ascii: ")"):
        depth -= 1
        at += 1
        if depth < 0 { return fail(.extraParenthesis) }
      case _ where Ascii.isWord(byte) || byte == UInt8(ascii: "_"):
        words.append(word())
        // CREATE TRIGGER … BEGIN statement; statement; END is one statement.
        if words.last == "BEGIN", words.count > 1, words[0] == "CREATE" { triggerBody = true }
        if words.last == "END", triggerBody, followsSemicolon { triggerBody = false }
      default:
        at += 1
      }
    }
    if depth > 0 { return fail(.openParenthesis) }
    guard let first = words.first else { return fail(.empty) }
    return .success(first)
  }

  private func startsComment() -> Bool {
    guard at + 1 < bytes.count else { return false }
    let pair = (bytes[at], bytes[at + 1])
    return pair == (UInt8(ascii: "-"), UInt8(ascii: "-"))
      || pair == (UInt8(ascii: "/"), UInt8(ascii: "*"))
  }

  private mutating func skipComment() -> Bool {
    let isLine = bytes[at] == UInt8(ascii: "-")
    at += 2
    while at < bytes.count {
      if isLine, bytes[at] == UInt8(ascii: "\n") { return true }
      if !isLine, bytes[at] == UInt8(ascii: "*"), at + 1 < bytes.count,
        bytes[at + 1] == UInt8(ascii: "/")
      {
        at += 2
        return true
      }
      at += 1
    }
    return isLine
  }

  /// Passes a quoted text; the quote doubled stands for itself.
  private mutating func skipQuoted(_ quote: UInt8) -> Bool {
    at += 1
    while at < bytes.count {
      if bytes[at] == quote {
        at += 1
        guard at < bytes.count, bytes[at] == quote else { return true }
      }
      at += 1
    }
    return false
  }

  private mutating func word() -> String {
    let start = at
    while at < bytes.count, Ascii.isWord(bytes[at]) || bytes[at] == UInt8(ascii: "_") { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self).uppercased()
  }

  /// Whether the last thing before the word just read was a semicolon.
  private var followsSemicolon: Bool {
    var back = at - 4
    while back >= 0, Ascii.isSpace(bytes[back]) { back -= 1 }
    return back >= 0 && bytes[back] == UInt8(ascii: ";")
  }
}
