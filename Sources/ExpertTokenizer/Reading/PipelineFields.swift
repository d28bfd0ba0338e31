internal import ExpertRecord

/// The `normalizer` and `pre_tokenizer` of a `tokenizer.json`, recognised as one of the few that
/// byte-level models use.
enum PipelineFields {
  private static let supportedSplits =
    "ByteLevel (GPT-2), Digits and ByteLevel (SmolLM2), Split by the expression of Qwen2 or "
    + "Llama-3 and ByteLevel"

  static func isNFC(_ root: JSONFields) throws(TokenizerError) -> Bool {
    guard let value = root["normalizer"]?.value, value != .null else { return false }
    let steps = value["normalizers"]?.array ?? [value]
    for step in steps where step["type"]?.string != "NFC" {
      throw .unsupported(
        file: root.file, field: "normalizer.type",
        found: step["type"]?.description(40) ?? step.typeName, supported: "NFC, or none")
    }
    return !steps.isEmpty
  }

  static func split(_ root: JSONFields) throws(TokenizerError) -> WordSplit {
    let value = try root.required("pre_tokenizer").value
    let steps = value["pretokenizers"]?.array ?? [value]
    guard let last = steps.last, last["type"]?.string == "ByteLevel" else {
      throw unsupported(root, steps.last ?? value)
    }
    if last["add_prefix_space"]?.bool ?? true {
      throw .unsupported(
        file: root.file, field: "pre_tokenizer.add_prefix_space", found: "true",
        supported: "false")
    }
    let usesRegex = last["use_regex"]?.bool ?? true
    switch (steps.count, usesRegex) {
    case (1, true): return .gpt2
    case (2, true): return try digits(steps[0], root)
    case (2, false): return try expression(steps[0], root)
    default: throw unsupported(root, value)
    }
  }

  private static func digits(
    _ step: JSONValue, _ root: JSONFields
  ) throws(TokenizerError) -> WordSplit {
    guard step["type"]?.string == "Digits", step["individual_digits"]?.bool == true else {
      throw unsupported(root, step)
    }
    return .gpt2Digits
  }

  private static func expression(
    _ step: JSONValue, _ root: JSONFields
  ) throws(TokenizerError) -> WordSplit {
    guard step["type"]?.string == "Split", let text = step["pattern"]?["Regex"]?.string,
      let known = WordSplit.expressions.first(where: { $0.expression == text })
    else { throw unsupported(root, step) }
    // Every expression matches all of a text, so keeping the matches alone is the same.
    let isInverted = step["invert"]?.bool ?? false
    guard step["behavior"]?.string == (isInverted ? "Removed" : "Isolated") else {
      throw .unsupported(
        file: root.file, field: "pre_tokenizer.behavior",
        found: step["behavior"]?.description(40) ?? "missing", supported: "Isolated")
    }
    return known.split
  }

  private static func unsupported(_ root: JSONFields, _ found: JSONValue) -> TokenizerError {
    let pattern = found["pattern"]?["Regex"]?.description(120)
    let type = found["type"]?.description(40) ?? found.typeName
    return .unsupported(
      file: root.file, field: "pre_tokenizer", found: pattern ?? type, supported: supportedSplits)
  }
}
