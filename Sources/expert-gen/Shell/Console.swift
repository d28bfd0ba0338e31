package import ExpertRecord
internal import Foundation

/// The two streams of the process. Results go to standard output, everything said about the work
/// goes to standard error, so that `expert-gen … | program` gets results only.
package enum Console {
  /// Prints one line of results.
  package static func out(_ line: String) {
    write(line + "\n", to: STDOUT_FILENO)
  }

  /// Prints one JSON value as a line.
  package static func out(_ value: JSONValue) {
    out(CanonicalJSON.text(of: value))
  }

  /// Prints a line about the work, unless the text is empty.
  package static func note(_ line: String) {
    write(line + "\n", to: STDERR_FILENO)
  }

  /// Prints an error, which stands out on a terminal.
  package static func errorText(_ text: String) {
    let terminal = Terminal(descriptor: STDERR_FILENO, color: .auto)
    note(terminal.styled(text, .red))
  }

  /// Writes the whole text; a reader that has gone away ends the output in silence.
  package static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }

  /// Leaves the process.
  package static func exit(_ status: ExitStatus) -> Never {
    Foundation.exit(status.rawValue)
  }
}
