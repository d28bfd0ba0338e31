internal import ExpertPlatform
internal import ExpertTestSupport
internal import Synchronization
import Testing
internal import expert_gen

@Suite struct VisibleTextTests {
  @Test func escapesAndReorderingCharactersCannotReachTheTerminal() {
    let hostile = "a\u{1b}[31mb\u{202e}c\u{7}d\u{9b}e\u{200b}f\u{e0041}"
    #expect(
      VisibleText.line(hostile)
        == "a\u{fffd}[31mb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}")
  }

  @Test func linesKeepTheirBreaksAndALineLosesThem() {
    #expect(VisibleText.lines("a\tb\nc\r") == "a\tb\nc\u{fffd}")
    #expect(VisibleText.line("a\tb\nc") == "a b c")
  }

  @Test func anExcerptFitsItsColumns() {
    #expect(VisibleText.excerpt("abcdef", 4) == "abc…")
    #expect(VisibleText.excerpt("日本語日本語", 5) == "日本…")
    #expect(VisibleText.excerpt("abc", 3) == "abc")
  }
}

@Suite struct TableTextTests {
  @Test func columnsAlignAndNumbersStandToTheRight() {
    let table = TableText(
      ["NAME", "COUNT", "NOTE"], numeric: [1], rows: [["a", "7", "x"], ["long", "1234", "y"]])
    let plain = Terminal(isTerminal: false, width: nil, hasColor: false)
    #expect(
      table.lines(for: plain) == [
        "NAME  COUNT  NOTE",
        "a         7  x",
        "long   1234  y",
      ])
  }

  @Test func theLastColumnGivesWayOnATerminal() {
    let table = TableText(["A", "B"], rows: [["1", "abcdefghijklmnop"]])
    let narrow = Terminal(isTerminal: true, width: 13, hasColor: false)
    #expect(table.lines(for: narrow)[1] == "1  abcdefghi…")
  }
}

@Suite struct FiguresTests {
  @Test func numbersReadAsPeopleWriteThem() {
    #expect(Figures.decimal(3.14159, 2) == "3.14")
    #expect(Figures.decimal(-0.004, 2) == "0.00")
    #expect(Figures.decimal(9.996, 2) == "10.00")
    #expect(Figures.count(1_234_567) == "1,234,567")
    #expect(Figures.count(-999) == "-999")
    #expect(Figures.dollars(micros: 12_345) == "$0.0123")
    #expect(Figures.bytes(1_572_864) == "1.5 MiB")
    #expect(Figures.percent(1, of: 3) == "33.3 %")
    #expect(Figures.percent(0, of: 0) == "-")
  }

  @Test func momentsAreRFC3339() {
    #expect(Timestamp.text(0, fraction: false) == "1970-01-01T00:00:00Z")
    #expect(Timestamp.text(1_709_210_096_000_000, fraction: false) == "2024-02-29T12:34:56Z")
    #expect(Timestamp.text(-1_000_000, fraction: false) == "1969-12-31T23:59:59Z")
  }
}

@Suite struct ProgressLineTests {
  @Test func theTextHasRateCostAndTimeLeft() {
    let state = ProgressState(done: 120, total: 500, unit: "records", costMicros: 12_000, note: "x")
    #expect(
      ProgressLine.text(state, since: 20, elapsed: .seconds(4))
        == "120/500 records  25.0/s  $0.0120  15 s left  x")
  }

  @Test func offATerminalLinesComeEveryFiveSeconds() {
    let lines = Mutex([String]())
    let clock = ScriptedClock()
    let line = ProgressLine(
      terminal: Terminal(isTerminal: false, width: nil, hasColor: false), quiet: false,
      clock: clock, write: { text in lines.withLock { $0.append(text) } })
    for second in 0..<12 {
      line.update(ProgressState(done: second * 10, total: 1000, unit: "records"))
      clock.advance(by: .seconds(1))
    }
    line.finish()
    #expect(
      lines.withLock { $0 } == [
        "50/1000 records  10.0/s  2 min left\n",
        "100/1000 records  10.0/s  2 min left\n",
      ])
  }

  @Test func quietSaysNothing() {
    let lines = Mutex(0)
    let line = ProgressLine(
      terminal: Terminal(isTerminal: true, width: 80, hasColor: true), quiet: true,
      clock: ScriptedClock(), write: { _ in lines.withLock { $0 += 1 } })
    line.update(ProgressState(done: 1, unit: "rows"))
    line.finish()
    #expect(lines.withLock { $0 } == 0)
  }
}

@Suite struct PlacesTests {
  @Test func theStoreIsNamedOrFoundUpwardOrHere() throws {
    let tool = try CommandLineTool()
    let root = tool.folder.path
    try tool.write("", to: "expert.db")
    let below = Places(environment: ["HOME": "/h"], workingFolder: root + "/a/b")
    #expect(below.storePath == root + "/expert.db")
    #expect(below.workspace == root)
    #expect(below.home == "/h/.expert")
    let named = Places(environment: ["EXPERT_STORE": "other.db"], workingFolder: root)
    #expect(named.storePath == root + "/other.db")
    let option = Places(
      store: "/x/y.db", environment: ["EXPERT_STORE": "other.db"], workingFolder: root)
    #expect(option.storePath == "/x/y.db")
    let none = Places(environment: [:], workingFolder: "/proc/self")
    #expect(none.storePath == "/proc/self/expert.db")
    #expect(!none.storeExists)
  }
}
