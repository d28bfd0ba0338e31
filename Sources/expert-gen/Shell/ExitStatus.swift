/// The codes that the process leaves with; scripts may rely on them.
package enum ExitStatus: Int32, Sendable {
  case ok = 0
  /// It did not work, or it stopped short of what was asked.
  case failure = 1
  /// Wrong usage, an unknown name, an unusable price or budget.
  case usage = 2
  /// A library, a key or another program is missing.
  case missing = 3
  case training = 10
  /// Damage found in a store, or data that fails validation.
  case damage = 11
  case packageRefused = 12
  case interrupted = 130
}

/// Thrown by a command that has already printed everything and only sets the exit code.
package struct SilentExit: Error {
  package var status: ExitStatus

  package init(_ status: ExitStatus) { self.status = status }
}
