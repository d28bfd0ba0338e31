internal import ArgumentParser
internal import Foundation

/// What every command understands.
struct GlobalOptions: ParsableArguments {
  @Option(help: "The store's file (default: EXPERT_STORE, or ./expert.db searched upward).")
  var store: String?

  @Flag(help: "Print one JSON object for machines instead of text.")
  var json = false

  @Flag(help: "Say nothing but results and errors.")
  var quiet = false

  @Option(help: "Colours: auto, always or never.")
  var color: ColorChoice = .auto
}

extension ColorChoice: ExpressibleByArgument {}

extension GlobalOptions {
  /// Where the results are shown.
  var terminal: Terminal { Terminal(descriptor: STDOUT_FILENO, color: color) }

  /// Where the places of this run are.
  var places: Places { Places(store: store) }

  /// A progress line on standard error.
  func progressLine() -> ProgressLine {
    ProgressLine(
      terminal: Terminal(descriptor: STDERR_FILENO, color: color), quiet: quiet || json)
  }

  /// Prints a table of results.
  func show(_ table: TableText) {
    for line in table.lines(for: terminal) { Console.out(line) }
  }

  /// Says something about the work, unless `--quiet`.
  func say(_ line: String) {
    if !quiet && !json { Console.note(VisibleText.lines(line)) }
  }
}
