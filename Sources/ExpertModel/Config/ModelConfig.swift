/// The shape of a decoder: what config.json says, in Hugging Face's names.
///
/// One alphabet of dimensions is used everywhere: T tokens, C `hiddenSize`, H `attentionHeads`,
/// G `keyValueHeads`, D `headSize`, F `intermediateSize`, V `vocabularySize`, L `layers`.
package struct ModelConfig: Sendable, Hashable {
  /// The families that one decoder covers.
  package enum Architecture: String, Sendable, Hashable, CaseIterable {
    /// RMSNorm on each head of query and key before the rotation; no biases.
    case qwen3
    /// Biases on query, key and value.
    case qwen2
    /// Neither.
    case llama
  }

  package var architecture: Architecture
  package var hiddenSize: Int
  package var intermediateSize: Int
  package var layers: Int
  package var attentionHeads: Int
  package var keyValueHeads: Int
  package var headSize: Int
  package var vocabularySize: Int
  package var normEpsilon: Float
  package var ropeTheta: Double
  package var ropeScaling: RopeScaling
  /// The longest context, in tokens.
  package var contextLength: Int
  /// Whether the head is the embedding matrix.
  package var tiedEmbeddings: Bool
  /// Whether query, key and value have biases.
  package var attentionBias: Bool
  /// Ends of a text: generation stops after any of them.
  package var endTokens: [Int32]
  /// Put before a text where the tokenizer asks for it.
  package var beginToken: Int32?

  package init(
    architecture: Architecture, hiddenSize: Int, intermediateSize: Int, layers: Int,
    attentionHeads: Int, keyValueHeads: Int, headSize: Int, vocabularySize: Int,
    normEpsilon: Float, ropeTheta: Double, ropeScaling: RopeScaling = .none,
    contextLength: Int, tiedEmbeddings: Bool, attentionBias: Bool,
    endTokens: [Int32] = [], beginToken: Int32? = nil
  ) {
    self.architecture = architecture
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.layers = layers
    self.attentionHeads = attentionHeads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
    self.vocabularySize = vocabularySize
    self.normEpsilon = normEpsilon
    self.ropeTheta = ropeTheta
    self.ropeScaling = ropeScaling
    self.contextLength = contextLength
    self.tiedEmbeddings = tiedEmbeddings
    self.attentionBias = attentionBias
    self.endTokens = endTokens
    self.beginToken = beginToken
  }

  /// Columns of the query projection's output: H × D.
  package var querySize: Int { attentionHeads * headSize }
  /// Columns of the key and the value projection's output: G × D.
  package var keyValueSize: Int { keyValueHeads * headSize }
  /// Elements of all linear layers and embeddings, norms and biases apart.
  package var weightCount: Int {
    let attention = hiddenSize * (2 * querySize + 2 * keyValueSize)
    let perLayer = attention + 3 * hiddenSize * intermediateSize
    return layers * perLayer + vocabularySize * hiddenSize * (tiedEmbeddings ? 1 : 2)
  }
}

/// How the rotation's frequencies are changed for long contexts, in Hugging Face's names.
package enum RopeScaling: Sendable, Hashable {
  case none
  /// Positions divided by `factor`.
  case linear(factor: Double)
  /// Llama 3.1: long wavelengths divided by `factor`, short ones kept, a ramp between.
  case llama3(
    factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double,
    originalContext: Int)
  /// YaRN (Peng et al. 2023). `attentionFactor` scales the rotation; `nil` means
  /// 0.1 ln(factor) + 1.
  case yarn(
    factor: Double, originalContext: Int, betaFast: Double, betaSlow: Double,
    attentionFactor: Double?, truncate: Bool)
}
