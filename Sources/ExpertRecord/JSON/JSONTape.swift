internal import CKernels

/// A JSON document as a flat list of its values in reading order, each with its place in the bytes.
///
/// Reading a row builds no tree and makes no strings: a record takes the few texts it needs
/// straight from the bytes through `JSONNode`. The tape keeps its memory from row to row. It
/// accepts exactly what `JSONParser` accepts; that parser, the plain one, is its oracle in the
/// tests and finds the words when the tape refuses.
///
/// Whoever needs a value that outlives the bytes should use `JSONValue` instead.
package struct JSONTape: ~Copyable {
  /// One value; names of members are strings that stand before their values.
  package struct Entry {
    /// First byte of the value; of a string, the byte behind the opening quote.
    package var start: UInt32
    /// The byte behind the value; of a string, the closing quote.
    package var end: UInt32
    /// The entry behind the value and all that it contains.
    package var next: UInt32
    package var kind: Kind
    /// Of a string: it contains escapes. Of a number: it has a fraction or an exponent.
    package var marked: Bool
  }

  package enum Kind: UInt8 {
    case null, `false`, `true`, number, string, array, object
  }

  private var entries: UnsafeMutableBufferPointer<Entry>

  package init() {
    entries = .allocate(capacity: 256)
  }

  deinit { entries.deallocate() }

  /// Reads one document and hands its root to `body`; nothing of the node may outlive the call.
  package mutating func read<Result>(
    _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = .init(), _ body: (JSONNode) -> Result
  ) throws(JSONError) -> Result {
    guard var scanner = JSONScanner(bytes, limits: limits, entries: entries) else {
      throw Self.explain(bytes, limits: limits)
    }
    let accepted = scanner.document()
    entries = scanner.entries
    guard accepted, let base = bytes.baseAddress, let first = UnsafePointer(entries.baseAddress)
    else { throw Self.explain(bytes, limits: limits) }
    return body(JSONNode(entry: first, tape: first, bytes: base))
  }

  /// The plain parser's words for why a document was refused.
  private static func explain(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) -> JSONError {
    var parser = JSONParser(bytes, limits: limits)
    do throws(JSONError) {
      _ = try parser.document()
      return JSONError(offset: 0, in: bytes, reason: "this is no JSON document")
    } catch {
      return error
    }
  }
}

/// The grammar of RFC 8259 over raw bytes, one function a rule, writing tape entries.
///
/// Every function returns whether the rule held; the first that did not ends the reading.
struct JSONScanner {
  private let bytes: UnsafePointer<UInt8>
  private let count: Int
  private let maxDepth: Int
  private var at = 0
  private var depth = 0
  private var used = 0
  fileprivate var entries: UnsafeMutableBufferPointer<JSONTape.Entry>

  /// `nil` where the bytes are too many, or no text at all.
  fileprivate init?(
    _ source: UnsafeRawBufferPointer, limits: JSONLimits,
    entries: UnsafeMutableBufferPointer<JSONTape.Entry>
  ) {
    guard let base = source.bindMemory(to: UInt8.self).baseAddress,
      source.count <= min(limits.maxBytes, Int(UInt32.max)),
      expert_utf8_valid(base, source.count) == source.count
    else { return nil }
    bytes = base
    count = source.count
    maxDepth = limits.maxDepth
    self.entries = entries
  }

  fileprivate mutating func document() -> Bool {
    skipSpace()
    guard value() else { return false }
    skipSpace()
    return at == count
  }

  private mutating func skipSpace() {
    while at < count, bytes[at] <= 0x20 {
      switch bytes[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      default: return
      }
    }
  }

  private mutating func append(
    _ kind: JSONTape.Kind, from start: Int, to end: Int, marked: Bool = false
  ) {
    if used == entries.count { grow() }
    entries[used] = JSONTape.Entry(
      start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
      next: UInt32(truncatingIfNeeded: used + 1), kind: kind, marked: marked)
    used += 1
  }

  private mutating func grow() {
    let larger = UnsafeMutableBufferPointer<JSONTape.Entry>.allocate(capacity: entries.count * 2)
    _ = larger.moveInitialize(fromContentsOf: entries)
    entries.deallocate()
    entries = larger
  }

  private mutating func value() -> Bool {
    guard at < count else { return false }
    switch bytes[at] {
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "{"): return object()
    case UInt8(ascii: "["): return array()
    case UInt8(ascii: "t"): return word("true", .true)
    case UInt8(ascii: "f"): return word("false", .false)
    case UInt8(ascii: "n"): return word("null", .null)
    default: return number()
    }
  }

  private mutating func word(_ text: StaticString, _ kind: JSONTape.Kind) -> Bool {
    let length = text.utf8CodeUnitCount
    guard at + length <= count else { return false }
    for i in 0..<length where bytes[at + i] != text.utf8Start[i] { return false }
    append(kind, from: at, to: at + length)
    at += length
    return true
  }

  /// Steps behind the next byte if it is this one.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  /// Opens an array or object; its entry is finished by `close`.
  private mutating func open(_ kind: JSONTape.Kind) -> Int? {
    depth += 1
    guard depth <= maxDepth else { return nil }
    append(kind, from: at, to: at)
    at += 1
    skipSpace()
    return used - 1
  }

  private mutating func close(_ entry: Int) -> Bool {
    depth -= 1
    entries[entry].end = UInt32(truncatingIfNeeded: at)
    entries[entry].next = UInt32(truncatingIfNeeded: used)
    return true
  }

  private mutating func array() -> Bool {
    guard let entry = open(.array) else { return false }
    if take(UInt8(ascii: "]")) { return close(entry) }
    while true {
      guard value() else { return false }
      skipSpace()
      if take(UInt8(ascii: "]")) { return close(entry) }
      guard take(UInt8(ascii: ",")) else { return false }
      skipSpace()
    }
  }

  private mutating func object() -> Bool {
    guard let entry = open(.object) else { return false }
    if take(UInt8(ascii: "}")) { return close(entry) }
    var members = 0
    while true {
      guard at < count, bytes[at] == UInt8(ascii: "\""), string() else { return false }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { return false }
      skipSpace()
      guard value() else { return false }
      members += 1
      skipSpace()
      if take(UInt8(ascii: "}")) {
        return hasUniqueNames(entry, count: members) && close(entry)
      }
      guard take(UInt8(ascii: ",")) else { return false }
      skipSpace()
    }
  }
}

