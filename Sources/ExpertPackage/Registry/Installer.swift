package import ExpertPlatform
internal import ExpertRecord
internal import Glibc

/// Installs and removes experts: verify, unpack, one rename, then the row.
///
/// One process at a time changes anything, by a lock under `EXPERT_HOME`. What a killed process
/// left, folders that no row points to, goes at the next opening.
package final class Installer: Sendable {
  /// How a package may be taken.
  package struct Options: Sendable {
    package var allowUnsigned = false
    package var allowDowngrade = false
    /// The one key that counts instead of the trusted ones.
    package var onlyKey: PublicKey?
    /// Whether what the expert requires must be there already.
    package var checksRequirements = true
    /// The base's folder or weights, where it is to be compared.
    package var base: InstallationBase?
    /// Finds the base of a package where none is named; `nil` where it is not here.
    package var findBase: (@Sendable (BaseModel) throws -> InstallationBase?)?

    package init() {}
  }

  /// What an installation did.
  package struct Outcome: Sendable {
    package var expert: InstalledExpert
    /// Whether this very package was there already.
    package var wasThere: Bool
    package var notes: [String]
  }

  package let home: ExpertHome
  package let trust: TrustStore
  package let registry: ExpertRegistry
  package let ratchet: Ratchet
  let database: HomeDatabase
  private let clock: any PlatformClock

  /// Opens the user's folder, makes it where it is missing, and tidies it when nobody else is busy.
  package init(_ home: ExpertHome, clock: any PlatformClock) throws {
    self.home = home
    self.clock = clock
    database = try HomeDatabase(home)
    try ExpertHome.makePrivateFolder(home.experts)
    trust = TrustStore(database)
    registry = ExpertRegistry(database, home)
    ratchet = Ratchet(database)
    if let lock = try? FileLock.acquire(home.lock, command: "tidying", wait: .zero) {
      defer { lock.release() }
      try sweep()
    }
  }

  /// Removes folders that no row points to. Only under the lock.
  private func sweep() throws {
    let known = try registry.folders()
    for name in try FolderListing.names(in: home.experts) where !known.contains(name) {
      FolderListing.remove(home.experts + "/" + name)
    }
  }

  package func rules(_ options: Options) -> VerificationRules {
    var rules = trust.rules(allowUnsigned: options.allowUnsigned)
    if let key = options.onlyKey { rules.isTrusted = { $0 == key } }
    rules.unsignedHint = "; --allow-unsigned takes it nevertheless"
    return rules
  }

  /// Installs an open package file. Nothing is written before all of it is verified.
  package func install(
    _ file: InputFile, source: String, _ options: Options = Options()
  ) throws -> Outcome {
    let package = try PackageVerifier(rules(options)).verify(file)
    let lock = try FileLock.acquire(home.lock, command: "install \(source)", wait: .seconds(30))
    defer { lock.release() }
    var damage: String?
    if let present = try? registry.expert(named: package.manifest.slug),
      present.slug == package.manifest.slug, present.digest == package.digest.hex
    {
      damage = present.damage
      if damage == nil { return Outcome(expert: present, wasThere: true, notes: []) }
    }
    if !options.allowDowngrade { try ratchet.check(package) }
    try checkOwner(package)
    if options.checksRequirements { try checkRequirements(package.manifest) }
    var outcome = try place(file, package, source: source, options)
    if let damage {
      outcome.notes.insert("the installation was damaged and is whole again: \(damage)", at: 0)
    }
    return outcome
  }

  /// A name belongs to the key that it was first installed from.
  private func checkOwner(_ package: VerifiedPackage) throws {
    let slug = package.manifest.slug
    guard let present = try registry.list().first(where: { $0.slug == slug }) else { return }
    guard let owner = present.signer, owner != package.signer else { return }
    throw PackageError.refused(
      member: "",
      reason: "\(slug) is installed from \(owner) and this package is by another hand; "
        + "uninstall the one that is there first")
  }

  private func checkRequirements(_ manifest: Manifest) throws {
    let installed = try registry.list().map { Resolver.Candidate($0.manifest, isInstalled: true) }
    var resolver = Resolver(installed)
    _ = try resolver.resolve(Resolver.Candidate(manifest, isInstalled: false))
  }

  private func place(
    _ file: InputFile, _ package: VerifiedPackage, source: String, _ options: Options
  ) throws -> Outcome {
    let (warning, note) = try compare(package, file, options)
    let manifest = package.manifest
    let old = try registry.list().first { $0.slug == manifest.slug }
    let name = "\(manifest.slug).v\(manifest.version).\(package.digest.hex.prefix(16))"
    let folder = home.experts + "/" + name
    try Extraction(file, package).unpack(
      to: folder, incoming: home.experts + "/.incoming-\(getpid())")
    let expert = InstalledExpert(
      slug: manifest.slug, manifest: manifest, signer: package.signer,
      digest: package.digest.hex, folder: folder, size: package.size, source: source,
      installedAt: Timestamp.text(clock.wallMicroseconds(), fraction: false),
      warning: warning)
    do {
      try registry.record(expert, package, ratchet)
    } catch {
      FolderListing.remove(folder)
      throw error
    }
    if let old, old.folder != folder { FolderListing.remove(old.folder) }
    return Outcome(
      expert: expert, wasThere: false, notes: (note.map { [$0] } ?? []) + (try notes(on: expert)))
  }

  /// Holds the adapter against its base where that is here: what stays to be said of it, and what is
  /// said once.
  private func compare(
    _ package: VerifiedPackage, _ file: InputFile, _ options: Options
  ) throws -> (warning: String?, note: String?) {
    let model = try package.manifest.onlyBase().model
    if let base = try options.base ?? options.findBase?(model) {
      return (try BaseComparison.warning(package, file, base: base), nil)
    }
    guard options.findBase != nil else { return (nil, nil) }
    return (
      nil,
      "its base \(model.name) is not among your models, so nobody has seen whether it fits; "
        + "--base names the model to compare it with"
    )
  }

  /// Experts that cannot be used together with the new one may be installed beside it all the same.
  private func notes(on expert: InstalledExpert) throws -> [String] {
    try registry.list().filter { $0.slug != expert.slug }.compactMap { other in
      let pattern =
        ExpertChain.conflict(of: expert.manifest, with: other.manifest)
        ?? ExpertChain.conflict(of: other.manifest, with: expert.manifest)
      return pattern.map { "it cannot be used together with \(other.slug) (\($0))" }
    }
  }

  /// Removes an expert. Others that require it hold it, unless `force`.
  package func uninstall(_ name: String, force: Bool = false) throws -> InstalledExpert {
    let lock = try FileLock.acquire(home.lock, command: "uninstall \(name)", wait: .seconds(30))
    defer { lock.release() }
    let expert = try registry.expert(named: name)
    let dependents = try registry.list().filter { other in
      other.slug != expert.slug
        && other.manifest.constraints.requires.contains { $0.admits(expert.name, expert.version) }
    }
    guard force || dependents.isEmpty else {
      throw PackageError.required(
        reason: "\(dependents.map(\.slug).joined(separator: ", ")) requires \(expert.slug); "
          + "uninstall that first, or use --force")
    }
    try registry.remove(expert.slug)
    FolderListing.remove(expert.folder)
    return expert
  }
}
