package import ExpertRecord

extension TrainingLayer {
  /// Reads what the manifest of an expert says of its training: `training` and its `config`, the
  /// first adapter, and the base. Everything else in a manifest is about other things.
  ///
  /// `manifest`: the document, of either schema.
  /// `path`: its name in messages.
  /// `wanted`: the base that is given beside it; `isHere` says which bases can be had. Of several
  /// `base_models` the wanted one is taken, else the first that is here, else the first.
  package init(
    manifest: JSONValue, path: String, base wanted: String? = nil,
    isHere: (_ name: String) -> Bool = { _ in false }
  ) throws(TrainingError) {
    self.init()
    let base = try Self.base(manifest, path, wanted, isHere)
    noteIgnored(base, path)
    let adapter = manifest["adapters"]?[0] ?? base?["adapters"]?[0]
    guard manifest["training"] != nil || adapter != nil else {
      throw .badFile(
        path: path, line: 1, message: "has neither \"training\" nor \"adapters\" to train by")
    }
    try read(base, Self.baseNames, "base_model", path)
    try read(adapter, Self.adapterNames, "adapters[0]", path)
    try read(manifest["training"], Self.trainingNames, "training", path)
    if let dataset = manifest["training"]?["dataset"] { try readDataset(dataset, path) }
    if adapter?["scaling"]?.string == "rslora" {
      try set(.useRslora, .text("true"), place: "\(path): adapters[0].scaling")
    }
    for member in manifest["training"]?["config"]?.members ?? [] {
      let place = "\(path): training.config.\(member.name)"
      guard let raw = RawValue(member.value) else {
        throw .badValue(place: place, found: "nested lists", expected: "one value or a list")
      }
      try set(named: member.name, raw, place: place)
    }
  }

  private static func base(
    _ manifest: JSONValue, _ path: String, _ wanted: String?, _ isHere: (String) -> Bool
  ) throws(TrainingError) -> JSONValue? {
    let several = manifest["base_models"]?.array
    guard let several else { return manifest["base_model"] }
    guard manifest["base_model"] == nil else {
      throw .badFile(
        path: path, line: 1, message: "has both \"base_model\" and \"base_models\"; keep one")
    }
    func name(_ entry: JSONValue) -> String { entry["name"]?.string ?? "" }
    if let wanted, several.count > 1 {
      guard let entry = several.first(where: { name($0).lowercased() == wanted.lowercased() })
      else {
        throw .badValue(
          place: "\(path): base_models", found: wanted,
          expected: several.map(name).joined(separator: " or "))
      }
      return entry
    }
    return several.first { isHere(name($0)) } ?? several.first
  }

  /// What a manifest says of its base and a run takes from the base itself.
  private mutating func noteIgnored(_ base: JSONValue?, _ path: String) {
    if let name = base?["name"]?.string, let hash = base?["sha256"]?.string {
      let digits = hash.hasPrefix("sha256:") ? String(hash.dropFirst(7)) : hash
      manifestBase = (name, digits.lowercased())
    }
    if let scaling = base?["rope_scaling"], scaling != .null {
      notes.append("\(path): rope_scaling changes nothing here: the base's own config.json decides")
    }
  }

  private static let baseNames: [(String, TrainingOption)] = [
    ("name", .base), ("quantization", .quantize),
  ]
  private static let adapterNames: [(String, TrainingOption)] = [
    ("type", .method), ("target_modules", .targetModules),
    ("feedforward_modules", .feedforwardModules), ("r", .r), ("alpha", .loraAlpha),
    ("dropout", .loraDropout),
  ]
  private static let trainingNames: [(String, TrainingOption)] = [
    ("method", .objective), ("epochs", .epochs), ("learning_rate", .learningRate), ("seed", .seed),
  ]

  private mutating func read(
    _ object: JSONValue?, _ names: [(String, TrainingOption)], _ place: String, _ path: String
  ) throws(TrainingError) {
    for (name, option) in names {
      guard let value = object?[name], value != .null else { continue }
      let full = "\(path): \(place).\(name)"
      guard let raw = RawValue(value) else {
        throw .badValue(place: full, found: "nested lists", expected: option.kind.expectation)
      }
      try set(option, raw, place: full)
    }
  }

  /// A name, or name and version or commit.
  private mutating func readDataset(
    _ dataset: JSONValue, _ path: String
  ) throws(TrainingError) {
    let place = "\(path): training.dataset"
    if let name = dataset.string { return try set(.dataset, .text(name), place: place) }
    guard let name = dataset["name"]?.string else {
      throw .badValue(place: place, found: "no name", expected: "a name, or name and version")
    }
    let reference = dataset["commit"]?.string ?? dataset["version"]?.string
    try set(.dataset, .text(reference.map { "\(name)@\($0)" } ?? name), place: place)
  }
}
