/// One training that went into an adapter, by what it learned from.
///
/// An adapter that went on from another one has learned from that one's data as well, and a merged
/// one from the data of all its parts: `run.json` and a package's manifest list them under
/// `ancestors`, the nearest first.
package struct TrainedData: Sendable, Hashable {
  /// A version of a dataset.
  package struct Version: Sendable, Hashable {
    package var name: String
    /// `v3`
    package var version: String?
    package var commit: String?
    /// Root of the version's records.
    package var root: String?

    package init(
      name: String, version: String? = nil, commit: String? = nil, root: String? = nil
    ) {
      self.name = name
      self.version = version
      self.commit = commit
      self.root = root
    }

    /// The version as a store understands it: by its commit, which no other version has, else by
    /// its number.
    package var reference: String { (commit ?? version).map { "\(name)@\($0)" } ?? name }

    /// The version for people.
    package var shown: String {
      version.map { "\(name)@\($0)" } ?? commit.map { "\(name)@\($0.prefix(12))" } ?? name
    }
  }

  /// What was learned from; `nil` where nobody recorded it.
  package var dataset: Version?
  /// SHA-256 of the weights that the training left, where they are known.
  package var adapter: String?

  package init(dataset: Version?, adapter: String? = nil) {
    self.dataset = dataset
    self.adapter = adapter
  }
}

extension TrainedData {
  /// The entry of `ancestors`.
  package var json: JSONValue {
    [
      "adapter_sha256": adapter.map(JSONValue.string) ?? .null,
      "dataset": dataset?.json ?? .null,
    ]
  }

  /// Reads an entry; one without a named dataset says that nobody knows.
  package init(_ json: JSONValue) {
    self.init(
      dataset: json["dataset"].flatMap { Version($0) }, adapter: json["adapter_sha256"]?.string)
  }

  /// The trainings before the one that `run.json` records. One that went on from another adapter
  /// and does not say what that had learned has an unknown ancestor.
  package static func ancestors(ofRun run: JSONValue) -> [TrainedData] {
    if let list = run["ancestors"]?.array { return list.map { TrainedData($0) } }
    guard let start = run["start_adapter_sha256"]?.string else { return [] }
    return [TrainedData(dataset: nil, adapter: start)]
  }

  /// Every training that `run.json` knows of, its own first; `adapter` are the weights beside it.
  /// A record that names neither a dataset nor ancestors tells nothing.
  package static func all(ofRun run: JSONValue, adapter: String?) -> [TrainedData] {
    let earlier = ancestors(ofRun: run)
    guard let own = run["dataset"].flatMap({ Version($0) }) else {
      return earlier.isEmpty ? [TrainedData(dataset: nil, adapter: adapter)] : earlier
    }
    return [TrainedData(dataset: own, adapter: adapter)] + earlier
  }

  /// The same entries without repetitions.
  package static func union(_ lists: [[TrainedData]]) -> [TrainedData] {
    var known: Set<TrainedData> = []
    return lists.joined().filter { known.insert($0).inserted }
  }
}

extension TrainedData.Version {
  fileprivate var json: JSONValue {
    let texts = [("name", name), ("version", version), ("commit", commit), ("root", root)]
    return .object(
      texts.compactMap { member, text in text.map { JSONValue.Member(member, .string($0)) } })
  }

  /// Reads a dataset as run.json and manifests have it: a name alone, or an object with one.
  fileprivate init?(_ json: JSONValue) {
    if let name = json.string, !name.isEmpty {
      self.init(name: name)
      return
    }
    guard let name = json["name"]?.string, !name.isEmpty else { return nil }
    self.init(
      name: name, version: json["version"]?.string ?? json["version"]?.integer.map(String.init),
      commit: json["commit"]?.string, root: json["root"]?.string)
  }
}
