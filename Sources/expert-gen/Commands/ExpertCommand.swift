internal import ArgumentParser

/// `expert-gen expert …`.
struct ExpertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expert",
    abstract: "Experts: package, sign, verify, trust, install, publish, check, merge.",
    subcommands: [
      ExpertPackageCommand.self, ExpertInspectCommand.self, ExpertKeygenCommand.self,
      ExpertSignCommand.self, ExpertVerifyCommand.self, ExpertTrustCommand.self,
      ExpertInstallCommand.self, ExpertListCommand.self, ExpertInfoCommand.self,
      ExpertUpdateCommand.self, ExpertUninstallCommand.self, ExpertPublishCommand.self,
      ExpertCheckCommand.self, ExpertMergeCommand.self,
    ])
}
