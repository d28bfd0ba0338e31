internal import ExpertRecord

/// No text of the record holds what could reach or charge a person: an e-mail address, a telephone
/// number, a public IP address, a payment card number, a bank account number. Values that standards
/// reserve for examples pass. The detail names the kind, never the value.
package struct PersonalDataFilter: RecordFilter {
  package let name = "personal-data"

  package init() {}

  package func judge(_ candidate: Candidate) -> Verdict {
    for text in RecordView(candidate).texts {
      if let found = PersonalData.first(in: text) {
        return drop("a text contains what looks like \(found.rawValue)")
      }
    }
    return .keep
  }
}

/// Finds personal data by scanners written by hand, each linear in the text.
enum PersonalData: String, Sendable {
  case email = "an e-mail address"
  case phone = "a telephone number"
  case address = "a public IP address"
  case card = "a payment card number"
  case account = "a bank account number (IBAN)"

  /// The kind of the first personal datum of a text.
  static func first(in text: String) -> PersonalData? {
    let bytes = Array(text.utf8)
    if EmailScanner.found(in: bytes) { return .email }
    if IBANScanner.found(in: bytes) { return .account }
    for run in DigitRun.all(in: bytes) {
      if run.isCard { return .card }
      if run.isPhone { return .phone }
    }
    return AddressScanner.found(in: bytes) ? .address : nil
  }
}

/// E-mail addresses outside the domains that RFC 2606 and RFC 6761 reserve.
private enum EmailScanner {
  private static let reservedDomains: Set<String> = ["example.com", "example.net", "example.org"]
  private static let reservedEndings: Set<String> = [
    "example", "test", "invalid", "localhost", "local",
  ]

  static func found(in bytes: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0] == UInt8(ascii: "@") && isAddress(bytes, at: $0) }
  }

  private static func isAddress(_ bytes: [UInt8], at: Int) -> Bool {
    guard at > 0, isLocal(bytes[at - 1]) else { return false }
    let host = bytes[(at + 1)...].prefix {
      Ascii.isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
    }
    let labels = String(decoding: host, as: UTF8.self).lowercased()
      .split(separator: ".", omittingEmptySubsequences: true).map(String.init)
    guard labels.count >= 2 || reservedEndings.contains(labels.last ?? "") else { return false }
    return !isReserved(labels) && isTopLevel(labels.last ?? "")
  }

  private static func isLocal(_ byte: UInt8) -> Bool {
    Ascii.isWord(byte) || Array("._%+-".utf8).contains(byte)
  }

  private static func isReserved(_ labels: [String]) -> Bool {
    reservedEndings.contains(labels.last ?? "")
      || reservedDomains.contains(labels.suffix(2).joined(separator: "."))
  }

  private static func isTopLevel(_ label: String) -> Bool {
    label.utf8.count >= 2 && label.utf8.allSatisfy(Ascii.isLetter)
  }
}

/// International bank account numbers (ISO 13616): length by country, remainder 97.
private enum IBANScanner {
  /// Lengths of the registry's larger countries; other countries' numbers are not looked for.
  private static let lengths: [String: Int] = [
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SA": 24, "AE": 23, "TR": 26,
  ]
  /// The registry's own examples, which documentation everywhere repeats.
  private static let examples: Set<String> = [
    "GB29NWBK60161331926819", "GB82WEST12345698765432", "DE89370400440532013000",
    "FR1420041010050500013M02606", "ES9121000418450200051332", "NL91ABNA0417164300",
    "CH9300762011623852957", "IT60X0542811101000000123456", "BE68539007547034",
    "AT611904300234573201", "IE29AIBK93115212345678", "PL61109010140000071219812874",
  ]

  static func found(in bytes: [UInt8]) -> Bool {
    var at = 0
    while at + 15 <= bytes.count {
      if Ascii.isUpper(bytes[at]), Ascii.isUpper(bytes[at + 1]), Ascii.isDigit(bytes[at + 2]),
        Ascii.isDigit(bytes[at + 3]), at == 0 || !Ascii.isWord(bytes[at - 1]),
        isAccount(bytes, at)
      {
        return true
      }
      at += 1
    }
    return false
  }

