/// Why an adapter cannot be exported as it was asked for.
package enum ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A soft prompt is no change of any weight.
  case softPrompt(format: String)
  /// The format has no place for this kind of adapter.
  case needsMerging(method: String, format: String)
  /// Something stands where the result should go.
  case exists(path: String)
  /// Folding the adapter into a weight gave NaN or infinity.
  case notFinite(tensor: String)
  /// The base has something that the format cannot say.
  case unsupported(what: String, format: String)
  /// The result, opened again, does not compute what the source does.
  case differs(format: String, difference: Double, limit: Double)
  /// The result's tokenizer cuts texts otherwise than the base's.
  case otherTokens(format: String)
  /// The model that the adapter is said to be trained on has other shapes than the base.
  case otherShape(path: String)
  /// The prompts for the comparison have no tokens.
  case noPrompts

  package var description: String {
    switch self {
    case .softPrompt(let format):
      "a soft prompt changes no weight, so it cannot become \(format); export it with "
        + "--format peft"
    case .needsMerging(let method, let format):
      "\(format) knows plain LoRA alone, this adapter is \(method); merge it into the base with "
        + "--format gguf"
    case .exists(let path):
      "\(path) is there already; name another --output, or replace it with --overwrite"
    case .notFinite(let tensor):
      "\(tensor) holds NaN or infinity once the adapter is folded in; the adapter is damaged, "
        + "export a good checkpoint"
    case .unsupported(let what, let format): "\(format) cannot say \(what)"
    case .differs(let format, let difference, let limit):
      "the \(format), opened again, gives other logits than the source (\(Self.short(difference)) "
        + "of the largest, at most \(Self.short(limit)) is allowed); nothing was left behind. Choose a "
        + "--type of more bits"
    case .otherTokens(let format):
      "the tokenizer of the \(format), opened again, gives other token ids than the base's; "
        + "nothing was left behind"
    case .otherShape(let path):
      "\(path) has other shapes than the base, so the adapter cannot fit both; name with "
        + "--trained-on the model that it was trained on"
    case .noPrompts:
      "the prompts for the comparison have no two tokens; give a longer --prompt"
    }
  }

  /// Two digits: `1.2e-05`.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var (mantissa, exponent) = (abs(value), 0)
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let tenths = Int((mantissa * 10).rounded())
    return "\(value < 0 ? "-" : "")\(tenths / 10).\(tenths % 10)e\(exponent)"
  }
}
