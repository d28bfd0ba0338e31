internal import CKernels

extension CanonicalJSON {
  /// Appends a string with its quotes, escaping as RFC 8785, section 3.2.2.2, says.
  package static func append(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.withUTF8 { append(utf8: UnsafeRawBufferPointer($0), to: &out) }
  }

  /// Appends a string given as its UTF-8 bytes, with its quotes.
  package static func append(utf8: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    var rest = utf8[...]
    while let base = rest.base.baseAddress.map({ $0 + rest.startIndex }), !rest.isEmpty {
      let plain = expert_json_plain(base.assumingMemoryBound(to: UInt8.self), rest.count)
      out.append(contentsOf: UnsafeRawBufferPointer(start: base, count: plain))
      rest = rest.dropFirst(plain)
      if let byte = rest.popFirst() { appendEscape(of: byte, to: &out) }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func appendEscape(of byte: UInt8, to out: inout [UInt8]) {
    switch byte {
    case 0x08: append(literal: "\\b", to: &out)
    case 0x09: append(literal: "\\t", to: &out)
    case 0x0A: append(literal: "\\n", to: &out)
    case 0x0C: append(literal: "\\f", to: &out)
    case 0x0D: append(literal: "\\r", to: &out)
    case UInt8(ascii: "\""): append(literal: "\\\"", to: &out)
    case UInt8(ascii: "\\"): append(literal: "\\\\", to: &out)
    default:
      append(literal: "\\u00", to: &out)
      out.append(hexDigit(byte >> 4))
      out.append(hexDigit(byte & 15))
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
