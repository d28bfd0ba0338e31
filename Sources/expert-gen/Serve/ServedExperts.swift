internal import ArgumentParser
internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertServe
internal import ExpertTokenizer

/// Loads the experts that a server offers, each under a name.
struct ServedExperts {
  let base: Base
  let baseName: String
  let baseHash: String
  /// Instead of the template that an expert names, or the base's own.
  let template: ChatTemplate?
  let pool: ThreadPool
  let options: GlobalOptions

  /// The base under its name.
  var baseModel: ServedModel {
    ServedModel(name: baseName, template: base.template(template))
  }

  /// Adapters as `NAME=FOLDER`.
  func adapters(_ list: [String]) throws -> [ServedModel] {
    try list.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw ValidationError("--adapter takes NAME=FOLDER, not \"\(text)\"")
      }
      return try model(
        try MeasuredExpert(adapter: String(parts[1])), name: String(parts[0]))
    }
  }

  /// Experts by name, file or folder.
  func named(_ list: [String], allowUnsigned: Bool) async throws -> [ServedModel] {
    var models: [ServedModel] = []
    for text in list {
      let expert = try await options.expert(text, allowUnsigned: allowUnsigned)
      models.append(try model(expert, name: expert.name))
    }
    return models
  }

  /// Every installed expert that was made for this base; one that must not be used, or does not load,
  /// is named and left out.
  func installed() throws -> [ServedModel] {
    let installer = try options.installer()
    return try installer.registry.list().filter(isForBase).compactMap { expert in
      do {
        try installer.requireUsable(expert)
        return try model(try MeasuredExpert(expert), name: expert.slug)
      } catch {
        // Also where notes are not wanted: whoever asks for this expert must learn why it is not there.
        Console.note(VisibleText.lines("warning: \(expert.slug) is not served: \(error)"))
        return nil
      }
    }
  }

  /// By the hash where the manifest has one, else by the name.
  private func isForBase(_ expert: InstalledExpert) -> Bool {
    guard let made = expert.manifest.bases.first?.model else { return false }
    if let hash = made.sha256 { return hash == baseHash }
    return made.name == baseName
  }

  private func model(_ expert: MeasuredExpert, name: String) throws -> ServedModel {
    let recorded = try expert.facts.templateName.map { try ChatTemplate(named: $0) }
    if let trained = expert.facts.baseSHA256, trained != baseHash {
      options.say(
        "note: \(name) was trained on a base with the hash \(trained.prefix(12))…; this one has "
          + "\(baseHash.prefix(12))…")
    }
    return ServedModel(
      name: name, adapter: try expert.load(for: base, pool: pool),
      template: base.template(template ?? recorded))
  }
}
