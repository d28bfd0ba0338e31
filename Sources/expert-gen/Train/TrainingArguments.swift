internal import ArgumentParser
internal import ExpertModel
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

  /// A run by its settings: what was given over the recipe, over the adapter that it goes on from,
  /// over the defaults.
  func launch(_ objective: Objective?, _ options: GlobalOptions) throws -> TrainingLaunch {
    let groups: [any TrainingArguments] = [
      run, adapter, self.objective, data, steps, keeping,
    ]
    var layer = TrainingLayer()
    for (option, text) in groups.flatMap(\.given) {
      if let text { try layer.set(option, flag: text) }
    }
    var layers = [layer]
    if let recipe { layers.append(try self.layer(ofFile: recipe, options)) }
    for place in layers.indices { layers[place].resolveFolders(Self.wholePath) }
    if let start = layers.lazy.compactMap({ $0.setting(.adapter) }).first {
      layers.append(
        try TrainingLayer(startingFrom: start.text, place: start.place, beside: layers))
    }
    return TrainingLaunch(
      try TrainingConfig(layers: layers, objective: objective), threads: threads, options: options,
      manifestBase: layers.lazy.compactMap(\.manifestBase).first)
  }

  /// A path that means the same in every folder.
  private static func wholePath(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// A file that is a JSON object is a manifest; everything else is YAML.
  private func layer(ofFile path: String, _ options: GlobalOptions) throws -> TrainingLayer {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.usage, "no-file", "there is no file \(path)")
    }
    let bytes = [UInt8](data)
    if let json = try? JSONValue.parse(bytes), json.members != nil {
      let registry = try options.registry()
      return try TrainingLayer(manifest: json, path: path, base: run.base) { name in
        (try? registry.resolve(name)) != nil
      }
    }
    return try TrainingLayer(yaml: String(decoding: bytes, as: UTF8.self), path: path)
  }
}
