internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTraining
internal import Foundation

/// What an adapter came from.
struct Trace {
  /// A record that was trained on.
  struct Line {
    var rid: String
    var prompt: String
  }

  let folder: RunFolder
  let manifest: RunManifest
  let weightsHash: String?
  let origins: [OriginShare]
  let records: [Line]
  /// Whether the version still has the root that the run recorded.
  let sameData: Bool
  /// What training began from or learned from beside the data.
  let sources: [TraceSource]

  /// `modelHash` hashes the weights of a model by its name.
  init(
    _ folder: RunFolder, store: Store, records count: Int, modelHash: (String) throws -> Digest
  ) throws {
    self.folder = folder
    manifest = try RunManifest.read(folder)
    weightsHash = try? SHA256.hash(file: folder.adapterWeights).hex
    let data = manifest.dataset
    let version = try store.resolve(manifest.config.reference(to: data))
    sameData = version.commit.root.hex == data.root && version.commit.hash.hex == data.commit
    let split = try Self.split(of: version, store)
    origins = try store.origins(of: version, split: split)
    var stream = try store.records(of: version, split: split)
    records = try stream.nextGroup().prefix(count).map {
      Line(rid: $0.rid.description, prompt: RecordText.fields(of: $0.record).first?.text ?? "")
    }
    sources = try Self.sources(manifest, folder, store, modelHash)
  }

  /// The split that was learned from: the one that was named, else `train`, else all there is.
  private static func split(
    of version: VersionRef, _ store: Store
  ) throws -> Split? {
    if let split = version.split { return split }
    return try store.records(of: version, split: .train).count > 0 ? .train : nil
  }

  private static func sources(
    _ run: RunManifest, _ folder: RunFolder, _ store: Store, _ modelHash: (String) throws -> Digest
  ) throws -> [TraceSource] {
    let config = run.config
    func adapter(
      _ role: String, _ path: String?, _ recorded: String?, file: String? = nil
    ) throws -> TraceSource? {
      try path.map {
        try TraceSource(
          role, folder: $0, file: file, recorded: recorded, beside: folder, store: store,
          modelHash: modelHash)
      }
    }
    func input(_ option: TrainingOption) -> String? { run.inputs[option.rawValue] }
    return try [
      adapter("went on from", config.startAdapter, run.startHash),
      config.teacherModel.map {
        TraceSource("teacher", model: $0, recorded: input(.teacherModel), modelHash: modelHash)
      },
      adapter("teacher's adapter", config.teacherAdapter, input(.teacherAdapter)),
      adapter("earlier task", config.ewcFrom, input(.ewcFrom), file: Fisher.fileName),
    ].compactMap { $0 }
  }

  /// Whether weights, data and sources are those of the record.
  var isWhole: Bool { sameWeights && sameData && sources.allSatisfy(\.isWhole) }

  private var sameWeights: Bool {
    weightsHash != nil && weightsHash == manifest.files[AdapterFolder.weightsName]
  }

  var lines: [String] {
    let (data, config) = (manifest.dataset, manifest.config)
    var lines = [
      "weights   \(folder.adapterWeights)",
      "          sha256 \(weightsHash ?? "missing")"
        + (sameWeights ? ", as the run recorded" : ", NOT what the run recorded"),
      "run       \(manifest.id): \(config.objective) \(config.method.rawValue), "
        + "\(manifest.steps) steps, seed \(config.seed), \(manifest.state.rawValue), "
        + "version \(manifest.toolVersion), config \(config.hash.hex.prefix(16))",
      "base      \(manifest.baseName)  sha256 \(manifest.baseHash)",
      "template  \(manifest.templateName)  sha256 \(manifest.templateHash)",
      "dataset   \(data.name)@\(data.version)"
        + (config.datasetSplit.map { ":" + $0.rawValue } ?? "") + "  commit \(data.commit)",
      "          root \(data.root)" + (sameData ? ", as it is stored" : ", NOT what is stored"),
      "records   \(data.trainRecords) to learn from, \(data.validRecords) held out",
    ]
    lines += origins.map { "          " + Self.text($0) }
    lines += records.map { "record    \($0.rid)  \(VisibleText.excerpt($0.prompt, 80))" }
    return lines + sources.flatMap(\.lines)
  }

  private static func text(_ share: OriginShare) -> String {
    let count = "\(Figures.count(share.records)) records "
    switch share.source {
    case .model(let provider, let model, let template):
      return count + "of \(Figures.count(share.replies)) replies by \(provider) (\(model)) to "
        + "\(template), " + Figures.dollars(micros: share.costMicros)
    case .file(let file): return count + "from \(file)"
    case .other: return count + "added by hand"
    }
  }

  var json: JSONValue {
    let data = manifest.dataset
    return [
      "weights": [
        "path": .string(folder.adapterWeights),
        "sha256": weightsHash.map(JSONValue.string) ?? .null,
        "as_recorded": .bool(sameWeights),
      ],
      "run": manifest.json, "same_data": .bool(sameData),
      "dataset": [
        "name": .string(data.name), "version": .string(data.version),
        "commit": .string(data.commit), "root": .string(data.root),
      ],
      "origins": .array(origins.map(Self.json)),
      "records": .array(
        records.map { ["record": .string($0.rid), "prompt": .string($0.prompt)] }),
      "parent": sources.first { $0.role == "went on from" }?.run?.json ?? .null,
      "sources": .array(sources.map(\.json)), "whole": .bool(isWhole),
    ]
  }

  private static func json(_ share: OriginShare) -> JSONValue {
    var members: [JSONValue.Member] = []
    switch share.source {
    case .model(let provider, let model, let template):
      members = [
        .init("provider", .string(provider)), .init("model", .string(model)),
        .init("template", .string(template)),
      ]
    case .file(let file): members = [.init("file", .string(file))]
    case .other: members = [.init("added", .string("by hand"))]
    }
    members += [
      .init("sha256", share.sha256.map(JSONValue.string) ?? .null),
      .init("records", .number(Double(share.records))),
      .init("replies", .number(Double(share.replies))),
      .init("cost_micros", .number(Double(share.costMicros))),
    ]
    return .object(members)
  }
}
