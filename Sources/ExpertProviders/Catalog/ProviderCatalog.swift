internal import FoundationEssentials

/// The provider files that count, and what names in them stand for.
package struct ProviderCatalog: Sendable {
  /// In order of name.
  package let providers: [ProviderSpec]

  package init(_ providers: [ProviderSpec]) {
    self.providers = providers.sorted { $0.name < $1.name }
  }

  /// Reads the files of the workspace's `Providers`, then of `<home>/providers`, then the embedded
  /// ones; of two files for one provider the first found counts.
  ///
  /// `embedded` maps paths such as "Providers/openai.yaml" to texts; other paths are ignored.
  package static func load(
    workspace: String? = ".", home: String?, embedded: [String: String]
  ) throws(ProviderError) -> ProviderCatalog {
    var found: [String: ProviderSpec] = [:]
    let folders = [workspace.map { $0 + "/Providers" }, home.map { $0 + "/providers" }]
    for folder in folders.compactMap(\.self) {
      for path in yamlFiles(in: folder) {
        let spec = try ProviderFile.read(try text(of: path), path: path)
        if found[spec.name] == nil { found[spec.name] = spec }
      }
    }
    for (path, text) in embedded.sorted(by: { $0.key < $1.key })
    where path.hasPrefix("Providers/") && path.hasSuffix(".yaml") {
      let spec = try ProviderFile.read(text, path: path)
      if found[spec.name] == nil { found[spec.name] = spec }
    }
    return ProviderCatalog(Array(found.values))
  }

  private static func yamlFiles(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
      .map { folder + "/" + $0 }
  }

  private static func text(of path: String) throws(ProviderError) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .badFile(path: path, line: 1, message: "the file cannot be read")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .badFile(path: path, line: 1, message: "the file is not UTF-8")
    }
    return text
  }
}

/// A provider and one of its models, found by name.
package struct ProviderTarget: Sendable, Hashable {
  package var provider: ProviderSpec
  package var model: ModelSpec
  /// The old or short name that the user wrote, where it stands for another.
  package var writtenAs: String?

  package init(provider: ProviderSpec, model: ModelSpec, writtenAs: String? = nil) {
    self.provider = provider
    self.model = model
    self.writtenAs = writtenAs
  }
}

extension ProviderCatalog {
  /// The provider of a name or alias.
  package func provider(named name: String) throws(ProviderError) -> ProviderSpec {
    let wanted = name.lowercased()
    if let spec = providers.first(where: { $0.name == wanted }) { return spec }
    if let spec = providers.first(where: { $0.aliases.contains(wanted) }) { return spec }
    let known = providers.flatMap { [$0.name] + $0.aliases }
    throw .unknown(what: "provider", name: name, known: (known + ["local"]).sorted())
  }

  /// The provider and model that `--provider` and `--model` mean. A model's name or alias may stand
  /// in the place of the provider's: "gpt-4o" means that model of the provider that lists it.
  package func resolve(
    provider name: String, model: String? = nil, baseURL: String? = nil
  ) throws(ProviderError) -> ProviderTarget {
    do {
      return try Self.target(of: try provider(named: name), model: model, baseURL: baseURL)
    } catch {
      guard model == nil, let spec = providers.first(where: { $0.lists(name) }) else { throw error }
      return try Self.target(of: spec, model: name, baseURL: baseURL)
    }
  }

  /// A model of a provider by name or alias; one that the file does not list is taken as it is,
  /// with the provider's defaults and unknown prices.
  package static func target(
    of spec: ProviderSpec, model: String?, baseURL: String? = nil
  ) throws(ProviderError) -> ProviderTarget {
    var spec = spec
    if let baseURL { spec.baseURL = baseURL }
    guard let written = model ?? spec.defaultModel ?? spec.models.first?.name else {
      throw .unknown(what: "model of \(spec.name)", name: "", known: spec.models.map(\.name))
    }
    let name = spec.modelAliases.first { $0.alias == written }?.model ?? written
    let found = spec.models.first { $0.name == name } ?? spec.unlisted(name)
    return ProviderTarget(
      provider: spec, model: found, writtenAs: name == written ? nil : written)
  }

  /// The servers that `--provider local` tries, in order.
  package var localServers: [ProviderSpec] {
    providers.filter { $0.localOrder != nil }
      .sorted { ($0.localOrder ?? 0, $0.name) < ($1.localOrder ?? 0, $1.name) }
  }
}

extension ProviderSpec {
  func lists(_ model: String) -> Bool {
    models.contains { $0.name == model } || modelAliases.contains { $0.alias == model }
  }

  /// A model that the file does not list.
  package func unlisted(_ name: String) -> ModelSpec {
    var model = ModelSpec(name: name, capabilities: capabilities, limits: limits)
    model.isListed = false
    model.prices = isLocal ? [.free] : []
    return model
  }
}
