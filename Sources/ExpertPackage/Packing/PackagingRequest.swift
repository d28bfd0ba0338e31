package import ExpertRecord

/// What the user says about a package beyond the adapter's own folder. Flags stand over the
/// template, the template over what the run left.
package struct PackagingRequest: Sendable {
  package var name: String?
  package var version: String?
  package var author: String?
  package var license: String?
  package var homepage: String?
  package var description: String?
  package var capabilities: [String] = []
  package var tags: [String] = []
  package var keywords: [String] = []
  /// A manifest of either form to start from.
  package var template: JSONValue?
  /// The base's weights or folder, to be measured.
  package var base: String?
  package var baseName: String?

  package init() {}

  /// The manifest members that the flags say.
  var flags: JSONValue {
    var json: JSONValue = [:]
    let texts = [
      ("name", name), ("version", version), ("author", author), ("license", license),
      ("homepage", homepage), ("description", description),
    ]
    for (member, text) in texts { json = json.setting([member], to: text.map(JSONValue.string)) }
    let lists = [
      (["capabilities"], capabilities), (["tags"], tags), (["routing", "keywords"], keywords),
    ]
    for (path, list) in lists where !list.isEmpty {
      json = json.setting(path, to: .array(list.map(JSONValue.string)))
    }
    return json
  }

  /// Figures are measured; a template that types them in is refused.
  func checkTemplate() throws(PackageError) {
    guard let template else { return }
    _ = try ManifestFields(template)
    for name in ["perf", "quality_metrics", "evaluation"] where template[name] != nil {
      throw .invalid(
        place: name,
        reason: "figures come from stored runs (\(AdapterFolder.evaluation), "
          + "\(AdapterFolder.benchmark)), never from a template; remove it")
    }
  }
}
