package import ExpertRecord

/// An error as the user meets it: a code for scripts, a kind for programs, a sentence for people.
package struct Failure: Error, Sendable, Hashable {
  package var status: ExitStatus
  /// A short stable name such as `missing-key`, for programs that read `--json`.
  package var kind: String
  /// What happened, and after a semicolon or full stop what to do.
  package var message: String

  package init(_ status: ExitStatus, _ kind: String, _ message: String) {
    self.status = status
    self.kind = kind
    self.message = message
  }

  /// The object that `--json` prints on standard output.
  package var json: JSONValue {
    [
      "error": [
        "exit": .number(Double(status.rawValue)), "kind": .string(kind),
        "message": .string(message),
      ]
    ]
  }
}

extension Failure {
  /// Any error: ours by its type, others by their description.
  package init(describing error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case is CancellationError: self = .interrupted(after: error)
    case let coded as any ExitCoded:
      self.init(coded.exitStatus, coded.kind, String(describing: error))
    default: self.init(.failure, "failure", String(describing: error))
    }
  }

  /// What to say when the user interrupted; the error that followed is no news then.
  package static func interrupted(after error: any Error) -> Failure {
    Failure(
      .interrupted, "interrupted",
      "interrupted; everything received is kept, and the same command goes on from here")
  }
}

/// An error that knows its exit code. Each module's errors conform in `Failure+Modules.swift`.
package protocol ExitCoded: Error {
  var exitStatus: ExitStatus { get }
  var kind: String { get }
}
