internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// A record's story as one JSON object, in the order in which it is told.
enum StoryJSON {
  static func of(_ story: RecordStory) -> JSONValue {
    [
      "record": .string(story.rid.description), "dataset": .string(story.dataset.name),
      "origin": origin(story.origin),
      "verdict": story.verdict.map(verdict) ?? .null,
      "rejections": .array(story.rejections.map(rejection)),
      "events": .array(story.events.map(event)),
      "versions": .array(story.versions.map { .string("\(story.dataset.name)@v\($0)") }),
      "tags": .array(story.tags.map(JSONValue.string)),
      "branches": .array(story.branches.map(JSONValue.string)),
      "text": story.latest?.record.json ?? .null,
      "attributes": story.latest?.attributes.json ?? .null,
    ]
  }

  private static func origin(_ origin: RecordOrigin) -> JSONValue {
    switch origin {
    case .job(let job): asked(job)
    case .file(let file):
      [
        "from": "file", "file": .string(file.file), "sha256": .string(file.sha256),
        "line": file.line.map { .number(Double($0)) } ?? .null,
      ]
    case .unknown: ["from": "added by hand"]
    }
  }

  private static func asked(_ origin: JobOrigin) -> JSONValue {
    [
      "from": "job", "job": .string(origin.job.key.hex), "task": origin.job.config,
      "slot": .number(Double(origin.slot)), "round": .number(Double(origin.round)),
      "ordinal": .number(Double(origin.ordinal)), "plan_cell": origin.cell,
      "template": [
        "name": origin.templateName.map(JSONValue.string) ?? .null,
        "version": origin.templateVersion.map { .number(Double($0)) } ?? .null,
        "sha256": origin.templateHash.map(JSONValue.string) ?? .null,
      ],
      "request": origin.request, "reply": origin.reply ?? .null,
      "reused": .bool(origin.reused), "attempts": .array(origin.attempts.map(attempt)),
      "cost_micros": origin.costMicros.map { .number(Double($0)) } ?? .null,
      "records_in_reply": .number(Double(origin.siblings)),
    ]
  }

  private static func attempt(_ attempt: AttemptRow) -> JSONValue {
    [
      "status": .string(attempt.status),
      "provider": attempt.provider.map(JSONValue.string) ?? .null,
      "model": attempt.model.map(JSONValue.string) ?? .null,
      "request_id": attempt.providerRequestID.map(JSONValue.string) ?? .null,
      "tokens_in": attempt.tokensIn.map { .number(Double($0)) } ?? .null,
      "tokens_out": attempt.tokensOut.map { .number(Double($0)) } ?? .null,
      "error": attempt.error.map(JSONValue.string) ?? .null,
    ]
  }

  private static func verdict(_ verdict: CandidateStory) -> JSONValue {
    [
      "verdict": .string(verdict.verdict),
      "duplicate_of": verdict.duplicateOf.map { .string($0.description) } ?? .null,
      "method": verdict.duplicateMethod.map(JSONValue.string) ?? .null,
      "similarity": verdict.similarity.map(JSONValue.number) ?? .null,
    ]
  }

  private static func rejection(_ rejection: RejectionRow) -> JSONValue {
    [
      "filter": .string(rejection.filter),
      "score": rejection.score.map(JSONValue.number) ?? .null,
      "detail": .string(rejection.detail),
    ]
  }

  private static func event(_ event: RecordEvent) -> JSONValue {
    [
      "version": .string(event.commit.name), "what": .string(event.kind.rawValue),
      "operation": .string(event.commit.operation), "time": .string(event.commit.time),
      "before": event.before?.record.json ?? .null, "after": event.after?.record.json ?? .null,
    ]
  }
}

/// A JSON tree as an outline for people: names and values, deeper parts indented, nulls left out.
enum PrettyText {
  static func of(_ value: JSONValue) -> String { lines(value).joined(separator: "\n") }

  private static func lines(_ value: JSONValue) -> [String] {
    switch value {
    case .object(let members): members.flatMap { named($0.name, $0.value) }
    case .array(let elements):
      elements.flatMap { element -> [String] in
        var part = lines(element)
        if !part.isEmpty { part[0] = "- " + part[0] }
        return part.prefix(1) + part.dropFirst().map { "  " + $0 }
      }
    case .string(let text):
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .map(String.init)
    case .null: []
    default: [CanonicalJSON.text(of: value)]
    }
  }

  private static func named(_ name: String, _ value: JSONValue) -> [String] {
    let below = lines(value)
    if below.isEmpty { return [] }
    let isLeaf = value.members == nil && value.array == nil
    if isLeaf && below.count == 1 { return ["\(name): \(below[0])"] }
    return ["\(name):"] + below.map { "  " + $0 }
  }
}
