internal import ExpertPlatform
internal import Glibc

/// Where a passphrase comes from when nobody is asked: a private file that a variable names.
package enum Passphrase {
  package static let variable = "EXPERT_KEY_PASSPHRASE_FILE"
  private static let maxBytes = 4096

  /// The passphrase of the file that the environment names; `nil` when it names none.
  package static func fromEnvironment(_ environment: [String: String]) throws -> SecretBytes? {
    guard let path = environment[variable], !path.isEmpty else { return nil }
    let file = try InputFile(path)
    var facts = stat()
    try Descriptor.check(fstat(file.descriptor, &facts), "read", path)
    guard facts.st_mode & 0o077 == 0 else {
      throw PackageError.key(
        name: "passphrase", reason: "others may read \(path); run: chmod 600 \(path)")
    }
    var bytes = try file.bytes().take(maxBytes + 1)
    return try passphrase(&bytes)
  }

  /// One line of input as a passphrase: a line break at its end does not belong to it.
  package static func passphrase(_ bytes: inout [UInt8]) throws(PackageError) -> SecretBytes {
    defer { SecretBytes.wipe(&bytes) }
    while let last = bytes.last, last == 0x0a || last == 0x0d { bytes.removeLast() }
    guard !bytes.isEmpty, bytes.count <= maxBytes else {
      throw .key(name: "passphrase", reason: "it is empty or longer than \(maxBytes) bytes")
    }
    return SecretBytes(moving: &bytes)
  }
}
