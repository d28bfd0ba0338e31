internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset funnel NAME`.
struct DatasetFunnelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "funnel", abstract: "Show what was asked, answered, dropped and kept, and why.",
    discussion: "Example: expert-gen dataset funnel json-parsing --filter near-duplicate")

  @Argument(help: "The dataset.") var name: String
  @Option(help: "Show the records that this filter dropped.") var filter: String?
  @Option(help: "How many of them.") var limit = 5
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    guard let dataset = try store.datasets().first(where: { $0.name == name }) else {
      throw StoreError.unknownDataset(name: name, existing: try store.datasets().map(\.name))
    }
    let jobs = try store.jobs(of: name)
    let tallies = try jobs.map { try store.tally($0) }
    let all = try store.rejections(of: dataset, filter: filter, limit: .max)
    let quarantined = try store.quarantine(of: name)
    let dropped = Dictionary(grouping: all, by: \.filter)
    let counts = dropped.mapValues(\.count)
    if options.json {
      Console.out(json(tallies, counts, quarantined.count))
      return
    }
    show(tallies, dropped.mapValues(Self.reasons), quarantined.count)
    if filter != nil { show(Array(all.prefix(limit))) }
  }

  /// What one filter dropped.
  private struct Reasons {
    var count: Int
    /// The reason it gave most often.
    var usual: String
  }

  private static func reasons(_ rows: [RejectionRow]) -> Reasons {
    let counts = Dictionary(grouping: rows, by: \.detail).mapValues(\.count)
    let usual = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    return Reasons(count: rows.count, usual: VisibleText.excerpt(usual, 60))
  }

  private func show(_ tallies: [JobTally], _ dropped: [String: Reasons], _ quarantined: Int) {
    var rows: [[String]] = []
    for (number, tally) in tallies.enumerated() {
      let job = tallies.count > 1 ? "job \(number + 1): " : ""
      let planned = tally.slots.values.reduce(0, +)
      rows.append([job + "requests planned", Figures.count(planned), ""])
      rows.append([
        job + "answers received", Figures.count(tally.slots[.received] ?? 0),
        tally.reusedSlots > 0 ? "\(tally.reusedSlots) reused" : "",
      ])
      rows.append([job + "candidates", Figures.count(tally.candidates), ""])
      rows.append([
        job + "rejected", Figures.count(tally.rejected),
        Figures.percent(tally.rejected, of: tally.candidates),
      ])
      if tally.surplus > 0 {
        rows.append([job + "surplus", Figures.count(tally.surplus), "good, but enough were there"])
      }
      rows.append([
        job + "accepted", Figures.count(tally.accepted),
        Figures.percent(tally.accepted, of: tally.candidates),
      ])
      if tally.lostInFlight > 0 {
        rows.append([job + "lost in flight", "\(tally.lostInFlight)", "may have been asked again"])
      }
      if tally.costMicros > 0 {
        rows.append([job + "cost", Figures.dollars(micros: tally.costMicros), ""])
      }
    }
    for (filter, reasons) in dropped.sorted(by: {
      ($1.value.count, $0.key) < ($0.value.count, $1.key)
    }) {
      rows.append(["dropped by \(filter)", Figures.count(reasons.count), reasons.usual])
    }
    if quarantined > 0 { rows.append(["rows in quarantine", Figures.count(quarantined), ""]) }
    options.show(TableText(["STEP", "COUNT", "SHARE"], numeric: [1], rows: rows))
  }

  private func show(_ rejections: [RejectionRow]) {
    for rejection in rejections {
      Console.out("")
      Console.out(
        "\(rejection.rid?.description ?? "no record")  \(VisibleText.line(rejection.detail))")
      if let record = rejection.record {
        for line in RecordText.lines(record, terminal: options.terminal) { Console.out(line) }
      } else if let text = rejection.text {
        Console.out("  \(VisibleText.excerpt(text, 400))")
      }
    }
  }

  private func json(
    _ tallies: [JobTally], _ dropped: [String: Int], _ quarantined: Int
  ) -> JSONValue {
    [
      "jobs": .array(tallies.map(\.json)),
      "dropped": .object(
        dropped.sorted { $0.key < $1.key }.map { .init($0.key, .number(Double($0.value))) }),
      "quarantined": .number(Double(quarantined)),
    ]
  }
}

extension JobTally {
  /// The tally as `--json` prints it.
  var json: JSONValue {
    [
      "requests": .number(Double(slots.values.reduce(0, +))),
      "received": .number(Double(slots[.received] ?? 0)),
      "reused": .number(Double(reusedSlots)), "attempts": .number(Double(attempts)),
      "candidates": .number(Double(candidates)), "accepted": .number(Double(accepted)),
      "rejected": .number(Double(rejected)), "surplus": .number(Double(surplus)),
      "unjudged": .number(Double(unjudged)), "lost_in_flight": .number(Double(lostInFlight)),
      "tokens_in": .number(Double(tokensIn)), "tokens_out": .number(Double(tokensOut)),
      "cost_micros": .number(Double(costMicros)),
    ]
  }
}
