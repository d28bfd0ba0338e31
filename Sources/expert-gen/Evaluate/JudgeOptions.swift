internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertGeneration
internal import ExpertPlatform
internal import ExpertProviders
internal import Foundation

/// Who judges two answers to the same prompt.
struct JudgeOptions: ParsableArguments {
  @Option(help: "Ask this provider which answer is better.") var judge: String?
  @Option(help: "The judge's model, if not the provider's default.") var judgeModel: String?
  @Option(help: "Another address for the judge's provider.") var baseURL: String?
  @Option(help: "Questions in flight at once (default from the provider file).")
  var maxWorkers: Int?
  @Flag(help: "Permit servers in private networks.") var allowPrivate = false

  func validate() throws {
    guard maxWorkers.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--max-workers must be at least 1")
    }
  }

  /// What the judge says; `nil` where none is wanted.
  func summary(
    of outcomes: [ExampleOutcome], seed: UInt64, _ options: GlobalOptions
  ) async throws -> JudgeSummary? {
    guard let name = judge else { return nil }
    let library = PromptLibrary(workspace: options.places.workspace)
    let template = try library.template(JudgePlan.template)
    let opened = try await options.catalog().open(
      ProviderWish(
        name: name, model: judgeModel, baseURL: baseURL, maxWorkers: maxWorkers,
        allowPrivate: allowPrivate, seed: seed),
      environment: ProcessInfo.processInfo.environment,
      transport: CurlTransport(policy: EndpointPolicy(allowPrivate: allowPrivate)),
      clock: SystemClock()
    ) { options.say("note: \($0)") }
    let asked = AnswerJudge(
      provider: opened.provider, name: opened.target.provider.name,
      model: opened.target.model.name, template: template, workers: opened.workers, seed: seed)
    let line = options.progressLine()
    defer { line.finish() }
    return try await asked.summary(of: outcomes) {
      line.update(ProgressState(done: $0, unit: "questions"))
    }
  }
}
