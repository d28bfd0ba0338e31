internal import ExpertPlatform
internal import ExpertRecord

/// One measured figure.
struct BenchLine: Sendable, Hashable {
  /// What was measured, such as `JSON parser`.
  var name: String
  /// Rows, requests or bytes each second.
  var rate: Double
  /// The unit of the rate, such as `MB/s`.
  var unit: String
  /// What was worked on and what else was seen: sizes, recall, ratios.
  var detail: String

  init(_ name: String, _ rate: Double, _ unit: String, _ detail: String = "") {
    self.name = name
    self.rate = rate
    self.unit = unit
    self.detail = detail
  }

  /// The line as `--json` prints it.
  var json: JSONValue {
    [
      "name": .string(name), "rate": .number(rate), "unit": .string(unit),
      "detail": .string(detail),
    ]
  }

  /// Reads what `json` wrote; `nil` for anything else.
  init?(json: JSONValue) {
    guard let name = json["name"]?.string, let rate = json["rate"]?.number,
      let unit = json["unit"]?.string, let detail = json["detail"]?.string
    else { return nil }
    self.init(name, rate, unit, detail)
  }
}

extension MachineFacts {
  /// The machine in one line, without which a figure says nothing.
  var summary: String {
    "\(processor), \(cores) cores, \(Figures.bytes(memory)), \(instructionSet), \(system)"
  }

  /// The machine as `--json` prints it.
  var json: JSONValue {
    [
      "processor": .string(processor), "cores": .number(Double(cores)),
      "memory": .number(Double(memory)), "instruction_set": .string(instructionSet),
      "system": .string(system),
    ]
  }
}

extension GlobalOptions {
  /// Prints measured figures with the machine that they were measured on.
  func show(_ lines: [BenchLine], figure: (Double) -> String = Figures.rate) {
    let machine = MachineFacts.current()
    if json {
      Console.out(["machine": machine.json, "figures": .array(lines.map(\.json))])
      return
    }
    show(
      TableText(
        ["WHAT", "FIGURE", "UNIT", "DETAIL"], numeric: [1],
        rows: lines.map { [$0.name, figure($0.rate), $0.unit, $0.detail] }))
    Console.out(machine.summary)
  }
}
