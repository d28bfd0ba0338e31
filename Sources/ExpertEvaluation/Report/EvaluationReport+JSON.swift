package import ExpertRecord

// Documentation/Formats/evaluation.md explains each member.
extension EvaluationReport {
  /// What `format` says, so that a reader knows what it has.
  package static let format = "expert-gen evaluation 1"

  /// The report as a JSON object; its RFC 8785 bytes are what is stored. Prompts, references and
  /// answers are left out on wish: they may be large.
  package func json(withTexts: Bool) -> JSONValue {
    [
      "answer_kinds": .array(answerKinds.map(\.json)),
      "benchmark": benchmark?.json ?? .null,
      "bootstrap": [
        "confidence": .number(bootstrap.confidence),
        "resamples": .number(Double(bootstrap.resamples)),
        "seed": .string(String(bootstrap.seed)),
      ],
      "corruptions": .array(corruptions.map(\.json)),
      "count": .number(Double(examples)),
      "difficulties": .array(difficulties.map(\.json)),
      "examples": .array(outcomes.map { $0.json(withTexts: withTexts) }),
      "format": .string(Self.format),
      "judge": judge?.json ?? .null,
      "leaks": leaks?.json ?? .null,
      "metrics": .array(rows.map(\.json)),
      "provenance": provenance.json,
      "quality_metrics": qualityMetrics,
      "templates": .array(templates.map(\.json)),
    ]
  }
}

extension EvaluationProvenance {
  var json: JSONValue {
    [
      "adapter": .optional(adapter), "adapter_sha256": .optional(adapterSHA256),
      "allow_trained_on": allowsTrainedOn.map(JSONValue.bool) ?? .null,
      "base": .optional(base), "base_sha256": .optional(baseSHA256),
      "checkpoint": .optional(checkpoint), "commit": .optional(commit),
      "dataset": .optional(dataset), "date": .string(date),
      "limit": .optional(limit.map(Double.init)), "root": .optional(root),
      "sampling": sampling ?? .null,
      "seed": .string(String(seed)), "split": .optional(split),
      "split_records": .optional(splitRecords.map(Double.init)), "template": .optional(template),
      "template_sha256": .optional(templateSHA256), "tool": .string(tool),
      "version": .optional(version),
    ]
  }

  init(_ json: JSONValue) {
    self.init(
      seed: json["seed"]?.string.flatMap { UInt64($0) } ?? 0, tool: json["tool"]?.string ?? "",
      date: json["date"]?.string ?? "")
    adapter = json["adapter"]?.string
    adapterSHA256 = json["adapter_sha256"]?.string
    allowsTrainedOn = json["allow_trained_on"]?.bool
    limit = json["limit"]?.integer
    sampling = json["sampling"]?.members == nil ? nil as JSONValue? : json["sampling"]
    splitRecords = json["split_records"]?.integer
    base = json["base"]?.string
    baseSHA256 = json["base_sha256"]?.string
    checkpoint = json["checkpoint"]?.string
    commit = json["commit"]?.string
    dataset = json["dataset"]?.string
    root = json["root"]?.string
    split = json["split"]?.string
    template = json["template"]?.string
    templateSHA256 = json["template_sha256"]?.string
    version = json["version"]?.string
  }
}

extension EvaluationReport.Score {
  var json: JSONValue {
    [
      "high": .optional(interval?.high), "low": .optional(interval?.low),
      "score": .number(value),
    ]
  }

  init?(_ json: JSONValue?) {
    guard let json, let value = json["score"]?.number else { return nil }
    self.init(value: value)
    if let low = json["low"]?.number, let high = json["high"]?.number {
      interval = Interval(low: low, high: high)
    }
  }
}

extension EvaluationReport.Row {
  /// The expert's score stands at the top, the base's below it.
  var json: JSONValue {
    [
      "base": base?.json ?? .null, "count": .number(Double(examples)),
      "difference": difference?.json ?? .null, "high": .optional(expert.interval?.high),
      "higher_is_better": .bool(higherIsBetter), "low": .optional(expert.interval?.low),
      "name": .string(name), "score": .number(expert.value), "wins": wins?.json ?? .null,
    ]
  }

  init?(_ json: JSONValue?) {
    guard let json, let name = json["name"]?.string, let count = json["count"]?.integer,
      let expert = EvaluationReport.Score(json)
    else { return nil }
    self.init(
      name: name, higherIsBetter: json["higher_is_better"]?.bool ?? true, examples: count,
      base: EvaluationReport.Score(json["base"]), expert: expert,
      difference: EvaluationReport.Score(json["difference"]), wins: WinRate(json["wins"]))
  }
}

extension EvaluationReport.Group {
  var json: JSONValue {
    [
      "base": .optional(base), "count": .number(Double(examples)), "name": .string(name),
      "score": .number(expert), "wins": wins?.json ?? .null,
    ]
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let count = json["count"]?.integer,
      let score = json["score"]?.number
    else { return nil }
    self.init(
      name: name, examples: count, base: json["base"]?.number, expert: score,
      wins: WinRate(json["wins"]))
  }
}

extension WinRate {
  var json: JSONValue {
    [
      "losses": .number(Double(losses)), "p": .number(pValue), "rate": .optional(rate),
      "ties": .number(Double(ties)), "wins": .number(Double(wins)),
    ]
  }

