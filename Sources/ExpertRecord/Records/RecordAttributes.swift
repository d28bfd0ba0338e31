/// The part of a dataset that a record belongs to.
public enum Split: String, Sendable, Hashable, CaseIterable, Codable {
  case train
  case valid
  case test
}

/// How hard a record is.
public enum Difficulty: String, Sendable, Hashable, CaseIterable, Codable {
  case easy
  case medium
  case hard
}

/// The kind of answer a record must give; it decides which filters judge it.
public enum AnswerKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// A short exact value: a name, a number, a date.
  case literal
  /// One of a closed set of labels.
  case label
  /// A JSON document.
  case json
  /// One SQL statement.
  case sql
  /// Program text.
  case code
  /// Sentences.
  case prose
}

/// What may be said of a record without changing its text; relabelling copies no text.
public struct RecordAttributes: Sendable, Hashable {
  /// The split, once assigned.
  public var split: Split?
  /// The difficulty, planned or measured.
  public var difficulty: Difficulty?
  /// The kind of answer, where the plan declared one.
  public var answerKind: AnswerKind?
  /// Free labels, sorted, without duplicates.
  public var labels: [String]
  /// The weight when mixing; 1 unless said otherwise.
  public var weight: Double
  /// Every column of an imported row that is no part of the record.
  public var meta: [JSONValue.Member]

  /// Attributes; labels are sorted and freed of duplicates.
  public init(
    split: Split? = nil, difficulty: Difficulty? = nil, answerKind: AnswerKind? = nil,
    labels: [String] = [], weight: Double = 1, meta: [JSONValue.Member] = []
  ) {
    self.split = split
    self.difficulty = difficulty
    self.answerKind = answerKind
    self.labels = Self.sorted(labels)
    self.weight = weight
    self.meta = meta
  }

  /// Labels sorted by their bytes, each once.
  static func sorted(_ labels: [String]) -> [String] {
    var result: [String] = []
    for label in labels.sorted(by: ExactText.precedes)
    where !(result.last.map { ExactText.equal($0, label) } ?? false) {
      result.append(label)
    }
    return result
  }
}
