internal import ExpertPlatform
internal import ExpertTensors
internal import Foundation

/// Chooses experts for a query by keywords, hints and meaning.
///
/// Keywords: each matched word or phrase counts w = ln(1 + N/n)/ln(1 + N) for the n of N experts
/// that have it, and the score is Σw / (Σw + ½). A hint counts 1 where it holds. The meaning is the
/// cosine of embeddings, from which the mean of all experts and of some neutral sentences is taken
/// off first: texts of a language model's states otherwise all look alike. The score is the mean of
/// the signals that an expert has, weighted 0.4, 0.4 and 0.2, times 1 + priority / 10. An excluded
/// keyword makes it 0.
package struct Router: Sendable {
  /// The shares of the signals.
  private static let shares = (keywords: 0.4, hint: 0.4, similarity: 0.2)

  /// A keyword, or an excluded one, of one expert.
  private struct Keyword: Sendable {
    var expert: Int
    var text: String
    var words: [Int32]
    var weight: Double
    var excludes: Bool
  }

  package let experts: [RoutedExpert]
  /// What could not be read of the experts.
  package let notes: [String]
  private let vocabulary: RoutingVocabulary
  private let keywords: [Keyword]
  /// The keywords that begin with a word.
  private let postings: [Int32: [Int]]
  private let hints: [HintProgram?]
  private let meanings: Meanings?

  /// A router over experts; `embeddings` [N] of their texts and of neutral sentences, where meanings
  /// are compared.
  package init(
    _ experts: [RoutedExpert], embeddings: [[Float]]? = nil, neutral: [[Float]] = []
  ) {
    self.experts = experts
    var vocabulary = RoutingVocabulary()
    var notes: [String] = []
    hints = experts.map { expert in
      guard let hint = expert.hint else { return nil }
      do {
        return HintProgram(try HintExpression(hint), &vocabulary)
      } catch {
        notes.append("\(expert.name): \(error); the hint is left out")
        return nil
      }
    }
    keywords = Self.keywords(experts, &vocabulary)
    postings = Dictionary(grouping: keywords.indices, by: { [keywords] in keywords[$0].words[0] })
    self.vocabulary = vocabulary
    self.notes = notes
    meanings = embeddings.flatMap { Meanings($0, neutral: neutral) }
  }

  private static func keywords(
    _ experts: [RoutedExpert], _ vocabulary: inout RoutingVocabulary
  ) -> [Keyword] {
    var all: [Keyword] = []
    var counts: [[Int32]: Int] = [:]
    for (number, expert) in experts.enumerated() {
      var own: Set<[Int32]> = []
      for (texts, excludes) in [(expert.keywords, false), (expert.excludeKeywords, true)] {
        for text in texts {
          let words = QueryWords(text).words.map { vocabulary.number(of: $0) }
          guard !words.isEmpty else { continue }
          if !excludes, own.insert(words).inserted { counts[words, default: 0] += 1 }
          all.append(
            Keyword(expert: number, text: text, words: words, weight: 0, excludes: excludes))
        }
      }
    }
    let whole = log(1 + Double(experts.count))
    return all.map { keyword in
      var keyword = keyword
      let holders = Double(counts[keyword.words] ?? 1)
      keyword.weight = log(1 + Double(experts.count) / holders) / whole
      return keyword
    }
  }

  /// The best experts for a query, best first: at most `limit`, each with a score above 0 or a reason
  /// why not. `embedding` is the query's own; `tags` are what the request says of itself.
  package func rank(
    _ query: String, embedding: [Float]? = nil, tags: [String: String] = [:], limit: Int = 10
  ) -> [Route] {
    let query = NumberedQuery(QueryWords(query), tags: tags, vocabulary)
    var matches = [[Int]](repeating: [], count: experts.count)
    for word in query.distinct {
      for number in postings[word] ?? [] where query.has(keywords[number].words) {
        matches[keywords[number].expert].append(number)
      }
    }
    let similarities = embedding.flatMap { meanings?.similarities(to: $0) }
    var scores: [(expert: Int, score: Double)] = []
    scores.reserveCapacity(experts.count)
    for number in experts.indices {
      let score = score(number, matches[number], query, similarities?[number])
      if score > 0 || !matches[number].isEmpty { scores.append((number, score)) }
    }
    scores.sort { a, b in
      a.score == b.score ? experts[a.expert].name < experts[b.expert].name : a.score > b.score
    }
    return scores.prefix(limit).map { found in
      route(
        found.expert, found.score, matches[found.expert], query, similarities?[found.expert])
    }
  }

  private func keywordScore(_ number: Int, _ matches: [Int]) -> Double? {
    guard !experts[number].keywords.isEmpty else { return nil }
    let sum = matches.reduce(0) { $0 + (keywords[$1].excludes ? 0 : keywords[$1].weight) }
    return sum / (sum + 0.5)
  }

  private func score(
    _ number: Int, _ matches: [Int], _ query: NumberedQuery, _ similarity: Float?
  ) -> Double {
    if matches.contains(where: { keywords[$0].excludes }) { return 0 }
    var (sum, share) = (0.0, 0.0)
    if let score = keywordScore(number, matches) {
      sum += Self.shares.keywords * score
      share += Self.shares.keywords
    }
    if let hint = hints[number] {
      sum += hint.holds(query) ? Self.shares.hint : 0
      share += Self.shares.hint
    }
    if let similarity {
      sum += Self.shares.similarity * Double(max(0, similarity))
      share += Self.shares.similarity
    }
    guard share > 0 else { return 0 }
    return sum / share * (1 + min(1, max(0, experts[number].priority)) / 10)
  }

  private func route(
    _ number: Int, _ score: Double, _ matches: [Int], _ query: NumberedQuery,
    _ similarity: Float?
  ) -> Route {
    let expert = experts[number]
    let matches = matches.sorted()
    return Route(
      name: expert.name, score: score, keywordScore: keywordScore(number, matches),
      matched: matches.filter { !keywords[$0].excludes }.map { keywords[$0].text },
      excluded: matches.filter { keywords[$0].excludes }.map { keywords[$0].text },
      hintHolds: hints[number]?.holds(query), hint: expert.hint,
      similarity: similarity.map(Double.init), priority: expert.priority)
  }
}

