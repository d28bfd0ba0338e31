internal import Foundation

/// Where things are: the store, the workspace around it, and the user's own folder.
///
/// The store is the file named by `--store` or `EXPERT_STORE`, else `expert.db` in the working
/// folder or the nearest folder above that has one, else `./expert.db`, to be created.
package struct Places: Sendable, Hashable {
  /// The store's path, whether or not it exists.
  package var storePath: String
  /// The folder that holds `Prompts`, `Providers` and `Datasets`: the store's own.
  package var workspace: String
  /// `EXPERT_HOME`, by default `~/.expert`: models, keys, trust, caches.
  package var home: String

  package init(
    store: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    workingFolder: String = FileManager.default.currentDirectoryPath
  ) {
    let named = store ?? environment["EXPERT_STORE"].flatMap { $0.isEmpty ? nil : $0 }
    storePath =
      named.map { Self.absolute($0, in: workingFolder) }
      ?? Self.searchUpward("expert.db", from: workingFolder) ?? workingFolder + "/expert.db"
    let storeFolder = Self.parent(of: storePath)
    workspace = named == nil ? storeFolder : workingFolder
    home =
      environment["EXPERT_HOME"].flatMap { $0.isEmpty ? nil : $0 }
      ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.expert"
  }

  /// Whether the store's file is there.
  package var storeExists: Bool { FileManager.default.fileExists(atPath: storePath) }

  private static func absolute(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : folder + "/" + path
  }

  package static func parent(of path: String) -> String {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    return "/" + folder
  }

  private static func searchUpward(_ name: String, from folder: String) -> String? {
    var folder = folder
    while true {
      let candidate = (folder == "/" ? "" : folder) + "/" + name
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      if folder == "/" || folder.isEmpty { return nil }
      folder = parent(of: folder)
    }
  }
}
