internal import ExpertRecord

/// The members of a request's object; a wrong one is refused by its name. `null` is as if absent.
struct RequestFields {
  let json: JSONValue
  /// What stands before the names in messages: `messages[0].`
  private let place: String

  init(_ json: JSONValue, place: String = "") throws(HTTPRefusal) {
    self.json = json
    self.place = place
    guard json.members != nil else {
      throw HTTPRefusal(400, "\(place.isEmpty ? "the body" : place) must be an object")
    }
  }

  /// Parses the body of a request.
  init(body: [UInt8]) throws(HTTPRefusal) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue.parse(body, limits: JSONLimits(maxBytes: max(1, body.count)))
    } catch {
      throw HTTPRefusal(400, "the body is no JSON: line \(error.line): \(error.reason)")
    }
    try self.init(json)
  }

  subscript(_ name: String) -> JSONValue? {
    guard let value = json[name], value != .null else { return Optional<JSONValue>.none }
    return value
  }

  func refusal(_ name: String, _ expected: String) -> HTTPRefusal {
    HTTPRefusal(400, "\(place)\(name) must be \(expected)", parameter: place + name)
  }

  func text(_ name: String) throws(HTTPRefusal) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else { throw refusal(name, "a text") }
    return text
  }

  func bool(_ name: String) throws(HTTPRefusal) -> Bool? {
    guard let value = self[name] else { return nil }
    guard let bool = value.bool else { throw refusal(name, "true or false") }
    return bool
  }

  func number(_ name: String, in range: ClosedRange<Double>) throws(HTTPRefusal) -> Double? {
    guard let value = self[name] else { return nil }
    guard let number = value.number, range.contains(number) else {
      throw refusal(name, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(HTTPRefusal) -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw refusal(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func array(_ name: String, count: ClosedRange<Int>) throws(HTTPRefusal) -> [JSONValue]? {
    guard let value = self[name] else { return nil }
    guard let array = value.array, count.contains(array.count) else {
      throw refusal(name, "a list of \(count.lowerBound) to \(count.upperBound)")
    }
    return array
  }

  func object(_ name: String) throws(HTTPRefusal) -> RequestFields? {
    guard let value = self[name] else { return nil }
    return try RequestFields(value, place: "\(place)\(name).")
  }

  /// A text, or a list of texts.
  func texts(_ name: String, most: Int) throws(HTTPRefusal) -> [String]? {
    guard let value = self[name] else { return nil }
    if let text = value.string { return [text] }
    let list = (value.array ?? []).compactMap(\.string)
    guard !list.isEmpty, list.count == value.array?.count, list.count <= most else {
      throw refusal(name, "a text or a list of at most \(most) texts")
    }
    return list
  }
}
