package import ExpertRecord

/// Which requests an expert is for.
package struct Routing: Sendable, Hashable {
  package var keywords: [String] = []
  package var excludeKeywords: [String] = []
  /// A boolean expression over words.
  package var routerHint: String?
  /// From 0 to 1; higher goes first.
  package var priority: Double?

  init() {}

  init(_ fields: ManifestFields) throws(PackageError) {
    keywords = try fields.texts("keywords") ?? []
    excludeKeywords = try fields.texts("exclude_keywords") ?? []
    routerHint = try fields.text("router_hint")
    priority = try fields.number("priority", in: 0...1000)
  }
}

/// With which other experts an expert works.
package struct Constraints: Sendable, Hashable {
  /// How many experts may work together with this one in it.
  package var maxChain: Int?
  /// Lower numbers are loaded first.
  package var loadOrder: Int?
  package var incompatibleWith: [VersionPattern] = []
  package var requires: [VersionPattern] = []

  init() {}

  init(_ fields: ManifestFields) throws(PackageError) {
    maxChain = try fields.integer("max_chain", in: 1...1024)
    loadOrder = try fields.integer("load_order", in: -1_000_000...1_000_000)
    incompatibleWith = try Self.patterns("incompatible_with", fields)
    requires = try Self.patterns("requires", fields)
  }

  private static func patterns(
    _ name: String, _ fields: ManifestFields
  ) throws(PackageError) -> [VersionPattern] {
    var patterns: [VersionPattern] = []
    for (index, text) in (try fields.texts(name) ?? []).enumerated() {
      guard let pattern = VersionPattern(text) else {
        throw fields.fault("\(name)[\(index)]", "it must be like name@>=1.0.0,<2.0.0 or name@*")
      }
      patterns.append(pattern)
    }
    return patterns
  }
}

/// What an expert is known to do badly.
package struct Limitation: Sendable, Hashable {
  package var description: String
  package var pattern: String?
  package var example: String?
  package var workaround: String?

  init(_ value: JSONValue, path: String) throws(PackageError) {
    if let text = value.string {
      description = text
      return
    }
    let fields = try ManifestFields(value, path: path)
    pattern = try fields.text("pattern")
    example = try fields.text("example")
    workaround = try fields.text("workaround")
    description = try fields.text("description") ?? pattern ?? ""
    guard !description.isEmpty else { throw fields.fault("description", "it is missing") }
  }
}

/// What an expert was trained on and how.
package struct TrainingFacts: Sendable, Hashable {
  package var datasetName: String?
  package var datasetVersion: String?
  package var datasetCommit: String?
  package var datasetRoot: String?
  package var method: String?
  package var epochs: Double?
  package var learningRate: Double?
  package var seed: Int?
  package var trainedOn: String?
  package var toolVersion: String?
  /// The trainings before the last one whose data is in the adapter as well, the nearest first; one
  /// of which nothing is recorded has no dataset.
  package var ancestors: [TrainedData]

  /// Everything that was learned from, the last training first.
  package var trained: [TrainedData] {
    let own = datasetName.map {
      TrainedData.Version(
        name: $0, version: datasetVersion, commit: datasetCommit, root: datasetRoot)
    }
    if own == nil, !ancestors.isEmpty { return ancestors }
    return [TrainedData(dataset: own)] + ancestors
  }

  init(_ fields: ManifestFields) throws(PackageError) {
    ancestors = []
    for ancestor in try fields.objects("ancestors", limit: 1024) ?? [] {
      if ancestor.value("dataset")?.string == nil, let dataset = try ancestor.object("dataset") {
        for name in ["name", "commit", "root"] { _ = try dataset.text(name) }
      }
      _ = try ancestor.text("adapter_sha256", limit: 128)
      ancestors.append(TrainedData(ancestor.json))
    }
    if let name = fields.value("dataset")?.string {
      datasetName = name
    } else if let dataset = try fields.object("dataset") {
      datasetName = try dataset.text("name")
      datasetVersion = try Self.word(dataset, "version")
      datasetCommit = try dataset.text("commit")
      datasetRoot = try dataset.text("root")
    }
    method = try fields.text("method")
    epochs = try fields.number("epochs", in: 0...1e6)
    learningRate = try fields.number("learning_rate", in: 0...1e6)
    seed = try fields.integer("seed", in: 0...(1 << 53))
    trainedOn = try fields.text("trained_on")
    toolVersion = try fields.text("tool_version")
  }

  /// A version may be written as a text or as a number.
  private static func word(
    _ fields: ManifestFields, _ name: String
  ) throws(PackageError) -> String? {
    if let number = fields.value(name)?.integer { return "\(number)" }
    return try fields.text(name)
  }
}

/// What speaks for the package's bytes.
package struct Integrity: Sendable, Hashable {
  package static let scheme = "expert-ed25519-v1"

  package var createdAt: String?
  package var publisher: String?
  package var publicKey: PublicKey?
  /// The scheme that the signature claims; the documents' own packages claim none.
  package var scheme: String?
  package var signature: String?
  /// Lower-case digits of SHA-256, by path.
  package var files: [String: String] = [:]

  init() {}

  init(_ fields: ManifestFields) throws(PackageError) {
    createdAt = try fields.text("created_at", limit: 64)
    publisher = try fields.text("publisher", limit: 256)
    scheme = try fields.text("signature_scheme", limit: 64)
    signature = try fields.text("signature", limit: 256)
    publicKey = try Self.key(fields, isOurs: scheme == Self.scheme)
    guard let list = try fields.object("files") else { return }
    for member in list.json.members ?? [] {
      if let fault = MemberName.fault(member.name) { throw list.fault(member.name, fault) }
      guard let digest = member.value.string.flatMap(ManifestRules.digestText) else {
        throw list.fault(member.name, "it must be sha256: and 64 lower-case hexadecimal digits")
      }
      files[member.name] = digest
    }
  }

  /// Only our own scheme says what a key must look like.
  private static func key(
    _ fields: ManifestFields, isOurs: Bool
  ) throws(PackageError) -> PublicKey? {
    guard let text = try fields.text("pubkey", limit: 256) else { return nil }
    let key = text.hasPrefix("ed25519:") ? PublicKey(text) : nil
    guard key != nil || !isOurs else {
      throw fields.fault("pubkey", "it must be ed25519: and a valid key of 64 hexadecimal digits")
    }
    return key
  }
}
