package import ExpertRecord

/// `adapter_config.json` as PEFT writes it, as far as it decides what the tensors must be.
package struct AdapterConfig: Sendable, Hashable {
  /// PEFT's `peft_type`.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case lora = "LORA"
    case ia3 = "IA3"
    case promptTuning = "PROMPT_TUNING"
  }

  package var kind: Kind
  package var baseName: String?
  package var rank: Int?
  package var alpha: Double?
  package var dropout: Double?
  /// Sorted; empty where the file gives an expression instead of names.
  package var targetModules: [String]
  package var feedforwardModules: [String]
  package var usesDoRA: Bool
  package var usesRSLoRA: Bool
  /// Ranks that single modules have instead of `rank`.
  package var rankPattern: [String: Int]
  package var modulesToSave: [String]
  package var virtualTokens: Int?
  package var tokenSize: Int?

  /// Reads the file. Members that are not known are passed over.
  package init(_ json: JSONValue) throws(PackageError) {
    let fields = try ManifestFields(json)
    guard let kind: Kind = try fields.choice("peft_type") else {
      throw fields.fault("peft_type", "it is missing")
    }
    self.kind = kind
    baseName = try fields.text("base_model_name_or_path")
    rank = try fields.integer("r", in: 1...4096)
    alpha = try fields.number("lora_alpha", in: 0...1e6)
    dropout = try fields.number("lora_dropout", in: 0...1)
    targetModules = try Self.modules("target_modules", fields)
    feedforwardModules = try Self.modules("feedforward_modules", fields)
    usesDoRA = fields.value("use_dora")?.bool ?? false
    usesRSLoRA = fields.value("use_rslora")?.bool ?? false
    modulesToSave = try Self.modules("modules_to_save", fields)
    virtualTokens = try fields.integer("num_virtual_tokens", in: 1...65_536)
    tokenSize = try fields.integer("token_dim", in: 1...(1 << 20))
    rankPattern = [:]
    for member in try fields.object("rank_pattern")?.json.members ?? [] {
      guard let rank = member.value.integer, (1...4096).contains(rank) else {
        throw fields.fault("rank_pattern.\(member.name)", "it must be a rank from 1 to 4096")
      }
      rankPattern[member.name] = rank
    }
  }

  private static func modules(
    _ name: String, _ fields: ManifestFields
  ) throws(PackageError) -> [String] {
    if fields.value(name)?.string != nil { return [] }
    return (try fields.texts(name) ?? []).sorted { ExactText.precedes($0, $1) }
  }

  /// Ranks that some module may have.
  package var ranks: Set<Int> { Set(rankPattern.values).union(rank.map { [$0] } ?? []) }
}
