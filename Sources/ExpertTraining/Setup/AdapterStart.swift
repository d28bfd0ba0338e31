internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTokenizer
internal import Foundation

/// Makes the adapter that a run begins with: drawn anew, or another run's.
struct AdapterStart {
  let config: TrainingConfig
  let base: RunBase

  /// The adapter, ready for its base; the hash of the weights that it goes on from, and what those
  /// had learned from.
  func make() throws -> (adapter: Adapter, hash: String?, ancestors: [TrainedData]) {
    guard let folder = config.startAdapter else { return (try fresh(), nil, []) }
    let weights = AdapterFolder.weights(folder)
    let adapter = try AdapterFolder.load(
      try saved(folder), weights: weights, for: base.base.model.config)
    base.base.model.prepare(adapter, pool: base.pool)
    let hash = try SHA256.hash(file: weights).hex
    return (adapter, hash, Self.ancestors(folder, hash: hash))
  }

  /// What the run beside an adapter says of its data and of the runs before it. Without a record, or
  /// beside weights that are not the recorded ones, an entry says that nobody knows.
  private static func ancestors(_ folder: String, hash: String) -> [TrainedData] {
    let unknown = TrainedData(dataset: nil, adapter: hash)
    let run = RunFolder.ofAdapter(folder)
    guard let data = FileManager.default.contents(atPath: run.manifest),
      let json = try? JSONValue.parse(Array(data))
    else { return [unknown] }
    let known = TrainedData.all(ofRun: json, adapter: hash)
    let recorded = json["files"]?[AdapterFolder.weightsName]?.string
    let isCheckpoint = run != RunFolder(folder)
    return isCheckpoint || recorded == nil || recorded == hash
      ? known : TrainedData.union([[unknown], known])
  }

  /// What the folder says of its adapter, with what PEFT's form has no word for: whether A stays,
  /// and what is dropped in this run.
  private func saved(_ folder: String) throws -> AdapterConfig {
    var saved = try AdapterFolder.config(folder)
    saved.base = base.name
    if case .lora(var options) = saved.method {
      options.frozenA = config.method == .loraFA
      options.dropout = config.dropout
      saved.method = .lora(options)
    }
    return saved
  }

  private func fresh() throws -> Adapter {
    let model = base.base.model
    let adapter = Adapter(
      try config.adapter(for: model.config.architecture, base: base.name), for: model.config)
    adapter.start(seed: config.seed)
    if case .promptTuning(let prompt) = adapter.config.method {
      adapter.start(prompt: try vectors(prompt))
    }
    model.prepare(adapter, start: true, pool: base.pool)
    return adapter
  }

  /// The first values of a soft prompt, as PEFT's `PromptEmbedding` begins: normal numbers, or the
  /// embeddings of tokens.
  private func vectors(_ prompt: AdapterConfig.PromptTuning) throws -> [Float] {
    let width = base.base.model.config.hiddenSize
    var random = SeededGenerator(seed: config.seed, stream: "adapter/prompt")
    switch prompt.start {
    case .random:
      return (0..<prompt.count * width).map { _ in
        Float((-2 * log(1 - random.unit())).squareRoot() * cos(2 * .pi * random.unit()))
      }
    case .sampleVocabulary:
      let ids = (0..<prompt.count).map { _ in
        Int32(random.unit() * Double(base.base.tokenizer.idCount))
      }
      return embeddings(ids)
    case .text(let text):
      let ids = try base.base.tokenizer.encode(text)
      guard !ids.isEmpty else {
        throw TrainingError.badValue(
          place: TrainingOption.promptInitText.flag, found: text, expected: "a text with tokens")
      }
      return embeddings((0..<prompt.count).map { ids[$0 % ids.count] })
    }
  }

  private func embeddings(_ ids: [Int32]) -> [Float] {
    let rows = FloatBuffer(count: ids.count * base.base.model.config.hiddenSize)
    Embedding.gather(base.base.model.embedding, ids: ids, into: rows.base, pool: base.pool)
    return rows.array
  }
}
