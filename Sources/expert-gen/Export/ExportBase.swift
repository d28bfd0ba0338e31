internal import ExpertModel
internal import ExpertPlatform
internal import ExpertTensors

/// The base that an adapter is exported with, and the one that it was trained on where that is
/// another.
struct ExportBase {
  let files: ModelFiles
  /// The name of the registry, or the path.
  let name: String
  /// What people elsewhere call the adapter's base; empty where only this machine knows it.
  let publicName: String
  /// The other base, where it is here.
  private(set) var trainedOn: ModelFiles?
  /// What the user should know about the two.
  private(set) var notes: [String] = []

  /// `named` and `trainedOn` come from the command line, `recorded` from adapter_config.json.
  init(
    named: String?, trainedOn: String?, recorded: String, _ origin: AdapterOrigin,
    _ registry: ModelRegistry
  ) throws {
    let original = origin.base ?? (recorded.isEmpty ? nil : recorded)
    guard let wanted = named ?? original else {
      throw Failure(
        .usage, "missing-base", "the adapter does not say what its base is; name it with --base")
    }
    let model: ResolvedModel
    do throws(RegistryError) {
      model = try registry.resolve(wanted)
    } catch {
      guard named == nil else { throw error }
      throw Failure(
        .missing, "missing-base",
        "the adapter's base \(wanted) is not here (\(error)); pull it, or name one with --base")
    }
    files = try ModelFiles.open(model.path)
    name = model.name
    publicName = Self.publicName(model, original)
    if let trainedOn {
      self.trainedOn = try ModelFiles.open(try registry.resolve(trainedOn).path)
    } else if try isAnother(model, original, origin.baseHash, registry) {
      try find(original, origin.baseHash, registry)
    }
    warnOfQuantizedBase(origin.baseHash)
  }

  /// Whether the adapter was trained on other weights: by their hash where it is recorded, else by
  /// what the names lead to.
  private func isAnother(
    _ model: ResolvedModel, _ original: String?, _ hash: String?, _ registry: ModelRegistry
  ) throws -> Bool {
    if let hash { return try digest(model) != hash }
    guard let original else { return false }
    return (try? registry.resolve(original))?.path != model.path
  }

  private func digest(_ model: ResolvedModel) throws -> String {
    if let record = model.record { return record.weightsHash.description }
    return try files.weightsHash().description
  }

  /// The repository of a model of the hub, or the name in the adapter's own record, unless that is a
  /// path.
  private static func publicName(_ model: ResolvedModel, _ original: String?) -> String {
    if case .hub(_, let repository, _, _)? = model.record?.source { return repository }
    guard let original, !original.hasPrefix("/"), !original.hasPrefix("."),
      original.split(separator: "/").count <= 2
    else { return "" }
    return original
  }

  /// Looks for the original base, so that the drift can be measured.
  private mutating func find(
    _ original: String?, _ hash: String?, _ registry: ModelRegistry
  ) throws {
    notes.append(
      hash == nil
        ? "the adapter names \(original ?? "another base") as its base, and nothing records "
          + "whether \(name) holds the same weights"
        : "the adapter was trained on \(original ?? "another base"), whose weights are others than "
          + "those of \(name)")
    guard let original, let model = try? registry.resolve(original) else {
      notes.append(
        "that base is not here, so the drift is not measured; name it with --trained-on")
      return
    }
    let other = try ModelFiles.open(model.path)
    if let hash, try other.weightsHash().description != hash {
      notes.append(
        "\(original) is here with yet other weights, so the drift is not measured; name the right "
          + "one with --trained-on")
      return
    }
    guard other.config.hasShape(of: files.config) else {
      notes.append("\(original) has other shapes than \(name), so the drift is not measured")
      return
    }
    trainedOn = other
  }

  private mutating func warnOfQuantizedBase(_ hash: String?) {
    let types = files.elementTypes.map(\.type).filter(\.isQuantized)
    guard let type = types.first else { return }
    notes.append(
      "\(name) is quantised (\(type.rawValue)); its weights are taken as fp32, which adds nothing "
        + "to what they hold. Name an unquantised base with --base where there is one")
  }
}
