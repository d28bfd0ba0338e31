internal import ExpertPackage
internal import Foundation

/// Asks for a key's passphrase: a private file that the environment names, else the terminal,
/// which shows nothing of it.
enum PassphrasePrompt {
  /// The passphrase of an existing key.
  static func existing(_ name: String) throws -> SecretBytes {
    if let known = try Passphrase.fromEnvironment(ProcessInfo.processInfo.environment) {
      return known
    }
    guard isatty(STDIN_FILENO) == 1 else {
      throw PackageError.key(
        name: name,
        reason: "it has a passphrase; name a private file with it in \(Passphrase.variable)")
    }
    var bytes = read("passphrase of \(name): ")
    return try Passphrase.passphrase(&bytes)
  }

  /// A passphrase for a new key, typed twice; `nil` for an empty one.
  static func new(_ name: String) throws -> SecretBytes? {
    if let known = try Passphrase.fromEnvironment(ProcessInfo.processInfo.environment) {
      return known
    }
    guard isatty(STDIN_FILENO) == 1 else { return nil }
    var first = read("passphrase for \(name) (empty for none): ")
    guard first.contains(where: { $0 != 0x0a && $0 != 0x0d }) else { return nil }
    var second = read("once more: ")
    defer { SecretBytes.wipe(&second) }
    guard first == second else {
      SecretBytes.wipe(&first)
      throw PackageError.key(name: name, reason: "the two passphrases differ; nothing was made")
    }
    return try Passphrase.passphrase(&first)
  }

  /// One line from the terminal without echo.
  private static func read(_ prompt: String) -> [UInt8] {
    Console.write(prompt, to: STDERR_FILENO)
    var old = termios()
    tcgetattr(STDIN_FILENO, &old)
    var silent = old
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &old)
      Console.write("\n", to: STDERR_FILENO)
    }
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while Foundation.read(STDIN_FILENO, &byte, 1) == 1, byte != 0x0a, bytes.count < 8192 {
      bytes.append(byte)
    }
    return bytes
  }
}
