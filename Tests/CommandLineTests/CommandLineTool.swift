internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation

/// Starts the built `expert-gen` as a user would, in a folder of its own with a clean environment.
struct CommandLineTool {
  /// What a finished process left behind.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    /// The JSON value that standard output holds; throws when it is not one.
    func json() throws -> JSONValue {
      try JSONValue.parse(output.trimmingCharacters(in: .newlines))
    }
  }

  /// The working folder, removed with the last reference to it.
  let folder: TemporaryFolder
  /// Shell words that run first in the same process, such as `ulimit -f 600`.
  var preparation: String?
  /// Variables beyond `PATH`, `HOME` and `EXPERT_HOME`.
  var environment: [String: String] = [:]

  init() throws { folder = try TemporaryFolder() }

  /// The binary beside the test bundle, unless `EXPERT_GEN_BINARY` names another.
  static var binary: String {
    if let named = ProcessInfo.processInfo.environment["EXPERT_GEN_BINARY"] { return named }
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return bundle.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/expert-gen"
  }

  /// Starts a process that runs on; its output goes to files in the folder.
  func start(_ arguments: [String], input: String = "") throws -> Process {
    let process = Process()
    if let preparation {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "\(preparation); exec \"$0\" \"$@\"", Self.binary] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: Self.binary)
      process.arguments = arguments
    }
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    var variables = ["PATH": "/usr/bin:/bin", "HOME": folder.path]
    variables["EXPERT_HOME"] = folder.file("home")
    process.environment = variables.merging(environment) { $1 }
    try input.write(toFile: folder.file(".stdin"), atomically: false, encoding: .utf8)
    process.standardInput = FileHandle(forReadingAtPath: folder.file(".stdin"))
    process.standardOutput = try sink(".stdout")
    process.standardError = try sink(".stderr")
    try process.run()
    return process
  }

  /// Runs to the end.
  func run(_ arguments: String..., input: String = "") throws -> Outcome {
    try run(arguments, input: input)
  }

  /// Runs to the end.
  func run(_ arguments: [String], input: String = "") throws -> Outcome {
    try outcome(of: start(arguments, input: input))
  }

  /// Waits for a process that `start` gave.
  func outcome(of process: Process) throws -> Outcome {
    process.waitUntilExit()
    let status =
      process.terminationReason == .exit
      ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(status: status, output: try text(".stdout"), errors: try text(".stderr"))
  }

  /// Writes a file into the folder.
  func write(_ text: String, to name: String) throws {
    try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
  }

  /// Reads a file of the folder.
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.file(name), encoding: .utf8)
  }

  private func sink(_ name: String) throws -> FileHandle {
    _ = FileManager.default.createFile(atPath: folder.file(name), contents: nil)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file(name)))
  }
}
