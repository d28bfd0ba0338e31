internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

extension ModelRegistry {
  /// How far a long step has come: bytes done of all, and at what.
  package struct Progress: Sendable, Hashable {
    package var done: Int
    package var total: Int
    package var what: String
  }

  package typealias Report = @Sendable (Progress) -> Void

  /// Throws where another model has the name.
  func checkFree(_ name: String) throws(RegistryError) {
    try ModelName.check(name)
    guard FileManager.default.fileExists(atPath: path(of: name)) else { return }
    let source = (try? record(name))?.sourceText ?? "an unknown source"
    throw .taken(name: name, source: source)
  }

  /// Opens what was staged, so that nothing unusable is installed, writes its model.json, and gives
  /// the folder its name. The folder must lie in `.partial`, all its files forced to the disk.
  func install(
    _ name: String, staged: String, source: ModelRecord.Source, license: String?,
    files: [ModelRecord.File]
  ) throws -> ModelRecord {
    let model = try ModelFiles.open(staged)
    let weights = model.weightFiles.compactMap { $0.split(separator: "/").last.map(String.init) }
    let hashes = files.filter { weights.contains($0.name) }
      .map { (name: $0.name, digest: $0.digest) }
    let record = ModelRecord(
      name: name, source: source, format: model.format,
      weightsHash: WeightsHash.combine(hashes), license: license,
      files: files.sorted { $0.name < $1.name },
      installed: Timestamp.text(clock.wallMicroseconds(), fraction: false))
    let text = CanonicalJSON.text(of: record.json) + "\n"
    try AtomicFile.write(staged + "/" + ModelRecord.fileName, Array(text.utf8))
    try checkFree(name)
    try Self.move(staged, to: path(of: name))
    try AtomicFile.syncFolder(of: path(of: name))
    return record
  }

  /// Copies a local model into the registry: a folder in Hugging Face's form or a GGUF file. The
  /// bytes are shared with the original where the file system can do that.
  package func importModel(
    _ source: String, name: String, report: Report = { _ in }
  ) throws -> ModelRecord {
    try checkFree(name)
    let model = try ModelFiles.open(source)
    let lock = try lock(name, command: "model import")
    defer { lock.release() }
    let staged = partialFolder + "/\(name).import"
    try? FileManager.default.removeItem(atPath: staged)
    try Self.makeFolder(staged)
    do {
      let files = try stage(model, in: staged, report: report)
      return try install(
        name, staged: staged, source: .path(Self.absolute(source)), license: nil, files: files)
    } catch {
      try? FileManager.default.removeItem(atPath: staged)
      throw error
    }
  }

  private func stage(
    _ model: ModelFiles, in staged: String, report: Report
  ) throws -> [ModelRecord.File] {
    let paths = Self.sources(of: model)
    let sizes = paths.map { Self.size(of: $0) ?? 0 }
    let total = sizes.reduce(0, +)
    var done = 0
    var files: [ModelRecord.File] = []
    for (path, size) in zip(paths, sizes) {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let target = staged + "/" + name
      try Task.checkCancellation()
      try share(path, as: target, bytes: size)
      let digest = try SHA256.hash(file: target) { bytes in
        try Task.checkCancellation()
        report(Progress(done: done + bytes, total: total, what: name))
      }
      done += size
      files.append(ModelRecord.File(name: name, bytes: size, digest: digest))
    }
    return files
  }

  private func share(_ path: String, as target: String, bytes: Int) throws(RegistryError) {
    do throws(FileError) { try SharedCopy.make(target, from: path) } catch {
      throw RegistryError(error, needed: bytes, in: folder)
    }
  }

  /// The weights, and what stands beside them that a model is made of.
  private static func sources(of model: ModelFiles) -> [String] {
    guard model.format == .safetensors else { return model.weightFiles }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: model.path)) ?? []
    let weights = Set(model.weightFiles)
    let beside = names.filter(HubFiles.isBesideWeights).sorted().map { model.path + "/" + $0 }
    return model.weightFiles + beside.filter { !weights.contains($0) }
  }

  static func size(of path: String) -> Int? {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int(facts.st_size) : nil
  }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  /// Hashes every file of an installed model and looks at every weight. Throws on the first fault.
  package func verify(_ name: String, report: Report = { _ in }) throws {
    let record = try record(name)
    let total = record.bytes
    var done = 0
    for file in record.files {
      let path = path(of: name) + "/" + file.name
      guard let size = Self.size(of: path) else {
        throw RegistryError.damaged(name: name, file: file.name, reason: "it is missing")
      }
      guard size == file.bytes else {
        throw RegistryError.damaged(
          name: name, file: file.name, reason: "\(size) bytes instead of \(file.bytes)")
      }
      let digest = try SHA256.hash(file: path) { bytes in
        try Task.checkCancellation()
        report(Progress(done: done + bytes, total: total, what: file.name))
      }
      guard digest == file.digest else {
        throw RegistryError.damaged(
          name: name, file: file.name, reason: "SHA-256 \(digest) instead of \(file.digest)")
      }
      done += size
    }
    let model = try ModelFiles.open(path(of: name))
    let weights = model.weightBytes
    try model.verify { bytes in
      try Task.checkCancellation()
      report(Progress(done: bytes, total: weights, what: "weights"))
    }
  }
}
