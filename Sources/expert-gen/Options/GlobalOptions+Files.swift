internal import ExpertGeneration
internal import ExpertRecord

extension GlobalOptions {
  /// Runs a pass from file to file and prints what it did.
  func curate(
    _ rules: CurationRules, rows: RowOptions, files: FileOptions,
    paths: (input: String, output: String)
  ) throws {
    let line = progressLine()
    let curation = FileCuration(rules: rules, format: rows.format, map: rows.fieldMap)
    let report = try curation.run(
      input: paths.input, output: paths.output, rejected: files.rejected
    ) { line.update(ProgressState(done: $0, unit: "rows")) }
    line.finish()
    if json {
      Console.out([
        "tally": report.tally.json, "bad_rows": .number(Double(report.badCount)),
        "bad": .array(report.bad.map { .string("\(paths.input):\($0)") }),
      ])
      return
    }
    for bad in report.bad.prefix(10) {
      Console.note(VisibleText.line("\(paths.input):\(bad)"))
    }
    if report.badCount > 10 { Console.note("… and \(report.badCount - 10) more") }
    show(report.tally)
    Console.out("\(VisibleText.line(paths.output)): \(Figures.count(report.tally.kept)) records")
  }
}
