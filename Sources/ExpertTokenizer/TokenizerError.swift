package import ExpertRecord

/// Why a tokenizer cannot be read, or a text or conversation cannot be turned into ids.
package enum TokenizerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case unreadable(file: String, reason: String)
  /// The file is larger than any tokenizer.
  case tooLarge(file: String, bytes: Int, limit: Int)
  /// The file is no JSON.
  case notJSON(file: String, JSONError)
  /// A field that the tokenizer cannot be without.
  case missing(file: String, field: String)
  /// A field of another type or value than can be there.
  case invalid(file: String, field: String, found: String, expected: String)
  /// A kind of tokenizer that this program does not have.
  case unsupported(file: String, field: String, found: String, supported: String)
  /// Two tokens with one id, or two ids for one token.
  case duplicate(file: String, field: String, found: String)
  /// A merge of, or into, a token that the vocabulary does not have.
  case unknownPart(file: String, field: String, part: String)
  /// An id that no token has.
  case unknownID(Int32)
  /// A text of more bytes than offsets can count.
  case textTooLong(bytes: Int)
  /// The system gave no memory.
  case outOfMemory
  /// A chat template that is none of those built in.
  case unknownTemplate(name: String)
  /// A conversation that the template has no place for.
  case badConversation(template: String, reason: String)
  /// A token that the template needs and the vocabulary lacks.
  case templateToken(template: String, token: String)

  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "cannot read \(file): \(reason)"
    case .tooLarge(let file, let bytes, let limit):
      "\(file) has \(bytes) bytes; a tokenizer has at most \(limit)"
    case .notJSON(let file, let error): "\(file) is no JSON: \(error)"
    case .missing(let file, let field): "\(file): the field \(field) is missing"
    case .invalid(let file, let field, let found, let expected):
      "\(file): \(field) is \(found); expected \(expected)"
    case .unsupported(let file, let field, let found, let supported):
      "\(file): \(field) is \(found), which is not supported; supported: \(supported)"
    case .duplicate(let file, let field, let found): "\(file): \(field) \(found)"
    case .unknownPart(let file, let field, let part):
      "\(file): \(field) needs the token \"\(part.excerpt())\", which the vocabulary does not have"
    case .unknownID(let id): "no token has the id \(id); ids come from another tokenizer"
    case .textTooLong(let bytes):
      "a text of \(bytes) bytes is too long to tokenise at once; cut it into parts under 2 GiB"
    case .outOfMemory: "the system gave no memory for the tokenizer"
    case .unknownTemplate(let name):
      "there is no chat template \"\(name.excerpt())\"; there are "
        + ChatTemplate.allCases.map(\.rawValue).joined(separator: ", ")
    case .badConversation(let template, let reason):
      "the template \(template) cannot render this conversation: \(reason)"
    case .templateToken(let template, let token):
      "the template \(template) needs the token \(token), which this tokenizer does not have; "
        + "choose another template"
    }
  }
}