/// The experts' embeddings, as directions from what all texts share.
private struct Meanings: Sendable {
  private let width: Int
  private let mean: [Float]
  /// [N, C], each row of length 1 or 0.
  private let rows: FloatBuffer
  private let count: Int

  /// `nil` where there is nothing to compare.
  init?(_ embeddings: [[Float]], neutral: [[Float]]) {
    guard let width = embeddings.first?.count, width > 0,
      (embeddings + neutral).allSatisfy({ $0.count == width })
    else { return nil }
    self.width = width
    count = embeddings.count
    let all = embeddings + neutral
    var sum = [Float](repeating: 0, count: width)
    for vector in all {
      for k in 0..<width { sum[k] += vector[k] }
    }
    mean = sum.map { $0 / Float(all.count) }
    rows = FloatBuffer(count: count * width)
    for (number, vector) in embeddings.enumerated() {
      let own = Self.direction(vector, mean)
      for k in 0..<width { rows.base[number * width + k] = own[k] }
    }
  }

  private static func direction(_ vector: [Float], _ mean: [Float]) -> [Float] {
    var own = [Float](repeating: 0, count: mean.count)
    var square = 0.0
    for k in mean.indices {
      own[k] = vector[k] - mean[k]
      square += Double(own[k]) * Double(own[k])
    }
    guard square > 1e-12 else { return own.map { _ in 0 } }
    let factor = Float(1 / square.squareRoot())
    for k in own.indices { own[k] *= factor }
    return own
  }

  /// The cosines; `nil` for a vector of another width.
  func similarities(to query: [Float]) -> [Float]? {
    guard query.count == width else { return nil }
    let own = Self.direction(query, mean)
    return [Float](unsafeUninitializedCapacity: count) { result, filled in
      filled = count
      guard let out = result.baseAddress else { return }
      own.withUnsafeBufferPointer { own in
        guard let from = own.baseAddress else { return }
        DenseProduct.multiply(
          m: 1, n: count, k: width, from, lda: width, rows.base, ldb: width, transposeB: true,
          out, ldc: count, pool: .shared)
      }
    }
  }
}
