internal import ExpertCuration
internal import ExpertPlatform
internal import ExpertProviders
internal import ExpertRecord
internal import ExpertStore
internal import Synchronization

/// A slot that waits for its answer, with the request that the task writes for it.
struct PlannedSlot: Sendable {
  var n: Int
  var cell: PlanCell
  var request: ModelRequest
}

/// Asks the request of a slot and makes of the answer what the store keeps.
struct Questioner: Sendable {
  var task: GenerationTask
  var answerers: [Teacher: Answerer]
  var maxTokens: Int?
  /// Identifies the job; record ids are made from it.
  var jobKey: Digest

  enum Outcome: Sendable {
    case received(Receipt)
    case failed(SlotFailure, ProviderError)
  }

  /// The most that asking a slot can cost, in micro-dollars; 0 where the price is unknown, which a
  /// budget does not permit.
  func highestCost(_ slot: PlannedSlot) -> Int64 {
    guard let answerer = answerer(of: slot.request), let price = answerer.price else { return 0 }
    let input = TokenEstimate.input(slot.request.messages).high
    return Int64(price.cost(input: input, output: maxTokens ?? answerer.maxOutput) ?? 0)
  }

  /// Asks once, with the retries that the client rules allow; gives the cost beside the outcome.
  func ask(_ slot: PlannedSlot) async -> (outcome: Outcome, cost: Int64) {
    let reports = Mutex<[AttemptReport]>([])
    var request = slot.request
    let answerer = answerer(of: request)
    request.maxTokens = maxTokens ?? answerer?.maxOutput
    do throws(ProviderError) {
      guard let answerer else {
        throw ProviderError.unknown(
          what: "teacher", name: "\(request.provider) \(request.model)",
          known: answerers.keys.map(\.provider))
      }
      let reply = try await answerer.provider.ask(request) { report in
        reports.withLock { $0.append(report) }
      }
      let cost = answerer.price?.cost(of: reply.usage).map(Int64.init)
      let attempts = rows(reports.withLock { $0 }, of: request, reply: reply, cost: cost)
      return (.received(receipt(slot, reply, cost: cost, attempts: attempts)), cost ?? 0)
    } catch {
      let attempts = rows(reports.withLock { $0 }, of: request, reply: nil, cost: nil)
      let failure = SlotFailure(n: slot.n, attempts: attempts, mayBeAskedAgain: error.mayPass)
      return (.failed(failure, error), 0)
    }
  }

  private func answerer(of request: ModelRequest) -> Answerer? {
    answerers.first { $0.key.provider == request.provider && $0.key.model == request.model }?.value
  }

  private func receipt(
    _ slot: PlannedSlot, _ reply: ModelReply, cost: Int64?, attempts: [AttemptRow]
  ) -> Receipt {
    let parsed = read(reply, of: slot)
    return Receipt(
      n: slot.n, reply: reply.json, tokensIn: reply.usage.input, tokensOut: reply.usage.output,
      costMicros: cost, attempts: attempts,
      candidates: parsed.items.map { item in
        CandidateRow(
          ordinal: item.ordinal,
          rid: RecordID(job: jobKey, slot: slot.n, ordinal: item.ordinal),
          record: item.candidate.record, attributes: item.candidate.attributes)
      },
      rejections: parsed.rejections.map {
        RejectedPiece(filter: $0.filter, score: $0.score, detail: $0.detail)
      })
  }

  /// Only a complete reply may become records.
  private func read(_ reply: ModelReply, of slot: PlannedSlot) -> ParsedReply {
    guard reply.finish == .complete else {
      let words = reply.rawFinish.map { " (\($0))" } ?? ""
      return ParsedReply(rejections: [
        .init(filter: "finish", detail: "the reply is \(reply.finish.rawValue)\(words)")
      ])
    }
    let parser = ReplyParser(
      format: task.format, difficulty: slot.cell.difficulty,
      answerKind: slot.cell.topic.answerKind)
    return parser.parse(reply.text, reasoning: reply.reasoning)
  }

  /// The attempts as rows; tokens and cost stand with the one that was answered.
  private func rows(
    _ reports: [AttemptReport], of request: ModelRequest, reply: ModelReply?, cost: Int64?
  ) -> [AttemptRow] {
    reports.enumerated().map { index, report in
      let answered = reply != nil && index == reports.count - 1
      return AttemptRow(
        status: report.error == nil ? "ok" : report.status.map { "http \($0)" } ?? "no reply",
        provider: request.provider, model: request.model, providerRequestID: report.requestID,
        tokensIn: answered ? reply?.usage.input : nil,
        tokensOut: answered ? reply?.usage.output : nil, costMicros: answered ? cost : nil,
        error: report.error)
    }
  }
}

extension ProviderError {
  /// Whether asking the same again later may succeed.
  var mayPass: Bool {
    switch self {
    case .billing, .longPause, .exhausted, .cancelled, .missingKey: true
    case .rejected, .unknown, .badFile, .badKey, .forbiddenEndpoint: false
    }
  }
}

extension ModelReply {
  /// What the store keeps of a reply.
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("text", .string(text)), .init("finish", .string(finish.rawValue)),
    ]
    if let reasoning { members.append(.init("reasoning", .string(reasoning))) }
    if let rawFinish { members.append(.init("raw_finish", .string(rawFinish))) }
    if let reportedModel { members.append(.init("reported_model", .string(reportedModel))) }
    if let requestID { members.append(.init("request_id", .string(requestID))) }
    if let raw = usage.raw { members.append(.init("usage", raw)) }
    return .object(members)
  }
}
