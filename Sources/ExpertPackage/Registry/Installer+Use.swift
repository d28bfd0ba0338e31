internal import ExpertPlatform
internal import Glibc

/// Lets installed experts be used: the key that signed one must still be trusted, and what is
/// loaded must be what was signed. Every command that loads an installed expert asks here.
extension Installer {
  /// The installed expert of this name, unless something speaks against its use.
  package func usable(_ name: String, _ rules: VerificationRules? = nil) throws -> InstalledExpert {
    let expert = try registry.expert(named: name)
    try requireUsable(expert, rules)
    return expert
  }

  /// Throws unless an installed expert may be used now.
  package func requireUsable(
    _ expert: InstalledExpert, _ rules: VerificationRules? = nil
  ) throws {
    try requireTrusted(expert, rules)
    try expert.checkLoadedFiles()
  }

  /// Throws where an expert's key is not trusted any more. One that the user took unsigned passes:
  /// it says so wherever it is shown.
  package func requireTrusted(
    _ expert: InstalledExpert, _ rules: VerificationRules? = nil
  ) throws {
    let rules = rules ?? trust.rules()
    guard let signer = expert.signer, try !rules.isTrusted(signer) else { return }
    throw PackageError.refused(
      member: MemberName.signature,
      reason:
        "\(expert.slug) is signed by \(signer), which is not trusted (any more); trust it with "
        + "expert-gen expert trust add, or uninstall the expert")
  }
}

extension InstalledExpert {
  /// Checks what commands load: the manifest, the adapter's configuration and all weights. No file
  /// of weights may stand there that the package did not bring.
  func checkLoadedFiles() throws {
    let known = try digests()
    for name in try present(in: folder)
    where known[name] == nil && (name.hasSuffix(".safetensors") || name == MemberName.adapterConfig)
    {
      throw changed(name, "a file that its package does not have")
    }
    let names = known.keys.filter {
      $0 == MemberName.manifest || $0 == MemberName.adapterConfig || $0.hasSuffix(".safetensors")
    }
    try check(names, known)
  }

  /// Checks every file that the package brought; what is missing, changed or too much throws.
  package func checkAllFiles() throws {
    let known = try digests()
    for name in try present(in: folder) where isOurs && known[name] == nil {
      guard name != MemberName.signature else { continue }
      throw changed(name, "a file that its package does not have")
    }
    try check(Array(known.keys), known)
  }

  /// Whether the package lists every file that it has.
  private var isOurs: Bool { manifest.integrity.scheme == Integrity.scheme }

  /// What is wrong with the installation; `nil` where it is whole.
  var damage: String? {
    do {
      try checkAllFiles()
      return nil
    } catch PackageError.refused(let member, let reason) {
      return "\(member): \(reason.prefix { $0 != ";" })"
    } catch {
      return "\(error)"
    }
  }

  /// The digests that are known: those of the manifest, which the signature covers, and its own.
  private func digests() throws -> [String: String] {
    var known = manifest.integrity.files
    for entry in try manifest.onlyBase().adapters where known[entry.path] == nil {
      known[entry.path] = entry.sha256
    }
    for prompt in manifest.softPrompts where known[prompt.path] == nil {
      known[prompt.path] = prompt.sha256
    }
    known[MemberName.manifest] = digest
    return known
  }

  private func check(_ names: [String], _ known: [String: String]) throws {
    for name in names.sorted() {
      let path = folder + "/" + name
      guard access(path, F_OK) == 0 else {
        // A package made elsewhere may list files that it does not have.
        if !isOurs, !name.hasSuffix(".safetensors"), name != MemberName.manifest { continue }
        throw changed(name, "the installed file is missing")
      }
      guard try SHA256.hash(file: path).hex == known[name] else {
        throw changed(name, "the installed file was changed after its installation")
      }
    }
  }

  private func changed(_ name: String, _ what: String) -> PackageError {
    .refused(
      member: name,
      reason: "\(what); install \(slug) again from its package, which mends it, or uninstall it")
  }

  /// The files of a folder and of those in it, by their paths from it.
  private func present(in path: String, prefix: String = "") throws -> [String] {
    var names: [String] = []
    for name in try FolderListing.names(in: path) {
      var facts = stat()
      guard lstat(path + "/" + name, &facts) == 0 else { continue }
      if facts.st_mode & S_IFMT == S_IFDIR {
        names += try present(in: path + "/" + name, prefix: prefix + name + "/")
      } else {
        names.append(prefix + name)
      }
    }
    return names.sorted()
  }
}
