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

  private func report(of part: BenchPart, temporary folder: String) throws -> BenchReport {
    let child = BenchChild(
      arguments: ["data", "--part", part.rawValue] + (quick ? ["--quick"] : []),
      name: part.rawValue, environment: ["TMPDIR": folder])
    return BenchReport(try child.lines())
  }
}
