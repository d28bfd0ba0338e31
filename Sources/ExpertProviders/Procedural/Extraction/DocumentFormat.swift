internal import ExpertRecord

/// One field of a document's rows.
struct DocumentField: Sendable {
  /// What the field is good for in a question.
  enum Role: Sendable {
    /// Different in every row.
    case key
    /// One of a few values that repeat.
    case category
    /// A whole number, or one with two decimals.
    case number
    /// Anything else.
    case text
  }

  /// The name as a JSON key.
  var name: String
  /// The name in a sentence: "status code".
  var words: String
  var role: Role

  init(_ name: String, _ words: String, _ role: Role) {
    (self.name, self.words, self.role) = (name, words, role)
  }
}

/// A kind of document: which rows it has and how they are written down.
struct DocumentFormat: Sendable {
  /// Lines above, between and below the rows.
  struct Text: Sendable {
    var header: [String] = []
    var rows: [String]
    var footer: [String] = []
    var separator = "\n"

    var whole: String { (header + rows + footer).joined(separator: separator) }
  }

  var id: String
  /// "nginx access log"
  var noun: String
  /// "request", "requests"
  var row: String
  var rows: String
  var fields: [DocumentField]
  /// Said where a value is written in an escaped form, otherwise empty.
  var note = ""
  /// Rows of values, one for each field.
  var make: @Sendable (inout SeededGenerator, Int, Difficulty) -> [[String]]
  var render: @Sendable (inout SeededGenerator, [[String]]) -> Text
  /// Breaks one row so that it no longer has the document's form; `nil` where that makes no sense.
  var damage: (@Sendable (inout SeededGenerator, String) -> String)?
  /// Rows of blocks of several lines are longer, so there are fewer.
  var isBlock = false

  func index(of name: String) -> Int { fields.firstIndex { $0.name == name } ?? 0 }
  func indices(_ role: DocumentField.Role) -> [Int] {
    fields.indices.filter { fields[$0].role == role }
  }
  var key: Int { indices(.key).first ?? 0 }

  /// How many rows a document of a difficulty has.
  func size(_ difficulty: Difficulty, _ g: inout SeededGenerator) -> Int {
    switch (difficulty, isBlock) {
    case (.easy, false): g.integer(in: 4...5)
    case (.medium, false): g.integer(in: 7...9)
    case (.hard, false): g.integer(in: 11...14)
    case (.easy, true): 3
    case (.medium, true): g.integer(in: 4...5)
    case (.hard, true): g.integer(in: 6...7)
    }
  }
}

/// A document that was made: its rows as values and as text.
struct SampleDocument: Sendable {
  var format: DocumentFormat
  var rows: [[String]]
  var text: DocumentFormat.Text

  init(_ format: DocumentFormat, _ g: inout SeededGenerator, _ difficulty: Difficulty) {
    self.format = format
    rows = format.make(&g, format.size(difficulty, &g), difficulty)
    text = format.render(&g, rows)
  }

  func value(_ row: Int, _ field: Int) -> String { rows[row][field] }
}

/// Numbers as the documents write them, in hundredths where they have decimals, so that sums and
/// comparisons are exact.
enum DocumentNumber {
  /// "12.50" → 1250, "12" → 12
  static func units(_ text: String) -> Int { Int(text.filter { $0 != "." }) ?? 0 }

  static func text(_ units: Int, like sample: String) -> String {
    sample.contains(".") ? Padded.hundredths(units) : String(units)
  }
}

/// Draws shared by the formats.
enum DocumentDraw {
  /// Different numbers, ascending.
  static func ascending(
    _ g: inout SeededGenerator, _ count: Int, from start: Int, step: ClosedRange<Int>
  ) -> [Int] {
    var value = start
    return (0..<count).map { _ in
      value += g.integer(in: step)
      return value
    }
  }

  /// Clock times of one day, ascending: seconds since midnight.
  static func times(_ g: inout SeededGenerator, _ count: Int) -> [Int] {
    ascending(&g, count, from: g.integer(in: 0...60_000), step: 1...1200)
  }

  static func clock(_ seconds: Int) -> String {
    "\(Padded.two(seconds / 3600)):\(Padded.two(seconds / 60 % 60)):\(Padded.two(seconds % 60))"
  }

  /// A person; with accents, an apostrophe or a hyphen now and then when it is to be hard.
  static func person(_ g: inout SeededGenerator, _ difficulty: Difficulty) -> String {
    guard difficulty == .hard, g.oneIn(4) else { return g.samplePerson() }
    return g.pick([
      "Zoë Müller", "José Núñez", "Siobhán O'Dea", "Łukasz Wójcik", "Anaïs Lefèvre",
      "Jean-Paul Roy", "Søren Kjær", "Çağla Şahin", "Nils Ångström", "Chloë D'Arcy",
    ])
  }

  /// Different texts.
  static func distinct(_ count: Int, _ draw: () -> String) -> [String] {
    var seen = Set<String>()
    var result: [String] = []
    while result.count < count {
      let text = draw()
      if seen.insert(text).inserted { result.append(text) }
    }
    return result
  }
}
