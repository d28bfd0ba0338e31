internal import ExpertPlatform
package import ExpertRecord
internal import Glibc

/// Everything that goes into one package, before it is hashed and signed.
package struct PackagePlan {
  /// The manifest without `integrity`.
  package var manifest: JSONValue
  /// The members other than manifest and signature.
  package var members: [(name: String, source: MemberSource)]
  /// What the user should know.
  package var notes: [String]

  package init(
    manifest: JSONValue, members: [(name: String, source: MemberSource)], notes: [String] = []
  ) {
    self.manifest = manifest
    self.members = members
    self.notes = notes
  }
}

extension PackagePlan {
  /// The packages to make of an adapter's folder: one, or one for each base of a template that
  /// lists several.
  package static func plans(folder: String, _ request: PackagingRequest) throws -> [PackagePlan] {
    try request.checkTemplate()
    guard let template = request.template, let bases = template["base_models"]?.array else {
      return [try PackagePlanner(AdapterFolder(folder), request, template: request.template).plan()]
    }
    guard template["base_model"] == nil else {
      throw PackageError.invalid(
        place: "base_models", reason: "base_model is there as well; have one of the two")
    }
    return try bases.enumerated().map { index, base in
      try perBase(folder, request, template, base, place: "base_models[\(index)]")
    }
  }

  /// The part of the template that concerns one base, packed as a template of one base would be,
  /// and put back into its own form.
  private static func perBase(
    _ folder: String, _ request: PackagingRequest, _ template: JSONValue, _ base: JSONValue,
    place: String
  ) throws -> PackagePlan {
    let fields = try ManifestFields(base, path: place)
    guard let adapters = fields.value("adapters")?.array, adapters.count == 1,
      let path = adapters[0]["path"]?.string
    else { throw fields.fault("adapters", "it must list one adapter with its path") }
    let whole = folder + "/" + path
    let place = path.hasSuffix(".safetensors") ? PathText.parent(of: whole) : whole
    var single = template.setting(["base_models"], to: nil)
    single = single.setting(["base_model"], to: base.setting(["adapters"], to: nil))
    single = single.setting(["adapters"], to: .array([adapters[0].setting(["path"], to: nil)]))
    single = single.setting(["schema_version"], to: "1.0")
    var plan = try PackagePlanner(AdapterFolder(place), request, template: single).plan()
    plan.manifest = perBaseForm(plan.manifest)
    return plan
  }

  private static func perBaseForm(_ manifest: JSONValue) -> JSONValue {
    let base = (manifest["base_model"] ?? [:])
      .setting(["adapters"], to: manifest["adapters"])
      .setting(["prompt_template"], to: manifest["prompt_template"])
    return manifest.setting(["base_model"], to: nil).setting(["adapters"], to: nil)
      .setting(["prompt_template"], to: nil)
      .setting(["base_models"], to: .array([base]))
      .setting(["schema_version"], to: "2.0")
  }
}

