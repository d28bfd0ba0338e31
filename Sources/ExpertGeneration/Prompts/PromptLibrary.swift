internal import ExpertPlatform
internal import Foundation

/// The prompt templates at hand: those of the workspace win over the embedded ones.
///
/// A version is never edited in place; what was asked with v1 can always be read again.
package struct PromptLibrary: Sendable {
  /// Path (`Prompts/<name>/v<version>.md`) → text.
  private var files: [String: String]

  /// Collects embedded templates, then those below `workspace/Prompts`, which replace them.
  package init(workspace: String?, embedded: [String: String] = EmbeddedFiles.all) {
    files = embedded.filter { $0.key.hasPrefix("Prompts/") && $0.key.hasSuffix(".md") }
    guard let workspace else { return }
    let root = workspace + "/Prompts"
    for relative in (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? [] {
      guard relative.hasSuffix(".md"), Self.identity(of: "Prompts/" + relative) != nil,
        let data = FileManager.default.contents(atPath: root + "/" + relative)
      else { continue }
      files["Prompts/" + relative] = String(decoding: data, as: UTF8.self)
    }
  }

  /// The names and versions there are, sorted.
  package var identities: [(name: String, version: Int)] {
    files.keys.compactMap(Self.identity).sorted { ($0.name, $0.version) < ($1.name, $1.version) }
  }

  /// The template `name` (its newest version) or `name@v2`.
  package func template(_ reference: String) throws(PromptError) -> PromptTemplate {
    let parts = reference.split(separator: "@", maxSplits: 1).map(String.init)
    let name = parts.first ?? ""
    let candidates = identities.filter { $0.name == name }
    let wanted = parts.count > 1 ? Int(parts[1].drop { $0 == "v" }) : candidates.last?.version
    guard let version = wanted, candidates.contains(where: { $0.version == version }) else {
      throw .unknown(name: reference, known: identities.map { "\($0.name)@v\($0.version)" })
    }
    let path = "Prompts/\(name)/v\(version).md"
    return try PromptTemplate(name: name, version: version, text: files[path] ?? "", path: path)
  }

  /// Name and version of `Prompts/<name>/v<version>.md`; `nil` for any other path.
  private static func identity(of path: String) -> (name: String, version: Int)? {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count == 3, parts[2].hasPrefix("v"), parts[2].hasSuffix(".md"),
      let version = Int(parts[2].dropFirst().dropLast(3)), version > 0
    else { return nil }
    return (parts[1], version)
  }
}
