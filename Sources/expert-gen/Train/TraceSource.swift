internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTraining
internal import Foundation

/// Something that a run began from or learned from beside its data: an adapter, a teacher, an earlier
/// task.
struct TraceSource {
  /// What it was to the run: `went on from`, `teacher` …
  let role: String
  /// The folder, or the model's name.
  let place: String
  /// SHA-256 as the run recorded it; `nil` in records that do not have it.
  let recorded: String?
  /// SHA-256 as it is now; `nil` where it is not there.
  let found: String?
  /// The walk through the training that made it, where its record is there.
  let run: Trace?

  /// An adapter, or what lies beside it in the file `name`.
  init(
    _ role: String, folder: String, file name: String?, recorded: String?, beside run: RunFolder,
    store: Store, modelHash: (String) throws -> Digest
  ) throws {
    func file(_ folder: String) -> String {
      name.map { folder + "/" + $0 } ?? AdapterFolder.weights(folder)
    }
    func hash(_ folder: String) -> String? { try? SHA256.hash(file: file(folder)).hex }
    let folder = Self.place(of: folder, beside: run) { hash($0) == recorded }
    self.role = role
    place = folder
    self.recorded = recorded
    found = hash(folder)
    let origin = RunFolder(folder)
    self.run =
      try RunManifest.training(of: origin) == nil
      ? nil : try Trace(origin, store: store, records: 0, modelHash: modelHash)
  }

  /// A model.
  init(
    _ role: String, model name: String, recorded: String?, modelHash: (String) throws -> Digest
  ) {
    self.role = role
    place = name
    self.recorded = recorded
    found = try? modelHash(name).hex
    run = nil
  }

  /// Where a folder is: where it was, or, where both were moved together, beside the run's own.
  private static func place(
    of folder: String, beside run: RunFolder, isRight: (String) -> Bool
  ) -> String {
    guard !FileManager.default.fileExists(atPath: folder) else { return folder }
    let near = URL(fileURLWithPath: run.path).deletingLastPathComponent()
      .appending(path: URL(fileURLWithPath: folder).lastPathComponent).path
    return isRight(near) ? near : folder
  }

  var isWhole: Bool {
    found != nil && (recorded == nil || found == recorded) && run?.isWhole ?? true
  }

  var lines: [String] {
    let state =
      if let found {
        recorded == nil || recorded == found ? "as the run recorded" : "NOT what the run recorded"
      } else { "MISSING" }
    var lines = [
      "\(role) \(place)", "          sha256 \(recorded ?? found ?? "unknown"), \(state)",
    ]
    if let found, let recorded, found != recorded { lines.append("          found  \(found)") }
    return lines + (run?.lines.map { "  " + $0 } ?? [])
  }

  var json: JSONValue {
    [
      "role": .string(role), "place": .string(place),
      "sha256": recorded.map(JSONValue.string) ?? .null,
      "found_sha256": found.map(JSONValue.string) ?? .null, "missing": .bool(found == nil),
      "as_recorded": .bool(found != nil && found == recorded), "trace": run?.json ?? .null,
    ]
  }
}
