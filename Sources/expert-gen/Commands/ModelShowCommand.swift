internal import ArgumentParser
internal import ExpertModel
internal import ExpertRecord
internal import ExpertTensors

/// `expert-gen model show NAME`.
struct ModelShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a model's shape, source and hash; a path to a folder or GGUF file works too.",
    discussion: """
      Example: expert-gen model show qwen3-0.6b
      """)

  @Argument(help: "The name, or a path.", completion: .file()) var model: String
  @Flag(help: "List every tensor with its shape and type.") var tensors = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let resolved = try options.registry().resolve(model)
    let files = try ModelFiles.open(resolved.path)
    if options.json {
      Console.out(try json(resolved, files))
      return
    }
    for (label, text) in facts(resolved, files) {
      Console.out(label.padding(12) + VisibleText.line(text))
    }
    if tensors { options.show(try table(files)) }
  }

  private func facts(_ model: ResolvedModel, _ files: ModelFiles) -> [(String, String)] {
    let config = files.config
    var facts = [
      ("name", model.name), ("path", model.path),
      (
        "shape",
        "\(config.architecture.rawValue), \(config.layers) layers, hidden "
          + "\(config.hiddenSize), heads \(config.attentionHeads)/\(config.keyValueHeads) of "
          + "\(config.headSize), feed-forward \(config.intermediateSize), vocabulary "
          + "\(config.vocabularySize)"
      ),
      ("parameters", Figures.count(files.parameterCount)),
      (
        "weights",
        "\(files.format.rawValue), \(Figures.bytes(files.weightBytes)), "
          + files.elementTypes.map(\.type.rawValue).joined(separator: " ")
      ),
      ("context", Figures.count(config.contextLength)),
      ("head", config.tiedEmbeddings ? "the embedding" : "of its own"),
    ]
    if let record = model.record {
      facts += [
        ("sha256", record.weightsHash.description), ("source", record.sourceText),
        ("license", record.license ?? "not stated"), ("installed", record.installed),
      ]
    }
    return facts
  }

  private func table(_ files: ModelFiles) throws -> TableText {
    let rows = try files.tensorNames.map { name in
      let view = try files.tensor(name)
      return [name, view.type.rawValue, view.shape.map(String.init).joined(separator: " × ")]
    }
    return TableText(["TENSOR", "TYPE", "SHAPE"], rows: rows)
  }

  private func json(_ model: ResolvedModel, _ files: ModelFiles) throws -> JSONValue {
    let config = files.config
    var members: [JSONValue.Member] = [
      .init("name", .string(model.name)), .init("path", .string(model.path)),
      .init("architecture", .string(config.architecture.rawValue)),
      .init("format", .string(files.format.rawValue)),
      .init("parameters", .number(Double(files.parameterCount))),
      .init("weight_bytes", .number(Double(files.weightBytes))),
      .init("layers", .number(Double(config.layers))),
      .init("hidden_size", .number(Double(config.hiddenSize))),
      .init("vocabulary_size", .number(Double(config.vocabularySize))),
      .init("context_length", .number(Double(config.contextLength))),
      .init("tied_embeddings", .bool(config.tiedEmbeddings)),
      .init("end_tokens", .array(config.endTokens.map { .number(Double($0)) })),
      .init("record", model.record?.json ?? .null),
    ]
    if tensors {
      members.append(.init("tensors", .array(try files.tensorNames.map(files.tensorJSON))))
    }
    return .object(members)
  }
}

extension ModelFiles {
  /// One tensor as `--json` prints it.
  fileprivate func tensorJSON(_ name: String) throws -> JSONValue {
    let view = try tensor(name)
    return [
      "name": .string(name), "type": .string(view.type.rawValue),
      "shape": .array(view.shape.map { .number(Double($0)) }),
    ]
  }
}

extension String {
  /// The text with blanks up to a width.
  fileprivate func padding(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(1, width - count))
  }
}
