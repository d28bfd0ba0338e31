internal import ExpertPlatform
package import ExpertProviders
internal import Foundation

/// The recipes at hand: `Datasets/<name>/recipe.yaml` of the workspace, then the embedded ones.
package struct RecipeShelf: Sendable {
  private var workspace: String?
  private var embedded: [String: String]

  package init(workspace: String?, embedded: [String: String] = EmbeddedFiles.all) {
    self.workspace = workspace
    self.embedded = embedded
  }

  /// The names of the embedded recipes, sorted.
  package var embeddedNames: [String] {
    embedded.keys.compactMap { path in
      let parts = path.split(separator: "/")
      return parts.count == 3 && parts[0] == "Datasets" && parts[2] == "recipe.yaml"
        ? String(parts[1]) : nil
    }.sorted()
  }

  /// The recipe of a name, or `nil` where there is none.
  package func recipe(named name: String) throws(ProviderError) -> Recipe? {
    let path = "Datasets/\(name)/recipe.yaml"
    if let workspace, FileManager.default.fileExists(atPath: workspace + "/" + path) {
      return try recipe(atPath: workspace + "/" + path)
    }
    guard let text = embedded[path] else { return nil }
    return try Recipe(yaml: text, path: path)
  }

  /// The recipe in a file, or, where there is no such file, the one of that name.
  package func recipe(_ pathOrName: String) throws(ProviderError) -> Recipe {
    if FileManager.default.fileExists(atPath: pathOrName) {
      return try recipe(atPath: pathOrName)
    }
    if !pathOrName.contains("/"), let recipe = try recipe(named: pathOrName) { return recipe }
    throw .unknown(what: "recipe", name: pathOrName, known: embeddedNames)
  }

  private func recipe(atPath path: String) throws(ProviderError) -> Recipe {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(validating: data, as: UTF8.self)
    else {
      throw .badFile(path: path, line: 1, message: "the file cannot be read as UTF-8 text")
    }
    return try Recipe(yaml: text, path: path)
  }
}
