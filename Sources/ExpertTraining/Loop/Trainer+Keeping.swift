internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import Foundation

// Checkpoints, and the files of the run.
extension Trainer {
  /// Opens the folder: goes on from the newest good checkpoint, or begins.
  func open() throws {
    try CheckpointStore.makeFolder(input.folder.path)
    let (found, skipped) = try checkpoints.latestGood(configHash: config.hash.hex)
    for damage in skipped { events.note(damage.description) }
    metrics = try JSONLTracker(
      path: input.folder.metrics, position: found?.metricsPosition ?? 0)
    trackers = TrackerSet(
      config: config, folder: input.folder, project: manifest.dataset.name, runID: manifest.id,
      resumedAt: found?.step)
    if let found {
      try restore(found)
      events.note("going on from step \(found.step) of \(steps.total)")
    } else if !skipped.isEmpty {
      events.note("no checkpoint is whole; the run begins anew")
    }
    firstStep = cursor.step
    manifest.state = .running
    manifest.steps = cursor.step
    try record()
    trackers.begin(config: config.json, time: clock.wallMicroseconds())
  }

  private func restore(_ checkpoint: Checkpoint) throws {
    try take(checkpoint.files)
    try update.optimizer.restore(checkpoint.blobsByName)
    cursor = checkpoint.cursor
    window = LogWindow(checkpoint.numbers)
    secondsBefore = checkpoint.numbers["seconds"] ?? 0
    let data = FileManager.default.contents(atPath: input.folder.metrics) ?? Data()
    for row in JSONLTracker.rows(of: [UInt8](data)) {
      record(row.values, step: row.step)
      guard row.step > 0, let loss = row["eval_loss"] else { continue }
      lastEvalLoss = loss
      _ = stopping.observe(evalLoss: loss, step: row.step)
      _ = health.observe(evalLoss: loss, step: row.step)
    }
  }

