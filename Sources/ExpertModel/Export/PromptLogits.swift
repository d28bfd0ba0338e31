package import ExpertPlatform
internal import ExpertRecord
package import ExpertTensors
internal import ExpertTokenizer

/// What a model says behind every token of some prompts: the measure by which a source and what
/// was made of it are compared.
package struct PromptLogits: Sendable {
  /// Token ids of each prompt.
  package let prompts: [[Int32]]
  /// One row for each token of all prompts: [T, V].
  package let rows: FloatBuffer
  package let vocabulary: Int

  /// Runs the prompts through a model, with an adapter or without.
  package init(
    _ prompts: [[Int32]], _ model: BaseModel, adapter: Adapter? = nil, pool: ThreadPool
  ) {
    self.prompts = prompts
    vocabulary = model.config.vocabularySize
    let soft = (0..<(adapter?.promptLength ?? 0)).map { Int32(-1 - $0) }
    let segments = AttentionSegments(lengths: prompts.map { soft.count + $0.count })
    let tokens = prompts.flatMap { soft + $0 }
    let memory = SharedMemory(model.config, capacity: tokens.count)
    model.run(
      tokens, segments: segments, memory: memory, adapter: adapter, pool: pool)
    let places = segments.segments.flatMap { Array($0.rows.dropFirst(soft.count)) }
    let states = FloatBuffer(count: places.count * model.config.hiddenSize)
    model.finish(rows: places, of: memory.hidden.base, into: states.base, pool: pool)
    rows = FloatBuffer(count: places.count * vocabulary)
    model.head.forward(states.base, rows: places.count, into: rows.base, pool: pool)
  }

  /// How many rows.
  package var count: Int { prompts.reduce(0) { $0 + $1.count } }

  /// The token that follows each row; `nil` at the end of a prompt.
  var targets: [Int32?] {
    prompts.flatMap { prompt in prompt.dropFirst().map { $0 } + [nil] }
  }
}

/// Prompts for a comparison.
package enum ComparisonPrompts {
  /// Prose, code, JSON, digits and other scripts, so that no part of a vocabulary is left out.
  package static let texts = [
    "The capital of France is Paris, and the largest city of Japan is",
    "def fibonacci(n):\n    return n if n < 2 else fibonacci(n - 1) +",
    "{\"name\": \"Ada\", \"born\": 1815, \"languages\": [\"English\", \"French\"",
    "Question: What is 17 + 25?\nAnswer: 42\nQuestion: What is 128 / 4?\nAnswer:",
    "Müllers Kühe grasen über dem Fluß; 東京の天気は今日",
  ]

  private static let longest = 48

  /// The ids of the texts, or, for a model without a tokenizer, ids drawn from its vocabulary.
  package static func ids(_ texts: [String], _ files: ModelFiles) throws -> [[Int32]] {
    guard case .none = files.tokenizerSource else {
      let tokenizer = try files.tokenizer()
      let ids = try texts.map { Array(try tokenizer.encode($0, affixes: true).prefix(longest)) }
      guard ids.contains(where: { $0.count > 1 }) else { throw ExportError.noPrompts }
      return ids.filter { !$0.isEmpty }
    }
    var random = SeededGenerator(seed: 0, stream: "export/prompts")
    let size = files.config.vocabularySize
    let length = min(longest / 2, files.config.contextLength)
    return texts.map { _ in
      (0..<length).map { _ in Int32(min(size - 1, Int(random.unit() * Double(size)))) }
    }
  }
}
