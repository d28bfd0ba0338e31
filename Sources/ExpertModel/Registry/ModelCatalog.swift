internal import Foundation
internal import Yams

/// A short name of a model and where it comes from: one file of `Models`.
package struct CatalogEntry: Sendable, Hashable {
  package var name: String
  package var repository: RepositoryID
  package var revision: String
  /// The one file to fetch, of a repository with several forms of the model.
  package var file: String?
  /// An SPDX identifier.
  package var license: String
  package var parameters: Int
  package var summary: String
  /// The file that says so.
  package var origin: String

  package init(
    name: String, repository: RepositoryID, revision: String, file: String? = nil,
    license: String, parameters: Int, summary: String, origin: String
  ) {
    self.name = name
    self.repository = repository
    self.revision = revision
    self.file = file
    self.license = license
    self.parameters = parameters
    self.summary = summary
    self.origin = origin
  }
}

/// The short names that `model pull` knows.
package struct ModelCatalog: Sendable {
  /// In order of name.
  package let entries: [CatalogEntry]

  package init(_ entries: [CatalogEntry]) {
    self.entries = entries.sorted { $0.name < $1.name }
  }

  /// The entry of a short name, in any case.
  package subscript(name: String) -> CatalogEntry? {
    let wanted = name.lowercased()
    return entries.first { $0.name == wanted }
  }

  /// Reads the files of the workspace's `Models`, then the embedded ones; of two for one name the
  /// first found counts.
  package static func load(
    workspace: String?, embedded: [String: String]
  ) throws(RegistryError) -> ModelCatalog {
    var found: [String: CatalogEntry] = [:]
    for (path, text) in try files(workspace) + embeddedFiles(embedded) {
      let entry = try read(text, path: path)
      if found[entry.name] == nil { found[entry.name] = entry }
    }
    return ModelCatalog(Array(found.values))
  }

  private static func embeddedFiles(_ embedded: [String: String]) -> [(String, String)] {
    embedded.filter { $0.key.hasPrefix("Models/") && $0.key.hasSuffix(".yaml") }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func files(_ workspace: String?) throws(RegistryError) -> [(String, String)] {
    guard let folder = workspace.map({ $0 + "/Models" }) else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var files: [(String, String)] = []
    for name in names.sorted() where name.hasSuffix(".yaml") {
      let path = folder + "/" + name
      guard let data = FileManager.default.contents(atPath: path),
        let text = String(validating: data, as: UTF8.self)
      else { throw .badFile(path: path, reason: "it cannot be read as UTF-8 text") }
      files.append((path, text))
    }
    return files
  }

  private static let fields: Set<String> = [
    "name", "repository", "revision", "file", "license", "parameters", "summary",
  ]

  static func read(_ text: String, path: String) throws(RegistryError) -> CatalogEntry {
    let map = try mapping(text, path: path)
    func fail(_ reason: String) -> RegistryError { .badFile(path: path, reason: reason) }
    for name in map.keys.sorted() where !fields.contains(name) {
      throw fail("unknown field \(name)")
    }
    for name in fields.sorted() where name != "file" && map[name] == nil {
      throw fail("the field \(name) is missing")
    }
    let name = map["name"] ?? ""
    guard name == ModelName.suggestion(for: name) else {
      throw fail("name: “\(name)” should be small letters, digits, dots and dashes")
    }
    guard let parameters = map["parameters"].flatMap({ Int($0) }), parameters > 0 else {
      throw fail("parameters: it should be a whole number")
    }
    let file = map["file"]
    if let file, !ModelRegistry.isPlain(file) { throw fail("file: “\(file)” is no file's name") }
    return CatalogEntry(
      name: name, repository: try RepositoryID(map["repository"] ?? ""),
      revision: map["revision"] ?? "main", file: file, license: map["license"] ?? "",
      parameters: parameters, summary: map["summary"] ?? "", origin: path)
  }

  /// The scalars of the one mapping that a file is.
  private static func mapping(
    _ text: String, path: String
  ) throws(RegistryError) -> [String: String] {
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch {
      throw .badFile(path: path, reason: "\(error)")
    }
    guard case .mapping(let mapping) = node else {
      throw .badFile(path: path, reason: "it should be a mapping of fields")
    }
    var map: [String: String] = [:]
    for (key, value) in mapping {
      guard case .scalar(let name) = key, case .scalar(let text) = value else {
        throw .badFile(path: path, reason: "every field should be one value")
      }
      map[name.string] = text.string
    }
    return map
  }
}
