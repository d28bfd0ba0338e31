internal import ExpertPlatform

/// What can go wrong with a store, and what to do about it. Carries places and names, never texts
/// of records.
package enum StoreError: Error, Sendable, Hashable {
  case noStore(path: String)
  case notAStore(path: String)
  case newerFormat(path: String, found: Int, supported: Int)
  case inUse(path: String, holder: String)
  case diskFull(path: String)
  case readOnly(path: String)
  case inputOutput(path: String, reason: String)
  case damaged(path: String, what: String)
  case behindWitness(path: String, store: Int64, witness: Int64)
  case witnessMismatch(path: String, reason: String)
  case badName(what: String, name: String)
  case unknownDataset(name: String, existing: [String])
  case unknownVersion(dataset: String, version: String, existing: [String])
  case ambiguousVersion(dataset: String, version: String, matches: [String])
  case unknownSplit(name: String)
  case emptyDataset(name: String)
  case kindMismatch(dataset: String, holds: String, given: String)
  case differentDatasets(String, String)
  case tagExists(dataset: String, tag: String, commit: String)
  case branchExists(dataset: String, branch: String)
  case branchMoved(dataset: String, branch: String, expected: String, found: String)
  case unknownRef(dataset: String, kind: String, name: String)
  case unknownRecord(rid: String)
  case unknownSlot(job: String, n: Int)
  case changeConflict(rid: String, reason: String)
  case jobMismatch(key: String, reason: String)
  case targetExists(path: String)
  case database(reason: String)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noStore(let path):
      "There is no store at \(path). Create one with `expert-gen store init`, or name another with "
        + "--store."
    case .notAStore(let path):
      "\(path) is not a store of this program; it was left untouched. Name another file with "
        + "--store."
    case .newerFormat(let path, let found, let supported):
      "\(path) has store format \(found); this program reads up to \(supported). Install a newer "
        + "expert-gen."
    case .inUse(let path, let holder):
      "The store \(path) is in use by \(holder). Wait until it ends, or use another store."
    case .diskFull(let path):
      "The disk is full: nothing of the last step was written to \(path), everything confirmed "
        + "before is safe. Free some space and run the same command again."
    case .readOnly(let path):
      "The store \(path) cannot be written: it was opened read-only, or the file or its folder is "
        + "read-only."
    case .inputOutput(let path, let reason):
      "Reading or writing \(path) failed (\(reason)). Check the disk, then run `expert-gen store "
        + "fsck`."
    case .damaged(let path, let what):
      "The store \(path) is damaged: \(what). Run `expert-gen store fsck --full`, and restore a "
        + "backup if it says so."
    default: refusalText
    }
  }

  private var refusalText: String {
    switch self {
    case .behindWitness(let path, let store, let witness):
      "The store \(path) has lost confirmed data: it stands at transaction \(store), its witness at "
        + "\(witness). Restore a backup; or, to go on with what is left, remove \(path).witness."
    case .witnessMismatch(let path, let reason):
      "The store \(path) does not belong to the witness file beside it: \(reason). If the store was "
        + "replaced on purpose, remove \(path).witness."
    case .badName(let what, let name):
      "\"\(name)\" is no name for a \(what): use 1 to 100 letters, digits, '.', '_' or '-', starting "
        + "with a letter or digit; 'v' and a number is kept for versions."
    case .unknownDataset(let name, let existing):
      "There is no dataset \"\(name)\" in this store. \(Self.list("Datasets", existing))"
    case .unknownVersion(let dataset, let version, let existing):
      "The dataset \(dataset) has no version \"\(version)\". \(Self.list("It has", existing))"
    case .ambiguousVersion(let dataset, let version, let matches):
      "\"\(version)\" names several versions of \(dataset): \(matches.joined(separator: ", ")). Give "
        + "more digits."
    case .unknownSplit(let name):
      "\"\(name)\" is no split: use train, valid or test."
    case .emptyDataset(let name):
      "The dataset \(name) has no version yet: nothing was committed to it."
    case .kindMismatch(let dataset, let holds, let given):
      "The dataset \(dataset) holds \(holds) records; these are \(given) records. Use another --name."
    case .differentDatasets(let a, let b):
      "\(a) and \(b) are different datasets; only versions of one dataset can be compared."
    case .tagExists(let dataset, let tag, let commit):
      "The tag \(tag) of \(dataset) already names \(commit); tags never move. Choose another name."
    case .branchExists(let dataset, let branch):
      "There is already a branch \(branch) of \(dataset)."
    case .branchMoved(let dataset, let branch, let expected, let found):
      "The branch \(branch) of \(dataset) has moved from \(expected) to \(found) meanwhile. Look at "
        + "the new version and try again."
    case .unknownRef(let dataset, let kind, let name):
      "The dataset \(dataset) has no \(kind) \"\(name)\"."
    case .unknownRecord(let rid):
      "No version and no job of this store has a record \(rid)."
    case .unknownSlot(let job, let n):
      "The job \(job) has no slot \(n)."
    case .changeConflict(let rid, let reason):
      "The change of record \(rid) does not fit the version it is for: \(reason)."
    case .jobMismatch(let key, let reason):
      "The job \(key) cannot go on: \(reason)."
    case .targetExists(let path):
      "\(path) already exists and was left untouched. Name another place."
    case .database(let reason):
      "The store's database refused: \(reason)."
    default: "The store failed."
    }
  }

  /// "Datasets: a, b." or the word that there are none; long lists are cut.
  private static func list(_ title: String, _ names: [String]) -> String {
    if names.isEmpty { return "\(title): none." }
    let shown = names.prefix(20).joined(separator: ", ")
    return "\(title): \(shown)\(names.count > 20 ? " and \(names.count - 20) more" : "")."
  }
}

extension StoreError {
  /// What a failed SQLite call means for the user.
  init(_ failure: SQLFailure, path: String) {
    if failure.isFull {
      self = .diskFull(path: path)
    } else if failure.isReadOnly {
      self = .readOnly(path: path)
    } else if failure.isBusy {
      self = .inUse(path: path, holder: "another program")
    } else if failure.isCorrupt {
      self = .damaged(path: path, what: failure.message)
    } else if failure.isIOError {
      self = .inputOutput(path: path, reason: failure.message)
    } else {
      self = .database(reason: failure.message)
    }
  }
}

/// Runs `body`; what SQLite threw comes out as a `StoreError`.
func mappingFailures<T>(path: String, _ body: () throws -> T) throws -> T {
  do {
    return try body()
  } catch let failure as SQLFailure {
    throw StoreError(failure, path: path)
  } catch let damage as ObjectDamage {
    throw StoreError.damaged(path: path, what: "object \(damage.id) \(damage.reason)")
  }
}
