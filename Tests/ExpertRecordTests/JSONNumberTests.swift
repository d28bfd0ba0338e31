import ExpertPlatform
import ExpertRecord
import Foundation
import Testing

/// Numbers against ECMAScript itself (Tests/Tools/json-numbers.mjs run by node) and against what
/// the definition of shortest digits asks for.
@Suite struct JSONNumberTests {
  static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Golden")

  /// The doubles of Tests/Tools/json-numbers.mjs.
  struct Doubles {
    private var state: UInt64 = 20_260_101
    private var index = 0
    private static let borders: [Double] = [
      1e-7, 1e-6, 1e-5, 1, 1e15, 1e16, 1e17, 1e20, 1e21, 1e22,
    ]

    private mutating func bits() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }

    mutating func next() -> Double {
      defer { index += 1 }
      let bits = bits()
      switch index % 4 {
      case 0:
        let number = Double(bitPattern: bits)
        return number.isFinite ? number : 0
      case 1: return Double(bits >> (bits & 63))
      case 2:
        var power = 1.0
        for _ in 0..<(bits & 15) { power *= 10 }
        return Double(bits >> 20) / power
      default:
        let near = Self.borders[Int(bits % 10)].bitPattern
        return Double(bitPattern: near &+ ((bits >> 8) & 255) &- 128)
      }
    }

    /// The next number as a line of the golden file.
    mutating func line(into out: inout [UInt8]) {
      let number = next()
      let digits = Array("0123456789abcdef".utf8)
      for shift in stride(from: 60, through: 0, by: -4) {
        out.append(digits[Int(number.bitPattern >> UInt64(shift) & 15)])
      }
      out.append(0x20)
      CanonicalJSON.append(number, to: &out)
      out.append(0x0A)
    }
  }

  @Test func theGoldenFileIsTheOneThatWasGenerated() throws {
    let file = try Data(contentsOf: Self.golden.appending(path: "json-numbers.txt"))
    let sum = try String(
      contentsOf: Self.golden.appending(path: "json-numbers.txt.sha256"), encoding: .utf8)
    #expect(sum.hasPrefix(SHA256.hash(Array(file)).hex))
  }

  @Test func writesFourThousandDoublesAsECMAScriptDoes() throws {
    let text = try String(
      contentsOf: Self.golden.appending(path: "json-numbers.txt"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 4000)
    var doubles = Doubles()
    for line in lines {
      var ours: [UInt8] = []
      doubles.line(into: &ours)
      #expect(String(decoding: ours.dropLast(), as: UTF8.self) == line)
    }
  }

  /// A million in release builds, the first of them without optimisation.
  @Test func writesAMillionDoublesAsECMAScriptDoes() throws {
    let sums = try String(
      contentsOf: Self.golden.appending(path: "json-numbers-million.sha256"), encoding: .utf8
    ).split(separator: "\n")
    #expect(sums.count == 100)
    var doubles = Doubles()
    for (block, sum) in sums.prefix(Self.rounds / 10_000).enumerated() {
      var lines: [UInt8] = []
      for _ in 0..<10_000 { doubles.line(into: &lines) }
      #expect(SHA256.hash(lines).hex == sum, "numbers \(block * 10_000)...")
    }
  }

  /// A million in release builds; without optimisation as many as take a second or two.
  static var rounds: Int {
    #if DEBUG
      20_000
    #else
      1_000_000
    #endif
  }

  @Test func randomBitPatternsReadBackAndAreShortest() throws {
    var generator = SeededGenerator(seed: 1, stream: "bit patterns")
    var finite = 0
    var longer = 0
    for _ in 0..<Self.rounds {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      finite += 1
      var text: [UInt8] = []
      CanonicalJSON.append(number, to: &text)
      guard Self.read(text) == number else {
        Issue.record("\(number.bitPattern) does not read back")
        continue
      }
      if !Self.isShortest(text, number) { longer += 1 }
    }
    #expect(finite > Self.rounds / 100 * 99)
    #expect(longer == 0)
  }

  /// Whether neither neighbour with one digit less reads back as the number.
  static func isShortest(_ text: [UInt8], _ number: Double) -> Bool {
    let body = text.prefix { $0 != UInt8(ascii: "e") }
    let exponent = text[body.count...]
    var digits = body.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") }
    var point = body.firstIndex(of: UInt8(ascii: ".")).map { body.count - $0 - 1 } ?? 0
    while digits.count > 1, digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      point -= 1
    }
    guard digits.count > 1 else { return true }
    digits.removeLast()
    let scale = Int(String(decoding: exponent.dropFirst(), as: UTF8.self)) ?? 0
    let sign = number < 0 ? "-" : ""
    let short = UInt64(String(decoding: digits, as: UTF8.self)) ?? 0
    return [short, short + 1].allSatisfy {
      Double("\(sign)\($0)e\(scale - point + 1)") != number
    }
  }

  /// The number as the parser reads it.
  static func read(_ text: [UInt8]) -> Double? { (try? JSONValue.parse(text))?.number }

  @Test func readsWhatTheStandardLibraryReads() {
    var generator = SeededGenerator(seed: 2, stream: "decimals")
    for _ in 0..<5000 {
      var text = generator.below(2) == 0 ? "-" : ""
      text += "\(generator.below(3) == 0 ? 0 : 1 + generator.below(999_999_999))"
      if generator.below(2) == 0 { text += ".\(generator.below(1_000_000_000))" }
      if generator.below(3) == 0 { text += "e\(generator.integer(in: -330...300))" }
      let wanted = Double(text).flatMap { $0.isFinite ? $0 : nil }
      #expect(Self.read(Array(text.utf8))?.bitPattern == wanted?.bitPattern, "\(text)")
    }
  }
}
