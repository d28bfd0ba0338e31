internal import ExpertModel

extension AdapterConfig.Method {
  /// The options of LoRA and its kin; `nil` for other methods, for `#require`.
  var lora: AdapterConfig.LowRank? {
    if case .lora(let options) = self { options } else { nil }
  }
}
