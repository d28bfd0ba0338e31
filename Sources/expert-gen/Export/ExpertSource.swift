internal import ExpertPackage
internal import ExpertRecord
internal import Foundation

/// A trained adapter as a command names it: a folder in PEFT's form (a run's folder is one), an
/// unpacked or packed `.expert`, or the name of an installed expert.
struct ExpertSource {
  /// Where adapter_config.json and the weights lie.
  let folder: String
  /// What the command called it, for names and messages.
  let name: String
  /// A package that was unpacked for this command alone.
  private let opened: OpenedExpert?
  /// The manifest of a package or an installed expert, which was verified with it.
  private let manifest: Manifest?

  /// Finds it. A package is verified first, as for an installation; an installed expert must still
  /// be what was signed, by a key that is still trusted.
  init(_ text: String, allowUnsigned: Bool, _ options: GlobalOptions) throws {
    var isFolder: ObjCBool = false
    let manager = FileManager.default
    guard manager.fileExists(atPath: text, isDirectory: &isFolder) else {
      let expert = try Self.installed(text, options)
      (folder, name, opened, manifest) = (expert.folder, expert.name, nil, expert.manifest)
      return
    }
    guard !isFolder.boolValue || PackageFolder.isOne(text) else {
      folder = text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
      name = URL(fileURLWithPath: folder).lastPathComponent
      (opened, manifest) = (nil, nil)
      guard manager.fileExists(atPath: folder + "/adapter_config.json") else {
        throw Failure(
          .usage, "not-an-adapter",
          "\(text) holds no adapter_config.json; name an adapter's folder, a .expert file or an "
            + "installed expert")
      }
      return
    }
    var rules = Installer.Options()
    rules.allowUnsigned = allowUnsigned
    let file = isFolder.boolValue ? try PackageFolder.archive(text) : try InputFile(text)
    let package = try OpenedExpert(file, try options.installer().rules(rules))
    (folder, name, opened) = (package.folder, package.manifest.name, package)
    manifest = package.manifest
  }

  private static func installed(
    _ name: String, _ options: GlobalOptions
  ) throws -> InstalledExpert {
    do {
      return try options.installer().usable(name)
    } catch let error as PackageError {
      guard case .unknown(what: "installed expert", _, _) = error else { throw error }
      throw Failure(
        .usage, "unknown-name",
        "\(name) is no adapter's folder, no .expert file and no installed expert; see "
          + "expert-gen expert list")
    }
  }

  /// What the package's manifest, else the run's record, tells of the origin.
  func origin() throws -> AdapterOrigin {
    if let manifest { return AdapterOrigin(manifest: manifest.json) }
    return try AdapterFolder.json(folder + "/run.json").map { AdapterOrigin(run: $0) }
      ?? AdapterOrigin()
  }
}

/// What is on record of an adapter's training. What nobody recorded is absent.
struct AdapterOrigin {
  var base: String?
  var baseHash: String?
  /// The name of the chat template.
  var template: String?
  var license: String?
  /// Lines for a model card.
  var facts: [(name: String, value: String)] = []

  init() {}

  /// From run.json.
  init(run: JSONValue) {
    base = run["base_model"]?["name"]?.string
    baseHash = run["base_model"]?["sha256"]?.string
    template = run["prompt_template"]?["name"]?.string
    add("dataset", Self.dataset(run["dataset"]))
    add("objective", run["config"]?["objective"]?.string)
    add("steps", run["steps"]?.integer.map(String.init))
    add("seed", run["seed"]?.string)
    for (name, title) in [("loss", "last training loss"), ("eval_loss", "last validation loss")] {
      add(title, run["metrics"]?[name]?.number.map { Figures.decimal($0, 4) })
    }
    add("expert-gen", run["tool_version"]?.string)
  }

  /// From a package's manifest of either schema, as `expert package` wrote it for one base.
  init(manifest: JSONValue) {
    let model = manifest["base_model"] ?? manifest["base_models"]?[0]
    base = model?["name"]?.string
    baseHash = model?["sha256"]?.string
    template = (manifest["prompt_template"] ?? model?["prompt_template"])?["name"]?.string
    license = manifest["license"]?.string
    let training = manifest["training"]
    add("expert", manifest["name"]?.string)
    add("version", manifest["version"]?.string)
    add("dataset", Self.dataset(training?["dataset"]))
    add("objective", training?["method"]?.string)
    add("epochs", training?["epochs"]?.number.map { "\($0)" })
    add("learning rate", training?["learning_rate"]?.number.map { "\($0)" })
    add("expert-gen", training?["tool_version"]?.string)
  }

  private static func dataset(_ json: JSONValue?) -> String? {
    guard let name = json?["name"]?.string else { return nil }
    return name + (json?["version"]?.string.map { "@\($0)" } ?? "")
  }

  private mutating func add(_ name: String, _ value: String?) {
    if let value { facts.append((name, value)) }
  }
}
