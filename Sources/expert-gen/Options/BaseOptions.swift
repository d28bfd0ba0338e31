internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTokenizer

/// Which base model a command uses, and how it is held.
struct BaseOptions: ParsableArguments {
  @Option(help: "The base model: a name of `model list`, or the path of a model.")
  var base: String

  @Option(
    help: ArgumentHelp(
      "How weights are held: fp32, bf16, int8, int4, nf4, or w8a8 for products in eight bits "
        + "(default: as the file holds them, floats in bf16).", valueName: "precision"))
  var quantize: Precision?

  @Option(help: "A folder with an adapter in PEFT's form, trained on this base.")
  var adapter: String?

  @Option(help: "Threads (default: all processors).")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  /// The threads that products share.
  var pool: ThreadPool { threads.map { ThreadPool(threads: $0) } ?? .shared }
}

extension Base {
  /// The adapter that the options name, ready for this base.
  func adapter(_ options: BaseOptions) throws -> Adapter? {
    guard let folder = options.adapter else { return nil }
    let adapter = try AdapterFolder.load(folder, for: model.config)
    model.prepare(adapter, pool: options.pool)
    return adapter
  }
}

extension Precision: ExpressibleByArgument {}
extension ChatTemplate: ExpressibleByArgument {}
extension Supervision: ExpressibleByArgument {}

/// How tokens are chosen; the names are those of Hugging Face and llama.cpp.
struct SamplingArguments: ParsableArguments {
  @Option(help: "0 takes the likeliest token; higher is more varied.")
  var temperature: Double = 0
  @Option(help: "Draw from the k likeliest tokens only; 0 is all.")
  var topK: Int = 0
  @Option(help: "Draw from the likeliest tokens that together have this probability.")
  var topP: Double = 1
  @Option(help: "Drop tokens less likely than this share of the likeliest.")
  var minP: Double = 0
  @Option(help: "Make tokens that were seen before less likely; 1 changes nothing.")
  var repetitionPenalty: Double = 1
  @Option(help: "The same seed gives the same text.")
  var seed: UInt64 = 0
  @Option(help: "The most tokens to add.")
  var maxTokens: Int = 512
  @Option(help: "End at this string; may be given several times.")
  var stop: [String] = []

  var sampling: SamplingOptions {
    SamplingOptions(
      temperature: temperature, topK: topK, topP: topP, minP: minP,
      repetitionPenalty: repetitionPenalty, seed: seed)
  }

  func validate() throws {
    if let problem = sampling.problem { throw ValidationError(problem) }
    if maxTokens < 1 { throw ValidationError("--max-tokens must be 1 or more") }
  }

  /// The settings by the names of the command line.
  var json: JSONValue {
    [
      "max_tokens": .number(Double(maxTokens)), "min_p": .number(minP),
      "repetition_penalty": .number(repetitionPenalty), "seed": .string(String(seed)),
      "stop": .array(stop.map(JSONValue.string)), "temperature": .number(temperature),
      "top_k": .number(Double(topK)), "top_p": .number(topP),
    ]
  }

  /// A request to continue `prompt`.
  func request(_ prompt: [Int32]) -> GenerationRequest {
    GenerationRequest(prompt: prompt, maxTokens: maxTokens, sampling: sampling, stops: stop)
  }
}

extension GlobalOptions {
  /// Where a model lies: the path given, or the registry's.
  func modelPath(_ name: String) throws -> String { try registry().resolve(name).path }
}
