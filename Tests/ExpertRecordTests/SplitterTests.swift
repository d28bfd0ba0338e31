import ExpertRecord
import Testing

/// Rows come out the same wherever the chunks are cut.
@Suite struct SplitterTests {
  struct Piece: Equatable {
    var line: Int
    var text: String
    var byteCount: Int
    var problem: String?

    init(_ line: Int, _ text: String, byteCount: Int? = nil, problem: String? = nil) {
      self.line = line
      self.text = text
      self.byteCount = byteCount ?? text.utf8.count
      self.problem = problem
    }

    init(_ row: RawRow) {
      self.init(
        row.line, String(decoding: row.bytes, as: UTF8.self), byteCount: row.byteCount,
        problem: row.problem)
    }
  }

  static func lines(_ text: String, cut: Int, cap: Int = 1000) -> [Piece] {
    var splitter = LineSplitter(maxBytes: cap)
    var pieces: [Piece] = []
    for chunk in [text.utf8.prefix(cut), text.utf8.dropFirst(cut)] {
      Array(chunk).withUnsafeBytes { splitter.feed($0) { pieces.append(Piece($0)) } }
    }
    splitter.finish { pieces.append(Piece($0)) }
    return pieces
  }

  static func elements(_ text: String, cut: Int, cap: Int = 1000) -> [Piece] {
    var splitter = ElementSplitter(maxBytes: cap)
    var pieces: [Piece] = []
    for chunk in [text.utf8.prefix(cut), text.utf8.dropFirst(cut)] {
      Array(chunk).withUnsafeBytes { splitter.feed($0) { pieces.append(Piece($0)) } }
    }
    splitter.finish { pieces.append(Piece($0)) }
    return pieces
  }

  @Test func linesAreTheSameWhereverTheChunksAreCut() {
    let text = "one\ntwo\r\n\n\r\nfïve\rstill five\nlast"
    let wanted = [
      Piece(1, "one"), Piece(2, "two"), Piece(3, ""), Piece(4, ""), Piece(5, "fïve\rstill five"),
      Piece(6, "last"),
    ]
    for cut in 0...text.utf8.count { #expect(Self.lines(text, cut: cut) == wanted) }
  }

  @Test func aLineEndAtTheEndMakesNoLine() {
    #expect(Self.lines("a\n", cut: 1) == [Piece(1, "a")])
    #expect(Self.lines("", cut: 0) == [])
  }

  @Test func aLineBeyondTheCapIsPassedOnWithItsStartOnly() {
    let long = String(repeating: "x", count: 5000)
    let wanted = [
      Piece(1, "a"),
      Piece(
        2, String(repeating: "x", count: 256), byteCount: 5000,
        problem: "the row is longer than 1000 bytes"),
      Piece(3, "b"),
    ]
    for cut in stride(from: 0, through: 5004, by: 7) {
      var pieces = Self.lines("a\n\(long)\nb", cut: cut)
      // Within one chunk the whole line is at hand.
      pieces = pieces.map {
        Piece($0.line, String($0.text.prefix(256)), byteCount: $0.byteCount, problem: $0.problem)
      }
      #expect(pieces == wanted, "cut at \(cut)")
    }
  }

  @Test func aLineOfExactlyTheCapPasses() {
    let line = String(repeating: "x", count: 1000)
    for cut in [0, 500, 999, 1000, 1001, 1002] {
      #expect(Self.lines(line + "\r\n", cut: cut) == [Piece(1, line)])
      let longer = Self.lines(line + "y\n", cut: cut)
      #expect(longer.map(\.problem) == ["the row is longer than 1000 bytes"])
    }
  }

  @Test func elementsAreTheSameWhereverTheChunksAreCut() {
    let text = "\n[ {\"a\": \"x,]}\\\"\\\\\"},\n\n {\"b\": [1, {\"c\": 2}]} ,3\n, \"é\"]\n"
    let wanted = [
      Piece(2, #"{"a": "x,]}\"\\"}"#), Piece(4, #"{"b": [1, {"c": 2}]} "#), Piece(4, "3\n"),
      Piece(5, "\"é\""),
    ]
    for cut in 0...text.utf8.count { #expect(Self.elements(text, cut: cut) == wanted) }
  }

  @Test(arguments: [
    ("[]", []),
    (" [ \n ] \n", []),
    ("[1,]", [Piece(1, "1"), Piece(1, "", problem: "a comma stands where an element should")]),
    (
      "[1,\n{\"a\":",
      [
        Piece(1, "1"), Piece(2, "{\"a\":", problem: "the file ends before the list's closing ]"),
      ]
    ),
    (
      "[1] x",
      [
        Piece(1, "1"),
        Piece(1, "x", problem: "something follows the end of the list; it was not read"),
      ]
    ),
    (
      "{\"a\":1}",
      [
        Piece(
          1, "{\"a\":1}", problem: "the file should be one JSON list and does not start with [")
      ]
    ),
    ("", [Piece(1, "", problem: "the file holds no list")]),
  ]) func listsThatAreNone(text: String, wanted: [Piece]) {
    #expect(Self.elements(text, cut: text.utf8.count) == wanted)
  }

  @Test func anElementBeyondTheCapCostsItselfOnly() {
    let long = "\"" + String(repeating: "x", count: 5000) + "\""
    for cut in stride(from: 0, through: 5000, by: 13) {
      let pieces = Self.elements("[1,\(long),2]", cut: cut)
      #expect(pieces.map(\.problem) == [nil, "the row is longer than 1000 bytes", nil])
      #expect(pieces.map(\.byteCount) == [1, 5002, 1])
    }
  }
}
