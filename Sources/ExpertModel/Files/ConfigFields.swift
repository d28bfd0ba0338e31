internal import ExpertRecord

/// Reads the members of one JSON object and names file and field when one does not fit.
///
/// A member that is `null` counts as absent, as transformers writes it for its defaults.
struct ConfigFields {
  let path: String
  /// Put before a field's name in messages: `rope_scaling.` for a nested object.
  var prefix = ""
  let object: JSONValue

  func fail(_ field: String, _ reason: String) -> ModelFileError {
    .config(path: path, field: prefix + field, reason: reason)
  }

  func unsupported(_ field: String, _ reason: String) -> ModelFileError {
    .unsupported(path: path, field: prefix + field, reason: reason)
  }

  func value(_ field: String) -> JSONValue? {
    guard let value = object[field], value != .null else { return nil }
    return value
  }

  /// A nested object; `nil` where it is absent.
  func fields(_ field: String) throws(ModelFileError) -> ConfigFields? {
    guard let value = value(field) else { return nil }
    guard value.members != nil else { throw fail(field, "it should be an object") }
    return ConfigFields(path: path, prefix: prefix + field + ".", object: value)
  }

  func integer(
    _ field: String, in range: ClosedRange<Int>
  ) throws(ModelFileError) -> Int? {
    guard let value = value(field) else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw fail(
        field, "it should be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func required(
    _ field: String, in range: ClosedRange<Int>
  ) throws(ModelFileError) -> Int {
    guard let number = try integer(field, in: range) else { throw fail(field, "it is missing") }
    return number
  }

  /// A number above zero.
  func positive(_ field: String) throws(ModelFileError) -> Double? {
    guard let value = value(field) else { return nil }
    guard let number = value.number, number > 0, number < 1e12 else {
      throw fail(field, "it should be a number above 0")
    }
    return number
  }

  func bool(_ field: String) throws(ModelFileError) -> Bool? {
    guard let value = value(field) else { return nil }
    guard let truth = value.bool else { throw fail(field, "it should be true or false") }
    return truth
  }

  func text(_ field: String) throws(ModelFileError) -> String? {
    guard let value = value(field) else { return nil }
    guard let text = value.string else { throw fail(field, "it should be a text") }
    return text
  }

  /// One token id or a list of them, each below `vocabulary`.
  func tokens(_ field: String, vocabulary: Int) throws(ModelFileError) -> [Int32]? {
    guard let value = value(field) else { return nil }
    var ids: [Int32] = []
    for element in value.array ?? [value] {
      guard let id = element.integer, (0..<vocabulary).contains(id) else {
        throw fail(field, "it should be a token id below vocab_size \(vocabulary), or a list")
      }
      ids.append(Int32(id))
    }
    return ids
  }
}
