internal import ExpertRecord
internal import ExpertTokenizer

/// The messages of a chat completion.
struct ChatCall {
  var turns: [ChatTurn]
  var thinking: Bool

  private static let most = 4096

  init(_ fields: RequestFields) throws(HTTPRefusal) {
    guard let messages = try fields.array("messages", count: 1...Self.most) else {
      throw fields.refusal("messages", "given")
    }
    turns = []
    for (place, message) in messages.enumerated() {
      turns.append(try Self.turn(RequestFields(message, place: "messages[\(place)].")))
    }
    let template = try fields.object("chat_template_kwargs")
    thinking = try template?.bool("enable_thinking") ?? false
  }

  private static func turn(_ fields: RequestFields) throws(HTTPRefusal) -> ChatTurn {
    guard let role = try fields.text("role") else { throw fields.refusal("role", "given") }
    if fields["tool_calls"]?.array?.isEmpty == false {
      throw fields.refusal("tool_calls", "left out: models here call no tools")
    }
    let known = ["developer": "system"][role] ?? role
    return ChatTurn(role: known, content: try content(fields, isAnswer: role == "assistant"))
  }

  /// A text, or the texts of a list of parts.
  private static func content(
    _ fields: RequestFields, isAnswer: Bool
  ) throws(HTTPRefusal) -> String {
    guard let value = fields["content"] else {
      if isAnswer { return "" }
      throw fields.refusal("content", "given")
    }
    if let text = value.string { return text }
    guard let parts = value.array else { throw fields.refusal("content", "a text or a list") }
    var text = ""
    for part in parts {
      guard part["type"]?.string == "text", let piece = part["text"]?.string else {
        throw fields.refusal("content", "text: models here see and hear nothing")
      }
      text += piece
    }
    return text
  }
}
