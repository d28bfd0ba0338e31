internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord

/// `expert-gen model …`.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "The base models: fetch, import, list, show, verify, remove them.",
    subcommands: [
      ModelPullCommand.self, ModelImportCommand.self, ModelListCommand.self,
      ModelShowCommand.self, ModelRenderCommand.self, ModelVerifyCommand.self,
      ModelRemoveCommand.self,
    ])
}

extension GlobalOptions {
  /// The models of `EXPERT_HOME`, with the short names that count here.
  func registry() throws -> ModelRegistry {
    let catalog = try ModelCatalog.load(
      workspace: places.workspace, embedded: EmbeddedFiles.all)
    return ModelRegistry(home: places.home, catalog: catalog)
  }

  /// A progress line for bytes, in MiB.
  func byteProgress() -> (report: ModelRegistry.Report, finish: () -> Void) {
    let line = progressLine()
    let report: ModelRegistry.Report = { progress in
      line.update(
        ProgressState(
          done: progress.done >> 20, total: max(1, progress.total >> 20), unit: "MiB",
          note: progress.what))
    }
    return (report, { line.finish() })
  }
}

extension ModelRecord {
  /// One line for people.
  func line(_ path: String) -> String {
    "\(name): \(Figures.bytes(bytes)) from \(sourceText), SHA-256 \(weightsHash), in \(path)"
  }
}
