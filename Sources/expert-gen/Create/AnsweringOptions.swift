internal import ArgumentParser

/// Who answers, and what that may cost.
struct AnsweringOptions: ParsableArguments {
  @Option(help: "A provider or model by name, “procedural”, or “local” (see “provider list”).")
  var provider: String?

  @Option(help: "The model (default: the provider file's).")
  var model: String?

  @Option(help: "Another address of the provider, such as http://127.0.0.1:8080/v1.")
  var baseURL: String?

  @Flag(help: "Permit http and addresses of a private network.")
  var allowPrivate = false

  @Option(help: "Requests in flight at most (default: the provider file's).")
  var maxWorkers: Int?

  @Option(help: "The longest answer, in tokens (default 1,024 for each record asked).")
  var maxTokens: Int?

  @Option(help: "Sampling temperature; sent only where the model takes one.")
  var temperature: Double?

  @Option(help: "Nucleus sampling; sent only where the model takes it.")
  var topP: Double?

  @Option(help: "US dollars to spend at most on this job, all runs together.")
  var budget: Double?

  @Option(help: "US dollars per million input tokens, where the provider file has no price.")
  var priceIn: Double?

  @Option(help: "US dollars per million output tokens, where the provider file has no price.")
  var priceOut: Double?

  func validate() throws {
    for (flag, value) in [
      ("--budget", budget), ("--price-in", priceIn), ("--price-out", priceOut),
    ] {
      if let value, !(0...1_000_000).contains(value) {
        throw ValidationError("\(flag) must be 0 to 1,000,000 US dollars, not \(value)")
      }
    }
    guard (priceIn == nil) == (priceOut == nil) else {
      throw ValidationError("--price-in and --price-out go together")
    }
    for (flag, value) in [("--max-workers", maxWorkers), ("--max-tokens", maxTokens)] {
      if let value, value < 1 { throw ValidationError("\(flag) must be 1 or more, not \(value)") }
    }
  }
}
