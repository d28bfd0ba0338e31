internal import ExpertRecord
internal import ExpertTraining

/// A run that is repeated from its record.
struct Reproduction {
  private let original: RunManifest
  private let path: String
  private let output: String
  private let options: GlobalOptions

  init(of folder: RunFolder, output: String?, options: GlobalOptions) throws {
    original = try RunManifest.read(folder)
    path = folder.path
    self.output = output ?? folder.path + "-reproduced"
    self.options = options
    guard [.finished, .stoppedEarly].contains(original.state) else {
      let how =
        original.state == .failed
        ? "its findings say why: train with other settings into another folder"
        : "give the command that started it again (train \(original.config.objective.rawValue) with "
          + "its options and --output \(folder.path)), which goes on from there, then this one"
      throw Failure(
        .usage, "unfinished-run",
        "\(folder.path) is \(original.state.rawValue) after \(original.steps) steps and has no "
          + "weights to compare with; \(how)")
    }
  }

  /// Trains again and compares the hashes of the weights.
  func run() throws {
    for difference in differences { options.say("note: " + difference) }
    var layer = TrainingLayer()
    try layer.set(.outputDir, flag: output)
    let config = try TrainingConfig(layers: [layer], over: original.config)
    let launch = TrainingLaunch(config, threads: original.threads, options: options)
    let repeated = try TrainingSession(launch: launch).train(
      prints: false, repeating: RunToRepeat(path: path, manifest: original))
    try compare(repeated)
  }

  /// What is known to be other than it was.
  private var differences: [String] {
    original.toolVersion == ExpertGen.version
      ? [] : ["the run was made by version \(original.toolVersion), this is \(ExpertGen.version)"]
  }

  private func compare(_ repeated: RunManifest) throws {
    let name = "adapter_model.safetensors"
    let (first, second) = (original.files[name] ?? "", repeated.files[name] ?? "")
    let isSame = first == second && !first.isEmpty
    let sameData = original.dataset.root == repeated.dataset.root
    if options.json {
      Console.out([
        "identical": .bool(isSame), "original_sha256": .string(first),
        "reproduced_sha256": .string(second), "same_data": .bool(sameData),
        "same_base": .bool(original.baseHash == repeated.baseHash),
      ])
    } else {
      Console.out("\(path)  \(first)")
      Console.out("\(output)  \(second)")
      Console.out(isSame ? "the weights are identical" : "the weights differ")
    }
    if !isSame { throw SilentExit(.training) }
  }
}
