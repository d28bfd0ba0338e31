extension TrainingLayer {
  /// Names of other tools that say something here in another way, or that only one value suits.
  static let foreignNames: Set<String> = [
    "fp16", "bf16", "load_in_4bit", "load_in_8bit", "use_dora", "magnitude_scaling",
    "init_lora_weights", "init_ia3_weights", "peft_type", "task_type", "bias", "fan_in_fan_out",
    "inference_mode", "completion_only_loss", "assistant_only_loss", "modules_to_save", "do_train",
    "do_eval", "overwrite_output_dir", "remove_unused_columns", "padding_free", "revision",
    "tokenizer_name_or_path", "token_dim", "num_layers", "num_attention_heads",
    "num_transformer_submodules", "dataloader_num_workers",
  ]

  /// Understands a foreign name; `false` where it is none.
  mutating func setForeign(
    _ name: String, _ raw: RawValue, place: String
  ) throws(TrainingError) -> Bool {
    guard Self.foreignNames.contains(name) else { return false }
    switch name {
    case "fp16", "bf16", "load_in_4bit", "load_in_8bit", "use_dora", "magnitude_scaling",
      "completion_only_loss", "assistant_only_loss":
      try setSwitch(name, on: Self.flag(raw, place: place), place: place)
    case "init_lora_weights": try setInit(raw, place: place)
    case "peft_type": try setType(raw, place: place)
    case "task_type": try demand(["CAUSAL_LM"], raw, place: place)
    case "bias": try demand(["none"], raw, place: place)
    case "fan_in_fan_out": try demand(["false"], raw, place: place)
    case "init_ia3_weights": try demand(["true"], raw, place: place)
    case "modules_to_save":
      throw .outOfPlace(
        place: place, reason: "whole modules are not trained here, only adapters: leave it out")
    case "dataloader_num_workers":
      notes.append(
        "\(place) changes nothing here: every text is prepared before the first step and stays in "
          + "memory, so that no step waits for one")
    default: notes.append("\(place) changes nothing here")
    }
    return true
  }

  private static func flag(_ raw: RawValue, place: String) throws(TrainingError) -> Bool {
    guard case .flag(let value)? = OptionKind.flag.read(raw) else {
      throw .badValue(
        place: place, found: raw.shown, expected: OptionKind.flag.expectation)
    }
    return value
  }

  private mutating func setSwitch(
    _ name: String, on: Bool, place: String
  ) throws(TrainingError) {
    switch (name, on) {
    case ("completion_only_loss", false): try set(.lossOn, .text("all"), place: place)
    case (_, false): break
    case ("bf16", _): try set(.precision, .text("bf16"), place: place)
    case ("fp16", _):
      try set(.precision, .text("bf16"), place: place)
      notes.append("\(place): mixed precision is bf16 here, which needs no loss scaling")
    case ("load_in_4bit", _): try set(.quantize, .text("int4"), place: place)
    case ("load_in_8bit", _): try set(.quantize, .text("int8"), place: place)
    case ("completion_only_loss", _): try set(.lossOn, .text("completion"), place: place)
    case ("assistant_only_loss", _): try set(.lossOn, .text("assistant"), place: place)
    default: try set(.method, .text("dora"), place: place)
    }
  }

  /// `"frozen"` is how the training guide spells LoRA-FA.
  private mutating func setInit(_ raw: RawValue, place: String) throws(TrainingError) {
    if raw == .text("frozen") { return try set(.method, .text("lora-fa"), place: place) }
    try demand(["true", "frozen"], raw, place: place)
  }

  /// PEFT's types; a LORA configuration may still say DoRA or rsLoRA beside it.
  private mutating func setType(_ raw: RawValue, place: String) throws(TrainingError) {
    switch raw {
    case .text("LORA"):
      if settings[.method] == nil { try set(.method, .text("lora"), place: place) }
    case .text("IA3"): try set(.method, .text("ia3"), place: place)
    case .text("PROMPT_TUNING"): try set(.method, .text("soft-prompt"), place: place)
    default:
      throw .badValue(place: place, found: raw.shown, expected: "LORA, IA3 or PROMPT_TUNING")
    }
  }

  private func demand(
    _ values: [String], _ raw: RawValue, place: String
  ) throws(TrainingError) {
    if case .text(let text) = raw, values.contains(text) || values.contains(text.lowercased()) {
      return
    }
    throw .badValue(
      place: place, found: raw.shown, expected: values.joined(separator: " or "))
  }
}
