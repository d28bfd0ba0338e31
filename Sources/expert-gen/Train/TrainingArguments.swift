internal import ArgumentParser
internal import ExpertRecord
internal import ExpertTraining
internal import Foundation

/// A group of options that training takes.
protocol TrainingArguments {
  /// Each option with the text that was given for it.
  var given: [(TrainingOption, String?)] { get }
}

extension ArgumentHelp {
  /// The help of a training option.
  static func option(_ option: TrainingOption) -> ArgumentHelp {
    ArgumentHelp(option.summary, valueName: "value")
  }
}

/// Everything that `train` takes: the options, and a file that sets some of them.
struct TrainingFlags: ParsableArguments {
  @Option(
    help: "A YAML recipe, or the manifest of an expert; options given here win over it.",
    completion: .file())
  var recipe: String?
  @OptionGroup(title: "Run") var run: RunArguments
  @OptionGroup(title: "Adapter") var adapter: AdapterArguments
  @OptionGroup(title: "Objective") var objective: ObjectiveArguments
  @OptionGroup(title: "Data") var data: DataArguments
  @OptionGroup(title: "Steps") var steps: StepArguments
  @OptionGroup(title: "Watching and keeping") var keeping: KeepingArguments
  @Option(help: "Threads (default: all processors).") var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  /// The settings of a run: what was given over the recipe over the defaults.
  func config(_ objective: Objective?) throws -> TrainingConfig {
    let groups: [any TrainingArguments] = [
      run, adapter, self.objective, data, steps, keeping,
    ]
    var layer = TrainingLayer()
    for (option, text) in groups.flatMap(\.given) {
      if let text { try layer.set(option, flag: text) }
    }
    let file = try recipe.map(Self.layer)
    return try TrainingConfig(layers: [layer] + (file.map { [$0] } ?? []), objective: objective)
  }

  /// A file that is a JSON object is a manifest; everything else is YAML.
  private static func layer(_ path: String) throws -> TrainingLayer {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.usage, "no-file", "there is no file \(path)")
    }
    let bytes = [UInt8](data)
    if let json = try? JSONValue.parse(bytes), json.members != nil {
      return try TrainingLayer(manifest: json, path: path)
    }
    return try TrainingLayer(yaml: String(decoding: bytes, as: UTF8.self), path: path)
  }
}
