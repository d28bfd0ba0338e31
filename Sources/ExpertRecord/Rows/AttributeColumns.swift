/// Reads a record's attributes from the columns that bear their names.
///
/// A column whose value is none that the attribute can have stays a left-over column: another
/// dataset may mean something else by the same name.
enum AttributeColumns {
  static func take(_ columns: inout RowColumns) -> RecordAttributes {
    var attributes = RecordAttributes()
    if let value = columns.peek(.split), let split = split(value.string) {
      attributes.split = split
      _ = columns.take(.split)
    }
    if let text = columns.peek(.difficulty)?.string, let value = Difficulty(rawValue: text) {
      attributes.difficulty = value
      _ = columns.take(.difficulty)
    }
    if let text = columns.peek(.answerKind)?.string, let value = AnswerKind(rawValue: text) {
      attributes.answerKind = value
      _ = columns.take(.answerKind)
    }
    if let value = columns.peek(.weight), let weight = weight(value, isText: columns.isText) {
      attributes.weight = weight
      _ = columns.take(.weight)
    }
    if let value = columns.peek(.labels), let labels = labels(value, isText: columns.isText) {
      attributes.labels = labels
      _ = columns.take(.labels)
    }
    if let value = columns.peek(.meta), let meta = meta(value, isText: columns.isText) {
      _ = columns.take(.meta)
      // Two columns of one name would be one member too many: then the column stays as it is.
      let others = Set(columns.leftOver().map { Array($0.name.utf8) })
      if meta.contains(where: { others.contains(Array($0.name.utf8)) }) {
        columns.release(.meta)
      } else {
        attributes.meta = meta
      }
    }
    return attributes
  }

  private static func split(_ text: String?) -> Split? {
    guard let text else { return nil }
    return text == "validation" ? .valid : Split(rawValue: text)
  }

  private static func weight(_ value: JSONNode, isText: Bool) -> Double? {
    let number = isText ? value.string.flatMap { Double($0) } : value.number
    guard let number, number.isFinite, number >= 0 else { return nil }
    return number
  }

  /// A list of strings; in a table a JSON list, or texts with semicolons between them.
  private static func labels(_ value: JSONNode, isText: Bool) -> [String]? {
    guard isText, let text = value.string else { return strings(value.value) }
    if text.isEmpty { return nil }
    if let list = try? JSONValue.parse(text), let labels = strings(list) { return labels }
    return RecordAttributes.sorted(text.split(separator: ";").map(String.init))
  }

  private static func strings(_ value: JSONValue) -> [String]? {
    guard let elements = value.array else { return nil }
    let texts = elements.compactMap(\.string)
    return texts.count == elements.count ? RecordAttributes.sorted(texts) : nil
  }

  /// The members of an object; in a table of an object's JSON text.
  private static func meta(_ value: JSONNode, isText: Bool) -> [JSONValue.Member]? {
    guard isText, let text = value.string else { return value.value.members }
    return (try? JSONValue.parse(text))?.members
  }
}
