/// An API key. Its text never appears in a description, a dump or an error, and it is neither
/// encodable nor decodable; `withValue` is the only way to read it.
package struct Secret: Sendable, Hashable {
  /// A closure rather than a stored string: reflection sees nothing inside it.
  private let reveal: @Sendable () -> String

  /// Takes key text that can stand in a header: visible ASCII, at least one character.
  package init(_ text: String) throws(SecretError) {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .unusableCharacter }
    reveal = { text }
  }

  /// Lends the key's text.
  package func withValue<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    try body(reveal())
  }

  package static func == (a: Secret, b: Secret) -> Bool { a.reveal() == b.reveal() }

  package func hash(into hasher: inout Hasher) { hasher.combine(reveal()) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<redacted>" }
  package var debugDescription: String { "<redacted>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a key cannot be used. No case carries any part of the key.
package enum SecretError: Error, Sendable, Hashable, CustomStringConvertible {
  case missing(variable: String)
  case empty
  case unusableCharacter
  case variable(name: String, reason: String)
  case file(path: String, reason: String)

  package var description: String {
    switch self {
    case .missing(let variable): "no key: set the environment variable \(variable)"
    case .empty: "the key is empty"
    case .unusableCharacter:
      "the key holds a blank, a line break or a character that cannot stand in a header"
    case .variable(let name, let reason): "the environment variable \(name): \(reason)"
    case .file(let path, let reason): "the key file \(path): \(reason)"
    }
  }
}
