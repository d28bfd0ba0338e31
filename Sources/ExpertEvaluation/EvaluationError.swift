/// What can go wrong with an evaluation, and what to do about it.
package enum EvaluationError: Error, Sendable, Hashable {
  case unknownMetric(name: String, known: [String])
  case badOption(metric: String, option: String, expected: String)
  case badFile(path: String, line: Int, reason: String)
  /// A file of predictions and one of references that do not belong together.
  case differentCounts(predictions: Int, references: Int)
  case nothingToScore(what: String)
  /// A metric that needs a field which a row does not have.
  case missingField(metric: String, row: Int, field: String)
  /// Test records that the expert was trained on.
  case trainedOn(count: Int, of: Int, example: String)
  /// An answer source that gave another number of answers than it was asked for.
  case answersMissing(source: String, asked: Int, given: Int)
  /// Reports that measure different things.
  case notComparable(reason: String)
}

extension EvaluationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownMetric(let name, let known):
      "there is no metric \"\(name)\"; there are: \(known.joined(separator: ", "))"
    case .badOption(let metric, let option, let expected):
      "the metric \(metric) does not take \"\(option)\"; expected \(expected)"
    case .badFile(let path, let line, let reason):
      line > 0 ? "\(path):\(line): \(reason)" : "\(path): \(reason)"
    case .differentCounts(let predictions, let references):
      "there are \(predictions) predictions and \(references) references; line n of one file "
        + "belongs to line n of the other"
    case .nothingToScore(let what): "there is nothing to score: \(what)"
    case .missingField(let metric, let row, let field):
      "row \(row) has no \(field), which the metric \(metric) needs"
    case .trainedOn(let count, let total, let example):
      "\(count) of \(total) test records were trained on, record \(example) among them; evaluate on "
        + "a test split that training did not see, or allow it with --allow-trained-on"
    case .answersMissing(let source, let asked, let given):
      "\(source) was asked for \(asked) answers and gave \(given)"
    case .notComparable(let reason):
      "the reports cannot be compared: \(reason)"
    }
  }
}
