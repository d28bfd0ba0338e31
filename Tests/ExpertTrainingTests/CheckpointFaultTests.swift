import ExpertPlatform
import ExpertRecord
import ExpertTestSupport
import ExpertTraining
import Foundation
import Testing

/// Saving under fire: the writer of Tests/CheckpointWriter is killed at random moments, and runs
/// out of room. `EXPERT_LONG_TESTS=1` kills a thousand times.
@Suite(.serialized) struct CheckpointFaultTests {
  private static let isLong = ProcessInfo.processInfo.environment["EXPERT_LONG_TESTS"] != nil

  private static var binary: String {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return bundle.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
      + "/checkpoint-writer"
  }

  private static func writer(
    _ arguments: [String], output: String, preparation: String = ":"
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "\(preparation); exec \"$0\" \"$@\"", binary] + arguments
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
    process.standardError = process.standardOutput
    try process.run()
    return process
  }

  /// The steps that the writer said were saved.
  private static func acknowledged(_ output: String) throws -> [Int] {
    try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").compactMap {
      Int($0)
    }
  }

  /// Waits until the writer has said so many steps.
  private static func wait(forSteps count: Int, _ output: String) throws {
    for _ in 0..<10_000 where try acknowledged(output).count < count { usleep(1_000) }
  }

  /// Whether a checkpoint holds what the writer gave for its step.
  private static func isWhole(_ checkpoint: Checkpoint, size: Int) -> Bool {
    var generator = SeededGenerator(seed: UInt64(checkpoint.step), stream: "checkpoint-writer")
    let bytes = (0..<size / 8).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
    return checkpoint.blobs.flatMap(\.bytes) == bytes
      && checkpoint.files.first?.bytes == Array(bytes.prefix(64))
  }

  @Test func aKillAtAnyMomentLosesNoSavedCheckpoint() throws {
    let size = 40_000
    var generator = SeededGenerator(seed: 11, stream: "kill")
    let folder = try TemporaryFolder()
    let store = CheckpointStore(RunFolder(folder.path))
    var next = 1
    var midway = 0
    for round in 0..<(Self.isLong ? 1000 : 50) {
      let output = folder.file("output")
      let process = try Self.writer(
        [folder.path, "\(size)", "\(next)", "1000000"], output: output)
      // Some die before their first save, most in the middle of a later one.
      if round % 5 > 0 { try Self.wait(forSteps: 1, output) }
      usleep(UInt32(generator.integer(in: 0...20_000)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: store.folder)) ?? []
      if names.contains(where: { $0.hasPrefix(".step-") }) { midway += 1 }
      let saved = try Self.acknowledged(output).last ?? (next - 1)
      let found = try store.latestGood()
      #expect(found.skipped.isEmpty, "round \(round): \(found.skipped)")
      let step = found.checkpoint?.step ?? 0
      #expect(step >= saved, "round \(round): \(saved) was saved, \(step) is there")
      if let checkpoint = found.checkpoint {
        #expect(Self.isWhole(checkpoint, size: size), "round \(round)")
      }
      next = step + 1
    }
    #expect(next > 10, "the writer never came to save")
    #expect(midway > 0, "no kill fell into a save")
  }

  /// The same with files written where they belong must be caught, else the test above is void.
  @Test func writingInPlaceIsCaughtByTheSameHarness() throws {
    let size = 40_000
    var generator = SeededGenerator(seed: 12, stream: "kill")
    var damaged = 0
    for _ in 0..<200 where damaged == 0 {
      let folder = try TemporaryFolder()
      let output = folder.file("output")
      let process = try Self.writer(
        [folder.path, "\(size)", "1", "1000000", "in-place"], output: output)
      try Self.wait(forSteps: 2, output)
      usleep(UInt32(generator.integer(in: 0...20_000)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let store = CheckpointStore(RunFolder(folder.path))
      let found = try store.latestGood()
      if !found.skipped.isEmpty { damaged += 1 }
    }
    #expect(damaged > 0)
  }

  /// A limit on the size of files stands for a full disk: the same error, at any byte.
  @Test func aFullDiskIsSaidAndKeepsWhatWasSaved() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(RunFolder(folder.path))
    let output = folder.file("output")
    try Self.writer([folder.path, "20000", "1", "3"], output: output).waitUntilExit()
    #expect(store.steps == [2, 3])
    let process = try Self.writer(
      [folder.path, "4000000", "4", "1"], output: output, preparation: "ulimit -f 1000")
    process.waitUntilExit()
    #expect(process.terminationStatus == 10)
    let text = try String(contentsOfFile: output, encoding: .utf8)
    #expect(text.contains("no room on the disk"), "\(text)")
    #expect(text.contains("untouched"))
    let names = try FileManager.default.contentsOfDirectory(atPath: store.folder).sorted()
    #expect(names == ["step-2", "step-3"])
    let found = try store.latestGood()
    #expect(found.checkpoint.map { Self.isWhole($0, size: 20_000) } == true)
  }

  @Test func aFolderThatTakesNothingIsAnError() throws {
    let store = CheckpointStore(RunFolder("/proc/nowhere"))
    let error = failure { try store.save(CheckpointTests.checkpoint(1)) }
    guard case .file? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
