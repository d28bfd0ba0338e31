package import ExpertRecord

/// The manifest of an expert. The JSON it was read from stays the truth: what is not known here is
/// kept, and hashes are taken of it.
package struct Manifest: Sendable, Hashable {
  /// Which of the documents' two forms: the base at the root, or a list of bases.
  package enum Form: Sendable, Hashable {
    case single
    case perBase
  }

  package let json: JSONValue
  package let form: Form
  package let name: String
  package let version: ExpertVersion
  package let description: String?
  package let author: String?
  package let license: String?
  package let capabilities: [String]
  /// The bases with their adapters; a package has exactly one.
  package let bases: [Base]
  package let softPrompts: [SoftPrompt]
  package let routing: Routing
  package let constraints: Constraints
  package let limitations: [Limitation]
  package let training: TrainingFacts?
  package let integrity: Integrity

  /// A base with the adapters made for it.
  package struct Base: Sendable, Hashable {
    package var model: BaseModel
    package var adapters: [AdapterEntry]
    package var templateName: String?
    package var templateDigest: String?
  }

  /// Reads and checks a manifest; errors name the field.
  package init(_ json: JSONValue) throws(PackageError) {
    let root = try ManifestFields(json)
    self.json = json
    name = try root.requiredText("name", limit: 64)
    if let fault = ManifestRules.fault(inName: name) { throw root.fault("name", fault) }
    guard let version = ExpertVersion(try root.requiredText("version", limit: 64)) else {
      throw root.fault("version", "it must be a semantic version such as 1.0.0")
    }
    self.version = version
    description = try root.text("description", limit: 65_536)
    author = try root.text("author")
    license = try root.text("license")
    _ = try root.text("homepage")
    _ = try root.texts("tags")
    capabilities = try root.texts("capabilities") ?? []
    (form, bases) = try Self.bases(root)
    softPrompts = try Self.softPrompts(root)
    routing = try root.object("routing").map(Routing.init) ?? Routing()
    constraints = try root.object("constraints").map(Constraints.init) ?? Constraints()
    limitations = try Self.limitations(root)
    training = try root.object("training").map(TrainingFacts.init)
    integrity = try root.object("integrity").map(Integrity.init) ?? Integrity()
    try Self.checkMeasured(root)
    try checkFiles()
  }

  /// What a manifest has only where something was measured; the shapes, not the figures.
  private static func checkMeasured(_ root: ManifestFields) throws(PackageError) {
    for name in ["perf", "quality_metrics", "evaluation"] { _ = try root.object(name) }
    guard let perf = try root.object("perf") else { return }
    _ = try perf.number("latency_ms_overhead")
    _ = try perf.number("vram_mb_overhead")
  }

  private static func bases(_ root: ManifestFields) throws(PackageError) -> (Form, [Base]) {
    let schema = try root.text("schema_version", limit: 16) ?? "1.0"
    let single = try root.object("base_model")
    let several = try root.objects("base_models")
    switch (schema, single, several) {
    case (_, _?, _?):
      throw root.fault("base_models", "base_model is there as well; have one of the two")
    case (_, nil, nil): throw root.fault("base_model", "it is missing")
    case ("1.0", let base?, nil): return (.single, [try singleBase(base, root)])
    case ("2.0", nil, let list?):
      guard !list.isEmpty, root.value("adapters") == nil else {
        throw root.fault("base_models", "each base has its own adapters, and there must be one")
      }
      var bases: [Base] = []
      for fields in list { bases.append(try self.base(fields)) }
      return (.perBase, bases)
    case ("1.0", _, _):
      throw root.fault("schema_version", "base_models belongs to \"2.0\"")
    case ("2.0", _, _):
      throw root.fault("schema_version", "base_model at the root belongs to \"1.0\"")
    default: throw root.fault("schema_version", "only \"1.0\" and \"2.0\" are known")
    }
  }

  private static func singleBase(
    _ fields: ManifestFields, _ root: ManifestFields
  ) throws(PackageError) -> Base {
    var base = try self.base(fields)
    base.adapters = try adapters(root)
    try setTemplate(of: &base, root)
    return base
  }

  private static func base(_ fields: ManifestFields) throws(PackageError) -> Base {
    var base = Base(model: try BaseModel(fields), adapters: try adapters(fields))
    try setTemplate(of: &base, fields)
    return base
  }

  private static func setTemplate(
    of base: inout Base, _ fields: ManifestFields
  ) throws(PackageError) {
    if let name = fields.value("prompt_template")?.string {
      base.templateName = name
    } else if let template = try fields.object("prompt_template") {
      base.templateName = try template.text("name")
      base.templateDigest = try template.text("sha256")
    }
  }

  private static func adapters(_ fields: ManifestFields) throws(PackageError) -> [AdapterEntry] {
    var adapters: [AdapterEntry] = []
    for entry in try fields.objects("adapters") ?? [] { adapters.append(try AdapterEntry(entry)) }
    return adapters
  }

  private static func softPrompts(_ root: ManifestFields) throws(PackageError) -> [SoftPrompt] {
    var prompts: [SoftPrompt] = []
    for entry in try root.objects("soft_prompts") ?? [] { prompts.append(try SoftPrompt(entry)) }
    return prompts
  }

  private static func limitations(_ root: ManifestFields) throws(PackageError) -> [Limitation] {
    guard let value = root.value("limitations") else { return [] }
    guard let list = value.array, list.count <= 1024 else {
      throw root.fault("limitations", "it must be a list")
    }
    var limitations: [Limitation] = []
    for (index, element) in list.enumerated() {
      limitations.append(try Limitation(element, path: "limitations[\(index)]"))
    }
    return limitations
  }

  /// No file may be claimed twice, and something must be there to load.
  private func checkFiles() throws(PackageError) {
    var names = MemberNames()
    for base in bases {
      guard !(base.adapters.isEmpty && softPrompts.isEmpty) else {
        throw .invalid(place: "adapters", reason: "there is neither an adapter nor a soft prompt")
      }
      for adapter in base.adapters { try Self.claim(adapter.path, &names) }
    }
    for prompt in softPrompts { try Self.claim(prompt.path, &names) }
  }

  private static func claim(_ path: String, _ names: inout MemberNames) throws(PackageError) {
    do {
      try names.insert(path)
    } catch {
      throw .invalid(place: path, reason: "two parts of the manifest claim this file")
    }
  }
}

