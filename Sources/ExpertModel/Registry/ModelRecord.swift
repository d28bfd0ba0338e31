package import ExpertPlatform
package import ExpertRecord

/// What the registry knows of an installed model: the contents of its model.json.
package struct ModelRecord: Sendable, Hashable {
  /// Where a model came from.
  package enum Source: Sendable, Hashable {
    case hub(endpoint: String, repository: String, revision: String, commit: String)
    case path(String)
  }

  /// One stored file.
  package struct File: Sendable, Hashable {
    package var name: String
    package var bytes: Int
    package var digest: Digest

    package init(name: String, bytes: Int, digest: Digest) {
      self.name = name
      self.bytes = bytes
      self.digest = digest
    }
  }

  package var name: String
  package var source: Source
  package var format: ModelFiles.Format
  /// What manifests pin: see `WeightsHash`.
  package var weightsHash: Digest
  package var license: String?
  package var files: [File]
  /// RFC 3339, UTC.
  package var installed: String

  package static let fileName = "model.json"
  private static let schema = 1

  package var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// The source in words.
  package var sourceText: String {
    switch source {
    case .hub(_, let repository, _, let commit): "\(repository)@\(commit.prefix(12))"
    case .path(let path): path
    }
  }

  package var json: JSONValue {
    [
      "schema": .number(Double(Self.schema)), "name": .string(name), "source": sourceJSON,
      "format": .string(format.rawValue), "sha256": .string(weightsHash.description),
      "license": license.map(JSONValue.string) ?? .null, "bytes": .number(Double(bytes)),
      "installed": .string(installed),
      "files": .array(
        files.map {
          [
            "name": .string($0.name), "bytes": .number(Double($0.bytes)),
            "sha256": .string($0.digest.description),
          ]
        }),
    ]
  }

  private var sourceJSON: JSONValue {
    switch source {
    case .hub(let endpoint, let repository, let revision, let commit):
      [
        "endpoint": .string(endpoint), "repository": .string(repository),
        "revision": .string(revision), "commit": .string(commit),
      ]
    case .path(let path): ["path": .string(path)]
    }
  }

  package init(
    name: String, source: Source, format: ModelFiles.Format, weightsHash: Digest,
    license: String?, files: [File], installed: String
  ) {
    self.name = name
    self.source = source
    self.format = format
    self.weightsHash = weightsHash
    self.license = license
    self.files = files
    self.installed = installed
  }

  /// Reads a model.json; `nil` where a field is missing or wrong.
  package init?(json: JSONValue) {
    guard json["schema"]?.integer == Self.schema, let name = json["name"]?.string,
      let source = json["source"].flatMap(Self.source),
      let format = json["format"]?.string.flatMap(ModelFiles.Format.init(rawValue:)),
      let hash = json["sha256"]?.string.flatMap({ Digest(hex: $0) }),
      let files = json["files"]?.array, let installed = json["installed"]?.string
    else { return nil }
    let known = files.compactMap(Self.file)
    guard known.count == files.count else { return nil }
    self.init(
      name: name, source: source, format: format, weightsHash: hash,
      license: json["license"]?.string, files: known, installed: installed)
  }

  private static func source(_ json: JSONValue) -> Source? {
    if let path = json["path"]?.string { return .path(path) }
    guard let endpoint = json["endpoint"]?.string, let repository = json["repository"]?.string,
      let revision = json["revision"]?.string, let commit = json["commit"]?.string
    else { return nil }
    return .hub(
      endpoint: endpoint, repository: repository, revision: revision, commit: commit)
  }

  private static func file(_ json: JSONValue) -> File? {
    guard let name = json["name"]?.string, let bytes = json["bytes"]?.integer,
      let digest = json["sha256"]?.string.flatMap({ Digest(hex: $0) })
    else { return nil }
    return File(name: name, bytes: bytes, digest: digest)
  }
}
