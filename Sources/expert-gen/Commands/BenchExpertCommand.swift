internal import ArgumentParser
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// `expert-gen bench expert`.
struct BenchExpertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expert",
    abstract: "Measure packing, signing, verifying, installing and serving experts.",
    discussion: """
      What is served has Qwen3-0.6B's shape and random weights. Needs about 1.4 GB of disk in the \
      temporary folder and 2 GB of memory.

      Example: expert-gen bench expert
      """)

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let folder = NSTemporaryDirectory() + "expert-gen-bench-serve-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let serving = try await ServeBench.lines(folder: folder, layers: 28, pool: .shared)
    options.show(try packages() + serving) { Figures.decimal($0, 3) }
  }

  /// A LoRA adapter of 40 MB: packed and signed, verified, installed.
  private func packages() throws -> [BenchLine] {
    let folder = NSTemporaryDirectory() + "expert-gen-bench-expert-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let report = try PackageBenchmark(folder: folder).run()
    let size = Figures.bytes(report.bytes)
    return [
      BenchLine(
        "package and sign", report.packSeconds, "s", "\(size), read back and forced to disk"),
      BenchLine("verify", report.verifyMegabytesPerSecond, "MB/s", size),
      BenchLine("verify and install", report.installSeconds, "s", size),
    ]
  }
}
