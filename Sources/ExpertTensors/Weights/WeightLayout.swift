/// Where the weights of a frozen matrix lie.
package enum WeightLayout: Sendable, Hashable {
  /// Where the file was mapped if products can read it there (bf16 in natural row order), else
  /// packed.
  case automatic
  /// As `automatic`: the mapped file where possible. Opens at once and holds no private memory.
  case mapped
  /// Copied into panels: a few percent faster in products of many rows.
  case packed
}
