package import ExpertGeneration
internal import ExpertPlatform
package import ExpertProviders

/// Asks a model which answers are better, through the same providers that write datasets.
package struct AnswerJudge: Sendable {
  private let provider: any ModelProvider
  private let name: String
  private let model: String
  private let template: PromptTemplate
  private let workers: Int
  private let seed: UInt64

  /// A judge whose questions go out at most `workers` at a time. `name` and `model` are the
  /// provider's and the model's, as the catalog resolved them.
  package init(
    provider: any ModelProvider, name: String, model: String, template: PromptTemplate,
    workers: Int = 1, seed: UInt64 = 0
  ) {
    self.provider = provider
    self.name = name
    self.model = model
    self.template = template
    self.workers = max(1, workers)
    self.seed = seed
  }

  /// Judges every outcome that has both answers.
  ///
  /// A reply that is no verdict, was cut short, or never came leaves its example without verdict.
  /// Throws the `ProviderError` where no later question could fare better: a missing key, an account
  /// that cannot pay, a cancelled task.
  package func summary(
    of outcomes: [ExampleOutcome], onProgress: @Sendable (Int) -> Void = { _ in }
  ) async throws(ProviderError) -> JudgeSummary {
    let plan = JudgePlan(template: template, provider: name, model: model, seed: seed)
    let questions = plan.questions(outcomes)
    let verdicts = try await verdicts(of: questions, onProgress).get()
    return JudgeSummary(
      outcomes: outcomes, questions: questions, verdicts: verdicts, provider: name, model: model,
      template: "\(template.name)@v\(template.version)", templateSHA256: template.digest.hex)
  }

  /// Asks all questions, `workers` side by side: as one comes back the next goes out.
  private func verdicts(
    of questions: [JudgeQuestion], _ onProgress: @Sendable (Int) -> Void
  ) async -> Result<[JudgeVerdict?], ProviderError> {
    await withTaskGroup(of: (Int, Result<JudgeVerdict?, ProviderError>).self) { group in
      var verdicts = [JudgeVerdict?](repeating: nil, count: questions.count)
      var next = min(workers, questions.count)
      for place in 0..<next { group.addTask { (place, await ask(questions[place].request)) } }
      var done = 0
      while let (place, result) = await group.next() {
        guard case .success(let verdict) = result else {
          group.cancelAll()
          return result.map { _ in [] }
        }
        verdicts[place] = verdict
        done += 1
        onProgress(done)
        guard next < questions.count else { continue }
        let upcoming = next
        group.addTask { (upcoming, await ask(questions[upcoming].request)) }
        next += 1
      }
      return .success(verdicts)
    }
  }

  private func ask(_ request: ModelRequest) async -> Result<JudgeVerdict?, ProviderError> {
    do {
      let reply = try await provider.ask(request) { _ in }
      return .success(reply.finish == .complete ? JudgeVerdict(reply: reply.text) : nil)
    } catch {
      return error.endsTheJudging ? .failure(error) : .success(nil)
    }
  }
}

extension ProviderError {
  /// Whether every other question would fail in the same way.
  fileprivate var endsTheJudging: Bool {
    switch self {
    case .exhausted, .rejected: false
    default: true
    }
  }
}
