internal import ExpertGeneration
internal import ExpertPlatform
internal import ExpertProviders
internal import ExpertRecord
internal import ExpertStore

/// What `dataset create` prints when it is done.
struct CreateReport {
  var options: GlobalOptions

  // MARK: a run

  func show(_ outcome: JobOutcome, store: Store, output: String?) throws {
    if options.json {
      Console.out(try json(outcome, store: store, output: output))
      return
    }
    let terminal = options.terminal
    if let head = outcome.head {
      let splits = try splitCounts(outcome, store: store)
      Console.out(
        terminal.styled("\(outcome.dataset)@\(head.name)", .bold)
          + "  \(Figures.count(head.recordCount)) records\(splits)  root \(head.root.hex.prefix(12))"
      )
    }
    if outcome.committed == nil, outcome.reason == nil {
      Console.out("nothing to do: the job has its \(Figures.count(outcome.requested)) records")
    }
    Console.out(funnelLine(outcome.tally))
    Console.out(costLine(outcome.tally))
    if let output, outcome.head != nil { Console.out("written to \(output)") }
    if let reason = outcome.reason { stopped(outcome, reason) }
  }

  private func stopped(_ outcome: JobOutcome, _ reason: StopReason) {
    let have = Figures.count(outcome.tally.accepted)
    let wanted = Figures.count(outcome.requested)
    Console.errorText("stopped at \(have) of \(wanted) records: \(VisibleText.lines(reason.words))")
  }

  private func splitCounts(_ outcome: JobOutcome, store: Store) throws -> String {
    let parts = try Split.allCases.map { split in
      let version = try store.resolve("\(outcome.dataset):\(split.rawValue)")
      return "\(Figures.count(try store.count(of: version))) \(split.rawValue)"
    }
    return " (\(parts.joined(separator: ", ")))"
  }

  private func funnelLine(_ tally: JobTally) -> String {
    var line =
      "\(Figures.count(tally.candidates)) \(tally.candidates == 1 ? "candidate" : "candidates"): "
      + "\(Figures.count(tally.accepted)) accepted"
    if tally.surplus > 0 { line += ", \(Figures.count(tally.surplus)) more than needed" }
    for (filter, count) in tally.rejectionsByFilter.sorted(by: {
      ($1.value, $0.key) < ($0.value, $1.key)
    }) {
      line += ", \(Figures.count(count)) \(Self.words[filter] ?? filter)"
    }
    return line
  }

  /// What filters are called that drop what never became a candidate.
  private static let words = [
    "finish": "unfinished replies", "parse": "replies without a record",
    "schema": "malformed records",
  ]

  private func costLine(_ tally: JobTally) -> String {
    let asked = tally.slots[.received] ?? 0
    var parts = ["\(Figures.count(asked)) replies in \(Figures.count(tally.attempts)) requests"]
    if tally.reusedSlots > 0 { parts.append("\(Figures.count(tally.reusedSlots)) reused") }
    if tally.tokensIn + tally.tokensOut > 0 {
      parts.append(
        "\(Figures.count(tally.tokensIn)) tokens in, \(Figures.count(tally.tokensOut)) out")
    }
    parts.append(Figures.dollars(micros: tally.costMicros))
    if tally.lostInFlight > 0 {
      parts.append("\(Figures.count(tally.lostInFlight)) lost in flight at a kill")
    }
    return parts.joined(separator: ", ")
  }

  private func json(_ outcome: JobOutcome, store: Store, output: String?) throws -> JSONValue {
    let tally = outcome.tally
    return [
      "dataset": .string(outcome.dataset),
      "version": outcome.head.map { .string($0.name) } ?? .null,
      "commit": outcome.head.map { .string($0.hash.hex) } ?? .null,
      "root": outcome.head.map { .string($0.root.hex) } ?? .null,
      "records": .number(Double(outcome.head?.recordCount ?? 0)),
      "new_version": .bool(outcome.committed != nil),
      "requested": .number(Double(outcome.requested)),
      "accepted": .number(Double(tally.accepted)),
      "candidates": .number(Double(tally.candidates)),
      "surplus": .number(Double(tally.surplus)),
      "rejections": .object(
        tally.rejectionsByFilter.sorted { $0.key < $1.key }
          .map { .init($0.key, .number(Double($0.value))) }),
      "replies": .number(Double(tally.slots[.received] ?? 0)),
      "requests": .number(Double(tally.attempts)),
      "reused": .number(Double(tally.reusedSlots)),
      "lost_in_flight": .number(Double(tally.lostInFlight)),
      "tokens_in": .number(Double(tally.tokensIn)),
      "tokens_out": .number(Double(tally.tokensOut)),
      "cost_usd": .number(Double(tally.costMicros) / 1e6),
      "output": output.map(JSONValue.string) ?? .null,
      "stopped": outcome.reason.map { .string($0.words) } ?? .null,
    ]
  }

  // MARK: a dry run

  func show(_ forecast: CostForecast, of dataset: String) {
    if options.json {
      Console.out(["dataset": .string(dataset), "forecast": .array(forecast.lines.map(json))])
      return
    }
    let rows = forecast.lines.map { line in
      [
        "\(line.model.teacher.provider) \(line.model.teacher.model)", range(line.calls),
        range(line.input), range(line.output), dollars(line.cost),
      ]
    }
    options.show(TableText(["MODEL", "CALLS", "TOKENS IN", "TOKENS OUT", "COST"], rows: rows))
    Console.out("low – expected – high; nothing was asked")
    for line in forecast.lines {
      if line.model.price == .free {
        Console.out("\(line.model.teacher.model) runs here and costs nothing")
      } else if let price = line.model.price {
        Console.out("price of \(line.model.teacher.model): \(price.date), \(price.source)")
      } else {
        Console.out(
          "the price of \(line.model.teacher.model) is unknown; say it with --price-in and "
            + "--price-out")
      }
    }
  }

  private func range(_ value: TokenEstimate) -> String {
    [value.low, value.expected, value.high].map(Figures.count).joined(separator: " – ")
  }

  private func dollars(_ cost: TokenEstimate?) -> String {
    guard let cost else { return "unknown" }
    return [cost.low, cost.expected, cost.high]
      .map { Figures.dollars(micros: Int64($0)) }.joined(separator: " – ")
  }

  private func json(_ line: CostForecast.Line) -> JSONValue {
    func triple(_ value: TokenEstimate, scale: Double = 1) -> JSONValue {
      [
        "low": .number(Double(value.low) / scale),
        "expected": .number(Double(value.expected) / scale),
        "high": .number(Double(value.high) / scale),
      ]
    }
    return [
      "provider": .string(line.model.teacher.provider),
      "model": .string(line.model.teacher.model), "calls": triple(line.calls),
      "tokens_in": triple(line.input), "tokens_out": triple(line.output),
      "cost_usd": line.cost.map { triple($0, scale: 1e6) } ?? .null,
      "price_date": line.model.price.map { .string($0.date) } ?? .null,
      "price_source": line.model.price.map { .string($0.source) } ?? .null,
    ]
  }
}
