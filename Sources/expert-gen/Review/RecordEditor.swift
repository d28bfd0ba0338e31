internal import ExpertRecord
internal import Foundation

/// Lets the user's editor change a record, written as JSON into a private temporary file.
struct RecordEditor {
  /// The command as `EDITOR` gives it, with its arguments.
  let command: String

  /// The record as it was saved. Throws when the editor fails or what it left is no record.
  func edit(_ record: Record) throws -> Record {
    let path = NSTemporaryDirectory() + "expert-gen-\(UUID().uuidString).json"
    defer { unlink(path) }
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw Failure(.failure, "editor", "no temporary file: \(String(cString: strerror(errno)))")
    }
    Console.write(PrettyJSON.text(of: record.json) + "\n", to: file)
    close(file)
    try run(path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try Record(json: JSONValue.parse(text), kind: record.kind)
  }

  /// The shell splits the command, as git and crontab do; the path is an argument, never code.
  private func run(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command + " \"$1\"", "editor", path]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        .failure, "editor",
        "the editor left with \(process.terminationStatus); set EDITOR to one that works here")
    }
  }
}
