extension CanonicalJSON {
  /// Appends a number as ECMAScript's Number::toString writes it (ECMA-262, section 6.1.6.1.20),
  /// which RFC 8785 prescribes: the shortest digits that read back as the same double; plain from
  /// 1e-6 up to 1e21, with an exponent elsewhere.
  package static func append(_ number: Double, to out: inout [UInt8]) {
    precondition(number.isFinite, "JSON has no infinity and no NaN")
    if number.rounded(.towardZero) == number, abs(number) < 0x1p53 {
      append(whole: Int64(number), to: &out)
      return
    }
    if number < 0 { out.append(UInt8(ascii: "-")) }
    var decimal = Decimal(shortest: number.magnitude)
    decimal.append(to: &out)
  }

  private static func append(whole number: Int64, to out: inout [UInt8]) {
    if number < 0 { out.append(UInt8(ascii: "-")) }
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { buffer in
      var rest = number.magnitude
      var at = buffer.count
      repeat {
        at -= 1
        buffer[at] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      out.append(contentsOf: buffer[at...])
    }
  }

  /// The digits d₁…dₖ of a positive number and `point`, so that it is 0.d₁…dₖ × 10^point.
  ///
  /// The digits come from the standard library's description, which is the shortest that reads
  /// back and the nearest among those; only the layout differs between Swift and ECMAScript.
  private struct Decimal {
    var digits: [UInt8] = []
    var point = 0

    init(shortest number: Double) {
      var exponent = 0
      var seenPoint = false
      var text = number.description.utf8.makeIterator()
      digits.reserveCapacity(20)
      while let byte = text.next() {
        switch byte {
        case UInt8(ascii: "."): seenPoint = true
        case UInt8(ascii: "e"): exponent = Self.exponent(&text)
        default:
          digits.append(byte)
          if !seenPoint { point += 1 }
        }
      }
      point += exponent
      let leadingZeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
      digits.removeFirst(leadingZeros)
      point -= leadingZeros
      while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    }

    private static func exponent(_ text: inout String.UTF8View.Iterator) -> Int {
      var negative = false
      var value = 0
      while let byte = text.next() {
        switch byte {
        case UInt8(ascii: "-"): negative = true
        case UInt8(ascii: "+"): negative = false
        default: value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
      }
      return negative ? -value : value
    }

    mutating func append(to out: inout [UInt8]) {
      let zero = UInt8(ascii: "0")
      switch point {
      case digits.count...21 where digits.count <= 21:
        out += digits
        out += repeatElement(zero, count: point - digits.count)
      case 1...21:
        out += digits[..<point]
        out.append(UInt8(ascii: "."))
        out += digits[point...]
      case -5...0:
        out += [zero, UInt8(ascii: ".")]
        out += repeatElement(zero, count: -point)
        out += digits
      default:
        appendWithExponent(to: &out)
      }
    }

    private func appendWithExponent(to out: inout [UInt8]) {
      out.append(digits[0])
      if digits.count > 1 {
        out.append(UInt8(ascii: "."))
        out += digits[1...]
      }
      out.append(UInt8(ascii: "e"))
      out.append(point > 0 ? UInt8(ascii: "+") : UInt8(ascii: "-"))
      CanonicalJSON.append(whole: Int64(abs(point - 1)), to: &out)
    }
  }
}
