internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertPlatform
internal import ExpertRecord

/// `expert-gen eval score`.
struct EvalScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Score a file of answers against their references.",
    discussion: """
      One JSON object a line: prediction, and reference (or references, or label); perhaps rid, \
      difficulty, answer_kind, prompt, nll with tokens, chosen_reward with rejected_reward. The \
      references may stand in a file of their own, line by line. --base scores another system's \
      answers to the same lines, and each example is compared; --judge asks a model which of \
      both answers is better, in both orders.

      Metrics: json-validity, json-equality, exact-match, normalised-match, squad-match, squad-f1, \
      accuracy, f1-macro, f1-weighted, bleu, sentence-bleu, nltk-bleu, chrf, chrf++, rouge-1, \
      rouge-2, rouge-l, rouge-lsum, perplexity, reward-accuracy, reward-margin; with options such \
      as bleu:tok=char:smooth=none. Without --metrics the kind of each answer decides.

      Examples:
        expert-gen eval score --predictions answers.jsonl --metrics exact-match,chrf
        expert-gen eval score --predictions expert.jsonl --base base.jsonl --html report.html
        expert-gen eval score --predictions expert.jsonl --base base.jsonl --judge local
      """)

  @Option(help: "The answers, one JSON object a line.", completion: .file()) var predictions: String
  @Option(help: "The right answers, where they stand in another file.", completion: .file())
  var references: String?
  @Option(help: "Another system's answers, to compare with.", completion: .file())
  var base: String?
  @Option(help: "The metrics, separated by commas.") var metrics: String?
  @Option(help: "Draws of the bootstrap; 0 gives no intervals.") var resamples = 1000
  @Option(help: "Seeds the draws.") var seed: UInt64 = 0
  @Option(help: "Write the report here, as JSON with all texts.", completion: .file())
  var output: String?
  @Option(help: "Write the report here, as an HTML page.", completion: .file()) var html: String?
  @Option(help: "Write each answer's scores here, one JSON object a line.", completion: .file())
  var examples: String?
  @OptionGroup var judging: JudgeOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard judging.judge == nil || base != nil else {
      throw ValidationError("--judge compares with another system's answers: name them with --base")
    }
    guard (0...100_000).contains(resamples) else {
      throw ValidationError("--resamples must lie between 0 and 100000")
    }
  }

  func run() async throws {
    let suite = EvaluationSuite(wanted: try MetricList.metrics(metrics))
    let outcomes = try PredictionFile.outcomes(
      predictions: predictions, references: references, base: base, suite: suite)
    var provenance = EvaluationProvenance(
      seed: seed, tool: "expert-gen \(ExpertGen.version)",
      date: Timestamp.text(SystemClock().wallMicroseconds()))
    provenance.adapter = predictions
    provenance.base = base
    var report = EvaluationReport(
      scoring: outcomes, suite: suite, bootstrap: Bootstrap(seed: seed, resamples: resamples),
      provenance: provenance)
    try MetricList.require(report, suite, source: predictions)
    report.judge = try await judging.summary(of: outcomes, seed: seed, options)
    let files = ReportFiles(json: output, html: html, examples: examples)
    try files.write(report)
    if options.json { Console.out(report.json(withTexts: false)) } else { options.show(report) }
  }
}
