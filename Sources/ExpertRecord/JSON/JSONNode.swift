internal import CKernels

/// A value of a document that `JSONTape` has read; valid only as long as the document is.
package struct JSONNode {
  let entry: UnsafePointer<JSONTape.Entry>
  let tape: UnsafePointer<JSONTape.Entry>
  let bytes: UnsafeRawPointer

  package var kind: JSONTape.Kind { entry.pointee.kind }

  /// The node that stands at a place of the tape.
  private func node(at place: UnsafePointer<JSONTape.Entry>) -> JSONNode {
    JSONNode(entry: place, tape: tape, bytes: bytes)
  }

  private var end: UnsafePointer<JSONTape.Entry> { tape + Int(entry.pointee.next) }

  /// The bytes of the document that spell the value; of a string, those between its quotes.
  package var raw: UnsafeRawBufferPointer {
    let (start, end) = (Int(entry.pointee.start), Int(entry.pointee.end))
    return UnsafeRawBufferPointer(start: bytes + start, count: end - start)
  }

  private var source: UnsafePointer<UInt8> {
    (bytes + Int(entry.pointee.start)).assumingMemoryBound(to: UInt8.self)
  }

  private var length: Int { Int(entry.pointee.end - entry.pointee.start) }

  /// The text of a string.
  package var string: String? { kind == .string ? text : nil }

  /// The text of an entry that is known to be a string.
  var text: String {
    guard entry.pointee.marked else { return String(decoding: raw, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: length) {
      JSONText.unescape(source, length, into: $0)
    }
  }

  /// Whether a string holds exactly these bytes. Text with escapes is unescaped first.
  func holds(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    if entry.pointee.marked { return self.text.utf8.elementsEqual(wanted) }
    return raw.elementsEqual(wanted)
  }

  /// Whether a string contains escapes.
  var hasEscapes: Bool { kind == .string && entry.pointee.marked }

  /// Whether a string contains escapes or a number has a fraction or an exponent.
  var hasMark: Bool { entry.pointee.marked }

  /// The value's type in words, for messages.
  var typeName: String {
    switch kind {
    case .null: "null"
    case .false, .true: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The text of a column: a string, or a number or truth value as it is spelled.
  func plainText(_ field: @autoclosure () -> String) throws(RecordError) -> String {
    switch kind {
    case .string: return text
    case .number, .true, .false: return String(decoding: raw, as: UTF8.self)
    default: throw .wrongType(field: field(), expected: "text", found: typeName)
    }
  }

  /// The number of a number value.
  package var number: Double? {
    kind == .number ? JSONNumber.value(of: source, count: length) : nil
  }

  package var isNull: Bool { kind == .null }

  /// Calls `body` with each name (a string node) and value of an object, in the document's order.
  @inline(__always)
  package func forEachMember(_ body: (_ name: JSONNode, _ value: JSONNode) -> Void) {
    guard kind == .object else { return }
    var place = entry + 1
    while place < end {
      let value = node(at: place + 1)
      body(node(at: place), value)
      place = value.end
    }
  }

  /// Calls `body` with each element of an array, in order.
  @inline(__always)
  package func forEachElement(_ body: (JSONNode) -> Void) {
    guard kind == .array else { return }
    var place = entry + 1
    while place < end {
      let element = node(at: place)
      body(element)
      place = element.end
    }
  }

  /// The value as a tree that outlives the document.
  package var value: JSONValue {
    switch kind {
    case .null: return .null
    case .false: return .bool(false)
    case .true: return .bool(true)
    case .number: return .number(JSONNumber.value(of: source, count: length))
    case .string: return .string(text)
    case .array:
      var elements: [JSONValue] = []
      forEachElement { elements.append($0.value) }
      return .array(elements)
    case .object:
      var members: [JSONValue.Member] = []
      forEachMember { members.append(JSONValue.Member($0.text, $1.value)) }
      return .object(members)
    }
  }
}
