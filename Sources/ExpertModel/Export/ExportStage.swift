internal import ExpertPlatform
internal import Foundation

/// A private folder beside the place of a result. What is written there gets its name by one
/// rename at the end; dropped before that, it leaves nothing.
package struct ExportStage: ~Copyable {
  /// The place of the result.
  package let target: String
  /// Where files are written meanwhile.
  package let folder: String
  private let isFile: Bool
  private let replaces: Bool

  /// Makes the folder. Throws where something stands at `target`, unless `replaces`.
  package init(_ target: String, isFile: Bool, replaces: Bool = false) throws {
    let clean = target.count > 1 && target.hasSuffix("/") ? String(target.dropLast()) : target
    let url = URL(fileURLWithPath: clean)
    let parent = url.deletingLastPathComponent().path
    let folder = "\(parent)/.\(url.lastPathComponent).\(getpid()).partial"
    try Self.prepare(clean, parent, folder, replaces: replaces)
    self.target = clean
    self.folder = folder
    self.isFile = isFile
    self.replaces = replaces
  }

  private static func prepare(
    _ target: String, _ parent: String, _ folder: String, replaces: Bool
  ) throws {
    if !replaces, FileManager.default.fileExists(atPath: target) {
      throw ExportError.exists(path: target)
    }
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try? FileManager.default.removeItem(atPath: folder)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    } catch {
      throw FileError.failed(operation: "make a folder in", path: parent, code: errno)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The path, in the stage, of the result's one file, or of a file of its folder.
  package func file(_ name: String = "result") -> String { folder + "/" + name }

  /// Gives the result its name; what stood there is put aside first and removed last.
  package func commit() throws {
    let result = isFile ? file() : folder
    let aside = folder + ".old"
    var hadOld = false
    if replaces, FileManager.default.fileExists(atPath: target) {
      try? FileManager.default.removeItem(atPath: aside)
      try Self.move(target, to: aside)
      hadOld = true
    }
    do {
      if !isFile { try AtomicFile.syncFolder(of: folder + "/x") }
      try Self.move(result, to: target)
    } catch {
      if hadOld { try? Self.move(aside, to: target) }
      throw error
    }
    try AtomicFile.syncFolder(of: target)
    if hadOld { try? FileManager.default.removeItem(atPath: aside) }
  }

  private static func move(_ from: String, to target: String) throws(FileError) {
    guard rename(from, target) == 0 else {
      throw .failed(operation: "rename into place", path: target, code: errno)
    }
  }
}
