extension JSONValue {
  /// Reads one JSON document. Stricter than RFC 8259 where identity needs it: see `JSONParser`.
  package static func parse(_ bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONError)
    -> JSONValue
  {
    let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in
        var tape = JSONTape()
        return try tape.read(buffer, limits: limits) { $0.value }
      }
    }
    return try result.get()
  }

  /// Reads one JSON document from text.
  package static func parse(_ text: String, limits: JSONLimits = .init()) throws(JSONError)
    -> JSONValue
  {
    try parse(Array(text.utf8), limits: limits)
  }
}
