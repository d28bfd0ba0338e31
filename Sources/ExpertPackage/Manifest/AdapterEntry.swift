/// The ways in which an adapter changes its base.
package enum AdapterType: String, Sendable, Hashable, CaseIterable {
  case lora
  case loraFA = "lora-fa"
  case dora
  case ia3

  /// Whether the adapter has a rank.
  package var hasRank: Bool { self != .ia3 }
}

/// The factor on a low-rank update: alpha / r, or alpha / √r (rsLoRA).
package enum AdapterScaling: String, Sendable, Hashable, CaseIterable {
  case standard
  case rslora
}

/// One adapter of a package.
package struct AdapterEntry: Sendable, Hashable {
  package var type: AdapterType
  package var targetModules: [String]
  package var feedforwardModules: [String]
  /// The rank; `nil` for IA3.
  package var rank: Int?
  package var alpha: Double?
  package var scaling: AdapterScaling
  package var dropout: Double?
  package var path: String
  package var sizeBytes: Int?
  package var sha256: String?

  init(_ fields: ManifestFields) throws(PackageError) {
    guard let type: AdapterType = try fields.choice("type") else {
      throw fields.fault("type", "it is missing")
    }
    self.type = type
    targetModules = try fields.texts("target_modules") ?? []
    feedforwardModules = try fields.texts("feedforward_modules") ?? []
    rank = try fields.integer("r", in: 1...4096)
    alpha = try fields.number("alpha", in: 0...1e6)
    scaling = try fields.choice("scaling") ?? .standard
    dropout = try fields.number("dropout", in: 0...1)
    path = try fields.text("path", limit: 256) ?? MemberName.weights
    sizeBytes = try fields.integer("size_bytes", in: 1...PackageLimits.weightBytes)
    sha256 = try WeightFile.digest(fields)
    guard !targetModules.isEmpty else { throw fields.fault("target_modules", "it is missing") }
    guard !type.hasRank || rank != nil else { throw fields.fault("r", "it is missing") }
    guard !type.hasRank || alpha != nil else { throw fields.fault("alpha", "it is missing") }
    try WeightFile.check(path: path, fields)
  }
}

/// A soft prompt of a package: rows that stand before the prompt's own embeddings.
package struct SoftPrompt: Sendable, Hashable {
  package var name: String
  package var description: String?
  package var path: String
  /// Virtual tokens.
  package var length: Int
  package var sizeBytes: Int?
  package var sha256: String?

  init(_ fields: ManifestFields) throws(PackageError) {
    name = try fields.requiredText("name", limit: 64)
    if let fault = ManifestRules.fault(inName: name) { throw fields.fault("name", fault) }
    description = try fields.text("description")
    path = try fields.text("path", limit: 256) ?? "soft_prompts/\(name).safetensors"
    length = try fields.requiredInteger("length", in: 1...65_536)
    sizeBytes = try fields.integer("size_bytes", in: 1...PackageLimits.weightBytes)
    sha256 = try WeightFile.digest(fields)
    try WeightFile.check(path: path, fields)
  }
}

/// What adapters and soft prompts say of their files.
enum WeightFile {
  static func digest(_ fields: ManifestFields) throws(PackageError) -> String? {
    guard let text = try fields.text("sha256") else { return nil }
    guard let digest = ManifestRules.digestText(text) else {
      throw fields.fault("sha256", "it must be 64 lower-case hexadecimal digits")
    }
    return digest
  }

  static func check(path: String, _ fields: ManifestFields) throws(PackageError) {
    if let fault = MemberName.fault(path) { throw fields.fault("path", fault) }
    guard path.hasSuffix(".safetensors") else {
      throw fields.fault("path", "weights are stored as .safetensors")
    }
  }
}
