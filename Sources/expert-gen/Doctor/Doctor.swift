internal import CZstd
internal import ExpertPlatform
internal import ExpertProviders
internal import Foundation

/// Looks at everything a run depends on. It changes nothing, except that it makes and removes one
/// empty file to see whether `EXPERT_HOME` can be written.
package struct Doctor: Sendable {
  package var places: Places
  package var environment: [String: String]

  package init(
    places: Places, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.places = places
    self.environment = environment
  }

  /// Every finding, the machine first.
  package func examine() async -> [Finding] {
    machine() + libraries() + folders() + store() + models() + providers() + (await localServers())
  }
}

// MARK: - The machine

extension Doctor {
  func machine() -> [Finding] {
    let facts = MachineFacts.current()
    let memory = Figures.bytes(facts.memory)
    let size =
      facts.memory < 1 << 30
      ? Finding.note("memory", memory, "large datasets want 1 GiB and more")
      : Finding.good("memory", memory)
    return [
      .good("program", "expert-gen \(ExpertGen.version) on \(facts.system)"),
      .good(
        "processor", "\(facts.processor), \(facts.cores) cores, kernels use \(facts.instructionSet)"
      ),
      size,
    ]
  }
}

// MARK: - Libraries

extension Doctor {
  func libraries() -> [Finding] {
    let zstd = LinkedLibrary(name: "zstd", version: String(cString: ZSTD_versionString()))
    let linked = [LinkedLibrary.libcurl(), .sqlite(), .libsodium(), zstd]
    return linked.map(finding) + curlFeatures(linked[0]) + [openBLAS(.openBLAS())]
  }

  private func finding(_ library: LinkedLibrary) -> Finding {
    guard let version = library.version else {
      return .bad(library.name, "does not answer", "reinstall it: make deps")
    }
    let detail = library.detail.isEmpty ? "" : " (\(library.detail))"
    return .good(library.name, version + detail)
  }

  private func curlFeatures(_ library: LinkedLibrary) -> [Finding] {
    guard library.detail.contains("no TLS") else { return [] }
    return [
      .bad(
        "libcurl", "was built without TLS: no provider can be reached",
        "install the system's own: apt-get install libcurl4")
    ]
  }

  private func openBLAS(_ library: LinkedLibrary) -> Finding {
    guard let version = library.version else {
      return .note(
        "OpenBLAS", "not installed; datasets do without it",
        "training will use it: apt-get install libopenblas-dev")
    }
    return .good("OpenBLAS", "\(version) (\(library.detail))")
  }
}

// MARK: - Folders and disk

extension Doctor {
  func folders() -> [Finding] {
    [homeFinding(), diskFinding()]
  }

  private func homeFinding() -> Finding {
    let advice = "change its permissions or point EXPERT_HOME elsewhere"
    var existing = places.home
    while !FileManager.default.fileExists(atPath: existing) && existing.count > 1 {
      existing = Places.parent(of: existing)
    }
    guard existing == places.home else {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: existing, isDirectory: &isFolder)
      return isFolder.boolValue && access(existing, W_OK) == 0
        ? .good("EXPERT_HOME", "\(places.home), made on first use")
        : .bad("EXPERT_HOME", "\(places.home) cannot be made", advice)
    }
    let probe = places.home + "/.doctor-\(getpid())"
    let file = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      let reason = String(cString: strerror(errno))
      return .bad("EXPERT_HOME", "\(places.home) cannot be written: \(reason)", advice)
    }
    close(file)
    unlink(probe)
    return .good("EXPERT_HOME", "\(places.home), writable")
  }

  private func diskFinding() -> Finding {
    let folder = Places.parent(of: places.storePath)
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else {
      return .bad(
        "disk", "\(folder) cannot be examined: \(String(cString: strerror(errno)))",
        "name a store in a folder that exists", exit: .failure)
    }
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    let text = "\(Figures.bytes(free)) free in \(folder)"
    return free < 1 << 30
      ? .note("disk", text, "a million records of 1 KB take about 1 GiB") : .good("disk", text)
  }
}

// MARK: - Providers

extension Doctor {
  /// One finding for the files, one for each provider whose key is there or unusable, and one that
  /// names the variables of the others. No key is needed for computed datasets.
  func providers() -> [Finding] {
    let catalog: ProviderCatalog
    do {
      catalog = try ProviderCatalog.load(
        workspace: places.workspace, home: places.home, embedded: EmbeddedFiles.all)
    } catch {
      return [.bad("provider files", error.description, "correct the file", exit: .usage)]
    }
    var findings = [Finding.good("provider files", "\(catalog.providers.count) providers")]
    var unset: [String] = []
    for provider in catalog.providers {
      guard let variable = provider.keyVariable else { continue }
      switch KeyState(of: provider, environment: environment) {
      case .present: findings.append(.good("key", "\(provider.name): \(variable) is set"))
      case .missing: unset.append(variable)
      case .unusable:
        findings.append(
          .bad("key", "\(provider.name): \(variable) cannot be used", "set it to the key alone"))
      case .unneeded: continue
      }
    }
    if !unset.isEmpty {
      findings.append(
        .note(
          "key", "not set: \(unset.joined(separator: ", "))",
          "set the one whose provider you want; the procedural provider needs none"))
    }
    return findings
  }
}
