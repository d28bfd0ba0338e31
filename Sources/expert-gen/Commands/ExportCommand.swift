internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTokenizer

extension AdapterExportFormat: ExpressibleByArgument {}

extension ElementType: ExpressibleByArgument {
  package init?(argument: String) { self.init(rawValue: argument.uppercased()) }

  /// Those that something can be exported as.
  package static var allValueStrings: [String] {
    RowEncoder.types.map { $0.rawValue.lowercased() }
  }
}

/// `expert-gen export ADAPTER --format FORMAT --output PATH`.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Export an adapter for other programs: PEFT, transformers, llama.cpp, Ollama.",
    discussion: """
      ADAPTER is a folder in PEFT's form (a run's folder is one), a .expert file, or the name of \
      an installed expert. Formats:

        peft          a folder that PEFT loads beside the base (f32, bf16)
        merged        a folder with the whole model for transformers (f32, f16, bf16)
        gguf          one file with the whole model for llama.cpp (f16, q8_0, q4_0, bf16, f32)
        gguf-adapter  a file with the adapter alone for llama.cpp, plain LoRA only (f32, f16)
        modelfile     a folder for `ollama create`: Modelfile and GGUF

      Merging is computed in fp32. Every result is opened again and its logits are compared with \
      those of base and adapter; f32 may differ by 1e-5 of the largest (merged by 1e-4), f16 by 1e-2, \
      bf16 by 8e-2, and of q8_0 and q4_0 the KL and the change of NLL are told. A result that differs more, or \
      cannot be written whole, is not left behind.

      Examples:
        expert-gen export out/json-parser --format gguf --type q8_0 --output json-parser.gguf
        expert-gen export json-parser --format peft --output json-parser-peft
        expert-gen export out/json-parser --format modelfile --from qwen3:0.6b --output ollama
      """)

  @Argument(help: "An adapter's folder, a .expert file or an installed expert.")
  var adapter: String
  @Option(help: "What to make: peft, merged, gguf, gguf-adapter or modelfile.")
  var format: AdapterExportFormat
  @Option(
    name: .shortAndLong, help: "The folder or file to write.",
    completion: .file())
  var output: String
  @Option(help: "The base: a name of `model list` or a path (default: what the adapter names).")
  var base: String?
  @Option(help: "f32, f16, bf16, q8_0 or q4_0 (default: see above; merged: as the base).")
  var type: ElementType?
  @Option(help: "The base it was trained on, where that is another: measures the drift.")
  var trainedOn: String?
  @Option(help: "modelfile: start FROM this Ollama name or GGUF, with the adapter beside it.")
  var from: String?
  @Option(help: "The chat template of a Modelfile (default: the recorded one, else the base's).")
  var template: ChatTemplate?
  @Option(help: "What the model calls itself in a GGUF file (default: the adapter's name).")
  var name: String?
  @Option(
    name: .customLong("prompt"), parsing: .singleValue,
    help: "A text to compare source and result on; may be given several times.")
  var prompts: [String] = []
  @Option(help: "merged: a new file of weights where one would get larger, such as 5GB or 500MB.")
  var maxShardSize: ByteSize = ByteSize(bytes: MergedFolder.defaultShardBytes)
  @Flag(help: "Replace what stands at --output.") var overwrite = false
  @Flag(help: "Take a .expert file that nobody signed.") var allowUnsigned = false
  @Option(help: "Threads (default: all processors).") var threads: Int?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
    if from != nil && format != .modelfile {
      throw ValidationError("--from belongs to --format modelfile")
    }
    if let from, from.isEmpty || from.contains(where: \.isNewline) {
      throw ValidationError("--from must be a name or a path in one line")
    }
    let isAlone = from != nil || format == .peft || format == .ggufAdapter
    guard let type else { return }
    let allowed = from == nil ? format.types : AdapterExportFormat.ggufAdapter.types
    guard allowed.contains(type), !isAlone || !type.isQuantized else {
      throw ValidationError(
        "--format \(format.rawValue) is made as "
          + allowed.map { $0.rawValue.lowercased() }.joined(separator: ", ")
          + ", not \(type.rawValue.lowercased())")
    }
  }

  func run() async throws {
    let source = try ExpertSource(adapter, allowUnsigned: allowUnsigned, options)
    let origin = try source.origin()
    let config = try AdapterFolder.config(source.folder)
    let base = try ExportBase(
      named: self.base, trainedOn: trainedOn, recorded: config.base, origin,
      try options.registry())
    for note in base.notes { options.say("note: " + note) }
    let loaded = try AdapterFolder.load(source.folder, for: base.files.config)
    let line = options.progressLine()
    let exporter = try Exporter(
      base.files, loaded, try request(source, origin, base),
      pool: threads.map { ThreadPool(threads: $0) } ?? .shared
    ) { done, total in
      if Interruption.happened { throw CancellationError() }
      line.update(
        ProgressState(done: done >> 20, total: max(1, total >> 20), unit: "M weights"))
    }
    let report = try exporter.run()
    line.finish()
    show(report, notes: base.notes)
  }

  private func request(
    _ source: ExpertSource, _ origin: AdapterOrigin, _ base: ExportBase
  ) throws -> ExportRequest {
    var request = ExportRequest(format, output: output, name: name ?? source.name)
    request.type = type
    request.replaces = overwrite
    if !prompts.isEmpty { request.prompts = prompts }
    request.maxShardBytes = maxShardSize.bytes
    request.template = try template ?? origin.template.map { try ChatTemplate(named: $0) }
    request.ollamaBase = from
    request.trainedOn = base.trainedOn
    request.facts = AdapterFacts(
      base: base.publicName, baseHash: origin.baseHash, license: origin.license)
    request.facts.training = origin.facts.map { AdapterFacts.Fact($0.name, $0.value) }
    return request
  }

  private func show(_ report: ExportReport, notes: [String]) {
    if options.json {
      let members =
        (report.json.members ?? []) + [
          .init("notes", .array(notes.map(JSONValue.string)))
        ]
      Console.out(.object(members))
      return
    }
    for line in ExportText.lines(report) { Console.out(VisibleText.line(line)) }
  }
}

/// A number of bytes as `500MB` or `5GB`, decimal, as Hugging Face's libraries read it.
struct ByteSize: ExpressibleByArgument, Sendable {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1), ("", 1)]
    let text = argument.uppercased()
    guard let (suffix, factor) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Int(text.dropLast(suffix.count)), number > 0,
      case let (bytes, overflow) = number.multipliedReportingOverflow(by: factor), !overflow
    else { return nil }
    self.bytes = bytes
  }

  var defaultValueDescription: String { "\(bytes / 1_000_000_000)GB" }
}
