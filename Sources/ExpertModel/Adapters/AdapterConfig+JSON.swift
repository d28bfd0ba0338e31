package import ExpertRecord

extension AdapterConfig {
  /// The members that PEFT needs to load the adapter; what it fills with its defaults is left out.
  package func json(for model: ModelConfig) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("base_model_name_or_path", .string(base)), .init("inference_mode", true),
      .init("revision", .null), .init("task_type", "CAUSAL_LM"),
    ]
    switch method {
    case .lora(let options): members += Self.members(options, targets)
    case .ia3(let feedForward):
      members += [
        .init("peft_type", "IA3"), .init("target_modules", Self.names(targets)),
        .init("feedforward_modules", Self.names(feedForward)),
        .init("fan_in_fan_out", false), .init("init_ia3_weights", true),
        .init("modules_to_save", .null),
      ]
    case .promptTuning(let prompt): members += prompt.members(base: base, model)
    }
    return .object(members)
  }

  private static func members(
    _ options: LowRank, _ targets: [TargetModule]
  ) -> [JSONValue.Member] {
    [
      .init("peft_type", "LORA"), .init("target_modules", names(targets)),
      .init("r", .number(Double(options.rank))), .init("lora_alpha", .number(options.alpha)),
      .init("lora_dropout", .number(options.dropout)), .init("bias", "none"),
      .init("fan_in_fan_out", false), .init("init_lora_weights", true),
      .init("use_rslora", .bool(options.rankStabilized)),
      .init("use_dora", .bool(options.decomposed)), .init("modules_to_save", .null),
      .init("rank_pattern", pattern(options.rankPattern.mapValues(Double.init))),
      .init("alpha_pattern", pattern(options.alphaPattern)),
    ]
  }

  private static func names(_ targets: [TargetModule]) -> JSONValue {
    .array(targets.map { .string($0.rawValue) })
  }

  private static func pattern(_ values: [TargetModule: Double]) -> JSONValue {
    .object(
      TargetModule.allCases.compactMap { target in
        values[target].map { .init(target.rawValue, .number($0)) }
      })
  }
}

extension AdapterConfig.PromptTuning {
  fileprivate func members(base: String, _ model: ModelConfig) -> [JSONValue.Member] {
    let (name, text): (String, JSONValue) =
      switch start {
      case .random: ("RANDOM", .null)
      case .text(let text): ("TEXT", .string(text))
      case .sampleVocabulary: ("SAMPLE_VOCAB", .null)
      }
    return [
      .init("peft_type", "PROMPT_TUNING"), .init("num_virtual_tokens", .number(Double(count))),
      .init("token_dim", .number(Double(model.hiddenSize))),
      .init("num_transformer_submodules", 1),
      .init("num_attention_heads", .number(Double(model.attentionHeads))),
      .init("num_layers", .number(Double(model.layers))),
      .init("prompt_tuning_init", .string(name)), .init("prompt_tuning_init_text", text),
      .init("tokenizer_name_or_path", name == "TEXT" ? .string(base) : .null),
    ]
  }
}

extension AdapterConfig {
  /// Reads what PEFT wrote, tolerant of members that change nothing here; what would change the
  /// result and is not supported is refused by its name.
  package init(_ json: JSONValue, path: String) throws(AdapterError) {
    let reader = PEFTReader(json: json, path: path)
    base = json["base_model_name_or_path"]?.string ?? ""
    switch json["peft_type"]?.string {
    case "LORA":
      targets = try reader.targets("target_modules")
      method = .lora(try reader.lowRank())
    case "IA3":
      targets = try reader.targets("target_modules")
      let feedForward = try reader.targets("feedforward_modules", optional: true)
      for stray in feedForward where !targets.contains(stray) {
        throw reader.bad("feedforward_modules", "\(stray.rawValue) is not in target_modules")
      }
      method = .ia3(feedForward: feedForward)
    case "PROMPT_TUNING":
      (method, targets) = (.promptTuning(try reader.prompt()), [])
    case let other:
      let name = other ?? "nothing"
      throw reader.bad("peft_type", "\(name) is not LORA, IA3 or PROMPT_TUNING")
    }
  }
}

/// Takes the members of an adapter_config.json.
private struct PEFTReader {
  let json: JSONValue
  let path: String

  func bad(_ field: String, _ reason: String) -> AdapterError {
    .badConfig(path: path, field: field, reason: reason)
  }

