internal import ExpertPlatform
internal import ExpertRecord
internal import Glibc

/// The identity of a base model: SHA-256 of its one weights file, or of the sorted `name:sha256hex`
/// lines of sharded weights.
package enum BaseDigest {
  /// What was measured of a base.
  package struct Result: Sendable, Hashable {
    package var sha256: String
    package var format: String
  }

  /// Measures a weights file, or a folder that holds weights.
  package static func measure(_ path: String) throws -> Result {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      throw FileError.failed(operation: "open", path: path, code: errno)
    }
    if facts.st_mode & S_IFMT == S_IFREG { return try single(path) }
    let names = try FolderListing.names(in: path)
    let files = names.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix("adapter_") }
    if files.count == 1, let name = files.first { return try single(path + "/" + name) }
    if !files.isEmpty { return try sharded(path, files) }
    let models = names.filter { $0.hasSuffix(".gguf") }
    guard models.count == 1, let name = models.first else {
      throw PackageError.invalid(
        place: path, reason: "it holds no .safetensors weights and not exactly one .gguf file")
    }
    return try single(path + "/" + name)
  }

  private static func single(_ path: String) throws -> Result {
    Result(
      sha256: try digest(path).hex, format: path.hasSuffix(".gguf") ? "gguf" : "safetensors")
  }

  private static func sharded(_ folder: String, _ files: [String]) throws -> Result {
    let lines = try files.map { "\($0):\(try digest(folder + "/" + $0).hex)" }
      .sorted { ExactText.precedes($0, $1) }
    return Result(
      sha256: SHA256.hash(lines.joined(separator: "\n")).hex, format: "safetensors")
  }

  private static func digest(_ path: String) throws -> Digest {
    let file = try InputFile(path)
    return try MemberSource.range(file, 0..<file.size).digest()
  }
}
