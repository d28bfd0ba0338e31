package import ExpertRecord

extension RunManifest {
  /// What is otherwise in another record of the things that decide the weights, in words; `settings`
  /// says whether the configuration counts, and `tool` whether the program's version does.
  package func differences(
    here other: RunManifest, settings: Bool = true, tool: Bool = true
  ) -> [String] {
    var found: [String] = settings ? config.differences(here: other.config) : []
    func compare(_ what: String, _ mine: String, _ others: String) {
      if mine != others { found.append("\(what) \(mine), here \(others)") }
    }
    if baseHash != other.baseHash {
      found.append(
        "base \(baseName) with sha256 \(baseHash.prefix(16)), here \(other.baseName) with "
          + "\(other.baseHash.prefix(16))")
    }
    if (dataset.root, dataset.commit) != (other.dataset.root, other.dataset.commit) {
      found.append("dataset \(dataset.text), here \(other.dataset.text)")
    }
    compare("start adapter", Self.short(startHash), Self.short(other.startHash))
    for name in Set(inputs.keys).union(other.inputs.keys).sorted() {
      compare(name, Self.short(inputs[name]), Self.short(other.inputs[name]))
    }
    if templateHash != other.templateHash {
      found.append(
        "prompt template \(templateName) (\(templateHash.prefix(16))), here "
          + "\(other.templateName) (\(other.templateHash.prefix(16)))")
    }
    compare("--threads", String(threads), String(other.threads))
    if tool { compare("version of expert-gen", toolVersion, other.toolVersion) }
    return found
  }

  private static func short(_ hash: String?) -> String {
    hash.map { "with sha256 \($0.prefix(16))" } ?? "none"
  }
}

extension RunManifest.DatasetFacts {
  /// `json@v3 (commit c0ffee…)`
  package var text: String { "\(name)@\(version) (commit \(commit.prefix(12)))" }
}

extension TrainingConfig {
  /// The split that the dataset's name asks for: `NAME@v3:test`.
  package var datasetSplit: Split? {
    dataset.flatMap { name in
      name.lastIndex(of: ":").flatMap { Split(rawValue: String(name[name.index(after: $0)...])) }
    }
  }

  /// A recorded version by its commit, which no tag or later version changes, with the split.
  package func reference(to data: RunManifest.DatasetFacts) -> String {
    "\(data.name)@\(data.commit)" + (datasetSplit.map { ":" + $0.rawValue } ?? "")
  }
}
