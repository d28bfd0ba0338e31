package import ExpertPlatform
package import ExpertRecord

/// The settings of a run, complete: what the layers said over the defaults of objective and method.
package struct TrainingConfig: Sendable, Hashable {
  /// Every option that has a value.
  package let values: [TrainingOption: OptionValue]
  /// What the reader should know about how something was understood.
  package let notes: [String]

  /// Lays the layers over each other (the first wins) and the defaults below them.
  ///
  /// `layers`: usually flags, then a recipe or a manifest.
  /// `objective`: what `train sft|dpo|distill` says; a layer that says another is refused.
  package init(
    layers: [TrainingLayer], objective: Objective? = nil
  ) throws(TrainingError) {
    var merged = Self.merge(layers)
    if let objective { try merged.demand(objective) }
    let ground = Ground(merged.settings)
    try merged.check(ground)
    var values = Defaults.values(for: ground)
    for (option, setting) in merged.settings { values[option] = setting.value }
    values[.objective] = .text(ground.objective.rawValue)
    values[.method] = .text(ground.method.rawValue)
    if ground.method != .ia3, ground.method != .softPrompt {
      values[.useRslora] = .flag(ground.rslora)
    }
    if ground.objective == .dpo { Self.turnOffDropout(&values, &merged.notes) }
    self.values = values
    notes = merged.notes
  }

  /// Another configuration with what the layers say over it.
  package init(layers: [TrainingLayer], over config: TrainingConfig) throws(TrainingError) {
    var values = config.values
    for (option, setting) in Self.merge(layers).settings { values[option] = setting.value }
    try self.init(json: .object(values.map { .init($0.key.rawValue, $0.value.json) }), path: "")
  }

  private static func merge(_ layers: [TrainingLayer]) -> TrainingLayer {
    var merged = TrainingLayer()
    for layer in layers {
      merged.settings.merge(layer.settings) { first, _ in first }
      merged.notes += layer.notes
    }
    return merged
  }

  /// As TRL's `disable_dropout`: policy and reference must see the same network.
  private static func turnOffDropout(
    _ values: inout [TrainingOption: OptionValue], _ notes: inout [String]
  ) {
    guard let old = values[.loraDropout], old != .number(0) else { return }
    values[.loraDropout] = .number(0)
    notes.append("dropout is off in DPO: policy and reference must be the same network")
  }

  /// The settings as one JSON object, by option name.
  package var json: JSONValue {
    .object(values.map { .init($0.key.rawValue, $0.value.json) }.sorted { $0.name < $1.name })
  }

  /// RFC 8785 text of `json`.
  package var canonical: String { CanonicalJSON.text(of: json) }

  /// SHA-256 of the canonical form of those settings that the trained weights depend on: runs with
  /// equal hashes, data, base and tool give equal weights.
  package var hash: Digest {
    let shaping = values.filter { $0.key.shapesWeights }
    let members = shaping.map { JSONValue.Member($0.key.rawValue, $0.value.json) }
    return SHA256.hash(CanonicalJSON.bytes(of: .object(members)))
  }

  /// Reads the canonical form back.
  package init(json: JSONValue, path: String) throws(TrainingError) {
    var layer = TrainingLayer()
    for member in json.members ?? [] {
      guard let raw = RawValue(member.value) else {
        throw .badFile(path: path, line: 1, message: "\(member.name) holds nested lists")
      }
      try layer.set(named: member.name, raw, place: "\(path): \(member.name)")
    }
    try self.init(layers: [layer])
  }
}

/// What is minimised.
package enum Objective: String, Sendable, Hashable, CaseIterable {
  case sft, dpo, distill
}

/// What is trained. rsLoRA is LoRA, or DoRA, with another scale: see `TrainingConfig.scaling`.
package enum AdapterMethod: String, Sendable, Hashable, CaseIterable {
  case lora
  case loraFA = "lora-fa"
  case dora
  case ia3
  case softPrompt = "soft-prompt"
}

/// The choices that defaults and meanings of other options hang on.
struct Ground {
  var objective: Objective
  var method: AdapterMethod
  var rslora: Bool
  var settings: [TrainingOption: TrainingLayer.Setting]

  init(_ settings: [TrainingOption: TrainingLayer.Setting]) {
    self.settings = settings
    objective = settings.text(.objective).flatMap(Objective.init) ?? .sft
    let name = settings.text(.method)
    method = name.flatMap(AdapterMethod.init) ?? .lora
    rslora = name == "rslora" || settings[.useRslora]?.value == .flag(true)
  }
}

extension [TrainingOption: TrainingLayer.Setting] {
  func text(_ option: TrainingOption) -> String? {
    if case .text(let text)? = self[option]?.value { text } else { nil }
  }
}
