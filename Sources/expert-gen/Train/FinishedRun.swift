internal import ExpertModel
internal import ExpertPlatform
internal import ExpertStore
internal import ExpertTraining
internal import Foundation

/// A folder that holds a run already.
struct FinishedRun {
  let folder: RunFolder
  let manifest: RunManifest

  /// The run of a folder; `nil` where there is none yet. A folder of other things is refused.
  static func find(_ folder: RunFolder) throws -> FinishedRun? {
    guard FileManager.default.fileExists(atPath: folder.manifest) else {
      let left = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      guard left.isEmpty || left == ["checkpoints"] else {
        throw Failure(
          .usage, "folder-taken",
          "\(folder.path) holds something else than a run; name another --output")
      }
      return nil
    }
    return FinishedRun(folder: folder, manifest: try RunManifest.read(folder))
  }

  var isOver: Bool { [.finished, .stoppedEarly].contains(manifest.state) }

  /// The first file of the adapter that is not what the run recorded.
  var damage: Finding? {
    for (name, hash) in manifest.files.sorted(by: { $0.key < $1.key }) {
      let path = folder.path + "/" + name
      guard FileManager.default.fileExists(atPath: path) else {
        return Precheck.damagedAdapter(path: path, reason: "is missing")
      }
      guard (try? SHA256.hash(file: path).hex) == hash else {
        return Precheck.damagedAdapter(path: path, reason: "is not what the run recorded")
      }
    }
    return nil
  }

  typealias Finding = ExpertTraining.Finding

  /// Refuses other settings than the run's.
  func check(_ config: TrainingConfig) throws {
    let differences = manifest.config.differences(here: config)
    guard !differences.isEmpty else { return }
    throw TrainingError.otherSettings(path: folder.path, differences: differences)
  }

  /// The version that the settings mean now. A store that is gone is no reason to refuse.
  private func version(_ launch: TrainingLaunch) throws -> VersionRef? {
    do {
      return try launch.currentVersion()
    } catch let error as StoreError {
      launch.options.say("note: the dataset cannot be compared: \(error)")
      return nil
    }
  }

  /// Refuses a run that is over where its settings mean other data, another base, or another adapter
  /// to begin with by now.
  func checkSources(_ launch: TrainingLaunch) throws {
    var differences: [String] = []
    let data = manifest.dataset
    if let now = try version(launch), now.commit.hash.hex != data.commit {
      differences.append(
        "dataset \(data.text), here \(now.dataset.name)@v\(now.commit.number) "
          + "(commit \(now.commit.hash.hex.prefix(12)))")
    }
    if let base = try? launch.baseHash()?.hex, base != manifest.baseHash {
      differences.append(
        "base \(manifest.baseName) with sha256 \(manifest.baseHash.prefix(16)), here with "
          + "\(base.prefix(16))")
    }
    if let start = launch.config.startAdapter,
      let hash = try? SHA256.hash(file: AdapterFolder.weights(start)).hex,
      hash != manifest.startHash
    {
      differences.append(
        "--adapter with sha256 \(manifest.startHash?.prefix(16) ?? "none"), here "
          + "\(hash.prefix(16))")
    }
    guard !differences.isEmpty else { return }
    throw TrainingError.otherSettings(path: folder.path, differences: differences)
  }
}