/// Makes the plan of one package for one base.
struct PackagePlanner {
  private static let licenses = ["license.txt", "LICENSE.txt", "LICENSE", "LICENSE.md"]
  private static let tokenizer = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja",
  ]

  private let folder: AdapterFolder
  private let request: PackagingRequest
  private let template: JSONValue?
  private var notes: [String] = []
  private var members: [(name: String, source: MemberSource)] = []

  init(_ folder: AdapterFolder, _ request: PackagingRequest, template: JSONValue?) throws {
    self.folder = folder
    self.request = request
    self.template = template
  }

  func plan() throws -> PackagePlan {
    var planner = self
    return try planner.make()
  }

  private mutating func make() throws -> PackagePlan {
    let run = try folder.json(AdapterFolder.run)
    var manifest: JSONValue = ["schema_version": "1.0"]
    manifest = manifest.overlaid(by: run.map(RunFacts.manifest) ?? [:])
    manifest = manifest.overlaid(by: template ?? [:]).overlaid(by: request.flags)
    manifest = manifest.setting(
      ["integrity"],
      to: template?["integrity"]?["publisher"].map {
        ["publisher": $0]
      })
    manifest = try setBase(manifest)
    manifest = try setMeasured(manifest)
    manifest = try setWeights(manifest, run: run)
    try addTexts(&manifest)
    try check(manifest)
    return PackagePlan(manifest: manifest, members: members, notes: notes)
  }

  /// Name and version must be said by someone; the rest of the manifest is judged as a whole.
  private func check(_ manifest: JSONValue) throws(PackageError) {
    for (name, flag) in [("name", "--name"), ("version", "--version")] where manifest[name] == nil {
      throw .usage(place: name, reason: "it is missing; give \(flag) or a --manifest that has it")
    }
    _ = try Manifest(manifest)
  }

  private mutating func setBase(_ manifest: JSONValue) throws -> JSONValue {
    var manifest = manifest
    if let name = request.baseName ?? manifest["base_model"]?["name"]?.string
      ?? folder.config.baseName
    {
      // A path of this machine is nobody else's name for the model.
      let shown = name.hasPrefix("/") || name.hasPrefix(".") ? PathText.name(of: name) : name
      manifest = manifest.setting(["base_model", "name"], to: .string(shown))
    }
    if let base = request.base {
      let measured = try BaseDigest.measure(base)
      if let said = manifest["base_model"]?["sha256"]?.string, said != measured.sha256 {
        throw PackageError.invalid(
          place: "base_model.sha256",
          reason: "it is not that of \(base), which is \(measured.sha256)")
      }
      manifest = manifest.setting(["base_model", "sha256"], to: .string(measured.sha256))
      manifest = manifest.setting(["base_model", "format"], to: .string(measured.format))
    }
    if manifest["base_model"]?["sha256"] == nil {
      notes.append(
        "the base model's hash is unknown, so nobody can check that the expert meets its own base; "
          + "give --base")
    }
    return manifest
  }

  private mutating func setMeasured(_ manifest: JSONValue) throws -> JSONValue {
    let base = manifest["base_model"]?["sha256"]?.string
    let evaluation = try Measurements.evaluation(of: folder, base: base)
    let cost = try Measurements.cost(of: folder, base: base)
    notes += evaluation.notes + cost.notes
    return manifest.setting(["quality_metrics"], to: evaluation.metrics)
      .setting(["evaluation"], to: evaluation.summary)
      .setting(["perf"], to: cost.perf)
  }

  private mutating func setWeights(_ manifest: JSONValue, run: JSONValue?) throws -> JSONValue {
    let file = try InputFile(folder.weights)
    let source = MemberSource.range(file, 0..<file.size)
    let isPrompt = folder.config.kind == .promptTuning
    var entry = isPrompt ? try promptEntry(manifest) : try folder.adapterEntry(run: run)
    if !isPrompt { try checkAgainstTemplate(entry) }
    let path = entry["path"]?.string ?? MemberName.weights
    entry = entry.setting(["path"], to: .string(path))
    entry = entry.setting(["size_bytes"], to: .number(Double(file.size)))
    entry = entry.setting(["sha256"], to: .string(try source.digest().hex))
    members.append((path, source))
    if isPrompt {
      return manifest.setting(["soft_prompts"], to: [entry]).setting(["adapters"], to: [])
    }
    return manifest.setting(["adapters"], to: [entry])
  }

  /// A template may describe the adapter; the tensors decide, and a contradiction is an error.
  private func checkAgainstTemplate(_ entry: JSONValue) throws(PackageError) {
    let said = template?["adapters"]?[0]
    for name in ["type", "r", "alpha", "scaling"] {
      guard let value = said?[name], let found = entry[name], value != found else { continue }
      throw .invalid(
        place: "adapters[0].\(name)",
        reason: "the template says \(CanonicalJSON.text(of: value)), the adapter is "
          + CanonicalJSON.text(of: found))
    }
  }

  private func promptEntry(_ manifest: JSONValue) throws(PackageError) -> JSONValue {
    let said = template?["soft_prompts"]?[0]
    let name = said?["name"]?.string ?? manifest["name"]?.string ?? "prompt"
    guard let length = folder.config.virtualTokens else {
      throw .invalid(
        place: "\(folder.path)/\(MemberName.adapterConfig): num_virtual_tokens",
        reason: "it is missing")
    }
    return JSONValue.object([])
      .setting(["name"], to: .string(name))
      .setting(["description"], to: said?["description"])
      .setting(["path"], to: .string("soft_prompts/\(name).safetensors"))
      .setting(["length"], to: .number(Double(length)))
  }

  private mutating func addTexts(_ manifest: inout JSONValue) throws {
    try add(MemberName.adapterConfig, from: folder.path + "/" + MemberName.adapterConfig)
    if let license = folder.first(of: Self.licenses) {
      try add(MemberName.license, from: license)
    } else {
      notes.append("there is no licence text in the folder (license.txt)")
    }
    for name in [MemberName.readme, MemberName.provenance] {
      if let path = folder.first(of: [name]) { try add(name, from: path) }
    }
    for name in Self.tokenizer {
      if let path = folder.first(of: [name]), try differsFromBase(name, path) {
        try add(name, from: path)
      }
    }
  }

  private mutating func add(_ name: String, from path: String) throws {
    let file = try InputFile(path)
    members.append((name, .range(file, 0..<file.size)))
  }

  /// Tokenizer files travel only where the base has others; without the base nobody knows.
  private func differsFromBase(_ name: String, _ path: String) throws -> Bool {
    guard let base = request.base, access(base + "/" + name, F_OK) == 0 else { return true }
    let mine = try InputFile(path)
    let theirs = try InputFile(base + "/" + name)
    guard mine.size == theirs.size else { return true }
    return try MemberSource.range(mine, 0..<mine.size).digest()
      != MemberSource.range(theirs, 0..<theirs.size).digest()
  }
}
