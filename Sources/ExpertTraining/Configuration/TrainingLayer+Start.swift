internal import ExpertModel
internal import Foundation

extension TrainingLayer {
  /// What an adapter that training goes on from settles: its method, ranks, scales and modules. Lies
  /// under the flags, so that the record of the run says what is trained.
  ///
  /// Whether A stays as it is (LoRA-FA) stands in no file of PEFT's; the record of the run that made
  /// the adapter says it, and `--method lora-fa` or `lora` chooses anew.
  ///
  /// Throws where the folder holds no adapter, and where `layers` say something else of it: both
  /// places are named.
  package init(startingFrom folder: String, place: String, beside layers: [TrainingLayer]) throws {
    self.init()
    guard FileManager.default.fileExists(atPath: folder + "/" + AdapterFolder.configName) else {
      throw TrainingError.badValue(
        place: place, found: folder,
        expected: "a folder with \(AdapterFolder.configName) and \(AdapterFolder.weightsName)")
    }
    let run = RunFolder(folder)
    let parent = try RunManifest.training(of: run)?.config
    self.init(
      try AdapterFolder.config(folder), frozenA: parent?.method == .loraFA,
      place: folder + "/" + AdapterFolder.configName)
    if parent?.method == .loraFA, parent?.projectsLoraFA == true {
      settle(.loraFAForm, .text("projected"), place: run.manifest)
    }
    try refuse(layers, folder: folder)
    drop(besideMethodOf: layers)
  }

  private init(_ adapter: AdapterConfig, frozenA: Bool, place: String) {
    self.init()
    func names(_ modules: [TargetModule]) -> OptionValue { .list(modules.map(\.rawValue)) }
    switch adapter.method {
    case .lora(let options):
      let method: AdapterMethod = options.decomposed ? .dora : frozenA ? .loraFA : .lora
      settle(.method, .text(method.rawValue), place: place)
      settle(.r, .integer(options.rank), place: place)
      settle(.loraAlpha, .number(options.alpha), place: place)
      settle(.loraDropout, .number(options.dropout), place: place)
      settle(.useRslora, .flag(options.rankStabilized), place: place)
      settle(.targetModules, names(adapter.targets), place: place)
      settle(.rankPattern, Self.table(options.rankPattern), place: place)
      // Settings hold whole alphas; the adapter's own file keeps every one exactly.
      let whole = options.alphaPattern.compactMapValues { Int(exactly: $0) }
      settle(.alphaPattern, Self.table(whole), place: place)
    case .ia3(let feedforward):
      settle(.method, .text(AdapterMethod.ia3.rawValue), place: place)
      settle(.targetModules, names(adapter.targets), place: place)
      settle(.feedforwardModules, names(feedforward), place: place)
    case .promptTuning(let prompt):
      settle(.method, .text(AdapterMethod.softPrompt.rawValue), place: place)
      settle(.virtualTokens, .integer(prompt.count), place: place)
    }
  }

  private mutating func settle(_ option: TrainingOption, _ value: OptionValue, place: String) {
    settings[option] = Setting(value: value, place: place)
  }

  private static func table(_ values: [TargetModule: Int]) -> OptionValue {
    .table(Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) }))
  }

  // MARK: against the other layers

  /// What a run may change about an adapter that it goes on from.
  private static let free: Set<TrainingOption> = [.loraDropout, .loraFAForm]

  private func refuse(_ layers: [TrainingLayer], folder: String) throws(TrainingError) {
    for layer in layers {
      for (option, given) in layer.settings.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        if [.promptInit, .promptInitText].contains(option) {
          throw .outOfPlace(
            place: given.place, reason: "a soft prompt that goes on begins as \(folder)")
        }
        guard let own = settings[option], !Self.free.contains(option),
          !Self.agree(option, given.value, own.value, self)
        else { continue }
        throw .outOfPlace(
          place: given.place,
          reason: "says \(given.value.shown), but the adapter \(folder) has "
            + "\(option.rawValue) \(own.value.shown) (\(own.place)); leave it out, or train a new "
            + "adapter without \(TrainingOption.adapter.flag)")
      }
    }
  }

  private static func agree(
    _ option: TrainingOption, _ given: OptionValue, _ own: OptionValue, _ layer: TrainingLayer
  ) -> Bool {
    switch (option, given, own) {
    case (.method, .text("rslora"), .text(let method)):
      return method == "lora" && layer.settings[.useRslora]?.value == .flag(true)
    case (.method, .text(let given), .text(let own)):
      // LoRA and LoRA-FA have the same weights.
      let same: Set<String> = ["lora", "lora-fa"]
      return given == own || (same.contains(given) && same.contains(own))
    case (_, .list(let given), .list(let own)): return modules(given) == modules(own)
    default: return given == own
    }
  }

  private static func modules(_ names: [String]) -> Set<String> {
    names.contains("all-linear") ? Set(TargetModule.allCases.map(\.rawValue)) : Set(names)
  }

  /// Leaves out what means nothing under the method that a flag chose.
  private mutating func drop(besideMethodOf layers: [TrainingLayer]) {
    let chosen = layers.lazy.compactMap { $0.settings.text(.method) }.first
    if let chosen, chosen != "lora-fa" { settings[.loraFAForm] = nil }
  }
}

extension TrainingLayer {
  /// Where a folder was named by which option, if one was.
  package func setting(_ option: TrainingOption) -> (text: String, place: String)? {
    settings[option].flatMap { setting in
      if case .text(let text) = setting.value { (text, setting.place) } else { nil }
    }
  }

  /// Makes the folders of other runs whole paths, so that the record leads to them from everywhere.
  package mutating func resolveFolders(_ whole: (String) -> String) {
    for option in [TrainingOption.adapter, .teacherAdapter, .ewcFrom] {
      guard let (text, _) = setting(option) else { continue }
      settings[option]?.value = .text(whole(text))
    }
  }
}