  /// Takes the adapter of a checkpoint's files.
  private func take(_ files: [CheckpointBlob]) throws {
    let folder = input.folder.path + "/.adapter.\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for file in files {
      try AtomicFile.write(folder + "/" + file.name, file.bytes)
    }
    try take(try AdapterFolder.load(folder, for: input.model.config))
  }

  /// Takes the weights of an adapter of the same form.
  private func take(_ saved: Adapter) throws {
    for (to, from) in zip(input.adapter.parameters, saved.parameters) {
      guard to.name == from.name, to.count == from.count else {
        throw TrainingError.wrongSize(name: to.name, found: from.count, expected: to.count)
      }
      to.value.update(from: from.value, count: to.count)
    }
    input.model.updateNorms(of: input.adapter, pool: input.pool)
  }

  /// Saves a checkpoint of the state between two steps.
  func save(evalLoss: Double?) throws {
    try metrics?.flush()
    var numbers = window.numbers
    numbers["seconds"] = seconds
    try checkpoints.save(
      Checkpoint(
        cursor: cursor, configHash: config.hash, metricsPosition: metrics?.position ?? 0,
        evalLoss: evalLoss, numbers: numbers, files: try adapterFiles(),
        blobs: update.optimizer.savedState()))
    checkpoints.prune(limit: config.saveTotalLimit, keepingBest: config.keepsBest)
    manifest.steps = cursor.step
    try record()
  }

  /// The adapter as PEFT reads it, exact to the bit.
  private func adapterFiles() throws -> [CheckpointBlob] {
    let folder = input.folder.path + "/.adapter.\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      try AdapterFolder.save(input.adapter, to: folder)
    } catch let error as FileError {
      throw TrainingError(error, needed: input.adapter.trainedCount * 4)
    }
    return [AdapterFolder.configName, AdapterFolder.weightsName].map { name in
      let data = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
      return CheckpointBlob(name: name, bytes: [UInt8](data))
    }
  }

  /// Leaves the run so that the same command goes on from here.
  func interrupt() throws {
    try save(evalLoss: nil)
    manifest.state = .interrupted
    try end()
  }

  /// Stops a run that cannot go on. Its state is saved where it is a good one; checkpoints that are
  /// there stay in any case.
  func fail(saving: Bool) throws {
    if saving { try save(evalLoss: nil) }
    manifest.state = .failed
    try end()
  }

  /// Ends the run: the best adapter, or the last one, becomes the folder's.
  func finish(_ state: RunManifest.State) throws {
    let kept = try takeBest()
    if let start = manifest.metrics["eval_loss_at_start"], let end = lastEvalLoss {
      tell(
        [HealthMonitor.worseThanAtStart(start: start, end: end, step: cursor.step, kept: kept)]
          .compactMap { $0 })
    }
    do {
      try AdapterFolder.save(
        input.adapter, to: input.folder.path, type: config.savesBF16 ? .bf16 : .f32)
    } catch let error as FileError {
      throw TrainingError(error, needed: input.adapter.trainedCount * 4)
    }
    for path in [input.folder.adapterWeights, input.folder.adapterConfig] {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      manifest.files[name] = try SHA256.hash(file: path).hex
    }
    manifest.state = state
    try end()
  }

  /// Goes back to the adapter of the best evaluation where an earlier one was better than the last;
  /// its step, or `nil` where the last adapter stays. A checkpoint whose adapter is damaged is named,
  /// and the next best is taken.
  private func takeBest() throws -> Int? {
    guard let last = lastEvalLoss else { return nil }
    note(best: stopping.bestStep ?? cursor.step, loss: stopping.best ?? last)
    guard config.keepsBest else { return nil }
    var candidates = checkpoints.evaluations.filter { $0.step < cursor.step }
    if let best = stopping.bestStep, best < cursor.step,
      !candidates.contains(where: { $0.step == best })
    {
      events.note("the checkpoint of the best step, \(best), is missing or damaged")
    }
    if let loss = manifest.metrics["eval_loss_at_start"], loss.isFinite, input.start != nil {
      candidates.append((0, loss))
    }
    for candidate in candidates.sorted(by: { ($0.loss, $0.step) < ($1.loss, $1.step) }) {
      // The last one's loss may be NaN, which no comparison finds larger.
      guard !(candidate.loss >= last) else { break }
      guard try take(candidate.step) else { continue }
      note(best: candidate.step, loss: candidate.loss)
      events.note(
        "the best held-out loss, \(Figure.short(candidate.loss)), was at step "
          + "\(candidate.step): that adapter is kept")
      return candidate.step
    }
    note(best: cursor.step, loss: last)
    return nil
  }

  private func note(best step: Int, loss: Double) {
    manifest.metrics["best_step"] = Double(step)
    manifest.metrics["best_eval_loss"] = loss
  }

  /// Takes the adapter of a step: of the start, or of a checkpoint. `false` where it is damaged.
  private func take(_ step: Int) throws -> Bool {
    if step == 0, let start = input.start {
      try take(try start())
      return true
    }
    do {
      try take(try checkpoints.files(ofStep: step))
      return true
    } catch let error as TrainingError {
      guard case .damagedCheckpoint(let path, let reason) = error else { throw error }
      events.note("the best adapter's checkpoint \(path) is damaged: \(reason); it is passed over")
      return false
    }
  }

  private func end() throws {
    manifest.steps = cursor.step
    manifest.ended = clock.wallMicroseconds()
    manifest.metrics["peak_memory_bytes"] = Double(ResourceUsage.now().peakResidentBytes)
    trackers.finish()
    try metrics?.finish()
    try record()
    let data = FileManager.default.contents(atPath: input.folder.metrics) ?? Data()
    try RunReport(
      manifest: manifest, rows: JSONLTracker.rows(of: [UInt8](data)), samples: samples
    ).write(to: input.folder)
  }

  /// Writes the record of the run as it stands.
  func record() throws {
    manifest.seconds = seconds
    try manifest.write(to: input.folder)
  }
}