  init?(_ json: JSONValue?) {
    guard let json, let wins = json["wins"]?.integer, let ties = json["ties"]?.integer,
      let losses = json["losses"]?.integer
    else { return nil }
    self.init(wins: wins, ties: ties, losses: losses)
  }
}

extension SystemAnswer {
  func json(withText: Bool) -> JSONValue {
    var members: [JSONValue.Member] = []
    if let nll { members.append(.init("nll", .number(nll))) }
    if let rewards {
      members.append(
        .init(
          "rewards",
          ["chosen": .number(rewards.chosen), "rejected": .number(rewards.rejected)]))
    }
    if withText { members.append(.init("text", .string(text))) }
    if let tokens { members.append(.init("tokens", .number(Double(tokens)))) }
    return .object(members)
  }

  init(_ json: JSONValue) {
    self.init(
      text: json["text"]?.string ?? "", nll: json["nll"]?.number, tokens: json["tokens"]?.integer)
    if let chosen = json["rewards"]?["chosen"]?.number,
      let rejected = json["rewards"]?["rejected"]?.number
    {
      rewards = PreferenceScores.Pair(chosen: chosen, rejected: rejected)
    }
  }
}

extension ExampleOutcome {
  func json(withTexts: Bool) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("answer_kind", .string(answerKind.rawValue)),
      .init("base", base?.json(withText: withTexts) ?? .null),
      .init("base_scores", Self.json(baseScores)),
      .init("corruption", .optional(origin.corruption)),
      .init("difficulty", .optional(difficulty?.rawValue)),
      .init("expert", expert.json(withText: withTexts)),
      .init("record_kind", .string(recordKind.rawValue)), .init("rid", .string(rid)),
      .init("scores", Self.json(expertScores)), .init("split", .optional(split?.rawValue)),
      .init("template", .optional(origin.template)),
    ]
    if withTexts {
      members.append(.init("prompt", .string(prompt)))
      members.append(.init("references", .array(references.map(JSONValue.string))))
    }
    return .object(members)
  }

  private static func json(_ scores: [String: Double]) -> JSONValue {
    .object(scores.sorted { $0.key < $1.key }.map { .init($0.key, .number($0.value)) })
  }

  init?(_ json: JSONValue) {
    guard let rid = json["rid"]?.string, let expert = json["expert"] else { return nil }
    self.init(
      rid: rid, split: json["split"]?.string.flatMap { Split(rawValue: $0) },
      difficulty: json["difficulty"]?.string.flatMap { Difficulty(rawValue: $0) },
      answerKind: json["answer_kind"]?.string.flatMap { AnswerKind(rawValue: $0) } ?? .prose,
      recordKind: json["record_kind"]?.string.flatMap { RecordKind(rawValue: $0) } ?? .instruction,
      origin: RecordOrigin(
        template: json["template"]?.string, corruption: json["corruption"]?.string),
      prompt: json["prompt"]?.string ?? "",
      references: json["references"]?.array?.compactMap(\.string) ?? [],
      base: json["base"]?.members == nil ? nil : json["base"].map(SystemAnswer.init),
      expert: SystemAnswer(expert))
    baseScores = Self.scores(json["base_scores"])
    expertScores = Self.scores(json["scores"])
  }

  private static func scores(_ json: JSONValue?) -> [String: Double] {
    (json?.members ?? []).reduce(into: [:]) { $0[$1.name] = $1.value.number }
  }
}

extension EvaluationReport {
  /// Reads what `json(withTexts:)` writes. `path` only names the file in errors.
  package init(json: JSONValue, path: String) throws(EvaluationError) {
    guard json["format"]?.string == Self.format else {
      throw .badFile(
        path: path, line: 0, reason: "this is no report of format \"\(Self.format)\"")
    }
    guard let count = json["count"]?.integer, let metrics = json["metrics"]?.array,
      let provenance = json["provenance"]
    else { throw .badFile(path: path, line: 0, reason: "count, metrics or provenance is missing") }
    let rows = metrics.compactMap { Row($0) }
    let outcomes = (json["examples"]?.array ?? []).compactMap { ExampleOutcome($0) }
    guard rows.count == metrics.count, outcomes.count == json["examples"]?.array?.count ?? 0 else {
      throw .badFile(path: path, line: 0, reason: "a metric or an example lacks its name or score")
    }
    self.init(
      provenance: EvaluationProvenance(provenance), bootstrap: Bootstrap(json["bootstrap"]),
      examples: count, benchmark: Row(json["benchmark"]), rows: rows,
      difficulties: (json["difficulties"]?.array ?? []).compactMap { Group($0) },
      answerKinds: (json["answer_kinds"]?.array ?? []).compactMap { Group($0) },
      templates: (json["templates"]?.array ?? []).compactMap { Group($0) },
      corruptions: (json["corruptions"]?.array ?? []).compactMap { Group($0) },
      leaks: LeakReport(json["leaks"]), judge: JudgeSummary(json["judge"]), outcomes: outcomes)
  }
}

extension Bootstrap {
  init(_ json: JSONValue?) {
    self.init(
      seed: json?["seed"]?.string.flatMap { UInt64($0) } ?? 0,
      resamples: json?["resamples"]?.integer ?? 0, confidence: json?["confidence"]?.number ?? 0.95)
  }
}
