internal import ExpertRecord

/// Judges the members of a package by what they hold, while their bytes go by.
///
/// The adapter's configuration comes before its weights in every package, since members are sorted
/// by name and no weights sort before `adapter_config.json` unless the manifest says so.
final class ContentCheck {
  private let manifest: Manifest
  private var config: AdapterConfig?
  private var first: [UInt8] = []
  private var isFirstJudged = false
  private var member = TarMember(name: "", size: 0)
  private var weights: WeightStream?
  private var document: [UInt8]?
  private var seen: Set<String> = []

  init(_ manifest: Manifest) { self.manifest = manifest }

  private func refused(_ reason: String) -> PackageError {
    .refused(member: member.name, reason: reason)
  }

  /// The size that the manifest promises of a member; `nil` where it promises none.
  private func signedSize(_ name: String) -> Int? {
    let adapters = manifest.bases.flatMap(\.adapters)
    return adapters.first { $0.path == name }?.sizeBytes
      ?? manifest.softPrompts.first { $0.path == name }?.sizeBytes
  }

  /// A member starts: its size is judged before a byte of it is read.
  func begin(_ member: TarMember) throws {
    self.member = member
    seen.insert(member.name)
    first = []
    isFirstJudged = false
    document = nil
    weights = nil
    if let signed = signedSize(member.name), signed != member.size {
      throw refused("it has \(member.size) bytes, the manifest says \(signed)")
    }
    if member.name.hasSuffix(".safetensors") { return try beginWeights() }
    guard member.size <= PackageLimits.textBytes else {
      throw refused("it has \(member.size) bytes, at most \(PackageLimits.textBytes) belong there")
    }
    if [MemberName.adapterConfig, MemberName.provenance].contains(member.name) {
      guard member.size <= PackageLimits.jsonBytes else {
        throw refused("it has more than \(PackageLimits.jsonBytes) bytes")
      }
      document = []
    }
  }

  private func beginWeights() throws {
    let name = member.name
    let adapter = manifest.bases.flatMap(\.adapters).first { $0.path == name }
    let prompt = manifest.softPrompts.first { $0.path == name }
    guard adapter != nil || prompt != nil else {
      throw refused("the manifest knows no adapter or soft prompt in this file")
    }
    let config = config
    weights = WeightStream(path: name, size: member.size) { header in
      if let adapter { try AdapterCheck(adapter, config: config).check(header) }
      if let prompt { try SoftPromptCheck.check(header, prompt) }
    }
  }

  /// More bytes of the member.
  func take(_ bytes: UnsafeRawBufferPointer) throws {
    if first.count < 4 {
      first.append(contentsOf: bytes.prefix(4 - first.count))
      if first.count == 4 { try judgeFirst() }
    }
    try weights?.take(bytes)
    document?.append(contentsOf: bytes)
  }

  private func judgeFirst() throws {
    isFirstJudged = true
    // A safetensors file starts with a length, which may have any value.
    guard weights == nil, let fault = MemberName.magicFault(first) else { return }
    throw refused(fault)
  }

  /// The member has ended.
  func end() throws {
    if !isFirstJudged { try judgeFirst() }
    try weights?.finish()
    guard let document else { return }
    do {
      let json = try JSONValue.parse(document)
      if member.name == MemberName.adapterConfig { config = try AdapterConfig(json) }
    } catch let error as PackageError {
      throw error.refusing(member.name)
    } catch let error as JSONError {
      throw refused("it is no JSON: \(error)")
    }
  }

  /// The package has ended: everything that the manifest claims must have been there.
  func finish() throws {
    let paths = manifest.bases.flatMap(\.adapters).map(\.path) + manifest.softPrompts.map(\.path)
    for path in paths where !seen.contains(path) {
      throw PackageError.refused(member: path, reason: "the manifest names it and it is missing")
    }
    if let config { try agree(config) }
  }

  /// Two descriptions of one adapter must not differ: a loader may read either.
  private func agree(_ config: AdapterConfig) throws {
    member.name = MemberName.adapterConfig
    guard let adapter = manifest.bases.first?.adapters.first, manifest.bases.count == 1 else {
      return
    }
    let isSame =
      config.kind == .promptTuning
      || (config.rank == adapter.rank && config.alpha == adapter.alpha
        && config.usesDoRA == (adapter.type == .dora)
        && config.usesRSLoRA == (adapter.scaling == .rslora)
        && (config.kind == .ia3) == (adapter.type == .ia3))
    guard isSame else { throw refused("it describes another adapter than the manifest") }
    guard config.targetModules.isEmpty || Set(config.targetModules) == Set(adapter.targetModules)
    else { throw refused("its target modules are not those of the manifest") }
  }
}
