package import ExpertProviders

/// What a job would ask and cost if it were run now: low, expected and high. Nothing is asked.
package struct CostForecast: Sendable, Hashable {
  package struct Model: Sendable, Hashable {
    package var teacher: Teacher
    /// `nil` where unknown: then the cost is unknown too, never 0.
    package var price: Price?
    /// The most output tokens that a request may be billed for.
    package var maxOutput: Int

    package init(teacher: Teacher, price: Price?, maxOutput: Int) {
      self.teacher = teacher
      self.price = price
      self.maxOutput = maxOutput
    }
  }

  package struct Line: Sendable, Hashable {
    package var model: Model
    package var calls: TokenEstimate
    package var input: TokenEstimate
    package var output: TokenEstimate
    /// Micro-dollars.
    package var cost: TokenEstimate?
  }

  package var lines: [Line]

  /// The whole cost in micro-dollars; `nil` where one model's is unknown.
  package var cost: TokenEstimate? {
    var total = TokenEstimate(low: 0, expected: 0, high: 0)
    for line in lines {
      guard let cost = line.cost else { return nil }
      total = total + cost
    }
    return total
  }

  /// Counts on the prompts of the first requests, on answers of ordinary length, and on pass rates
  /// of 100 %, 80 % and 50 %.
  package init(task: GenerationTask, count: Int, models: [Model]) {
    let weights = models.reduce(0) { $0 + $1.teacher.weight }
    let sample = Self.sampleInput(task)
    lines = models.map { model in
      let share = Double(count) * model.teacher.weight / weights / Double(task.batchSize)
      let calls = TokenEstimate(
        low: Int(share.rounded(.up)), expected: Int((share / 0.8).rounded(.up)),
        high: Int((share / 0.5).rounded(.up)))
      let answer = TokenEstimate.output(
        expected: Self.tokensPerRecord(task.format) * task.batchSize, maxTokens: model.maxOutput)
      let input = sample.times(calls)
      let output = answer.times(calls)
      return Line(
        model: model, calls: calls, input: input, output: output,
        cost: model.price?.cost(input: input, output: output))
    }
  }

  /// The mean estimate of the first requests' prompts, one for each cell up to sixteen.
  private static func sampleInput(_ task: GenerationTask) -> TokenEstimate {
    let builder = RequestBuilder(task: task)
    let cells = task.plan.cells.prefix(16)
    let sum = cells.enumerated().reduce(TokenEstimate(low: 0, expected: 0, high: 0)) { sum, cell in
      sum + TokenEstimate.input(builder.request(slot: cell.offset, cell: cell.element).messages)
    }
    return TokenEstimate(
      low: sum.low / cells.count, expected: sum.expected / cells.count,
      high: (sum.high + cells.count - 1) / cells.count)
  }

  /// Tokens of one record's JSON in an ordinary answer: a paragraph of material and an answer;
  /// graded answers and reasoning take more.
  private static func tokensPerRecord(_ format: GenerationFormat) -> Int {
    switch format {
    case .instruction, .adversarial: 200
    case .preferencePairs: 350
    case .distillation: 400
    }
  }
}

extension TokenEstimate {
  /// Low times low, expected times expected, high times high.
  fileprivate func times(_ calls: TokenEstimate) -> TokenEstimate {
    TokenEstimate(
      low: low * calls.low, expected: expected * calls.expected, high: high * calls.high)
  }
}
