internal import ExpertPlatform
internal import Foundation

/// The checkpoints of a run. One that is there is whole: it is written under another name, forced
/// to the disk and renamed, and every part is checked against its SHA-256 before it is used.
package struct CheckpointStore: Sendable {
  /// `DIR/checkpoints`
  package let folder: String

  /// Ends the name of a checkpoint that waits for its successor.
  private static let aside = ".aside"

  package init(_ folder: RunFolder) { self.folder = folder.checkpoints }

  package func path(ofStep step: Int) -> String { "\(folder)/step-\(step)" }

  /// Steps that have a checkpoint, rising. Whether they are good is not looked at.
  package var steps: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in
      name.hasPrefix("step-") ? Int(name.dropFirst(5)).flatMap { $0 >= 0 ? $0 : nil } : nil
    }.sorted()
  }

  // MARK: saving

  /// Saves a checkpoint. A failure, a full disk or a crash at any moment leaves those saved before
  /// as they were.
  package func save(_ checkpoint: Checkpoint) throws(TrainingError) {
    try Self.makeFolder(folder)
    let temporary = "\(folder)/.step-\(checkpoint.step).\(getpid()).tmp"
    remove(temporary)
    do {
      try Self.makeFolder(temporary)
      try write(checkpoint, into: temporary)
      try put(temporary, asStep: checkpoint.step)
    } catch {
      remove(temporary)
      throw error
    }
  }

  private func write(_ checkpoint: Checkpoint, into temporary: String) throws(TrainingError) {
    for file in checkpoint.files { try writeFile("\(temporary)/\(file.name)", [file.bytes]) }
    try writeFile(
      "\(temporary)/\(CheckpointIndex.stateName)", checkpoint.blobs.map(\.bytes))
    // The index is last: without it there is no checkpoint.
    try writeFile(
      "\(temporary)/\(CheckpointIndex.fileName)", [CheckpointIndex(checkpoint).bytes])
    try syncFolder(temporary)
  }

  private func writeFile(_ path: String, _ parts: [[UInt8]]) throws(TrainingError) {
    let file = try AppendFile(path, keeping: 0)
    for part in parts where !part.isEmpty { try file.append(part) }
    try file.sync()
  }

  /// Renames into place. Where the step has a checkpoint already (a run that went on from an older
  /// one passes it again), that one is put aside first and comes back if a crash falls between.
  private func put(_ temporary: String, asStep step: Int) throws(TrainingError) {
    let aside = "\(folder)/.step-\(step)" + Self.aside
    let path = self.path(ofStep: step)
    if access(path, F_OK) == 0 {
      remove(aside)
      try move(path, to: aside)
    }
    try move(temporary, to: path)
    try syncFolder(folder)
    remove(aside)
  }

  private func move(_ path: String, to target: String) throws(TrainingError) {
    guard rename(path, target) == 0 else {
      throw AppendFile.failure("rename into place", target, 0)
    }
  }

  static func makeFolder(_ path: String) throws(TrainingError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw AppendFile.failure("create the folder", path, 0)
    }
  }

  private func syncFolder(_ path: String) throws(TrainingError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw AppendFile.failure("open the folder", path, 0) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw AppendFile.failure("force to the disk", path, 0)
    }
  }

  // MARK: loading

  /// Reads a checkpoint and checks every byte of it.
  package func load(step: Int) throws(TrainingError) -> Checkpoint {
    let path = path(ofStep: step)
    do throws(CheckpointDamage) {
      let index = try CheckpointIndex(try bytes(path, CheckpointIndex.fileName))
      guard index.head.step == step else {
        throw CheckpointDamage("it is the checkpoint of step \(index.head.step)")
      }
      var checkpoint = index.head
      checkpoint.files = try files(index, path)
      checkpoint.blobs = try blobs(index, path)
      return checkpoint
    } catch {
      throw .damagedCheckpoint(path: path, reason: error.reason)
    }
  }

  /// Reads the adapter of a checkpoint and checks its bytes; whether the state beside it is whole does
  /// not matter.
  package func files(ofStep step: Int) throws(TrainingError) -> [CheckpointBlob] {
    let path = path(ofStep: step)
    do throws(CheckpointDamage) {
      return try files(try CheckpointIndex(try bytes(path, CheckpointIndex.fileName)), path)
    } catch {
      throw .damagedCheckpoint(path: path, reason: error.reason)
    }
  }

  private func bytes(_ path: String, _ name: String) throws(CheckpointDamage) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else {
      throw CheckpointDamage("\(name) is missing")
    }
    return [UInt8](data)
  }

  private func files(
    _ index: CheckpointIndex, _ path: String
  ) throws(CheckpointDamage) -> [CheckpointBlob] {
    var files: [CheckpointBlob] = []
    for part in index.files {
      let bytes = try bytes(path, part.name)
      guard part.matches(bytes) else { throw CheckpointDamage("\(part.name) has changed") }
      files.append(CheckpointBlob(name: part.name, bytes: bytes))
    }
    return files
  }

  private func blobs(
    _ index: CheckpointIndex, _ path: String
  ) throws(CheckpointDamage) -> [CheckpointBlob] {
    let state = try bytes(path, CheckpointIndex.stateName)
    guard state.count == index.blobs.reduce(0, { $0 + $1.size }) else {
      throw CheckpointDamage("\(CheckpointIndex.stateName) has another size")
    }
    var (blobs, start): ([CheckpointBlob], Int) = ([], 0)
    for part in index.blobs {
      let bytes = Array(state[start..<start + part.size])
      guard part.matches(bytes) else {
        throw CheckpointDamage("\(part.name) in \(CheckpointIndex.stateName) has changed")
      }
      blobs.append(CheckpointBlob(name: part.name, bytes: bytes))
      start += part.size
    }
    return blobs
  }

  /// The newest checkpoint that is good, and why newer ones were passed over. Throws where it
  /// belongs to a run with other settings.
  package func latestGood(
    configHash: String? = nil
  ) throws(TrainingError) -> (checkpoint: Checkpoint?, skipped: [TrainingError]) {
    sweep()
    var skipped: [TrainingError] = []
    for step in steps.reversed() {
      do throws(TrainingError) {
        let checkpoint = try load(step: step)
        let found = checkpoint.configHash.hex
        guard configHash == nil || found == configHash else {
          throw TrainingError.otherRun(
            path: path(ofStep: step), what: "configuration", found: found,
            expected: configHash ?? "")
        }
        return (checkpoint, skipped)
      } catch {
        guard case .damagedCheckpoint = error else { throw error }
        skipped.append(error)
      }
    }
    return (nil, skipped)
  }

  // MARK: keeping few

  /// The step whose evaluation was best, among those that are kept and can be read.
  package var bestStep: Int? {
    evaluations.min { ($0.loss, $0.step) < ($1.loss, $1.step) }?.step
  }

  /// Steps that are kept and were evaluated, with their losses.
  package var evaluations: [(step: Int, loss: Double)] {
    steps.compactMap { step in
      evalLoss(ofStep: step).flatMap { $0.isFinite ? (step: step, loss: $0) : nil }
    }
  }

  private func evalLoss(ofStep step: Int) -> Double? {
    (try? bytes(path(ofStep: step), CheckpointIndex.fileName))
      .flatMap { try? CheckpointIndex($0) }?.head.evalLoss
  }

  /// Removes the oldest until `limit` are left; the newest always stays, and the best with
  /// `keepingBest` (transformers' `save_total_limit`). What crashes left behind goes too.
  package func prune(limit: Int, keepingBest: Bool) {
    sweep()
    let all = steps
    var kept = Set(all.suffix(1))
    if keepingBest, let best = bestStep { kept.insert(best) }
    for step in all.reversed() where kept.count < limit { kept.insert(step) }
    for step in all where !kept.contains(step) {
      // Renamed first, so that a half-removed one is never taken for a checkpoint.
      let hidden = "\(folder)/.step-\(step).removed"
      remove(hidden)
      if rename(path(ofStep: step), hidden) == 0 { remove(hidden) }
    }
  }

  /// Removes what a crash while saving or pruning left behind, and brings back a checkpoint that
  /// was put aside for one that never came.
  package func sweep() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(".step-") {
      let path = "\(folder)/\(name)"
      if name.hasSuffix(Self.aside) {
        let place = "\(folder)/\(name.dropFirst().dropLast(Self.aside.count))"
        if access(place, F_OK) != 0, rename(path, place) == 0 { continue }
      }
      remove(path)
    }
  }

  private func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
