package import ExpertRecord
internal import ExpertTensors
internal import Glibc

/// A trained adapter in PEFT's form, with what lies beside it: run facts, measurements, texts.
///
/// - `run.json`: what the training run knows (`base_model`, `training` or its members at the root,
///   `prompt_template`, `adapter`);
/// - `evaluation.json`: a report, from whose examples `quality_metrics` is computed;
/// - `benchmark.json`: `perf`, as a measurement left it.
/// Each may be missing; nothing is made up in its place.
package struct AdapterFolder {
  package static let run = "run.json"
  package static let evaluation = "evaluation.json"
  package static let benchmark = "benchmark.json"
  /// The form of `benchmark.json`.
  package static let benchmarkFormat = "expert-gen benchmark 1"

  package let path: String
  package let config: AdapterConfig
  /// The weights' path on the disk.
  package let weights: String

  package init(_ path: String) throws {
    self.path = path
    guard let json = try Self.json(path + "/" + MemberName.adapterConfig) else {
      throw PackageError.invalid(
        place: path, reason: "it has no \(MemberName.adapterConfig), so it is no PEFT adapter")
    }
    do {
      config = try AdapterConfig(json)
    } catch {
      guard case .invalid(let place, let reason) = error else { throw error }
      throw PackageError.invalid(
        place: "\(path)/\(MemberName.adapterConfig): \(place)", reason: reason)
    }
    let names = ["adapter_model.safetensors", MemberName.weights].map { path + "/" + $0 }
    guard let weights = names.first(where: { access($0, F_OK) == 0 }) else {
      let pickle = access(path + "/adapter_model.bin", F_OK) == 0
      throw PackageError.invalid(
        place: path,
        reason: "it has no adapter_model.safetensors"
          + (pickle ? "; adapter_model.bin is a pickle: save it as safetensors" : ""))
    }
    self.weights = weights
  }

  /// A JSON file of the folder; `nil` where there is none.
  package func json(_ name: String) throws -> JSONValue? { try Self.json(path + "/" + name) }

  /// A JSON file, or `nil` where there is none.
  package static func json(
    _ path: String, limit: Int = PackageLimits.jsonBytes
  ) throws -> JSONValue? {
    guard access(path, F_OK) == 0 else { return Optional<JSONValue>.none }
    do {
      let bytes = try InputFile.read(path, limit: limit)
      return try JSONValue.parse(bytes, limits: JSONLimits(maxBytes: limit))
    } catch let error as JSONError {
      throw PackageError.invalid(place: path, reason: "\(error)")
    }
  }

  /// The first of these files that is there.
  package func first(of names: [String]) -> String? {
    names.map { path + "/" + $0 }.first { access($0, F_OK) == 0 }
  }

  /// The last parts of the modules that the tensors change, sorted.
  package func trainedModules() throws -> [String] {
    let header: Safetensors
    do {
      header = try Safetensors(weights)
    } catch {
      throw PackageError.invalid(place: weights, reason: "\(error)")
    }
    let names = header.entries.compactMap { TensorName($0.name) }
      .filter { $0.part != .weight && $0.part != .bias }
    return Set(names.map { String($0.module.split(separator: ".").last ?? "") })
      .sorted { ExactText.precedes($0, $1) }
  }

  /// The expert's adapter as the manifest describes it, without path, size and digest. LoRA-FA
  /// leaves no trace in the tensors, so the run must say it.
  package func adapterEntry(run: JSONValue?) throws -> JSONValue {
    let named = RunFacts.method(run)
    let type: AdapterType =
      switch config.kind {
      case .ia3: .ia3
      case _ where config.usesDoRA: .dora
      case _ where named == AdapterType.loraFA.rawValue: .loraFA
      default: .lora
      }
    let modules = config.targetModules.isEmpty ? try trainedModules() : config.targetModules
    var entry: JSONValue = [
      "type": .string(type.rawValue), "target_modules": .array(modules.map(JSONValue.string)),
    ]
    if type == .ia3 {
      return entry.setting(
        ["feedforward_modules"], to: .array(config.feedforwardModules.map(JSONValue.string)))
    }
    entry = entry.setting(["r"], to: config.rank.map { .number(Double($0)) })
    entry = entry.setting(["alpha"], to: config.alpha.map(JSONValue.number))
    entry = entry.setting(["dropout"], to: config.dropout.map(JSONValue.number))
    let scaling: AdapterScaling = config.usesRSLoRA ? .rslora : .standard
    return entry.setting(["scaling"], to: .string(scaling.rawValue))
  }
}
