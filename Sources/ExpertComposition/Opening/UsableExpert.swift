package import ExpertModel
package import ExpertPackage
package import ExpertPlatform

/// The base that an expert says it was made for.
package struct DeclaredBase: Sendable, Hashable {
  /// A name, or the path that was trained on; empty where nobody said.
  package var name: String
  /// What manifests pin; `nil` where nobody measured it.
  package var sha256: String?

  package init(name: String, sha256: String? = nil) {
    self.name = name
    self.sha256 = sha256
  }

  /// The last part of the name: a path of one machine and a name of another may mean one model.
  package var shortName: String { String(name.split(separator: "/").last ?? "") }

  /// Whether both can be one base, as far as they say.
  package func mayBe(_ other: DeclaredBase) -> Bool {
    if let own = sha256, let theirs = other.sha256 { return own == theirs }
    if shortName.isEmpty || other.shortName.isEmpty { return true }
    return shortName.lowercased() == other.shortName.lowercased()
  }
}

/// An expert that can be attached to a base: an installed one, a package, or an adapter's folder.
package struct UsableExpert: Sendable {
  /// Where an expert comes from.
  package enum Origin: String, Sendable, Hashable {
    case installed, package, folder
  }

  package var name: String
  package var origin: Origin
  /// `nil` for an adapter that was never packed.
  package var manifest: Manifest?
  /// Where its files lie.
  package var folder: String
  /// Tells its weights from all others: a digest.
  package var identity: String
  package var base: DeclaredBase
  /// The chat template that it was trained with, where it says so.
  package var templateName: String?
  /// What the user should know.
  package var notes: [String]
  /// Keeps the files of an unpacked package until nobody needs them.
  let files: OpenedExpert?

  package init(
    name: String, origin: Origin, manifest: Manifest?, folder: String, identity: String,
    base: DeclaredBase, templateName: String?, notes: [String] = [], files: OpenedExpert? = nil
  ) {
    self.name = name
    self.origin = origin
    self.manifest = manifest
    self.folder = folder
    self.identity = identity
    self.base = base
    self.templateName = templateName
    self.notes = notes
    self.files = files
  }
}

extension UsableExpert {
  /// Loads what the expert attaches, ready for this base: its adapters, then its soft prompts.
  package func adapters(
    for model: ExpertModel.BaseModel, pool: ThreadPool
  ) throws -> [Adapter] {
    let loaded = try adapters(for: model.config)
    for adapter in loaded { model.prepare(adapter, pool: pool) }
    return loaded
  }

  /// The same for a base of which only the shape is known: to read and to merge, not to use.
  package func adapters(for shape: ModelConfig) throws -> [Adapter] {
    guard let manifest else { return [try ExpertModel.AdapterFolder.load(folder, for: shape)] }
    return try adapters(manifest, shape)
  }

  private func adapters(_ manifest: Manifest, _ model: ModelConfig) throws -> [Adapter] {
    let base = try manifest.onlyBase()
    let adapters = try base.adapters.map { entry in
      let config = try config(entry, isOnly: base.adapters.count == 1)
      return try ExpertModel.AdapterFolder.load(
        config, weights: folder + "/" + entry.path, for: model)
    }
    let prompts = try manifest.softPrompts.map { prompt in
      let config = ExpertModel.AdapterConfig(
        method: .promptTuning(.init(count: prompt.length, start: .random)), targets: [],
        base: base.model.name)
      return try ExpertModel.AdapterFolder.load(
        config, weights: folder + "/" + prompt.path, for: model)
    }
    return adapters + prompts
  }

  /// PEFT's own configuration where the package has one: it knows ranks of single targets.
  private func config(
    _ entry: AdapterEntry, isOnly: Bool
  ) throws -> ExpertModel.AdapterConfig {
    let path = folder + "/" + ExpertModel.AdapterFolder.configName
    guard isOnly, FileCheck.exists(path) else { return try entry.config(path: folder) }
    return try ExpertModel.AdapterFolder.config(folder)
  }
}

extension AdapterEntry {
  /// The adapter as the manifest describes it.
  fileprivate func config(path: String) throws -> ExpertModel.AdapterConfig {
    func modules(_ names: [String], _ field: String) throws -> [TargetModule] {
      try names.map { name in
        switch TargetModule.list(String(name.split(separator: ".").last ?? "")) {
        case .success(let found): return found[0]
        case .failure(let error):
          throw AdapterError.badConfig(path: path, field: field, reason: error.description)
        }
      }
    }
    let named = Set(try modules(targetModules, "target_modules"))
    let targets = TargetModule.allCases.filter { named.contains($0) }
    if type == .ia3 {
      return ExpertModel.AdapterConfig(
        method: .ia3(feedForward: try modules(feedforwardModules, "feedforward_modules")),
        targets: targets)
    }
    return ExpertModel.AdapterConfig(
      method: .lora(
        .init(
          rank: rank ?? 1, alpha: alpha ?? 1, rankStabilized: scaling == .rslora,
          decomposed: type == .dora)),
      targets: targets)
  }
}
