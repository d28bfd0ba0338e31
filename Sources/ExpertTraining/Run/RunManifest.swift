package import ExpertPlatform
package import ExpertRecord

/// The record of a run: enough to repeat it and to walk from the weights back to the data.
/// Written as `run.json`, in canonical form.
package struct RunManifest: Sendable, Hashable {
  /// A version of a dataset, as it was when the run began.
  package struct DatasetFacts: Sendable, Hashable {
    package var name: String
    /// `v3`
    package var version: String
    package var commit: String
    /// Root of the version's records.
    package var root: String
    package var trainRecords: Int
    package var validRecords: Int

    package init(
      name: String, version: String, commit: String, root: String, trainRecords: Int,
      validRecords: Int
    ) {
      self.name = name
      self.version = version
      self.commit = commit
      self.root = root
      self.trainRecords = trainRecords
      self.validRecords = validRecords
    }
  }

  /// Where a run stands.
  package enum State: String, Sendable, Hashable, CaseIterable {
    case running, finished, interrupted, failed
    case stoppedEarly = "stopped-early"
  }

  /// What tells this run from every other; kept when it goes on.
  package var id: String
  package var state: State
  package var dataset: DatasetFacts
  package var baseName: String
  package var baseHash: String
  package var config: TrainingConfig
  package var toolVersion: String
  package var threads: Int
  package var templateName: String
  package var templateHash: String
  /// SHA-256 of the weights of the adapter that training went on from; `nil` where it began anew.
  package var startHash: String?
  /// What that adapter had learned from, the nearest training first; one of which nothing is
  /// recorded stands there without a dataset.
  package var ancestors: [TrainedData]
  /// SHA-256 of what else the objective reads, by the option that names it: a teacher's weights, its
  /// adapter, an earlier task's Fisher.
  package var inputs: [String: String]
  package var steps: Int
  /// Last values by name: `loss`, `eval_loss` …
  package var metrics: [String: Double]
  package var findings: [Finding]
  /// Microseconds since 1970.
  package var started: Int64
  package var ended: Int64?
  /// Seconds of training, all sittings together.
  package var seconds: Double
  /// SHA-256 of the files of the adapter, by name.
  package var files: [String: String]

  package init(
    id: String, state: State, dataset: DatasetFacts, baseName: String, baseHash: String,
    config: TrainingConfig, toolVersion: String, threads: Int, templateName: String,
    templateHash: String, startHash: String? = nil, ancestors: [TrainedData] = [],
    inputs: [String: String] = [:],
    steps: Int = 0, metrics: [String: Double] = [:],
    findings: [Finding] = [], started: Int64, ended: Int64? = nil, seconds: Double = 0,
    files: [String: String] = [:]
  ) {
    self.id = id
    self.state = state
    self.dataset = dataset
    self.baseName = baseName
    self.baseHash = baseHash
    self.config = config
    self.toolVersion = toolVersion
    self.threads = threads
    self.templateName = templateName
    self.templateHash = templateHash
    self.startHash = startHash
    self.ancestors = ancestors
    self.inputs = inputs
    self.steps = steps
    self.metrics = metrics
    self.findings = findings
    self.started = started
    self.ended = ended
    self.seconds = seconds
    self.files = files
  }

  /// SHA-256 over everything that decides the weights: data, base, template, settings, threads and
  /// tool. Two runs with the same identity must end with the same adapter.
  package var identity: Digest {
    SHA256.hash(
      CanonicalJSON.bytes(of: [
        "base": .string(baseHash), "config": .string(config.hash.hex),
        "dataset": .string(dataset.root), "start": startHash.map(JSONValue.string) ?? .null,
        "inputs": Self.json(inputs), "template": .string(templateHash),
        "threads": .number(Double(threads)), "tool": .string(toolVersion),
      ]))
  }

  /// Writes the record in place of an older one.
  package func write(to folder: RunFolder) throws(TrainingError) {
    let bytes = CanonicalJSON.bytes(of: json)
    do {
      try AtomicFile.write(folder.manifest, bytes)
    } catch {
      throw TrainingError(error, needed: bytes.count)
    }
  }
}