  /// Options of PEFT that change what an adapter computes and are not supported, with the value
  /// that leaves them off.
  private static let unsupported: [String] = [
    "layers_to_transform", "layers_pattern", "layer_replication", "exclude_modules",
    "modules_to_save", "trainable_token_indices", "alora_invocation_tokens",
    "target_parameters", "use_bdlora", "velora_config", "kasa_config", "monteclora_config",
    "arrow_config",
  ]

  func lowRank() throws(AdapterError) -> AdapterConfig.LowRank {
    try refuseUnsupported()
    guard let rank = json["r"]?.integer, rank > 0, rank <= 4096 else {
      throw bad("r", "the rank must be a whole number from 1 to 4096")
    }
    return AdapterConfig.LowRank(
      rank: rank, alpha: try alpha(json["lora_alpha"], "lora_alpha"),
      dropout: json["lora_dropout"]?.number ?? 0,
      rankStabilized: json["use_rslora"]?.bool ?? false,
      decomposed: json["use_dora"]?.bool ?? false,
      rankPattern: try pattern("rank_pattern") { value throws(AdapterError) in
        guard let rank = value.integer, rank > 0, rank <= 4096 else {
          throw bad("rank_pattern", "a rank must be a whole number from 1 to 4096")
        }
        return rank
      },
      alphaPattern: try pattern("alpha_pattern") { value throws(AdapterError) in
        try alpha(value, "alpha_pattern")
      })
  }

  private func alpha(_ value: JSONValue?, _ field: String) throws(AdapterError) -> Double {
    guard let alpha = value?.number, alpha.isFinite, alpha > 0 else {
      throw bad(field, "alpha must be a number above 0")
    }
    return alpha
  }

  private func refuseUnsupported() throws(AdapterError) {
    for field in Self.unsupported {
      switch json[field] {
      case nil, .null?, .bool(false)?: continue
      case .array(let values)? where values.isEmpty: continue
      case .object(let members)? where members.isEmpty: continue
      default: throw bad(field, "this option is not supported here; train without it")
      }
    }
    if let bias = json["bias"]?.string, bias != "none" {
      throw bad("bias", "\"\(bias)\" is not supported here, only \"none\"")
    }
    for field in ["fan_in_fan_out", "lora_bias", "use_qalora"] where json[field]?.bool == true {
      throw bad(field, "this option is not supported here; train without it")
    }
  }

  private func pattern<Value>(
    _ field: String, _ read: (JSONValue) throws(AdapterError) -> Value
  ) throws(AdapterError) -> [TargetModule: Value] {
    var values: [TargetModule: Value] = [:]
    guard case .object(let members)? = json[field] else { return values }
    for member in members {
      guard let target = TargetModule(rawValue: member.name) else {
        throw bad(field, "\"\(member.name)\" is no name of a linear layer")
      }
      values[target] = try read(member.value)
    }
    return values
  }

  func targets(_ field: String, optional: Bool = false) throws(AdapterError) -> [TargetModule] {
    let names: [String]
    switch json[field] {
    case .string("all-linear")?: return TargetModule.allCases
    case .array(let values)?: names = values.compactMap(\.string)
    case nil where optional, .null? where optional: return []
    default: throw bad(field, "it must be a list of layer names, or \"all-linear\"")
    }
    var found: Set<TargetModule> = []
    for name in names {
      guard let target = TargetModule(rawValue: String(name.split(separator: ".").last ?? ""))
      else {
        throw bad(field, UnknownTarget(name: name).description)
      }
      found.insert(target)
    }
    guard !found.isEmpty || optional else { throw bad(field, "it names no layer") }
    return TargetModule.allCases.filter { found.contains($0) }
  }

  func prompt() throws(AdapterError) -> AdapterConfig.PromptTuning {
    guard let count = json["num_virtual_tokens"]?.integer, count > 0, count <= 4096 else {
      throw bad("num_virtual_tokens", "it must be a whole number from 1 to 4096")
    }
    let start: AdapterConfig.PromptTuning.Start =
      switch json["prompt_tuning_init"]?.string {
      case "TEXT": .text(json["prompt_tuning_init_text"]?.string ?? "")
      case "SAMPLE_VOCAB": .sampleVocabulary
      default: .random
      }
    return AdapterConfig.PromptTuning(count: count, start: start)
  }
}
