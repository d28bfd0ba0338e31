/// How the frozen weights of a base are held in memory.
package enum Precision: String, Sendable, Hashable, CaseIterable {
  /// fp32 weights and products.
  case fp32
  /// bf16 weights; inputs rounded to bf16, sums in fp32.
  case bf16
  /// Eight bits and one scale a group.
  case int8
  /// Four bits with a scale and a least value a group.
  case int4
  /// The 16 values of NF4 (QLoRA) and one scale a group of 64.
  case nf4
  /// Eight bits and one scale a row, in both directions of a product, and inputs rounded to eight
  /// bits too: twice the speed of bf16 products.
  case w8a8
}
