internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertTraining
internal import Foundation

extension TrainingLaunch {
  /// What there is to be said about the base and its other adapters.
  func findings(_ setup: TrainingSetup) -> [ExpertTraining.Finding] {
    var findings: [ExpertTraining.Finding] = []
    if let wanted = manifestBase, wanted.name == config.base,
      wanted.hash != setup.base.hash.hex
    {
      findings += [
        Precheck.startingBase(
          adapter: "the expert of the manifest", trainedOn: wanted,
          base: (setup.base.name, setup.base.hash.hex))
      ].compactMap { $0 }
    }
    let modules = config.modules(for: setup.base.base.model.config.architecture).map(\.rawValue)
    if let overlap = Precheck.composition(
      of: Set(modules), with: installedExperts(on: setup.base.hash.hex))
    {
      findings.append(overlap)
    }
    return findings
  }

  /// Names and modules of the installed experts on a base. A home without any is not made for this.
  private func installedExperts(on base: String) -> [(name: String, modules: Set<String>)] {
    guard FileManager.default.fileExists(atPath: options.expertHome.database),
      let experts = try? options.installer().registry.list()
    else { return [] }
    return experts.compactMap { expert in
      let bases = expert.manifest.bases.filter { $0.model.sha256 == base }
      let modules = bases.flatMap(\.adapters).flatMap(\.targetModules)
      return modules.isEmpty ? nil : (expert.name, Set(modules))
    }
  }
}
