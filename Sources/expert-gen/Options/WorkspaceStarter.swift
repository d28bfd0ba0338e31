internal import ExpertPlatform
internal import Foundation

/// Writes the files that a new workspace starts with, and never over a file that is there.
package struct WorkspaceStarter: Sendable {
  /// What was done, by path from the folder.
  package struct Result: Sendable, Hashable {
    package var folder: String
    package var written: [String]
    package var kept: [String]
  }

  package var folder: String

  package init(folder: String) { self.folder = folder }

  /// The starter files by path: the four folders' explanations, the example recipe, and what
  /// version control should leave out.
  package static var files: [String: String] {
    var files = EmbeddedFiles.all.filter { path, _ in
      path.hasSuffix("/README.md") || path.hasPrefix("Datasets/json-parsing/")
    }
    files[".gitignore"] = """
      # Stores belong beside the code, not in it; keys belong in neither.
      *.db
      *.db-*
      *.key
      .env

      """
    return files
  }

  /// Makes the folder and writes what is missing. Throws `Failure`.
  package func write() throws -> Result {
    var result = Result(folder: folder, written: [], kept: [])
    for (name, text) in Self.files.sorted(by: { $0.key < $1.key }) {
      try write(name, text) ? result.written.append(name) : result.kept.append(name)
    }
    return result
  }

  /// Whether the file was written; `O_EXCL` decides, so a file made meanwhile is safe too.
  private func write(_ name: String, _ text: String) throws -> Bool {
    let path = folder + "/" + name
    let parent = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw unwritable(parent, String(cString: strerror(errno)))
    }
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if file < 0 && errno == EEXIST { return false }
    guard file >= 0 else { throw unwritable(path, String(cString: strerror(errno))) }
    defer { close(file) }
    Console.write(text, to: file)
    return true
  }

  private func unwritable(_ path: String, _ reason: String) -> Failure {
    Failure(
      .failure, "not-writable",
      "cannot write \(path): \(reason); choose another folder or change its permissions")
  }
}
