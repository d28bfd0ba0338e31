/// An SQLite call that failed: its codes and its own words, never a bound value.
package struct SQLFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The extended result code (https://www.sqlite.org/rescode.html).
  package var code: Int32
  package var message: String

  package init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// The low byte of the code: the class of the failure.
  package var primaryCode: Int32 { code & 0xff }

  package var isFull: Bool { primaryCode == 13 }
  package var isReadOnly: Bool { primaryCode == 8 }
  package var isBusy: Bool { primaryCode == 5 || primaryCode == 6 }
  package var isCorrupt: Bool { primaryCode == 11 || primaryCode == 26 }
  package var isIOError: Bool { primaryCode == 10 || primaryCode == 14 }
  package var isConstraint: Bool { primaryCode == 19 }

  package var description: String { "SQLite \(code): \(message)" }
}
