internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// What `model pull` was asked for.
package struct PullWish: Sendable, Hashable {
  package var repository: RepositoryID
  package var revision: String
  /// One GGUF file of a repository that holds several.
  package var file: String?
  package var name: String

  /// A short name of the catalog, or a repository's id.
  package init(
    _ text: String, revision: String?, file: String?, name: String?, catalog: ModelCatalog
  ) throws(RegistryError) {
    if let entry = catalog[text] {
      repository = entry.repository
      self.revision = revision ?? entry.revision
      self.file = file ?? entry.file
      self.name = name ?? entry.name
    } else {
      repository = try RepositoryID(text)
      self.revision = revision ?? "main"
      self.file = file
      self.name = name ?? ModelName.suggestion(for: file ?? text)
    }
    try ModelName.check(self.name)
  }
}

extension ModelRegistry {
  /// Fetches a model from the hub and installs it. Interrupted at any moment, the same wish goes on
  /// from the bytes that are there; the same wish for an installed commit does nothing.
  package func pull(
    _ wish: PullWish, from hub: HubClient, report: @escaping Report = { _ in }
  ) async throws -> (record: ModelRecord, wasThere: Bool) {
    let lock = try lock(wish.name, command: "model pull")
    defer { lock.release() }
    let found = try await hub.list(wish.repository, revision: wish.revision)
    let source = ModelRecord.Source.hub(
      endpoint: hub.endpoint.url, repository: wish.repository.description,
      revision: wish.revision, commit: found.commit)
    let files = try HubFiles.choose(found.files, file: wish.file, repository: wish.repository)
    if let record = try? record(wish.name), Self.same(record, source, files) {
      return (record, true)
    }
    try checkFree(wish.name)
    let staged = try stagingFolder(wish, commit: found.commit)
    let digests = try await fetch(
      files, into: staged, hub: hub, wish: wish, commit: found.commit, report: report)
    do {
      let record = try install(
        wish.name, staged: staged, source: source, license: found.license, files: digests)
      try? FileManager.default.removeItem(atPath: Self.parent(of: staged))
      return (record, false)
    } catch let error as ModelFileError {
      // The bytes are those of the hub and no model that can be used: another try brings the same.
      try? FileManager.default.removeItem(atPath: Self.parent(of: staged))
      throw error
    }
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path
  }

  private static func same(
    _ record: ModelRecord, _ source: ModelRecord.Source, _ files: [HubFile]
  ) -> Bool {
    guard case .hub(_, let repository, _, let commit) = record.source,
      case .hub(_, let wanted, _, let newest) = source
    else { return false }
    return repository == wanted && commit == newest
      && Set(record.files.map(\.name)) == Set(files.map(\.name))
  }

  /// `.partial/NAME.pull/COMMIT`; what was begun for another commit is removed.
  private func stagingFolder(_ wish: PullWish, commit: String) throws(RegistryError) -> String {
    let parent = partialFolder + "/\(wish.name).pull"
    let key = SHA256.hash("\(wish.repository)\n\(commit)\n\(wish.file ?? "")").description.prefix(
      16)
    for old in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    where old != key {
      try? FileManager.default.removeItem(atPath: parent + "/" + old)
    }
    let staged = parent + "/" + key
    try Self.makeFolder(staged)
    return staged
  }

  private func fetch(
    _ files: [HubFile], into staged: String, hub: HubClient, wish: PullWish, commit: String,
    report: @escaping Report
  ) async throws -> [ModelRecord.File] {
    let total = files.reduce(0) { $0 + $1.bytes }
    try checkSpace(files, staged: staged)
    var done = 0
    var result: [ModelRecord.File] = []
    for file in files.sorted(by: { ($0.bytes, $0.name) < ($1.bytes, $1.name) }) {
      try Task.checkCancellation()
      let start = done
      let digest = try await one(file, in: staged) { path in
        try await hub.download(
          file, from: hub.endpoint.file(wish.repository, commit: commit, name: file.name),
          to: path, clock: clock
        ) { report(Progress(done: start + $0, total: total, what: file.name)) }
      }
      done += file.bytes
      report(Progress(done: done, total: total, what: file.name))
      result.append(ModelRecord.File(name: file.name, bytes: file.bytes, digest: digest))
    }
    return result
  }

  /// A file that is whole already is only hashed.
  private func one(
    _ file: HubFile, in staged: String, fetch: (String) async throws -> Digest
  ) async throws -> Digest {
    let path = staged + "/" + file.name
    if Self.size(of: path) == file.bytes {
      let digest = try SHA256.hash(file: path) { _ in try Task.checkCancellation() }
      if file.digest == nil || file.digest == digest { return digest }
    }
    try? FileManager.default.removeItem(atPath: path)
    return try await fetch(path)
  }

  /// Says before the first byte that the disk is too full.
  private func checkSpace(_ files: [HubFile], staged: String) throws(RegistryError) {
    let needed = files.reduce(0) { sum, file in
      let path = staged + "/" + file.name
      let there = Self.size(of: path) ?? Self.size(of: path + ".part") ?? 0
      return sum + max(0, file.bytes - there)
    }
    if let free = FreeSpace.bytes(at: staged), needed > free {
      throw .noSpace(path: folder, needed: needed, free: free)
    }
  }
}
