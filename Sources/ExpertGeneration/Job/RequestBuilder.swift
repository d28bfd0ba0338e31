package import ExpertPlatform
package import ExpertProviders
internal import ExpertRecord

/// Writes the request of a slot: which teacher, which words. Pure, so a resumed job writes the
/// same requests again.
package struct RequestBuilder: Sendable {
  private var task: GenerationTask
  private var angleOrder: [Int]

  package init(task: GenerationTask) {
    self.task = task
    var generator = SeededGenerator(seed: task.seed, stream: "angles")
    angleOrder = generator.shuffled(Array(Angles.all.indices))
  }

  /// The request of slot `n` in a cell of the plan.
  package func request(slot n: Int, cell: PlanCell) -> ModelRequest {
    let teacher = teacher(slot: n)
    return ModelRequest(
      provider: teacher.provider, model: teacher.model,
      messages: task.template.render(context(slot: n, cell: cell)),
      schema: task.format.schema(atMost: task.batchSize),
      temperature: task.temperature, topP: task.topP, seed: seed(slot: n), slot: n)
  }

  /// Slots that ask the same words want different answers, so the seed moves with the slot; it
  /// stays below 2³¹, which every server reads.
  private func seed(slot n: Int) -> UInt64 { (task.seed &+ UInt64(n)) & 0x7fff_ffff }

  private func teacher(slot n: Int) -> Teacher {
    var generator = SeededGenerator(seed: task.seed, stream: "teacher/\(n)")
    var left = generator.unit() * task.teachers.reduce(0) { $0 + $1.weight }
    for teacher in task.teachers {
      left -= teacher.weight
      if left < 0 { return teacher }
    }
    return task.teachers[task.teachers.count - 1]
  }

  private func context(slot n: Int, cell: PlanCell) -> [String: PromptValue] {
    var context: [String: PromptValue] = [
      "task": .text(task.task), "domain": .text(task.domain),
      "topic": .text(Self.words(cell.topic)),
      "difficulty": .text(cell.difficulty.rawValue),
      "difficulty_guide": .text(Self.guide(cell.difficulty)), "count": .number(task.batchSize),
      "angle": .text(Angles.angle(slot: n, order: angleOrder)),
      "principles": .list(task.principles.map(PromptValue.text)),
      "examples": .list(task.examples.map(PromptValue.text)),
      "spec": .text(CanonicalJSON.text(of: spec(slot: n, cell: cell))),
    ]
    if let persona = cell.persona { context["persona"] = .text(persona) }
    if let language = task.language { context["language"] = .text(language) }
    if let kind = cell.topic.answerKind { context["answer_guide"] = .text(Self.guide(kind)) }
    return context
  }

  /// The request as data, for a provider that computes instead of reading prose.
  private func spec(slot n: Int, cell: PlanCell) -> JSONValue {
    [
      "domain": .string(task.domain), "topic": .string(cell.topic.name),
      "difficulty": .string(cell.difficulty.rawValue), "format": .string(task.format.rawValue),
      "count": .number(Double(task.batchSize)), "seed": .string(String(task.seed)),
      "slot": .number(Double(n)),
    ]
  }

  private static func words(_ topic: Topic) -> String {
    topic.summary.map { "\(topic.name): \($0)" } ?? topic.name
  }

  private static func guide(_ difficulty: Difficulty) -> String {
    switch difficulty {
    case .easy: "One clear step that a careful beginner gets right."
    case .medium: "Two or three steps, or one that needs care with details."
    case .hard: "Several steps that depend on each other, with details that are easily missed."
    }
  }

  private static func guide(_ kind: AnswerKind) -> String {
    switch kind {
    case .literal: "a short exact value (a name, a number, a date) and nothing else."
    case .label: "exactly one of the labels that the instruction lists, and nothing else."
    case .json: "one valid JSON document, without a code fence."
    case .sql: "one complete SQL statement, without a code fence."
    case .code: "the code alone, without explanation."
    case .prose: "complete sentences."
    }
  }
}

extension GenerationFormat {
  /// The JSON Schema of a reply: an object with a list of records, whose members are all text.
  ///
  /// A server that is held to the bound stops after the records that were asked for; small models
  /// otherwise write on until the reply is cut short, and nothing of it can be used.
  func schema(atMost count: Int) -> JSONValue {
    let names =
      switch self {
      case .instruction, .adversarial: ["instruction", "input", "output"]
      case .preferencePairs: ["prompt", "best", "mid", "poor"]
      case .distillation: ["input", "reasoning", "answer"]
      }
    let item: JSONValue = [
      "type": "object", "additionalProperties": false,
      "required": .array(names.map(JSONValue.string)),
      "properties": .object(names.map { .init($0, ["type": "string"]) }),
    ]
    return [
      "type": "object", "additionalProperties": false, "required": ["records"],
      "properties": [
        "records": [
          "type": "array", "items": item, "minItems": 1, "maxItems": .number(Double(count)),
        ]
      ],
    ]
  }
}

extension ModelRequest {
  /// SHA-256 of everything that decides the answer, slot number included.
  package var idempotencyKey: Digest {
    Digest.tagged(.request, CanonicalJSON.bytes(of: identity))
  }
}
