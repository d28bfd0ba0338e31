internal import ExpertRecord
internal import Foundation

/// A part of a benchmark in a process of its own: the greatest resident size is known for a whole
/// process only.
struct BenchChild {
  /// Everything behind `expert-gen bench`, without `--json`.
  let arguments: [String]
  /// What measures, in words.
  let name: String
  /// Variables over those of this process.
  var environment: [String: String] = [:]

  /// The figures that the process printed.
  func lines() throws -> [BenchLine] {
    let child = Process()
    child.executableURL = Bundle.main.executableURL
    child.arguments = ["bench"] + arguments + ["--json"]
    child.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    child.standardOutput = output
    try child.run()
    Interruption.onFirst { child.terminate() }
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    child.waitUntilExit()
    guard child.terminationStatus == 0, let figures = try JSONValue.parse(bytes)["figures"]?.array
    else {
      throw Failure(
        .failure, "bench",
        "measuring \(name) failed; run it alone: expert-gen bench "
          + arguments.joined(separator: " "))
    }
    return figures.compactMap(BenchLine.init(json:))
  }
}
