/// One thing that was looked at, how it is, and what to do about it.
package struct Finding: Sendable, Hashable {
  package enum Level: String, Sendable {
    /// As it should be.
    case good
    /// Worth knowing; work goes on without it.
    case note
    /// Something needed is missing or broken.
    case bad
  }

  package var level: Level
  package var subject: String
  package var text: String
  package var advice: String?
  /// The code that `doctor` leaves with because of it.
  package var exit: ExitStatus?

  package static func good(_ subject: String, _ text: String) -> Finding {
    Finding(level: .good, subject: subject, text: text)
  }

  package static func note(_ subject: String, _ text: String, _ advice: String) -> Finding {
    Finding(level: .note, subject: subject, text: text, advice: advice)
  }

  package static func bad(
    _ subject: String, _ text: String, _ advice: String, exit: ExitStatus = .missing
  ) -> Finding {
    Finding(level: .bad, subject: subject, text: text, advice: advice, exit: exit)
  }
}
