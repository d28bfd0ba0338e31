internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTokenizer
internal import Foundation

/// `expert-gen bench model`.
struct BenchModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Measure products, prompts, writing and tokenising beside the machine's limits.",
    discussion: """
      Limits are measured first: operations in registers and bytes from memory. The shape of \
      Qwen3-0.6B runs with random weights; --base measures a real model too, --ranks a tokenizer on \
      the texts of --text.

      Examples:
        expert-gen bench model --quick
        expert-gen bench model --base smollm2-135m --ranks qwen.tiktoken --text README.md
      """)

  @Flag(help: "One size of product, shorter prompts, no file of 1.2 GB.") var quick = false
  @Option(help: "A real model to measure as well.") var base: String?
  @Option(help: "A tiktoken file of Qwen's ranks to tokenise with (default: the base's tokenizer).")
  var ranks: String?
  @Option(help: "A text to tokenise; may be given several times.") var text: [String] = []
  @Option(help: "Threads (default: all processors).") var threads: Int?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let pool = threads.map { ThreadPool(threads: $0) } ?? .shared
    options.say("measuring the machine")
    let peaks = MachinePeaks.measure(pool: pool)
    var lines = limits(peaks)
    lines += products(peaks, pool)
    lines += try qwen(peaks, pool)
    if !quick { lines.append(try opening(pool)) }
    lines += try realModel(peaks, pool)
    lines += try tokenizing()
    let peak = Double(ResourceUsage.now().peakResidentBytes) / Double(1 << 20)
    lines.append(BenchLine("peak memory of the whole run", peak, "MiB"))
    options.show(lines)
  }

  private func limits(_ peaks: MachinePeaks) -> [BenchLine] {
    let who = "\(peaks.threads) threads"
    return [
      BenchLine("limit: bf16 operations", peaks.bf16Flops / 1e9, "GFLOP/s", who),
      BenchLine("limit: eight-bit operations", peaks.int8Flops / 1e9, "Gop/s", who),
      BenchLine("limit: fp32 operations", peaks.fp32Flops / 1e9, "GFLOP/s", who),
      BenchLine("limit: memory read", peaks.readBytes / 1e9, "GB/s", who),
    ]
  }

  /// Products of Qwen3-0.6B's linear layers: the median over shapes and rows of each way.
  private func products(_ peaks: MachinePeaks, _ pool: ThreadPool) -> [BenchLine] {
    options.say("measuring products")
    let benchmark = ProductBenchmark(peaks: peaks, pool: pool)
    let many = benchmark.manyRows(quick ? [512] : [256, 512, 1024])
    let few = benchmark.fewRows([1])
    return Self.lines(many, "GFLOP/s") { $0.flops / 1e9 }
      + Self.lines(few, "GB/s") { $0.bytes / 1e9 }
  }

  private static func lines(
    _ rates: [ProductBenchmark.Rate], _ unit: String, _ value: (ProductBenchmark.Rate) -> Double
  ) -> [BenchLine] {
    var ways: [ProductBenchmark.Way] = []
    for rate in rates where !ways.contains(rate.way) { ways.append(rate.way) }
    return ways.map { way in
      let own = rates.filter { $0.way == way }
      let shares = own.map(\.share).sorted()
      let rows = Set(own.map(\.rows)).sorted().map(String.init).joined(separator: ", ")
      return BenchLine(
        "product, \(way.precision) \(way.layout), \(way.direction)",
        own.map(value).sorted()[own.count / 2], unit,
        "\(rows) rows: \(percent(shares[shares.count / 2])) of the limit, least "
          + percent(shares[0]))
    }
  }

  private static func percent(_ share: Double) -> String {
    Figures.decimal(100 * share, 0) + " %"
  }

  private func qwen(_ peaks: MachinePeaks, _ pool: ThreadPool) throws -> [BenchLine] {
    let ways: [(Precision, Int)] =
      quick ? [(.bf16, 256), (.int4, 256)] : [(.bf16, 1024), (.int4, 1024)]
    return try ways.flatMap { precision, tokens in
      options.say("measuring Qwen3-0.6B's shape in \(precision.rawValue)")
      let model = try ModelBenchmark.random(ModelBenchmark.qwen3, precision: precision, pool: pool)
      let benchmark = ModelBenchmark(model, pool: pool)
      return lines(
        benchmark.run(promptTokens: tokens), "Qwen3-0.6B shape, \(precision.rawValue)", peaks)
        + [streams(benchmark, "Qwen3-0.6B shape, \(precision.rawValue)")]
    }
  }

  private func lines(
    _ report: ModelBenchmark.Report, _ name: String, _ peaks: MachinePeaks
  ) -> [BenchLine] {
    let peak = peaks.flops(.bf16)
    return [
      BenchLine(
        "\(name): reading a prompt", report.prefill, "tokens/s",
        "\(report.promptTokens) tokens, \(Figures.decimal(report.prefillFlops / 1e9, 0)) GFLOP/s, "
          + "\(Self.percent(report.prefillFlops / peak)) of the limit"),
      BenchLine(
        "\(name): writing, one stream", report.decode, "tokens/s",
        "\(Figures.decimal(report.decodeBytes / 1e9, 1)) GB/s of weights, "
          + "\(Self.percent(report.decodeBytes / peaks.readBytes)) of the limit"),
    ]
  }

  private func streams(_ benchmark: ModelBenchmark, _ name: String) -> BenchLine {
    let report = benchmark.run(promptTokens: 16, streams: 8, written: 24)
    return BenchLine("\(name): writing, 8 streams", report.decode, "tokens/s", "together")
  }

  /// Opens a file of Qwen3-0.6B's shape that was just written, so that it is in memory.
  private func opening(_ pool: ThreadPool) throws -> BenchLine {
    options.say("writing and opening a file of 1.2 GB")
    let folder = NSTemporaryDirectory() + "expert-gen-bench-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ModelFiles.writeRandom(ModelBenchmark.qwen3, folder: folder)
    var best = Double.infinity
    for _ in 0..<3 {
      let start = ContinuousClock.now
      let files = try ModelFiles.open(folder)
      _ = try BaseModel(files.config, precision: nil, pool: pool) { try files.tensor($0) }
      best = min(best, (ContinuousClock.now - start) / .seconds(1))
    }
    return BenchLine(
      "opening a model of 1.2 GB, warm", best * 1e3, "ms", "bf16 safetensors, ready to compute")
  }

  private func realModel(_ peaks: MachinePeaks, _ pool: ThreadPool) throws -> [BenchLine] {
    guard let base else { return [] }
    options.say("measuring \(base)")
    let opened = try Base.open(try options.modelPath(base), pool: pool)
    let name = (base as NSString).lastPathComponent
    let benchmark = ModelBenchmark(opened.model, pool: pool)
    return lines(benchmark.run(promptTokens: quick ? 256 : 1024), name, peaks)
      + [streams(benchmark, name)]
  }

  private func tokenizing() throws -> [BenchLine] {
    let tokenizer: Tokenizer
    if let ranks {
      tokenizer = try Tokenizer(rankFile: ranks, options: .qwen)
    } else if let base {
      tokenizer = try ModelFiles.open(try options.modelPath(base)).tokenizer()
    } else {
      return []
    }
    options.say("measuring the tokenizer")
    let samples = try text.map { path in
      TokenizerBenchmark.Sample(
        name: (path as NSString).lastPathComponent,
        text: try String(contentsOfFile: path, encoding: .utf8))
    }
    return try TokenizerBenchmark.run(
      tokenizer, samples: samples.isEmpty ? [TokenizerBenchmark.embeddedProse] : samples
    ).map {
      BenchLine(
        "tokenising \($0.name), one core", $0.megabytesPerSecond, "MB/s",
        "\(Figures.bytes($0.bytes)), \(Figures.decimal($0.bytesPerToken, 1)) bytes a token, "
          + "first pass \(Figures.decimal($0.firstMegabytesPerSecond, 1)) MB/s")
    }
  }
}
