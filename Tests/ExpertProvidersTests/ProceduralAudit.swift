internal import ExpertCuration
internal import ExpertProviders
internal import ExpertRecord

/// Generates records of a domain and judges them as a job does: default filters, exact and near
/// duplicates at threshold 0.85.
struct ProceduralAudit {
  var generated = 0
  var accepted = 0
  /// Accepted records by template.
  var shares: [String: Int] = [:]
  /// Generated records by template.
  var made: [String: Int] = [:]
  /// Rejections by filter.
  var reasons: [String: Int] = [:]
  /// One rejection of each filter, for reading.
  var samples: [String: String] = [:]

  /// Goes through the skills in turn, four records a slot, as a plan does, until `count` records
  /// are generated.
  init(
    domain: ProceduralDomain, count: Int, format: ProceduralFormat = .instruction,
    threshold: Double = 0.85
  ) throws {
    let provider = ProceduralProvider()
    let pipeline = FilterPipeline.standard()
    let index = DuplicateIndex(threshold: threshold, expectedRows: count)
    var exact = ExactDuplicates()
    var slot = 0
    while generated < count {
      let ask = ProceduralAsk(
        domain: domain.name, topic: domain.skills[slot % domain.skills.count], format: format,
        difficulty: Difficulty.allCases[slot / domain.skills.count % 3], slot: slot, count: 4)
      for json in try provider.records(for: ask) {
        let template = json["template"]?.string ?? ""
        made[template, default: 0] += 1
        let record = Self.record(json, format)
        let attributes = RecordAttributes(
          difficulty: ask.difficulty,
          answerKind: json["answer_kind"]?.string.flatMap(AnswerKind.init(rawValue:)))
        let rejection = Self.judge(
          Candidate(record: record, attributes: attributes), pipeline, &exact, index, id: generated)
        generated += 1
        if let rejection {
          let key = rejection.filter + " / " + template
          reasons[key, default: 0] += 1
          samples[key] = rejection.detail + "\n" + ProceduralJSON.minified(json)
        } else {
          accepted += 1
          shares[template, default: 0] += 1
        }
      }
      slot += 1
    }
  }

  /// The largest share of accepted records that one template has.
  var largestShare: Double {
    Double(shares.values.max() ?? 0) / Double(max(1, accepted))
  }

  var acceptance: Double { Double(accepted) / Double(max(1, generated)) }

  private static func judge(
    _ candidate: Candidate, _ pipeline: FilterPipeline, _ exact: inout ExactDuplicates,
    _ index: DuplicateIndex, id: Int
  ) -> Rejection? {
    if case .drop(let rejection) = pipeline.judge(candidate) { return rejection }
    if exact.check(candidate.record, id: id) != nil {
      return Rejection(filter: "exact-duplicate", detail: "")
    }
    return index.judge(DuplicateText.of(candidate.record), id: id).match?
      .rejection(threshold: index.threshold)
  }

  static func record(_ json: JSONValue, _ format: ProceduralFormat) -> Record {
    func text(_ name: String) -> String { json[name]?.string ?? "" }
    return switch format {
    case .instruction, .adversarial:
      .instruction(
        InstructionRecord(
          instruction: text("instruction"), input: text("input"), output: text("output")))
    case .preferencePairs:
      .preference(
        PreferenceRecord(
          prompt: .text(text("prompt")), chosen: .text(text("chosen")),
          rejected: .text(text("rejected"))))
    case .distillation:
      .distillation(
        DistillationRecord(
          input: text("input"), reasoning: text("reasoning"), answer: text("answer")))
    }
  }
}