  private static func isAccount(_ bytes: [UInt8], _ start: Int) -> Bool {
    let country = String(decoding: bytes[start..<(start + 2)], as: UTF8.self)
    guard let length = lengths[country] else { return false }
    var number: [UInt8] = []
    var at = start
    while at < bytes.count, number.count < length {
      if Ascii.isUpper(bytes[at]) || Ascii.isDigit(bytes[at]) {
        number.append(bytes[at])
      } else if bytes[at] != UInt8(ascii: " ") || at == start {
        break
      }
      at += 1
    }
    guard number.count == length, at == bytes.count || !Ascii.isWord(bytes[at]) else {
      return false
    }
    return remainder(number) == 1 && !examples.contains(String(decoding: number, as: UTF8.self))
  }

  /// The number with its first four characters moved to the end, letters as 10…35, modulo 97.
  private static func remainder(_ number: [UInt8]) -> Int {
    var value = 0
    for byte in number[4...] + number[..<4] {
      if Ascii.isDigit(byte) {
        value = (value * 10 + Int(byte) - 0x30) % 97
      } else {
        value = (value * 100 + Int(byte) - 0x41 + 10) % 97
      }
    }
    return value
  }
}

/// A run of digits with the separators that people put into numbers, read once and then judged as
/// a card or a telephone number.
private struct DigitRun {
  /// The run as written, such as `+1 (212) 555-0123`.
  var text: ArraySlice<UInt8>
  var before: UInt8?

  private static let separators = Set(" -.()".utf8)

  static func all(in bytes: [UInt8]) -> [DigitRun] {
    var runs: [DigitRun] = []
    var at = 0
    while at < bytes.count {
      guard starts(bytes, at) else {
        at += 1
        continue
      }
      let end = end(bytes, at)
      runs.append(
        DigitRun(text: bytes[at..<end], before: at > 0 ? bytes[at - 1] : nil))
      at = end
    }
    return runs
  }

  private static func starts(_ bytes: [UInt8], _ at: Int) -> Bool {
    Ascii.isDigit(bytes[at])
      || (bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "("))
        && at + 1 < bytes.count && Ascii.isDigit(bytes[at + 1])
  }

  /// The end of the run: two separators may follow each other, as in `) `.
  private static func end(_ bytes: [UInt8], _ start: Int) -> Int {
    var end = start + 1
    var at = start + 1
    while at < bytes.count, at - end <= 2 {
      if Ascii.isDigit(bytes[at]) {
        at += 1
        end = at
      } else if separators.contains(bytes[at]) {
        at += 1
      } else {
        break
      }
    }
    return end
  }

  private var digits: [Int] { text.filter(Ascii.isDigit).map { Int($0) - 0x30 } }

  /// Part of a name, a longer number or a path, where nobody writes a number to be called.
  private var isEmbedded: Bool {
    guard let before else { return false }
    return Ascii.isWord(before) || Array("_./-:#=$@&".utf8).contains(before)
  }

  // MARK: Cards

  /// Test numbers that the payment processors publish.
  private static let testCards: Set<String> = [
    "4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556",
    "4222222222222", "5555555555554444", "5105105105105100", "2223003122003222",
    "5200828282828210", "378282246310005", "371449635398431", "378734493671000",
    "6011111111111117", "6011000990139424", "3530111333300000", "3566002020360505",
    "30569309025904", "38520000023237", "4000000000000002",
  ]

  /// 13 to 19 digits in one piece or in groups of four, of a card's first digits, valid by Luhn's
  /// rule (ISO/IEC 7812-1).
  var isCard: Bool {
    let digits = digits
    guard (13...19).contains(digits.count), !isEmbedded, text.first.map(Ascii.isDigit) == true,
      groups.count == 1 || groups.dropLast().allSatisfy({ $0 == 4 }) || groups == [4, 6, 5],
      Set(digits).count > 2, hasIssuer(digits), luhn(digits)
    else { return false }
    return !Self.testCards.contains(digits.map(String.init).joined())
  }

  /// Visa, Mastercard, American Express, Discover, JCB.
  private func hasIssuer(_ digits: [Int]) -> Bool {
    let four = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
    switch four {
    case 4000...4999: return [13, 16, 19].contains(digits.count)
    case 5100...5599, 2221...2720, 6011, 6440...6599, 3528...3589: return digits.count == 16
    case 3400...3499, 3700...3799: return digits.count == 15
    default: return false
    }
  }

  private func luhn(_ digits: [Int]) -> Bool {
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() {
      let doubled = place % 2 == 1 ? digit * 2 : digit
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return sum % 10 == 0
  }

  /// The lengths of the groups of digits.
  private var groups: [Int] {
    text.split(whereSeparator: { !Ascii.isDigit($0) }).map(\.count)
  }

  // MARK: Telephone numbers

  /// An international number (`+` and 8 to 15 digits, ITU-T E.164) or a North American one in its
  /// usual groups. Digits alone are never taken for a telephone number: most are something else.
  var isPhone: Bool {
    let digits = digits
    if text.first == UInt8(ascii: "+") {
      guard !isEmbedded, (8...15).contains(digits.count), groups.count > 1 || digits.count >= 10
      else { return false }
      return !isReservedInternational(digits)
    }
    guard !isEmbedded else { return false }
    let groups = groups
    guard groups == [3, 3, 4] || (groups == [1, 3, 3, 4] && digits[0] == 1) else { return false }
    guard text.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "(") }) else {
      return false
    }
    let national = Array(digits.suffix(10))
    return national[0] >= 2 && national[3] >= 2 && !isReservedNational(national)
  }

  /// 555-0100 to 555-0199 in any area code, and any number of the exchange 555, which is no
  /// subscriber's (NANPA).
  private func isReservedNational(_ national: [Int]) -> Bool {
    Array(national[3..<6]) == [5, 5, 5] || Array(national[0..<3]) == [5, 5, 5]
  }

  /// The same with its country code, and the numbers that Ofcom keeps for drama: 020 7946 0xxx,
  /// 01632 960xxx, 07700 900xxx.
  private func isReservedInternational(_ digits: [Int]) -> Bool {
    if digits.first == 1, digits.count == 11 {
      return isReservedNational(Array(digits.dropFirst()))
    }
    let drama = [
      [4, 4, 2, 0, 7, 9, 4, 6, 0], [4, 4, 1, 6, 3, 2, 9, 6, 0], [4, 4, 7, 7, 0, 0, 9, 0, 0],
    ]
    return drama.contains { digits.starts(with: $0) }
  }
}

