/// What a configuration may say at most: far above every model that fits on one machine, and low
/// enough that no product of two overflows.
enum ModelLimits {
  static let size = 1...(1 << 20)
  static let layers = 1...4096
  static let heads = 1...65_536
  static let headSize = 2...4096
  static let vocabulary = 1...(1 << 24)
  static let context = 1...(1 << 28)
}

extension ModelConfig {
  /// What contradicts itself: the field (in Hugging Face's names) and the reason.
  var contradiction: (field: String, reason: String)? {
    if headSize % 2 != 0 { return ("head_dim", "\(headSize) is odd, the rotation needs pairs") }
    if attentionHeads % keyValueHeads != 0 {
      return (
        "num_key_value_heads", "\(keyValueHeads) does not divide \(attentionHeads) attention heads"
      )
    }
    return nil
  }
}
