package import ExpertRecord

/// Every setting of the filters. Its JSON form is stored with a version, so that the same rules can
/// be applied again.
package struct FilterConfig: Sendable, Hashable {
  /// The fewest characters of an answer in prose or code, `--min-output-length`. The default is the
  /// documents' 3; literals, labels and JSON may be shorter.
  package var minOutputLength = 3
  /// The most characters of an answer: about 8,000 tokens, the context of small models.
  package var maxOutputLength = 32_768
  /// The most characters of the prompt's parts together.
  package var maxPromptLength = 65_536
  /// Whether an answer of undeclared kind that begins like JSON must parse, `--validate-json`.
  package var validateJSON = false
  /// The expected language as an ISO 639-1 code; `nil` judges no language.
  package var language: String?
  /// The filters that do not judge, by name.
  package var disabled: Set<String> = []
  /// How many consecutive words shared with a held-out text make an overlap: 13 in Brown et al.
  /// 2020, appendix C.
  package var overlapWords = 13

  package init() {}
}

/// Why a filter configuration cannot be read.
package enum FilterConfigError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownMember(String, known: [String])
  case wrongType(member: String, expected: String)
  case unknownFilter(String, known: [String])
  case unknownLanguage(String, known: [String])

  package var description: String {
    switch self {
    case .unknownMember(let name, let known):
      "filter settings know no \"\(name)\"; they know \(known.joined(separator: ", "))"
    case .wrongType(let member, let expected):
      "the filter setting \"\(member)\" must be \(expected)"
    case .unknownFilter(let name, let known):
      "there is no filter \"\(name)\"; there are \(known.joined(separator: ", "))"
    case .unknownLanguage(let code, let known):
      "the language \"\(code)\" cannot be told; known are \(known.joined(separator: ", "))"
    }
  }
}

extension FilterConfig {
  private static let members = [
    "min_output_length", "max_output_length", "max_prompt_length", "validate_json", "language",
    "disabled", "overlap_words",
  ]

  /// The settings as JSON, the same for equal settings.
  package var json: JSONValue {
    [
      "min_output_length": .number(Double(minOutputLength)),
      "max_output_length": .number(Double(maxOutputLength)),
      "max_prompt_length": .number(Double(maxPromptLength)),
      "validate_json": .bool(validateJSON),
      "language": language.map(JSONValue.string) ?? .null,
      "disabled": .array(disabled.sorted().map(JSONValue.string)),
      "overlap_words": .number(Double(overlapWords)),
    ]
  }

  /// Reads settings; what is absent keeps its default.
  package init(json: JSONValue) throws(FilterConfigError) {
    self.init()
    guard let members = json.members else {
      throw .wrongType(member: "filters", expected: "an object")
    }
    for member in members { try set(member.name, member.value) }
    try validate()
  }

  private mutating func set(_ name: String, _ value: JSONValue) throws(FilterConfigError) {
    switch name {
    case "min_output_length": minOutputLength = try Self.size(name, value)
    case "max_output_length": maxOutputLength = try Self.size(name, value)
    case "max_prompt_length": maxPromptLength = try Self.size(name, value)
    case "overlap_words": overlapWords = max(1, try Self.size(name, value))
    case "validate_json":
      guard let flag = value.bool else {
        throw .wrongType(member: name, expected: "true or false")
      }
      validateJSON = flag
    case "language":
      guard value == .null || value.string != nil else {
        throw .wrongType(member: name, expected: "a language code or null")
      }
      language = value.string
    case "disabled":
      guard let names = value.array?.map(\.string), !names.contains(nil) else {
        throw .wrongType(member: name, expected: "a list of filter names")
      }
      disabled = Set(names.compactMap { $0 })
    default: throw .unknownMember(name, known: Self.members)
    }
  }

  private static func size(_ name: String, _ value: JSONValue) throws(FilterConfigError) -> Int {
    guard let size = value.integer, size >= 0 else {
      throw .wrongType(member: name, expected: "a whole number, 0 or more")
    }
    return size
  }

  /// Throws where a filter or language is named that there is not.
  package func validate() throws(FilterConfigError) {
    for name in disabled.sorted() where !FilterPipeline.names.contains(name) {
      throw .unknownFilter(name, known: FilterPipeline.names)
    }
    if let language, !Language.codes.contains(language) {
      throw .unknownLanguage(language, known: Language.codes)
    }
  }
}
