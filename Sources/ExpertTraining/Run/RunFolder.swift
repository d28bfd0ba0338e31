/// Where the files of a run stand. The folder itself is an adapter as PEFT reads it; the rest lies
/// beside it.
///
///     adapter_config.json, adapter_model.safetensors   the adapter (PEFT)
///     run.json                                         the run's record: `RunManifest`
///     metrics.jsonl                                    what was measured
///     report.html                                      the same to look at
///     checkpoints/step-500/…                           states to go on from
///     tensorboard/…, trackio/…                         where asked for
package struct RunFolder: Sendable, Hashable {
  package let path: String

  package init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  package var manifest: String { path + "/run.json" }

  /// The folder of the run that an adapter belongs to: its own, or of a checkpoint the run's.
  package static func ofAdapter(_ folder: String) -> RunFolder {
    let path = RunFolder(folder).path
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[parts.count - 2] == "checkpoints" else { return RunFolder(path) }
    let run = parts.dropLast(2).joined(separator: "/")
    return RunFolder(run.isEmpty ? (parts.count > 2 ? "/" : ".") : run)
  }

  package var metrics: String { path + "/metrics.jsonl" }
  package var report: String { path + "/report.html" }
  package var adapterConfig: String { path + "/adapter_config.json" }
  package var adapterWeights: String { path + "/adapter_model.safetensors" }
  package var checkpoints: String { path + "/checkpoints" }
  package var tensorBoard: String { path + "/tensorboard" }
  package var trackio: String { path + "/trackio" }
}
