package import ExpertPlatform
internal import ExpertTensors
internal import ExpertTokenizer

/// Exports an adapter: writes it beside its place, opens what it wrote, compares the logits with
/// those of base and adapter in fp32, and only then gives the result its name. Whatever fails, a
/// full disk or another answer, leaves nothing.
package struct Exporter {
  private let files: ModelFiles
  private let adapter: Adapter
  private let request: ExportRequest
  private let pool: ThreadPool
  private let type: ElementType
  private let progress: (Int, Int) throws -> Void

  /// Elements that are written and their total are told to `progress`; what it throws ends the
  /// export.
  package init(
    _ files: ModelFiles, _ adapter: Adapter, _ request: ExportRequest, pool: ThreadPool,
    progress: @escaping (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    self.files = files
    self.adapter = adapter
    self.request = request
    self.pool = pool
    self.progress = progress
    type = request.type(for: files)
    guard request.format.types.contains(type), !request.keepsAdapter || !type.isQuantized else {
      throw ExportError.unsupported(
        what: "tensors of type \(type.rawValue)", format: request.format.oneTitle)
    }
    if let origin = request.trainedOn, !origin.config.hasShape(of: files.config) {
      throw ExportError.otherShape(path: origin.path)
    }
    guard adapter.composition.isEmpty else {
      throw ExportError.unsupported(
        what: "several adapters at once", format: request.format.oneTitle)
    }
    if !request.keepsAdapter {
      _ = try MergedWeights(files, adapter, format: request.format.oneTitle, pool: pool)
    }
  }

  /// Exports.
  package func run() throws -> ExportReport {
    let stage = try ExportStage(
      request.output, isFile: request.format.isFile, replaces: request.replaces)
    let prompts = try ComparisonPrompts.ids(request.prompts, files)
    let source = try logits(prompts, files, .fp32)
    let drift = try drift(source)
    try progress(0, files.parameterCount)
    try write(to: stage)
    let comparison = LogitComparison(source: source, other: try reopened(prompts, stage))
    try judge(comparison)
    if request.format == .peft || request.format == .merged {
      let card = ModelCard(
        facts: request.facts, format: request.format, config: adapter.config, type: type.rawValue,
        comparison: comparison)
      try AtomicFile.write(stage.file("README.md"), Array(card.text.utf8))
    }
    try stage.commit()
    return ExportReport(
      format: request.format, type: type, output: stage.target,
      files: ExportReport.files(at: stage.target), comparison: comparison,
      limit: request.limit(type), drift: drift)
  }

  /// What base and adapter say, with weights held in `precision`.
  private func logits(
    _ prompts: [[Int32]], _ files: ModelFiles, _ precision: Precision?, _ adapter: Adapter? = nil
  ) throws -> PromptLogits {
    let adapter = adapter ?? self.adapter
    let model = try BaseModel(files.config, precision: precision, pool: pool) {
      try files.tensor($0)
    }
    model.prepare(adapter, pool: pool)
    return PromptLogits(prompts, model, adapter: adapter, pool: pool)
  }

  private func judge(_ comparison: LogitComparison) throws(ExportError) {
    let limit = request.limit(type) ?? .greatestFiniteMagnitude
    guard comparison.difference <= limit else {
      throw .differs(
        format: request.format.title, difference: comparison.difference, limit: limit)
    }
  }

  // MARK: - Drift

  /// How far the adapter is here from where it was trained: on another base, or on the quantised
  /// weights as training held them.
  private func drift(_ source: PromptLogits) throws -> ExportReport.Drift? {
    let origin = request.trainedOn ?? files
    let isQuantized = origin.elementTypes.contains { $0.type.isQuantized }
    guard request.trainedOn != nil || isQuantized else { return nil }
    let trained = try logits(source.prompts, origin, isQuantized ? nil : .fp32)
    let what =
      request.trainedOn == nil
      ? "the base's quantised weights as training held them, against the same in fp32"
      : "the base it was trained on, against this base"
    return ExportReport.Drift(
      what: what, comparison: LogitComparison(source: trained, other: source))
  }

  // MARK: - Writing

  private func write(to stage: borrowing ExportStage) throws {
    switch request.format {
    case .peft:
      try AdapterFolder.save(adapter, to: stage.folder, type: type, base: request.facts.base)
    case .ggufAdapter:
      try GGUFAdapter.write(adapter, to: stage.file(), type: type, name: request.name)
    case .merged:
      try MergedFolder(try merged(), type: type, maxShardBytes: request.maxShardBytes)
        .write(to: stage.folder, progress: counter())
    case .gguf: try writeGGUF(stage.file())
    case .modelfile: try writeModelfile(stage)
    }
  }

  private func merged() throws -> MergedWeights {
    try MergedWeights(files, adapter, format: request.format.oneTitle, pool: pool)
  }

  private func writeGGUF(_ path: String) throws {
    try MergedGGUF(try merged(), type: type, name: request.name)
      .write(path, progress: counter())
  }

  private func writeModelfile(_ stage: borrowing ExportStage) throws {
    if request.ollamaBase == nil {
      try writeGGUF(stage.file(Modelfile.model))
    } else {
      try GGUFAdapter.write(
        adapter, to: stage.file(Modelfile.adapter), type: type, name: request.name)
    }
    let file = Modelfile(
      base: request.ollamaBase, template: request.template ?? files.template,
      stops: try stops())
    try AtomicFile.write(stage.file("Modelfile"), Array(file.text.utf8))
  }

  /// The texts of the tokens that end an answer.
  private func stops() throws -> [String] {
    if case .none = files.tokenizerSource { return [] }
    let tokenizer = try files.tokenizer()
    return try files.config.endTokens.map { try tokenizer.decode([$0]) }
  }

  /// Adds up the pieces for `progress`.
  private func counter() -> (Int) throws -> Void {
    var done = 0
    let total = files.parameterCount
    return { piece in
      done += piece
      try progress(done, total)
    }
  }

  // MARK: - Opening again

  private func reopened(
    _ prompts: [[Int32]], _ stage: borrowing ExportStage
  ) throws -> PromptLogits {
    switch request.format {
    case .peft:
      let again = try AdapterFolder.load(stage.folder, for: files.config)
      return try logits(prompts, files, .fp32, again)
    case .merged: return try whole(prompts, stage.folder)
    case .gguf: return try whole(prompts, stage.file())
    case .ggufAdapter: return try besideBase(prompts, stage.file())
    case .modelfile:
      return request.ollamaBase == nil
        ? try whole(prompts, stage.file(Modelfile.model))
        : try besideBase(prompts, stage.file(Modelfile.adapter))
    }
  }

  private func besideBase(_ prompts: [[Int32]], _ path: String) throws -> PromptLogits {
    try logits(prompts, files, .fp32, try GGUFAdapter.read(path, for: files.config))
  }

  /// A model that stands alone; its tokenizer must give the same ids, too.
  private func whole(_ prompts: [[Int32]], _ path: String) throws -> PromptLogits {
    let result = try ModelFiles.open(path)
    let ids = try ComparisonPrompts.ids(request.prompts, result)
    guard ids == prompts else { throw ExportError.otherTokens(format: request.format.title) }
    let model = try BaseModel(result.config, precision: .fp32, pool: pool) {
      try result.tensor($0)
    }
    return PromptLogits(prompts, model, pool: pool)
  }
}

extension ModelConfig {
  /// Whether an adapter for one fits the other, and both know the same tokens.
  package func hasShape(of other: ModelConfig) -> Bool {
    architecture == other.architecture && hiddenSize == other.hiddenSize
      && intermediateSize == other.intermediateSize && layers == other.layers
      && attentionHeads == other.attentionHeads && keyValueHeads == other.keyValueHeads
      && headSize == other.headSize && vocabularySize == other.vocabularySize
  }
}