extension Manifest {
  /// Under which name the expert lies on a disk: its own, and for a package of one base among
  /// several the base's behind it.
  package var slug: String {
    guard form == .perBase, let base = bases.first else { return name }
    return "\(name)-\(ManifestRules.slug(ofBase: base.model.name))"
  }

  /// `{name}.v{version}.expert`.
  package var fileName: String { "\(slug).v\(version).expert" }

  /// The one base of a package; a manifest that lists several is a template, no package.
  package func onlyBase() throws(PackageError) -> Base {
    guard bases.count == 1, let base = bases.first else {
      throw .invalid(
        place: "base_models",
        reason: "a package is made for one base; this one lists \(bases.count)")
    }
    return base
  }

  /// The manifest without `integrity.signature`, as it is signed (RFC 8785).
  package var signedBytes: [UInt8] {
    CanonicalJSON.bytes(of: json.setting(["integrity", "signature"], to: nil))
  }
}

extension JSONValue {
  /// The same value with the member at a path of names set, or removed where `value` is `nil`.
  /// Objects on the way are made where they are missing.
  package func setting(_ path: [String], to value: JSONValue?) -> JSONValue {
    guard let name = path.first else { return value ?? .null }
    var members = self.members ?? []
    let index = members.firstIndex { ExactText.equal($0.name, name) }
    let old = index.map { members[$0].value }
    if path.count == 1, value == nil {
      if let index { members.remove(at: index) }
      return .object(members)
    }
    if value == nil, old?.members == nil { return self }
    let new = (old ?? .object([])).setting(Array(path.dropFirst()), to: value)
    if let index { members[index].value = new } else { members.append(Member(name, new)) }
    return .object(members)
  }
}
