internal import ExpertRecord
internal import Foundation

/// Runs each part of the benchmark in a process of its own: the greatest resident size is known
/// for a whole process only.
struct BenchRunner {
  let quick: Bool
  let quiet: Bool

  /// All parts, one after the other.
  func all() throws -> [BenchReport] {
    let folder = NSTemporaryDirectory() + "expert-gen-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Here and not in the child, so that a child that was interrupted leaves nothing either.
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try BenchPart.allCases.map { part in
      if !quiet { Console.note("measuring: \(part.rawValue)") }
      return try report(of: part, temporary: folder)
    }
  }

  private func report(of part: BenchPart, temporary: String) throws -> BenchReport {
    let child = Process()
    child.executableURL = Bundle.main.executableURL
    child.arguments =
      ["bench", "data", "--part", part.rawValue, "--json"] + (quick ? ["--quick"] : [])
    child.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": temporary]) { $1 }
    let output = Pipe()
    child.standardOutput = output
    try child.run()
    Interruption.onFirst { child.terminate() }
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    child.waitUntilExit()
    guard child.terminationStatus == 0, let figures = try JSONValue.parse(bytes)["figures"]?.array
    else {
      throw Failure(
        .failure, "bench", "measuring \(part.rawValue) failed; run it alone with --part")
    }
    return BenchReport(figures.compactMap(BenchLine.init(json:)))
  }
}
