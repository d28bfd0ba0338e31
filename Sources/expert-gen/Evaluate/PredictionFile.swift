internal import ExpertEvaluation
internal import ExpertGeneration
internal import ExpertRecord

/// Files of answers, one JSON object a line: see Documentation/Formats/evaluation.md.
enum PredictionFile {
  /// The rows of a file of answers, with the references of another file and another system's
  /// answers where those are given; lines belong together by their number. A row that lacks what the
  /// suite scores is refused with its place: a mean over the rest would pass for one over all.
  static func outcomes(
    predictions: String, references: String?, base: String?, suite: EvaluationSuite
  ) throws -> [ExampleOutcome] {
    let rows = try Self.rows(predictions)
    guard !rows.isEmpty else {
      throw EvaluationError.nothingToScore(what: "\(predictions) holds no row")
    }
    let answers = try references.map { try Self.rows($0) }
    let others = try base.map { try Self.rows($0) }
    for file in [answers, others] {
      guard let file, file.count != rows.count else { continue }
      throw EvaluationError.differentCounts(predictions: rows.count, references: file.count)
    }
    let outcomes = try rows.indices.map { place in
      outcome(
        try answer(rows[place], predictions), rows[place],
        reference: answers?[place] ?? rows[place],
        base: try others.map { try answer($0[place], base ?? predictions) })
    }
    for metric in suite.wanted {
      try check(outcomes, metric, rows, answers, predictions: predictions, references: references)
    }
    guard suite.wanted.isEmpty else { return outcomes }
    for (place, outcome) in outcomes.enumerated() where outcome.references.isEmpty {
      guard rows[place].json["prediction"] != nil else { continue }
      throw EvaluationError.badFile(
        path: references ?? predictions, line: (answers ?? rows)[place].number,
        reason: "there is no reference, references or label with a text; without --metrics each "
          + "answer needs one")
    }
    return outcomes
  }

  /// Throws where some rows have what a metric needs and others have not.
  private static func check(
    _ outcomes: [ExampleOutcome], _ metric: Metric, _ rows: [Line], _ answers: [Line]?,
    predictions: String, references: String?
  ) throws {
    let lacking = outcomes.indices.filter { !has(outcomes[$0], metric) }
    guard let first = lacking.first, lacking.count < outcomes.count else { return }
    let needsReference = field(for: metric) == "reference"
    throw EvaluationError.badFile(
      path: needsReference ? references ?? predictions : predictions,
      line: (needsReference ? answers ?? rows : rows)[first].number,
      reason: "it has no \(field(for: metric)), which the metric \(metric.name) needs")
  }

  private static func has(_ outcome: ExampleOutcome, _ metric: Metric) -> Bool {
    switch metric {
    case .perplexity: outcome.expert.nll != nil && outcome.expert.tokens != nil
    case .rewardAccuracy, .rewardMargin: outcome.expert.rewards != nil
    case .jsonValidity: true
    default: !outcome.references.isEmpty
    }
  }

  /// The field that a metric reads besides prediction and reference.
  static func field(for metric: Metric) -> String {
    switch metric {
    case .perplexity: "nll and tokens"
    case .rewardAccuracy, .rewardMargin: "chosen_reward and rejected_reward"
    default: "reference"
    }
  }

  private struct Line {
    var number: Int
    var json: JSONValue
  }

  private static func rows(_ path: String) throws -> [Line] {
    var rows: [Line] = []
    var splitter = LineSplitter()
    let read: (RawRow) throws -> Void = { row in
      guard row.byteCount > 0 else { return }
      rows.append(Line(number: row.line, json: try parsed(row, path)))
    }
    let file = try RowFile(path)
    while let piece = try file.next() { try piece.withUnsafeBytes { try splitter.feed($0, read) } }
    try splitter.finish(read)
    return rows
  }

  private static func parsed(_ row: RawRow, _ path: String) throws -> JSONValue {
    if let problem = row.problem {
      throw EvaluationError.badFile(path: path, line: row.line, reason: problem)
    }
    do {
      return try JSONValue.parse(Array(row.bytes))
    } catch {
      throw EvaluationError.badFile(
        path: path, line: row.line, reason: "column \(error.column): \(error.reason)")
    }
  }

  private static func outcome(
    _ expert: SystemAnswer, _ row: Line, reference: Line, base: SystemAnswer?
  ) -> ExampleOutcome {
    let references = Self.references(reference.json)
    return ExampleOutcome(
      rid: row.json["rid"]?.string ?? "\(row.number)",
      split: choice(row.json["split"]), difficulty: choice(row.json["difficulty"]),
      answerKind: choice(row.json["answer_kind"]) ?? kind(of: row.json, references),
      recordKind: expert.rewards == nil ? .instruction : .preference,
      prompt: row.json["prompt"]?.string ?? "", references: references,
      base: base, expert: expert)
  }

  private static func choice<T: RawRepresentable<String>>(_ value: JSONValue?) -> T? {
    value?.string.flatMap { T(rawValue: $0) }
  }

  /// A label is a label; other answers are what the shape of their reference shows.
  private static func kind(of row: JSONValue, _ references: [String]) -> AnswerKind {
    if row["label"] != nil { return .label }
    let shape = InstructionRecord(instruction: "", output: references.first ?? "")
    return EvaluationCase(rid: "", record: .instruction(shape)).answerKind
  }

  private static func references(_ row: JSONValue) -> [String] {
    if let list = row["references"]?.array { return list.compactMap(\.string) }
    return [row["reference"] ?? row["label"]].compactMap { $0?.string }
  }

  private static func answer(_ row: Line, _ path: String) throws -> SystemAnswer {
    let hasNumbers = row.json["nll"] != nil || row.json["chosen_reward"] != nil
    guard let text = row.json["prediction"]?.string ?? (hasNumbers ? "" : nil) else {
      throw EvaluationError.badFile(
        path: path, line: row.number, reason: "the field \"prediction\" is missing or no text")
    }
    var answer = SystemAnswer(
      text: text, nll: row.json["nll"]?.number, tokens: row.json["tokens"]?.integer)
    if let chosen = row.json["chosen_reward"]?.number,
      let rejected = row.json["rejected_reward"]?.number
    {
      answer.rewards = PreferenceScores.Pair(chosen: chosen, rejected: rejected)
    }
    return answer
  }
}
