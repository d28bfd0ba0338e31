internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTokenizer

/// `expert-gen generate`.
struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Let a base model answer a prompt.",
    discussion: """
      The prompt becomes a user's message in the model's own chat template; --raw continues the \
      text as it stands. Several --prompt are answered together.

      Examples:
        expert-gen generate --base smollm2-135m --prompt "What is the capital of France?"
        expert-gen generate --base smollm2-135m --raw --prompt "Once upon a time" --max-tokens 40
      """)

  @OptionGroup var base: BaseOptions
  @Option(parsing: .singleValue, help: "What to answer; may be given several times.")
  var prompt: [String] = []
  @Option(help: "A system message before the prompt.") var system: String?
  @Option(help: "Another chat template than the model's own.") var template: ChatTemplate?
  @Flag(help: "No template: go on with the text as it is.") var raw = false
  @Flag(help: "Let the model think before its answer, where its template can.") var think = false
  @OptionGroup var sampling: SamplingArguments
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if prompt.isEmpty { throw ValidationError("give a --prompt") }
    if raw && (system != nil || template != nil || think) {
      throw ValidationError(
        "--raw takes the text as it is; leave out --system, --template, --think")
    }
  }

  func run() async throws {
    let base = try options.open(self.base)
    let requests = try prompt.map { sampling.request(try ids(of: $0, base)) }
    let start = ContinuousClock.now
    let generator = Generator(
      base.model, adapter: try base.adapter(self.base), tokenizer: base.tokenizer,
      maxStreams: min(16, requests.count),
      longestPrompt: requests.map(\.prompt.count).max() ?? 1, pool: self.base.pool)
    let streams = requests.count == 1 && !options.json
    var firstToken: Duration?
    let results = try generator.generate(requests) { _, text in
      firstToken = firstToken ?? ContinuousClock.now - start
      if streams { Console.write(VisibleText.lines(text), to: 1) }
      return !Interruption.happened
    }
    let speed = GenerationSpeed(results, total: ContinuousClock.now - start, first: firstToken)
    show(results, speed, streamed: streams)
    if Interruption.happened { throw SilentExit(.interrupted) }
  }

  private func ids(of prompt: String, _ base: Base) throws -> [Int32] {
    if raw { return try base.tokenizer.encode(prompt, affixes: true) }
    var turns = system.map { [ChatTurn(role: "system", content: $0)] } ?? []
    turns.append(ChatTurn(role: "user", content: prompt))
    return try base.tokenizer.render(
      Conversation(turns), template: base.template(template),
      options: RenderOptions(addsGenerationPrompt: true, thinking: think)
    ).ids
  }

  private func show(_ results: [GenerationResult], _ speed: GenerationSpeed, streamed: Bool) {
    if options.json {
      Console.out([
        "results": .array(zip(prompt, results).map { $1.json(prompt: $0) }),
        "speed": speed.json,
      ])
      return
    }
    if streamed {
      Console.write("\n", to: 1)
    } else {
      for (prompt, result) in zip(prompt, results) {
        Console.out("> " + VisibleText.line(prompt))
        Console.out(VisibleText.lines(result.text) + "\n")
      }
    }
    options.say(speed.summary)
  }
}

/// How fast an answer came.
struct GenerationSpeed {
  let promptTokens: Int
  let newTokens: Int
  /// Until the first piece of text.
  let first: Duration
  let total: Duration

  init(_ results: [GenerationResult], total: Duration, first: Duration?) {
    promptTokens = results.reduce(0) { $0 + $1.promptTokens }
    newTokens = results.reduce(0) { $0 + $1.tokens.count }
    self.total = total
    self.first = first ?? total
  }

  /// New tokens a second after the first.
  var rate: Double {
    let seconds = (total - first) / .seconds(1)
    return seconds > 0 && newTokens > 1 ? Double(newTokens - 1) / seconds : 0
  }

  var summary: String {
    "\(promptTokens) prompt tokens, first text after "
      + "\(Figures.decimal(first / .seconds(1), 2)) s; \(newTokens) new tokens"
      + (rate > 0 ? ", \(Figures.rate(rate)) tokens/s" : "")
  }

  var json: JSONValue {
    [
      "prompt_tokens": .number(Double(promptTokens)), "new_tokens": .number(Double(newTokens)),
      "seconds_to_first": .number(first / .seconds(1)), "tokens_per_second": .number(rate),
    ]
  }
}

extension GenerationResult {
  /// The result as `--json` prints it.
  func json(prompt: String) -> JSONValue {
    [
      "prompt": .string(prompt), "text": .string(text), "finish_reason": .string(finish.rawValue),
      "prompt_tokens": .number(Double(promptTokens)),
      "tokens": .array(tokens.map { .number(Double($0)) }),
    ]
  }
}

extension GlobalOptions {
  /// Opens the base model that the options name, and says what takes its time.
  func open(_ options: BaseOptions) throws -> Base {
    let path = try modelPath(options.base)
    return try Base.open(path, precision: options.quantize, pool: options.pool)
  }
}
