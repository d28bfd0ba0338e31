internal import ArgumentParser
internal import ExpertRecord

/// `expert-gen doctor`.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the machine, the store, keys and providers, and say what to do.",
    discussion: """
      Names the variables that hold keys, never their values. Exit code 3 when something that is \
      needed is missing, 11 when the store is damaged.

      Example: expert-gen doctor --json
      """)

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let findings = await Doctor(places: options.places).examine()
    if options.json {
      Console.out(["findings": .array(findings.map(\.json))])
    } else {
      show(findings)
    }
    let worst = findings.compactMap(\.exit).max { $0.rawValue < $1.rawValue }
    if let worst { throw SilentExit(worst) }
  }

  private func show(_ findings: [Finding]) {
    let terminal = options.terminal
    for finding in findings {
      let mark =
        switch finding.level {
        case .good: terminal.styled("ok  ", .green)
        case .note: terminal.styled("note", .yellow)
        case .bad: terminal.styled("BAD ", .red)
        }
      Console.out("\(mark)  \(finding.subject): \(VisibleText.line(finding.text))")
      if let advice = finding.advice { Console.out("      → \(VisibleText.line(advice))") }
    }
  }
}

extension Finding {
  /// The finding as `--json` prints it.
  var json: JSONValue {
    [
      "level": .string(level.rawValue), "subject": .string(subject), "text": .string(text),
      "advice": advice.map(JSONValue.string) ?? .null,
    ]
  }
}
