package import ExpertPlatform
internal import ExpertTensors
internal import Foundation

/// A text of which some tokens are scored.
package struct ScoredText: Sendable, Hashable {
  package var ids: [Int32]
  /// Ranges of `ids` whose tokens are scored, each given all before it; the first token of a text
  /// has nothing before it and is never scored.
  package var scored: [Range<Int>]

  package init(ids: [Int32], scored: [Range<Int>]) {
    self.ids = ids
    self.scored = scored
  }

  /// How many tokens are scored.
  package var count: Int { places.count }

  /// Places of the scored tokens.
  var places: [Int] { scored.flatMap { $0 }.filter { $0 > 0 && $0 < ids.count } }
}

/// The sum of negative log-likelihoods of a text's scored tokens.
package struct TextScore: Sendable, Hashable {
  package var negativeLogLikelihood: Double
  package var tokens: Int

  /// e to the mean negative log-likelihood; `nil` where no token was scored.
  package var perplexity: Double? {
    tokens == 0 ? nil : exp(negativeLogLikelihood / Double(tokens))
  }
}

/// Tells how likely texts are under a base model, with an adapter or without.
///
/// Texts are laid end to end in batches, so that none waits for a longer one; logits exist only in
/// tiles, for the tokens that are scored.
package final class Scorer {
  private let model: BaseModel
  private let adapter: Adapter?
  private let pool: ThreadPool
  private let tokensAtOnce: Int
  private var memory: SharedMemory

  /// `tokensAtOnce` is the size of a batch; a longer text is one alone.
  package init(
    _ model: BaseModel, adapter: Adapter? = nil, tokensAtOnce: Int = 2048, pool: ThreadPool
  ) {
    self.model = model
    self.adapter = adapter
    self.pool = pool
    self.tokensAtOnce = tokensAtOnce
    memory = SharedMemory(model.config, capacity: tokensAtOnce)
  }

  /// The scores of the texts, in order. A text longer than the context is refused.
  package func score(_ texts: [ScoredText]) throws -> [TextScore] {
    for text in texts {
      let request = GenerationRequest(prompt: text.ids, maxTokens: 0)
      try request.check(model.config, softPrompt: (adapter?.promptLength ?? 0) - 1)
    }
    var scores: [TextScore] = []
    var batch: [ScoredText] = []
    var tokens = 0
    for text in texts {
      if tokens + length(text) > tokensAtOnce, !batch.isEmpty {
        scores += score(batch: batch)
        (batch, tokens) = ([], 0)
      }
      batch.append(text)
      tokens += length(text)
    }
    return scores + (batch.isEmpty ? [] : score(batch: batch))
  }

  private var softPrompt: [Int32] { (0..<(adapter?.promptLength ?? 0)).map { Int32(-1 - $0) } }

  private func length(_ text: ScoredText) -> Int { text.ids.count + softPrompt.count }

  private func score(batch: [ScoredText]) -> [TextScore] {
    let segments = AttentionSegments(lengths: batch.map(length))
    let tokens = batch.flatMap { softPrompt + $0.ids }
    if tokens.count > memory.capacity {
      memory = SharedMemory(model.config, capacity: tokens.count)
    }
    model.run(
      tokens, segments: segments, memory: memory, adapter: adapter, pool: pool)
    return read(batch, segments)
  }

  /// Scores the states: the row before a token is the one that says how likely the token is.
  private func read(_ batch: [ScoredText], _ segments: AttentionSegments) -> [TextScore] {
    var rows: [Int] = []
    var targets: [Int32] = []
    for (text, segment) in zip(batch, segments.segments) {
      let start = segment.rows.lowerBound + softPrompt.count
      for place in text.places {
        rows.append(start + place - 1)
        targets.append(text.ids[place])
      }
    }
    guard !rows.isEmpty else {
      return batch.map { _ in TextScore(negativeLogLikelihood: 0, tokens: 0) }
    }
    let states = FloatBuffer(count: rows.count * model.config.hiddenSize)
    model.finish(rows: rows, of: memory.hidden.base, into: states.base, pool: pool)
    let losses = FusedHead(model.head).score(
      states.base, rows: rows.count, targets: targets, pool: pool
    ).losses
    var rest = losses[...]
    return batch.map { text in
      let own = rest.prefix(text.count)
      rest = rest.dropFirst(own.count)
      return TextScore(
        negativeLogLikelihood: own.reduce(0) { $0 + Double($1) }, tokens: own.count)
    }
  }
}
