internal import ExpertRecord

/// The model that an expert was trained on.
package struct BaseModel: Sendable, Hashable {
  package var name: String
  /// SHA-256 of the weights file, or of the sorted `name:sha256hex` lines of sharded weights; `nil`
  /// where nobody has measured it.
  package var sha256: String?
  package var format: String?
  package var quantization: String?
  package var ropeScaling: RopeScaling?

  init(_ fields: ManifestFields) throws(PackageError) {
    name = try fields.requiredText("name", limit: 256)
    sha256 = try Self.digest(fields)
    format = try fields.text("format", limit: 64)
    quantization = try fields.text("quantization", limit: 64)
    ropeScaling = try fields.value("rope_scaling").map { value throws(PackageError) in
      try RopeScaling(value, fields)
    }
  }

  private static func digest(_ fields: ManifestFields) throws(PackageError) -> String? {
    guard let text = try fields.text("sha256") else { return nil }
    guard let digest = ManifestRules.digestText(text) else {
      throw fields.fault("sha256", "it must be 64 lower-case hexadecimal digits")
    }
    return digest
  }
}

/// How the positions of the base are stretched: a word, or the numbers.
package enum RopeScaling: Sendable, Hashable {
  case named(String)
  case scaled(type: String, factor: Double, maximum: Int?, original: Int?)

  fileprivate init(
    _ value: JSONValue, _ parent: ManifestFields
  ) throws(PackageError) {
    if let text = value.string {
      self = .named(text)
      return
    }
    let fields = try ManifestFields(value, path: parent.place("rope_scaling"))
    guard let factor = try fields.number("factor", in: 0.001...1e6) else {
      throw fields.fault("factor", "it is missing")
    }
    self = .scaled(
      type: try fields.requiredText("type", limit: 64), factor: factor,
      maximum: try fields.integer("max_position_embeddings", in: 1...(1 << 30)),
      original: try fields.integer("original_max_position_embeddings", in: 1...(1 << 30)))
  }
}
