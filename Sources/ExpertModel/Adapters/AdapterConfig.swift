/// What is trained beside the frozen base: the contents of PEFT's `adapter_config.json`.
package struct AdapterConfig: Sendable, Hashable {
  /// How the adapter changes the base.
  package enum Method: Sendable, Hashable {
    /// y = Wx + s B(A x) (Hu et al. 2021).
    case lora(LowRank)
    /// y = l ⊙ (Wx + b), or W(l ⊙ x) for feed-forward targets (Liu et al. 2022).
    case ia3(feedForward: [TargetModule])
    /// Trained vectors before the first token (Lester et al. 2021).
    case promptTuning(PromptTuning)
  }

  /// The options of LoRA and its kin.
  package struct LowRank: Sendable, Hashable {
    /// The inner dimension r of every target that `rankPattern` does not name.
    package var rank: Int
    /// Numerator of the scale: s = α/r, with rsLoRA α/√r.
    package var alpha: Double
    /// The share of inputs that are dropped in training.
    package var dropout: Double
    /// Rank-stabilised scale (Kalajdzievski 2023).
    package var rankStabilized: Bool
    /// Weight-decomposed: each row's magnitude is trained too (Liu et al. 2024).
    package var decomposed: Bool
    /// LoRA-FA: A stays as it was drawn (Zhang et al. 2023).
    package var frozenA: Bool
    /// Ranks of single targets.
    package var rankPattern: [TargetModule: Int]
    /// Alphas of single targets.
    package var alphaPattern: [TargetModule: Double]

    package init(
      rank: Int = 16, alpha: Double = 16, dropout: Double = 0, rankStabilized: Bool = false,
      decomposed: Bool = false, frozenA: Bool = false,
      rankPattern: [TargetModule: Int] = [:], alphaPattern: [TargetModule: Double] = [:]
    ) {
      self.rank = rank
      self.alpha = alpha
      self.dropout = dropout
      self.rankStabilized = rankStabilized
      self.decomposed = decomposed
      self.frozenA = frozenA
      self.rankPattern = rankPattern
      self.alphaPattern = alphaPattern
    }

    /// The rank of one target.
    package func rank(of target: TargetModule) -> Int { rankPattern[target] ?? rank }

    /// The scale s of one target.
    package func scale(of target: TargetModule) -> Float {
      let r = Double(rank(of: target))
      let alpha = alphaPattern[target] ?? alpha
      return Float(rankStabilized ? alpha / r.squareRoot() : alpha / r)
    }
  }

  /// The options of a soft prompt.
  package struct PromptTuning: Sendable, Hashable {
    /// Where its vectors start from, in PEFT's names.
    package enum Start: Sendable, Hashable {
      /// Drawn from a normal distribution, as PEFT's embedding is.
      case random
      /// The embeddings of a text's tokens, repeated until they fill the prompt.
      case text(String)
      /// The embeddings of tokens drawn from the vocabulary.
      case sampleVocabulary
    }

    /// How many vectors.
    package var count: Int
    package var start: Start

    package init(count: Int = 64, start: Start = .sampleVocabulary) {
      self.count = count
      self.start = start
    }
  }

  package var method: Method
  /// The layers that are adapted; none for a soft prompt.
  package var targets: [TargetModule]
  /// The base's name or path, as it was given.
  package var base: String

  package init(method: Method, targets: [TargetModule], base: String = "") {
    self.method = method
    self.targets = targets
    self.base = base
  }

  /// Whether a target's input, not its output, is scaled.
  package func scalesInput(_ target: TargetModule) -> Bool {
    guard case .ia3(let feedForward) = method else { return false }
    return feedForward.contains(target)
  }
}
