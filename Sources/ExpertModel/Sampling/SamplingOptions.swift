/// How the next token is chosen from the logits; the names are those of Hugging Face's
/// `GenerationConfig`.
package struct SamplingOptions: Sendable, Hashable {
  /// Divides the logits; 0 takes the likeliest token (greedy).
  package var temperature: Double
  /// Keeps the k likeliest tokens; 0 keeps all.
  package var topK: Int
  /// Keeps the smallest set of likeliest tokens whose probabilities reach this sum; 1 keeps all.
  package var topP: Double
  /// Drops tokens less likely than this share of the likeliest one; 0 keeps all.
  package var minP: Double
  /// Divides positive logits of tokens seen before and multiplies negative ones (Keskar et al.
  /// 2019); 1 changes nothing.
  package var repetitionPenalty: Double
  /// The same seed gives the same tokens.
  package var seed: UInt64

  package init(
    temperature: Double = 0, topK: Int = 0, topP: Double = 1, minP: Double = 0,
    repetitionPenalty: Double = 1, seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.seed = seed
  }

  /// What is wrong with the values, as a sentence that names the option; `nil` where they are
  /// usable.
  package var problem: String? {
    if !(temperature >= 0 && temperature.isFinite) { return "the temperature must be 0 or more" }
    if topK < 0 { return "top-k must be 0 (all tokens) or more" }
    if !(topP > 0 && topP <= 1) { return "top-p must be above 0 and at most 1" }
    if !(minP >= 0 && minP <= 1) { return "min-p must be between 0 and 1" }
    if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
      return "the repetition penalty must be above 0"
    }
    return nil
  }
}