/// Public IPv4 addresses.
private enum AddressScanner {
  static func found(in bytes: [UInt8]) -> Bool {
    var at = 0
    while at < bytes.count {
      guard Ascii.isDigit(bytes[at]) else {
        at += 1
        continue
      }
      var end = at
      while end < bytes.count, Ascii.isDigit(bytes[end]) || bytes[end] == UInt8(ascii: ".") {
        end += 1
      }
      let before = at > 0 ? bytes[at - 1] : UInt8(ascii: " ")
      if !isName(before), isPublic(bytes[at..<end]) { return true }
      at = end
    }
    return false
  }

  /// Whether a byte before the number makes it part of a name: `v1.2.3.4`, `lib-1.2.3.4`.
  private static func isName(_ byte: UInt8) -> Bool {
    Ascii.isWord(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  /// Four numbers that are no address for documentation (RFC 5737), private use (RFC 1918),
  /// loopback, link-local, carrier NAT (RFC 6598), benchmarks (RFC 2544) or multicast, and no
  /// public resolver that everybody knows.
  private static func isPublic(_ text: ArraySlice<UInt8>) -> Bool {
    let text = text.last == UInt8(ascii: ".") ? text.dropLast() : text
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let numbers = parts.compactMap(octet)
    guard parts.count == 4, numbers.count == 4 else { return false }
    // Small numbers alone are versions or section numbers far more often than addresses.
    return numbers.contains { $0 > 31 } && !isReserved(numbers)
  }

  private static func octet(_ part: ArraySlice<UInt8>) -> Int? {
    guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
      let value = Int(String(decoding: part, as: UTF8.self)), value <= 255
    else { return nil }
    return value
  }

  private static func isReserved(_ n: [Int]) -> Bool {
    switch (n[0], n[1], n[2]) {
    case (0, _, _), (10, _, _), (127, _, _), (224...255, _, _): true
    case (172, 16...31, _), (192, 168, _), (169, 254, _), (100, 64...127, _): true
    case (192, 0, 2), (198, 51, 100), (203, 0, 113), (198, 18...19, _): true
    default: [[8, 8, 8, 8], [8, 8, 4, 4], [1, 1, 1, 1], [9, 9, 9, 9]].contains(n)
    }
  }
}
