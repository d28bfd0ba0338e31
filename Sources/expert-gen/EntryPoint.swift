internal import ArgumentParser
internal import ExpertRecord

/// Where the process starts: parses, runs, and turns whatever was thrown into one exit code.
///
/// ArgumentParser's own `main()` would exit with 64 on wrong usage; ours is 2.
@main
enum EntryPoint {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    CrashTraces.leaveNone()
    Interruption.install()
    let status = await run(arguments)
    Console.exit(status)
  }

  /// Parses and runs one command line in a task that an interrupt cancels.
  private static func run(_ arguments: [String]) async -> ExitStatus {
    let task = Task { try await perform(arguments) }
    Interruption.onFirst { task.cancel() }
    do {
      try await task.value
      return .ok
    } catch {
      return report(error, json: arguments.contains("--json"))
    }
  }

  private static func perform(_ arguments: [String]) async throws {
    var command = try ExpertGen.parseAsRoot(arguments)
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }

  /// Prints what went wrong and returns the code to leave with. Help and version are no errors.
  private static func report(_ error: any Error, json: Bool) -> ExitStatus {
    if let silent = error as? SilentExit { return silent.status }
    if isArgumentParsers(error) {
      let text = ExpertGen.fullMessage(for: error)
      guard ExpertGen.exitCode(for: error) != .success else {
        Console.out(text)
        return .ok
      }
      if json { Console.out(Failure(.usage, "usage", ExpertGen.message(for: error)).json) }
      Console.errorText(usageText(text))
      return .usage
    }
    let failure =
      Interruption.happened ? Failure.interrupted(after: error) : Failure(describing: error)
    if json { Console.out(failure.json) }
    Console.errorText("error: " + VisibleText.lines(failure.message))
    return failure.status
  }

  /// Whether ArgumentParser made the error: help, version and wrong usage.
  private static func isArgumentParsers(_ error: any Error) -> Bool {
    if error is CleanExit || error is ValidationError { return true }
    let code = ExpertGen.exitCode(for: error)
    return code == .validationFailure || code == .success
  }

  /// ArgumentParser's text in our form: `error:` in lower case, hint of what to do kept.
  private static func usageText(_ text: String) -> String {
    guard text.hasPrefix("Error: ") else { return text }
    return "error: " + text.dropFirst("Error: ".count)
  }
}
