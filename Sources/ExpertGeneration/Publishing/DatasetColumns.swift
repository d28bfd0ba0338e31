internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// What a dataset on its way out is: the facts that card and metadata tell.
struct DatasetFacts {
  let version: VersionFacts
  let columns: DatasetColumns
  let files: [DatasetFolder.File]
  let publication: DatasetFolder.Publication

  var records: Int { files.reduce(0) { $0 + $1.records } }
  var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// A sentence that says what it is.
  var description: String {
    let message = version.message.isEmpty ? "" : " \(version.message)"
    return "\(records) \(columns.kind.rawValue) records of \(version.name), "
      + "written by expert-gen.\(message)"
  }
}

/// The columns of a folder of rows.
package struct DatasetColumns: Sendable, Hashable {
  /// What a column holds.
  package enum Content: Sendable, Hashable {
    case text
    case number
    case texts
    /// A list of objects with `content` and `role`.
    case messages
  }

  /// One column.
  package struct Column: Sendable, Hashable {
    package var name: String
    package var content: Content
  }

  let kind: RecordKind
  private let hasMessages: Bool
  private let hasAttributes: Bool

  init(kind: RecordKind, hasMessages: Bool, attributes: Bool) {
    self.kind = kind
    self.hasMessages = hasMessages
    hasAttributes = attributes
  }

  /// All columns, in the order of a row.
  package var all: [Column] {
    let own = kind.fields.map { name in
      Column(name: name, content: kind == .chat || hasMessages ? .messages : .text)
    }
    guard hasAttributes else { return own }
    let more: [Column] = [
      Column(name: "answer_kind", content: .text), Column(name: "difficulty", content: .text),
      Column(name: "labels", content: .texts), Column(name: "weight", content: .number),
    ]
    return (own + more).sorted { $0.name < $1.name }
  }

  /// One row. Where some preferences are lists of messages, all are.
  func members(_ record: Record, _ attributes: RecordAttributes) -> [JSONValue.Member] {
    var members = record.json.members ?? []
    if hasMessages, case .preference(let pair) = record {
      members = [
        .init("chosen", pair.chosen.messages(role: "assistant")),
        .init("prompt", pair.prompt.messages(role: "user")),
        .init("rejected", pair.rejected.messages(role: "assistant")),
      ]
    }
    guard hasAttributes else { return members }
    return members + [
      .init("answer_kind", attributes.answerKind.map { .string($0.rawValue) } ?? .null),
      .init("difficulty", attributes.difficulty.map { .string($0.rawValue) } ?? .null),
      .init("labels", .array(attributes.labels.map(JSONValue.string))),
      .init("weight", .number(attributes.weight)),
    ]
  }
}

extension PreferenceRecord {
  /// Whether some part is a list of messages.
  var hasMessages: Bool {
    [prompt, chosen, rejected].contains { if case .messages = $0 { true } else { false } }
  }
}

extension Turns {
  /// A text as one message.
  fileprivate func messages(role: String) -> JSONValue {
    switch self {
    case .text(let text): .array([Message(role: role, content: text).json])
    case .messages(let messages): .array(messages.map(\.json))
    }
  }
}

/// Folders of a dataset.
enum DatasetFiles {
  static func makeFolder(_ path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .failed(operation: "make the folder", path: path, code: errno)
    }
  }
}
