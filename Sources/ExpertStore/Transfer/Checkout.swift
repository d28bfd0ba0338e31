internal import ExpertPlatform
package import ExpertRecord
internal import Foundation

extension Store {
  /// Writes a version into a new folder: one JSON Lines file for each split (`data.jsonl` for
  /// records without one) and `manifest.json`, which names the commit and the hash of each file.
  /// Gives the manifest.
  @discardableResult
  package func checkout(_ version: VersionRef, to folder: String) throws -> JSONValue {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
      let contents = try? FileManager.default.contentsOfDirectory(atPath: folder)
      guard isFolder.boolValue, contents == [] else {
        throw StoreError.targetExists(path: folder)
      }
    }
    try makeFolder(folder)
    var files: [JSONValue] = []
    for (split, members) in try membersBySplit(version) where !members.isEmpty {
      let name = (split?.rawValue ?? "data") + ".jsonl"
      let file = try ExportFile(folder + "/" + name)
      let report = try export(members) { try file.write($0) }
      try file.finish()
      files.append([
        "bytes": .number(Double(report.bytes)), "name": .string(name),
        "records": .number(Double(report.records)), "sha256": .string(report.sha256.hex),
      ])
    }
    let manifest = manifest(of: version, files)
    try DurableFile.replace(
      folder + "/manifest.json", with: CanonicalJSON.bytes(of: manifest) + [UInt8(ascii: "\n")])
    return manifest
  }

  private func makeFolder(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw StoreError.inputOutput(path: folder, reason: "the folder cannot be made")
    }
  }

  private func membersBySplit(_ version: VersionRef) throws -> [(Split?, [Member])] {
    try read { context in
      var known: [Int64: Split?] = [:]
      var lists: [Split?: [Member]] = [:]
      for member in try context.members(of: version.commit.id, split: nil) {
        let split: Split?
        if let found = known[member.attrs] {
          split = found
        } else {
          split = try context.attributes(member.attrs).split
          known[member.attrs] = .some(split)
        }
        if version.split == nil || version.split == split {
          lists[split, default: []].append(member)
        }
      }
      return ([nil] + Split.allCases).map { ($0, lists[$0] ?? []) }
    }
  }

  private func manifest(of version: VersionRef, _ files: [JSONValue]) -> JSONValue {
    [
      "commit": .string(version.commit.hash.hex), "dataset": .string(version.dataset.name),
      "files": .array(files), "format": "expert-gen checkout 1",
      "kind": .string(version.dataset.kind.rawValue),
      "records": .number(Double(version.commit.recordCount)),
      "root": .string(version.commit.root.hex), "semver": .string(version.commit.semver),
      "split": version.split.map { .string($0.rawValue) } ?? .null,
      "version": .number(Double(version.commit.number)),
    ]
  }
}
