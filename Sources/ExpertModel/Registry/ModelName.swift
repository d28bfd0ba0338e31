/// What a model may be called: a name that is a file's name on every system.
package enum ModelName {
  /// Throws where `name` could mean a path, a hidden file, or nothing.
  package static func check(_ name: String) throws(RegistryError) {
    guard (1...64).contains(name.utf8.count), !name.hasPrefix("."), !name.hasPrefix("-"),
      name.utf8.allSatisfy(isAllowed)
    else { throw .badName(name) }
  }

  /// The name that a repository or file gets by itself: its last part in small letters.
  package static func suggestion(for source: String) -> String {
    let last = source.split(separator: "/").last.map(String.init) ?? source
    let base = last.hasSuffix(".gguf") ? String(last.dropLast(5)) : last
    let bytes = base.lowercased().utf8.map { isAllowed($0) ? $0 : UInt8(ascii: "-") }
    return String(decoding: bytes.prefix(64), as: UTF8.self)
  }

  static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
  }
}

/// A repository of the hub: `owner/name`.
package struct RepositoryID: Sendable, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ text: String) throws(RegistryError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts.allSatisfy({ part in
        (1...96).contains(part.utf8.count) && !part.hasPrefix(".") && !part.hasPrefix("-")
          && part.utf8.allSatisfy(ModelName.isAllowed)
      })
    else { throw .badRepository(text) }
    description = text
  }
}
