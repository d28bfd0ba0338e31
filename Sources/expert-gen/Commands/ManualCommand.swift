internal import ArgumentParser
internal import ExpertRecord

/// `expert-gen manual`: the manual page in roff, made from the same descriptions as `--help`.
/// Hidden, because `make install` is who calls it.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page in roff.",
    discussion: "Example: expert-gen manual > expert-gen.1", shouldDisplay: false)

  func run() throws {
    Console.write(try ManualPage.text(dump: ExpertGen._dumpHelp()), to: 1)
  }
}
