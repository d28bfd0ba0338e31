internal import ExpertModel
package import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord

/// Finds experts by name or path and lets in only what verification lets in.
///
/// A package is verified whole and unpacked into a private folder; of an installed expert the key
/// must still be trusted, and every file that is loaded must have the digest that was signed. An
/// adapter's folder is the user's own work and is loaded as it is.
package struct ExpertOpener {
  private let installer: Installer
  private let rules: VerificationRules

  package init(_ installer: Installer, rules: VerificationRules) {
    self.installer = installer
    self.rules = rules
  }

  /// An installed expert of this name, else what lies at this path.
  package func open(_ text: String) throws -> UsableExpert {
    if !text.contains("/"), !text.hasSuffix(".expert") {
      do {
        return try installed(try installer.registry.expert(named: text))
      } catch let error as PackageError {
        guard case .unknown(_, _, _) = error, FileCheck.exists(text) else { throw error }
      }
    }
    guard FileCheck.exists(text) else {
      throw PackageError.unknown(
        what: "expert", name: text,
        hint: "name an installed one (expert list), an .expert file or an adapter's folder")
    }
    guard FileCheck.isFolder(text) else { return try package(try InputFile(text)) }
    if PackageFolder.isOne(text) { return try package(try PackageFolder.archive(text)) }
    return try folder(text)
  }

  /// Every installed expert that may be used, and why others may not.
  package func installed() throws -> (usable: [UsableExpert], refused: [String]) {
    var usable: [UsableExpert] = []
    var refused: [String] = []
    for expert in try installer.registry.list() {
      do {
        try installer.requireTrusted(expert, rules)
        usable.append(Self.usable(expert))
      } catch {
        refused.append("\(expert.slug): \(error)")
      }
    }
    return (usable, refused)
  }

  /// An expert that was listed, with its files checked: before its first use.
  package func checked(_ expert: UsableExpert) throws -> UsableExpert {
    guard expert.origin == .installed else { return expert }
    return try installed(try installer.registry.expert(named: expert.name))
  }

  private func installed(_ expert: InstalledExpert) throws -> UsableExpert {
    try installer.requireUsable(expert, rules)
    return Self.usable(expert)
  }

  private static func usable(_ expert: InstalledExpert) -> UsableExpert {
    let base = expert.manifest.bases.first
    var notes = expert.warning.map { ["\(expert.slug): \($0)"] } ?? []
    if !expert.isSigned { notes.append("\(expert.slug) is UNSIGNED") }
    return UsableExpert(
      name: expert.slug, origin: .installed, manifest: expert.manifest, folder: expert.folder,
      identity: expert.digest,
      base: DeclaredBase(name: base?.model.name ?? "", sha256: base?.model.sha256),
      templateName: base?.templateName, notes: notes)
  }

  private func package(_ file: InputFile) throws -> UsableExpert {
    let opened = try OpenedExpert(file, rules)
    let base = opened.manifest.bases.first
    return UsableExpert(
      name: opened.manifest.slug, origin: .package, manifest: opened.manifest,
      folder: opened.folder,
      identity: SHA256.hash(CanonicalJSON.bytes(of: opened.manifest.json)).hex,
      base: DeclaredBase(name: base?.model.name ?? "", sha256: base?.model.sha256),
      templateName: base?.templateName,
      notes: opened.signer == nil ? ["\(opened.manifest.slug) is UNSIGNED"] : [], files: opened)
  }

  private func folder(_ path: String) throws -> UsableExpert {
    let config = try ExpertModel.AdapterFolder.config(path)
    let run = try ExpertPackage.AdapterFolder.json(path + "/run.json").map(RunFacts.manifest)
    let weights = ExpertModel.AdapterFolder.weights(path)
    guard FileCheck.exists(weights) else {
      throw PackageError.invalid(place: path, reason: "it has no adapter_model.safetensors")
    }
    return UsableExpert(
      name: PathText.name(of: PathText.absolute(path)), origin: .folder, manifest: nil,
      folder: path, identity: try SHA256.hash(file: weights).hex,
      base: DeclaredBase(
        name: run?["base_model"]?["name"]?.string ?? config.base,
        sha256: run?["base_model"]?["sha256"]?.string),
      templateName: run?["prompt_template"]?["name"]?.string ?? run?["prompt_template"]?.string)
  }
}
