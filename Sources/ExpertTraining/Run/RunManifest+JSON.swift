internal import ExpertPlatform
package import ExpertRecord
internal import Foundation

extension RunManifest {
  private static let format = "expert-gen/run/v1"

  /// The record as one object.
  package var json: JSONValue {
    [
      "format": .string(Self.format), "id": .string(id), "state": .string(state.rawValue),
      "dataset": datasetJSON,
      "base_model": ["name": .string(baseName), "sha256": .string(baseHash)],
      "config": config.json, "config_sha256": .string(config.hash.hex),
      "identity": .string(identity.hex), "seed": .string(String(config.seed)),
      "tool_version": .string(toolVersion), "threads": .number(Double(threads)),
      "prompt_template": ["name": .string(templateName), "sha256": .string(templateHash)],
      "start_adapter_sha256": startHash.map(JSONValue.string) ?? .null,
      "ancestors": .array(ancestors.map(\.json)),
      "inputs": Self.json(inputs), "steps": .number(Double(steps)),
      "metrics": .object(metrics.map { .init($0.key, MetricRow.json(of: $0.value)) }),
      "findings": .array(findings.map(Self.json)),
      "started": .number(Double(started)), "ended": ended.map { .number(Double($0)) } ?? .null,
      "seconds": .number(seconds),
      "files": Self.json(files),
    ]
  }

  /// Hashes by name.
  static func json(_ hashes: [String: String]) -> JSONValue {
    .object(hashes.map { .init($0.key, .string($0.value)) })
  }

  private var datasetJSON: JSONValue {
    [
      "name": .string(dataset.name), "version": .string(dataset.version),
      "commit": .string(dataset.commit), "root": .string(dataset.root),
      "train_records": .number(Double(dataset.trainRecords)),
      "valid_records": .number(Double(dataset.validRecords)),
    ]
  }

  private static func json(_ finding: Finding) -> JSONValue {
    [
      "kind": .string(finding.kind.rawValue), "severity": .string(finding.severity.rawValue),
      "step": .number(Double(finding.step)), "message": .string(finding.message),
      "remedy": .string(finding.remedy),
    ]
  }

  /// Reads the record of a run.
  package static func read(_ folder: RunFolder) throws(TrainingError) -> RunManifest {
    guard let json = try parse(folder) else {
      throw .badFile(
        path: folder.manifest, line: 1, message: "there is no record of a run here")
    }
    return try RunManifest(json: json, path: folder.manifest)
  }

  /// The training that made an adapter; `nil` where its folder has no record, or one of something
  /// else that makes adapters, such as a merge, which names no form.
  package static func training(of folder: RunFolder) throws(TrainingError) -> RunManifest? {
    guard let json = try parse(folder), json["format"] != nil else { return nil }
    return try RunManifest(json: json, path: folder.manifest)
  }

  /// What `run.json` holds; `nil` where there is none.
  private static func parse(_ folder: RunFolder) throws(TrainingError) -> JSONValue? {
    let path = folder.manifest
    guard let data = FileManager.default.contents(atPath: path) else {
      return nil as JSONValue?
    }
    do {
      return try JSONValue.parse(Array(data))
    } catch {
      throw .badFile(path: path, line: 1, message: "not JSON: \(error)")
    }
  }

  /// Reads `json` back. Throws where a member is missing, or where the settings do not have the
  /// hash that stands beside them.
  package init(json: JSONValue, path: String) throws(TrainingError) {
    guard json["format"]?.string == Self.format else {
      throw .badFile(path: path, line: 1, message: "is not a record of the form \(Self.format)")
    }
    let reader = MemberReader(json, path: path)
    let data = try reader.object("dataset")
    let base = try reader.object("base_model")
    let template = try reader.object("prompt_template")
    let config = try TrainingConfig(json: json["config"] ?? .null, path: path)
    let hash = try reader.text("config_sha256")
    guard config.hash.hex == hash else {
      throw .otherRun(path: path, what: "configuration", found: hash, expected: config.hash.hex)
    }
    let state = State(rawValue: try reader.text("state"))
    guard let state else { throw reader.bad("state") }
    self.init(
      id: try reader.text("id"), state: state,
      dataset: DatasetFacts(
        name: try data.text("name"), version: try data.text("version"),
        commit: try data.text("commit"), root: try data.text("root"),
        trainRecords: try data.integer("train_records"),
        validRecords: try data.integer("valid_records")),
      baseName: try base.text("name"), baseHash: try base.text("sha256"), config: config,
      toolVersion: try reader.text("tool_version"), threads: try reader.integer("threads"),
      templateName: try template.text("name"), templateHash: try template.text("sha256"),
      startHash: json["start_adapter_sha256"]?.string,
      ancestors: TrainedData.ancestors(ofRun: json), inputs: Self.hashes(json["inputs"]),
      steps: try reader.integer("steps"), metrics: Self.metrics(json["metrics"]),
      findings: (json["findings"]?.array ?? []).compactMap(Self.finding),
      started: Int64(try reader.integer("started")), ended: json["ended"]?.integer.map(Int64.init),
      seconds: json["seconds"]?.number ?? 0, files: Self.hashes(json["files"]))
  }

  private static func metrics(_ json: JSONValue?) -> [String: Double] {
    var result: [String: Double] = [:]
    for member in json?.members ?? [] { result[member.name] = MetricRow.number(of: member.value) }
    return result
  }

  private static func hashes(_ json: JSONValue?) -> [String: String] {
    var result: [String: String] = [:]
    for member in json?.members ?? [] { result[member.name] = member.value.string }
    return result
  }

  private static func finding(_ json: JSONValue) -> Finding? {
    guard let kind = json["kind"]?.string.flatMap(Finding.Kind.init),
      let severity = json["severity"]?.string.flatMap(Finding.Severity.init),
      let message = json["message"]?.string, let remedy = json["remedy"]?.string
    else { return nil }
    return Finding(
      kind, severity, step: json["step"]?.integer ?? 0, message: message, remedy: remedy)
  }
}

/// Members of an object that must be there.
struct MemberReader {
  private let json: JSONValue
  private let path: String

  init(_ json: JSONValue, path: String) {
    self.json = json
    self.path = path
  }

  func text(_ name: String) throws(TrainingError) -> String {
    guard let text = json[name]?.string else { throw bad(name) }
    return text
  }

  func integer(_ name: String) throws(TrainingError) -> Int {
    guard let number = json[name]?.integer else { throw bad(name) }
    return number
  }

  func object(_ name: String) throws(TrainingError) -> MemberReader {
    guard let value = json[name], value.members != nil else { throw bad(name) }
    return MemberReader(value, path: path)
  }

  func bad(_ name: String) -> TrainingError {
    .badFile(path: path, line: 1, message: "\"\(name)\" is missing, or of another type")
  }
}
