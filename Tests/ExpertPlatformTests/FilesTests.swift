import ExpertPlatform
import ExpertTestSupport
import Foundation
import Glibc
import Synchronization
import Testing

@Suite struct AtomicFileTests {
  static let old = [UInt8](repeating: 0x61, count: 1 << 20)
  static let new = [UInt8](repeating: 0x62, count: 1 << 20)

  /// Reads the file again and again while it is being replaced; true when some read saw neither
  /// the old bytes nor the new ones.
  static func seesAMixture(
    _ path: String, rounds: Int, replace: @escaping @Sendable ([UInt8]) throws -> Void
  ) throws -> Bool {
    let done = Mutex(false)
    let writer = LoopThread(name: "writer") {
      for round in 0..<rounds where !done.withLock({ $0 }) {
        try? replace(round % 2 == 0 ? new : old)
      }
      done.withLock { $0 = true }
    }
    defer {
      done.withLock { $0 = true }
      writer.join()
    }
    while !done.withLock({ $0 }) {
      let bytes = try Array(Data(contentsOf: URL(filePath: path)))
      if bytes != old, bytes != new {
        return true
      }
    }
    return false
  }

  @Test func aReaderSeesTheOldBytesOrTheNewOnes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("state.json")
    try AtomicFile.write(path, Self.old)
    let torn = try Self.seesAMixture(path, rounds: 20) { try AtomicFile.write(path, $0) }
    #expect(!torn)
    // A plain write in the same place is caught, so the look is sharp enough.
    let plain = try Self.seesAMixture(path, rounds: 2000) {
      try Data($0).write(to: URL(filePath: path))
    }
    #expect(plain)
  }

  @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("taken")
    try FileManager.default.createDirectory(
      atPath: path + "/inside", withIntermediateDirectories: true)
    #expect(throws: FileError.self) { try AtomicFile.write(path, Self.new) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
    #expect(throws: FileError.self) { try AtomicFile.write(folder.file("no/such/folder"), []) }
  }

  @Test func setsWhoMayRead() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(folder.file("key"), [1], access: .owner)
    var facts = stat()
    #expect(stat(folder.file("key"), &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o600)
  }
}

@Suite struct FileLockTests {
  /// Runs the system's own lock command.
  static func flock(_ arguments: String...) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/flock")
    process.arguments = arguments
    try process.run()
    return process
  }

  @Test func keepsAnotherProcessOutUntilItIsReleased() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("lock")
    let lock = try FileLock.acquire(path, command: "dataset create")
    let shut = try Self.flock("--nonblock", path, "true")
    shut.waitUntilExit()
    #expect(shut.terminationStatus == 1)
    #expect(FileLock.holder(path) == "process \(getpid()): dataset create")
    lock.release()
    lock.release()
    let open = try Self.flock("--nonblock", path, "true")
    open.waitUntilExit()
    #expect(open.terminationStatus == 0)
    #expect(FileLock.holder(path) == nil)
  }

  @Test func waitsForAnotherProcessAndSurvivesItsDeath() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("lock")
    let other = try Self.flock("--no-fork", path, "sleep", "30")
    while FileLock.holder(path) == nil { usleep(5000) }
    #expect(throws: FileError.locked(path: path, holder: "another process")) {
      try FileLock.acquire(path, command: "x", wait: .milliseconds(60))
    }
    kill(other.processIdentifier, SIGKILL)
    other.waitUntilExit()
    let lock = try FileLock.acquire(path, command: "x", wait: .seconds(5))
    #expect(FileLock.holder(path) == "process \(getpid()): x")
    lock.release()
  }

  @Test func tellsWhoHoldsItWithinOneProcessToo() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("lock")
    let lock = try FileLock.acquire(path, command: "first\u{1B}[31m")
    #expect(
      throws: FileError.locked(path: path, holder: "process \(getpid()): first\u{FFFD}[31m")
    ) { try FileLock.acquire(path, command: "second", wait: .zero) }
    lock.release()
  }
}

@Suite struct TerminalTextTests {
  @Test func takesOutWhatMovesTheCursorOrTurnsTheText() {
    #expect(TerminalText.sanitised("a\u{1B}[31mb\u{07}") == "a\u{FFFD}[31mb\u{FFFD}")
    #expect(TerminalText.sanitised("x\u{202E}y\u{2066}z\u{200F}") == "x\u{FFFD}y\u{FFFD}z\u{FFFD}")
    #expect(TerminalText.sanitised("\u{9B}2J\u{7F}\r") == "\u{FFFD}2J\u{FFFD}\u{FFFD}")
    #expect(TerminalText.sanitised("one\ntwo\t3") == "one two 3")
    #expect(TerminalText.sanitised("one\ntwo\t3", multiline: true) == "one\ntwo\t3")
    #expect(TerminalText.sanitised("naïve 日本 👩‍👩‍👧") == "naïve 日本 👩‍👩‍👧")
  }
}

@Suite struct ResourceUsageTests {
  @Test func countsTimeAndMemory() {
    let before = ResourceUsage.now()
    var sum: UInt64 = 0
    while ResourceUsage.now().threadTime - before.threadTime < .milliseconds(5) { sum &+= 1 }
    let after = ResourceUsage.now()
    #expect(sum > 0)
    #expect(after.processTime > before.processTime)
    #expect(after.residentBytes > 1 << 20)
    #expect(after.peakResidentBytes >= after.residentBytes / 2)
  }
}
