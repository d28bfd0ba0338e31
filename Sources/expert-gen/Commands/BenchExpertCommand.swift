internal import ArgumentParser
internal import ExpertComposition
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// `expert-gen bench expert`.
struct BenchExpertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expert",
    abstract: "Measure packing, verifying, installing, attaching and routing experts.",
    discussion: """
      Experts are attached to the shape of Qwen3-0.6B with random weights, which takes 1.2 GB of \
      memory; --quick takes 4 of its 28 layers. Needs about 300 MB of disk in the temporary folder.

      Example: expert-gen bench expert
      """)

  @Flag(help: "Fewer layers and a smaller package.") var quick = false
  @Option(help: "Threads (default: all processors).") var threads: Int?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let folder = NSTemporaryDirectory() + "expert-gen-bench-expert-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    options.say("measuring packages")
    let packages = try packages(folder)
    options.say("measuring experts on a base")
    let composition = try composition(folder)
    options.say("measuring routing")
    options.show(packages + composition + routing()) { Figures.decimal($0, 3) }
  }

  /// A LoRA adapter of 40 MB: packed and signed, verified, installed.
  private func packages(_ folder: String) throws -> [BenchLine] {
    var benchmark = PackageBenchmark(folder: folder)
    if quick { benchmark.weightBytes /= 8 }
    let report = try benchmark.run()
    let size = Figures.bytes(report.bytes)
    return [
      BenchLine(
        "package and sign", report.packSeconds, "s", "\(size), read back and forced to disk"),
      BenchLine("verify", report.verifyMegabytesPerSecond, "MB/s", size),
      BenchLine("verify and install", report.installSeconds, "s", size),
    ]
  }

  private func composition(_ folder: String) throws -> [BenchLine] {
    let pool = threads.map { ThreadPool(threads: $0) } ?? .shared
    let report = try CompositionBenchmark(folder: folder, quick: quick, pool: pool).run()
    let size = Figures.bytes(report.adapterBytes)
    let layers = quick ? "4 layers" : "28 layers"
    func share(_ rate: Double) -> String {
      Figures.decimal(100 * rate / report.oneRate, 1) + " % of one expert's speed"
    }
    return [
      BenchLine(
        "attach, cold", report.coldSeconds * 1e3, "ms",
        "LoRA r 16, \(layers), \(size): files hashed, read and checked; file cache warm"),
      BenchLine("attach, hot", report.hotSeconds * 1e3, "ms", "an expert that was used before"),
      BenchLine(
        "attach two as a weighted sum, hot", report.composedSeconds * 1e3, "ms", "0.5 each"),
      BenchLine("writing with one expert", report.oneRate, "tokens/s", layers),
      BenchLine(
        "writing with two by turns", report.alternatingRate, "tokens/s",
        "another expert at every token: \(share(report.alternatingRate))"),
      BenchLine(
        "writing with two at once", report.composedRate, "tokens/s", share(report.composedRate)),
    ]
  }

  private func routing() -> [BenchLine] {
    let report = RoutingBenchmark().run()
    return [
      BenchLine(
        "routing, the embedding apart", report.seconds * 1e3, "ms",
        "\(Figures.count(report.experts)) experts with keywords, hints and embeddings; slowest of "
          + "100 queries \(Figures.decimal(report.slowest * 1e3, 3)) ms")
    ]
  }
}
