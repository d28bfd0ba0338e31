internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTensors
internal import ExpertTokenizer
internal import Synchronization

/// `expert-gen eval run`.
struct EvalRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure an expert against its base on test records.",
    discussion: """
      Base and expert answer the test split of the version that the expert was trained on, both \
      from one loaded base, greedily unless a temperature is given. The report has every metric \
      that the kinds of answers ask for with its interval, wins and losses, tables by difficulty, \
      template and corruption, the perplexity of the references, and for preference records how often the better answer is \
      found likelier. It is kept in the store and beside the adapter as evaluation.json, with what \
      the adapter costs in time and memory as benchmark.json; expert package reads both. --judge \
      asks a model which of both answers is better, in both orders.

      Test records that were trained on, by this run or by one that it went on from, are refused with \
      exit code 11, unless --allow-trained-on. An evaluation of a part (--limit, another split, trained \
      records) does not replace a fuller one of the same adapter: it goes to evaluation.partial.json. \
      Answers are kept as they come, in OUTPUT.answers.jsonl: an interrupted run goes on from \
      there, and other metrics or a judge ask for no answer twice.

      Examples:
        expert-gen eval run --expert runs/json-parsing
        expert-gen eval run --base qwen3-0.6b --expert json-parser --dataset json-parsing@v3 \\
          --html report.html
        expert-gen eval run --expert json-parser.v1.0.0.expert --judge local --limit 100
      """)

  @Option(help: "The base model (default: the one that the expert names).") var base: String?
  @Option(
    help: ArgumentHelp(
      "What is measured: an adapter's folder, a .expert file or an installed expert; without it "
        + "the base alone.", valueName: "expert"))
  var expert: String?
  @Option(help: "The version whose records are asked, as NAME@REF (default: the one trained on).")
  var dataset: String?
  @Option(
    help: "The split that is asked: train, valid or test.",
    transform: { name in
      guard let split = Split(rawValue: name) else {
        throw ValidationError("\(name) is no split; there are train, valid and test")
      }
      return split
    })
  var split: Split = .test
  @Option(help: "The metrics, separated by commas (default: by the kinds of answers).")
  var metrics: String?
  @Option(help: "Ask this many records only, spread over the split.") var limit: Int?
  @Flag(help: "Measure although test records were trained on.") var allowTrainedOn = false
  @Flag(help: "Take a package that nobody signed.") var allowUnsigned = false
  @Option(help: "Another chat template than the recorded one.") var template: ChatTemplate?
  @Option(
    help: ArgumentHelp(
      "How pairs are ranked: likelihood (mean of an answer's tokens, base and expert alike) or "
        + "implicit (DPO's reward, for which the base is the reference).", valueName: "kind"))
  var rewards: RewardKind = .likelihood
  @Option(help: "How weights are held: fp32, bf16, int8, int4, nf4 or w8a8.")
  var quantize: Precision?
  @Option(help: "Threads (default: all processors).") var threads: Int?
  @Option(help: "Answers under way at once.") var batchSize = 16
  @Option(help: "Draws of the bootstrap; 0 gives no intervals.") var resamples = 1000
  @Option(
    help: "Write the report here, as JSON (default: evaluation.json beside the adapter).",
    completion: .file())
  var output: String?
  @Option(help: "Write the report here, as an HTML page.", completion: .file()) var html: String?
  @Option(help: "Write each answer's scores here, one JSON object a line.", completion: .file())
  var examples: String?
  @OptionGroup var sampling: SamplingArguments
  @OptionGroup var judging: JudgeOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if base == nil && expert == nil { throw ValidationError("give an --expert, or a --base alone") }
    if expert == nil && dataset == nil {
      throw ValidationError("a base alone was trained on no version of yours; name a --dataset")
    }
    if expert == nil && judging.judge != nil {
      throw ValidationError("--judge compares an expert with its base: give an --expert")
    }
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
    guard (1...256).contains(batchSize) else {
      throw ValidationError("--batch-size must lie between 1 and 256")
    }
    guard (0...100_000).contains(resamples) else {
      throw ValidationError("--resamples must lie between 0 and 100000")
    }
  }

  func run() async throws {
    let suite = EvaluationSuite(wanted: try MetricList.metrics(metrics))
    var subject: MeasuredExpert?
    if let expert { subject = try await options.expert(expert, allowUnsigned: allowUnsigned) }
    let records = try EvaluationRecords(
      dataset: dataset, split: split, limit: limit, facts: subject?.facts, options)
    try MetricList.check(suite, kind: records.version.dataset.kind)
    if !allowTrainedOn { try records.leaks.requireClean() }
    let systems = try EvaluatedSystems(self, subject)
    let usual = output ?? subject.flatMap(Self.reportPath) ?? "evaluation.json"
    var report = try await measure(records, systems, suite, answers: usual + ".answers.jsonl")
    report.leaks = records.leaks
    report.judge = try await judging.summary(
      of: report.outcomes, seed: sampling.seed, options)
    try MetricList.require(report, suite, source: records.version.description)
    let place = output ?? self.place(of: report, usual)
    try ReportFiles(json: place, html: html, examples: examples).write(report)
    try systems.keepCost()
    let store = try options.openStore(.readWrite)
    defer { try? store.close() }
    try report.keep(in: store, of: records.version)
    if options.json { Console.out(report.json(withTexts: false)) } else { options.show(report) }
    options.say("report: \(place)")
  }

  /// Where a report goes by default: beside an adapter of the user's own, else the working folder.
  private static func reportPath(_ subject: MeasuredExpert) -> String {
    subject.takesReports
      ? "\(subject.folder)/\(EvaluationReport.fileName)" : "\(subject.name).evaluation.json"
  }

  /// A report of a part does not take the place of one that tells more of the same adapter.
  private func place(of report: EvaluationReport, _ usual: String) -> String {
    guard let old = try? ReportFiles.read(usual), !report.mayReplace(old) else { return usual }
    let partial =
      usual.dropLast(EvaluationReport.fileName.utf8.count)
      + EvaluationReport.partialFileName
    options.say(
      "note: \(usual) holds a fuller evaluation of this adapter and stays; this one is \(partial)")
    return String(partial)
  }

  private func measure(
    _ records: EvaluationRecords, _ systems: EvaluatedSystems, _ suite: EvaluationSuite,
    answers: String
  ) async throws -> EvaluationReport {
    var plan = AnswerPlan(
      request: sampling.request([]), streams: batchSize, rewards: rewards,
      beta: systems.facts?.beta ?? 0.1)
    plan.restrict(to: suite)
    try OutputFolder.make(for: answers)
    let file = try AnswerFile(answers, systems: systems.identities(plan))
    let line = options.progressLine()
    let total = records.cases.count * systems.count
    let done = Mutex(0)
    let (base, measured) = systems.sources(plan, file) { count in
      let sum = done.withLock { done in
        done += count
        return done
      }
      line.update(ProgressState(done: sum, total: total, unit: "answers"))
    }
    defer { line.finish() }
    return try await EvaluationRun(
      suite: suite, bootstrap: Bootstrap(seed: sampling.seed, resamples: resamples),
      provenance: provenance(records, systems)
    ).run(records.cases, base: base, expert: measured)
  }

  private func provenance(
    _ records: EvaluationRecords, _ systems: EvaluatedSystems
  ) -> EvaluationProvenance {
    var facts = EvaluationProvenance(
      seed: sampling.seed, tool: "expert-gen \(ExpertGen.version)",
      date: Timestamp.text(SystemClock().wallMicroseconds()))
    facts.allowsTrainedOn = allowTrainedOn
    facts.sampling = sampling.json
    records.fill(&facts)
    systems.fill(&facts)
    return facts
  }
}

extension RewardKind: ExpressibleByArgument {}