// MARK: - Strings and numbers

extension JSONScanner {
  private mutating func string() -> Bool {
    let start = at + 1
    var escaped = false
    at = start
    while true {
      at += expert_json_plain(bytes + at, count - at)
      guard at < count else { return false }
      if bytes[at] == UInt8(ascii: "\"") { break }
      guard escape() else { return false }
      escaped = true
    }
    append(.string, from: start, to: at, marked: escaped)
    at += 1
    return true
  }

  private mutating func escape() -> Bool {
    guard bytes[at] == UInt8(ascii: "\\"), at + 1 < count else { return false }
    switch bytes[at + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 2
      return true
    case UInt8(ascii: "u"):
      return escapedCharacter()
    default:
      return false
    }
  }

  /// `\uXXXX`, or two of them that are a surrogate pair.
  private mutating func escapedCharacter() -> Bool {
    guard let unit = JSONText.hexadecimal(bytes + at, count - at) else { return false }
    at += 6
    guard unit & 0xF800 == 0xD800 else { return true }
    guard unit < 0xDC00, let low = JSONText.hexadecimal(bytes + at, count - at),
      low & 0xFC00 == 0xDC00
    else { return false }
    at += 6
    return true
  }

  /// The digits at the reading position; whether there was one.
  private mutating func digits() -> Bool {
    let start = at
    while at < count, bytes[at] &- 0x30 < 10 { at += 1 }
    return at > start
  }

  private mutating func number() -> Bool {
    let start = at
    _ = take(UInt8(ascii: "-"))
    let first = at
    guard digits(), bytes[first] != UInt8(ascii: "0") || at == first + 1 else { return false }
    let whole = at
    if take(UInt8(ascii: ".")) {
      guard digits() else { return false }
    }
    let fraction = at
    if at < count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
      guard digits() else { return false }
    }
    append(.number, from: start, to: at, marked: at > whole)
    // Below 1e300 nothing overflows; what may is looked at closely.
    guard at > fraction || fraction - start > 300 else { return true }
    return JSONNumber.value(of: bytes + start, count: at - start).isFinite
  }
}

// MARK: - Unique names

extension JSONScanner {
  /// Whether no two members of the object have the same name, after unescaping, byte by byte.
  private func hasUniqueNames(_ entry: Int, count: Int) -> Bool {
    if count < 2 { return true }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { marks in
      var name = entry + 1
      for i in 0..<count {
        marks[i] = mark(of: entries[name])
        name = Int(entries[name + 1].next)
      }
      // Equal names have equal marks; equal marks are looked at closely.
      return hasNoTwin(marks) || hasUniqueNamesExactly(entry)
    }
  }

  /// Length, first and last bytes of a name mixed into a number.
  private func mark(of name: JSONTape.Entry) -> UInt64 {
    if name.marked {
      return text(of: name).withUnsafeBufferPointer { text in
        guard let base = text.baseAddress else { return Self.mark(bytes, 0) }
        return Self.mark(base, text.count)
      }
    }
    return Self.mark(bytes + Int(name.start), Int(name.end - name.start))
  }

  private static func mark(_ name: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let raw = UnsafeRawPointer(name)
    var head: UInt64 = 0
    var tail: UInt64 = 0
    if count >= 8 {
      head = raw.loadUnaligned(as: UInt64.self)
      tail = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    } else {
      for i in 0..<count { head = head << 8 | UInt64(name[i]) }
    }
    return (head ^ UInt64(truncatingIfNeeded: count) &* 0x9e37_79b9_7f4a_7c15)
      &+ tail &* 0xff51_afd7_ed55_8ccd
  }

  private func hasNoTwin(_ list: UnsafeMutableBufferPointer<UInt64>) -> Bool {
    var marks = list
    if marks.count > 32 {
      marks.sort()
      for i in 1..<marks.count where marks[i] == marks[i - 1] { return false }
      return true
    }
    for i in 1..<marks.count {
      let one = marks[i]
      var twins = false
      for j in 0..<i { twins = twins || marks[j] == one }
      if twins { return false }
    }
    return true
  }

  private func hasUniqueNamesExactly(_ entry: Int) -> Bool {
    var names: Set<[UInt8]> = []
    var name = entry + 1
    while name < used {
      guard names.insert(text(of: entries[name])).inserted else { return false }
      name = Int(entries[name + 1].next)
    }
    return true
  }

  private func text(of name: JSONTape.Entry) -> [UInt8] {
    let length = Int(name.end - name.start)
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
      filled = JSONText.unescape(bytes + Int(name.start), length, into: buffer)
    }
  }
}
