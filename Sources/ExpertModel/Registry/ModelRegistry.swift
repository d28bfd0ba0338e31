package import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// A base model that a command named: where it lies, and what the registry knows of it.
package struct ResolvedModel: Sendable {
  /// A folder or a GGUF file, ready for `ModelFiles.open`.
  package let path: String
  /// `nil` for a path outside the registry.
  package let record: ModelRecord?

  /// The registry's name, or the path.
  package var name: String { record?.name ?? path }
}

/// The base models under `EXPERT_HOME/models`: one folder each, with a model.json.
///
/// A model appears by one rename of a finished folder and disappears by another, so nobody ever
/// sees half of one. What is under way lies in `.partial` of the same file system.
package struct ModelRegistry: Sendable {
  /// `EXPERT_HOME/models`.
  package let folder: String
  package let catalog: ModelCatalog
  let clock: any PlatformClock

  package init(
    home: String, catalog: ModelCatalog = ModelCatalog([]),
    clock: any PlatformClock = SystemClock()
  ) {
    folder = home + "/models"
    self.catalog = catalog
    self.clock = clock
  }

  /// Where work in progress lies.
  var partialFolder: String { folder + "/.partial" }

  /// Where a model lies once it is installed.
  package func path(of name: String) -> String { folder + "/" + name }

  /// Whether a model of this name is installed.
  package func contains(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(of: name) + "/" + ModelRecord.fileName)
  }

  /// The names of all installed models, sorted.
  package var names: [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return found.filter { !$0.hasPrefix(".") && contains($0) }.sorted()
  }

  /// Every installed model. A damaged model.json is an error that names it.
  package func list() throws(RegistryError) -> [ModelRecord] {
    var records: [ModelRecord] = []
    for name in names { records.append(try record(name)) }
    return records
  }

  /// What is known of an installed model.
  package func record(_ name: String) throws(RegistryError) -> ModelRecord {
    try ModelName.check(name)
    let path = path(of: name) + "/" + ModelRecord.fileName
    guard let data = FileManager.default.contents(atPath: path) else {
      if catalog[name] != nil { throw .notPulled(name: name) }
      throw .unknown(name: name, installed: names)
    }
    guard let json = try? JSONValue.parse(Array(data)), let record = ModelRecord(json: json),
      record.name == name, record.files.allSatisfy({ Self.isPlain($0.name) })
    else {
      throw .badFile(
        path: path, reason: "it is damaged; remove the model and pull or import it again")
    }
    return record
  }

  /// A file of the model's own folder and no path.
  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.contains("/") && name.utf8.count <= 255
      && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }

  /// The model that `text` names: an installed one, a folder or GGUF file, or an installed
  /// repository by its id.
  package func resolve(_ text: String) throws(RegistryError) -> ResolvedModel {
    if (try? ModelName.check(text)) != nil, contains(text) {
      return ResolvedModel(path: path(of: text), record: try record(text))
    }
    if FileManager.default.fileExists(atPath: text) {
      return ResolvedModel(path: text, record: nil)
    }
    if let record = try list().first(where: { Self.repository($0) == text }) {
      return ResolvedModel(path: path(of: record.name), record: record)
    }
    if catalog[text] != nil { throw .notPulled(name: text) }
    throw .unknown(name: text, installed: names)
  }

  private static func repository(_ record: ModelRecord) -> String? {
    if case .hub(_, let repository, _, _) = record.source { repository } else { nil }
  }

  /// Takes a model away: out of sight by one rename, then file by file.
  package func remove(_ name: String) throws(RegistryError) {
    try ModelName.check(name)
    guard FileManager.default.fileExists(atPath: path(of: name)) else {
      throw .unknown(name: name, installed: names)
    }
    let lock = try lock(name, command: "model remove")
    defer { lock.release() }
    let grave = partialFolder + "/\(name).removed"
    try? FileManager.default.removeItem(atPath: grave)
    try Self.move(path(of: name), to: grave)
    do throws(FileError) { try AtomicFile.syncFolder(of: grave) } catch { throw .file(error) }
    try? FileManager.default.removeItem(atPath: grave)
  }

  /// One process works on a name at a time.
  func lock(_ name: String, command: String) throws(RegistryError) -> FileLock {
    try Self.makeFolder(partialFolder)
    do throws(FileError) {
      return try FileLock.acquire(partialFolder + "/\(name).lock", command: "\(command) \(name)")
    } catch { throw .file(error) }
  }

  static func makeFolder(_ path: String) throws(RegistryError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .file(.failed(operation: "make the folder", path: path, code: errno))
    }
  }

  static func move(_ from: String, to target: String) throws(RegistryError) {
    guard rename(from, target) == 0 else {
      throw .file(.failed(operation: "rename into place", path: target, code: errno))
    }
  }
}
