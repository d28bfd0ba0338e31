internal import ExpertPlatform
internal import ExpertProviders
internal import ExpertStore

// MARK: - The store

extension Doctor {
  /// Opens the store read-only and checks it quickly; a store that is not there yet is no fault.
  func store() -> [Finding] {
    guard places.storeExists else {
      return [.good("store", "\(places.storePath), made on first use")]
    }
    do {
      let store = try Store.open(places.storePath, mode: .readOnly)
      defer { try? store.close() }
      let datasets = try store.datasets()
      let problems = try store.fsck(full: false).problems
      guard problems.isEmpty else {
        return [
          .bad(
            "store", "\(places.storePath): \(problems[0].what)",
            "run “expert-gen store fsck --full”, and restore a backup if it says so", exit: .damage)
        ]
      }
      let names = datasets.isEmpty ? "no dataset" : datasets.map(\.name).joined(separator: ", ")
      return [.good("store", "\(places.storePath): \(names); quick check passed")]
    } catch {
      return [
        .bad(
          "store", "\(error)", "see “expert-gen store fsck”, or name another store with --store",
          exit: Failure(describing: error).status)
      ]
    }
  }
}

// MARK: - Local servers

extension Doctor {
  /// Asks the local servers of the provider files for their models; none is needed.
  func localServers() async -> [Finding] {
    guard
      let catalog = try? ProviderCatalog.load(
        workspace: places.workspace, home: places.home, embedded: EmbeddedFiles.all)
    else { return [] }
    let servers = LocalServers(transport: CurlTransport(policy: EndpointPolicy()))
    var findings: [Finding] = []
    var silent: [String] = []
    for spec in catalog.localServers {
      if let models = try? await servers.models(of: spec, environment: environment) {
        findings.append(
          .good("server", "\(spec.name) at \(spec.baseURL): \(models.joined(separator: ", "))"))
      } else {
        silent.append("\(spec.name) (\(spec.baseURL))")
      }
    }
    if !silent.isEmpty {
      findings.append(
        .note(
          "server", "not answering: \(silent.joined(separator: ", "))",
          "start one to generate with --provider local"))
    }
    return findings
  }
}
