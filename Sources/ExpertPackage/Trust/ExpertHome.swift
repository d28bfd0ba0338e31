internal import ExpertPlatform
internal import Glibc

/// The user's own folder, `EXPERT_HOME`: keys, trust, the registry and the installed experts lie
/// here, and no workspace can lead around them.
package struct ExpertHome: Sendable, Hashable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var keys: KeyStore { KeyStore(home: path) }
  package var experts: String { path + "/experts" }
  package var database: String { path + "/experts.db" }
  package var lock: String { path + "/experts.lock" }

  /// Makes a folder that only its owner may enter, and those above it where they are missing. One
  /// that others may write into is refused.
  package static func makePrivateFolder(_ path: String) throws {
    let parts = path.split(separator: "/")
    var folder = path.hasPrefix("/") ? "" : "."
    for part in parts {
      folder += "/" + part
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES else {
        throw FileError.failed(operation: "create the folder", path: folder, code: errno)
      }
    }
    var facts = stat()
    guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      throw FileError.failed(operation: "create the folder", path: path, code: ENOTDIR)
    }
    guard facts.st_uid == geteuid() || geteuid() == 0, facts.st_mode & 0o022 == 0 else {
      throw PackageError.invalid(
        place: path, reason: "others may write into this folder; run: chmod go-w \(path)")
    }
  }
}

/// The names in a folder.
enum FolderListing {
  /// The names in any order without `.` and `..`; none where there is no such folder.
  static func names(in path: String) throws(FileError) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw .failed(operation: "list", path: path, code: errno)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a folder with everything in it; links are removed, not followed.
  static func remove(_ path: String) {
    guard unlink(path) != 0, errno == EISDIR || errno == EPERM else { return }
    for name in (try? names(in: path)) ?? [] { remove(path + "/" + name) }
    rmdir(path)
  }
}
