package import ExpertTensors

/// Holds the tensors of an adapter against what the manifest says of it: names, ranks, shapes.
package struct AdapterCheck {
  private let adapter: AdapterEntry
  private let config: AdapterConfig?
  private let path: String

  /// `config` is the package's `adapter_config.json`, where it has one: it knows the modules with a
  /// rank of their own and those that were trained whole.
  package init(_ adapter: AdapterEntry, config: AdapterConfig?) {
    self.adapter = adapter
    self.config = config
    path = adapter.path
  }

  private func refused(_ tensor: String, _ reason: String) -> PackageError {
    let shown = tensor.utf8.count <= 120 ? tensor : tensor.prefix(120) + "…"
    return .refused(member: path, reason: "\(shown): \(reason)")
  }

  /// Throws where a tensor is not what the manifest promises.
  package func check(_ header: SafetensorsHeader) throws(PackageError) {
    guard !header.entries.isEmpty else {
      throw .refused(member: path, reason: "it holds no tensor")
    }
    var modules: [String: [TensorName.Part: [Int]]] = [:]
    for entry in header.entries {
      guard let name = TensorName(entry.name) else {
        throw refused(entry.name, "it is no tensor of a PEFT adapter")
      }
      try check(entry, name)
      modules[name.module, default: [:]][name.part] = entry.shape
    }
    for module in modules.keys.sorted() { try checkWhole(module, modules[module] ?? [:]) }
  }

  private func check(_ entry: SafetensorsEntry, _ name: TensorName) throws(PackageError) {
    let isWhole = name.part == .weight || name.part == .bias
    if isWhole {
      guard name.isAmong(config?.modulesToSave ?? []) else {
        throw refused(entry.name, "the adapter changes a module that it does not say it trains")
      }
      return
    }
    guard name.isAmong(adapter.targetModules) else {
      throw refused(entry.name, "its module is not among the target modules of the manifest")
    }
    guard (name.part == .ia3) == (adapter.type == .ia3) else {
      throw refused(entry.name, "it does not belong to an adapter of type \(adapter.type.rawValue)")
    }
    guard entry.shape.allSatisfy({ $0 > 0 }) else { throw refused(entry.name, "it is empty") }
  }

  /// What belongs together must be there and fit: A [r, in], B [out, r], magnitude [out].
  private func checkWhole(
    _ module: String, _ parts: [TensorName.Part: [Int]]
  ) throws(PackageError) {
    if let vector = parts[.ia3] { return try checkIA3(module, vector) }
    let a = parts[.loraA] ?? parts[.embeddingA]
    let b = parts[.loraB] ?? parts[.embeddingB]
    guard a != nil || b != nil || parts[.magnitude] != nil else { return }
    guard let a, let b, a.count == 2, b.count == 2 else {
      throw refused(module, "lora_A and lora_B must both be there, with two dimensions each")
    }
    let allowed = config?.ranks.union([adapter.rank ?? 0]) ?? [adapter.rank ?? 0]
    guard a[0] == b[1], allowed.contains(a[0]) else {
      throw refused(
        module, "its rank is \(a[0]) and \(b[1]), the manifest says \(adapter.rank ?? 0)")
    }
    let magnitude = parts[.magnitude]
    guard (magnitude != nil) == (adapter.type == .dora) else {
      throw refused(module, "a magnitude vector belongs to type dora, and to that only")
    }
    guard magnitude == nil || magnitude == [b[0]] else {
      throw refused(module, "its magnitude vector does not have the shape [\(b[0])]")
    }
  }

  private func checkIA3(_ module: String, _ shape: [Int]) throws(PackageError) {
    let feedsForward = adapter.feedforwardModules.contains {
      module == $0 || module.hasSuffix("." + $0)
    }
    guard shape.count == 2, shape[feedsForward ? 0 : 1] == 1 else {
      throw refused(
        module, "ia3_l has the shape \(shape), not \(feedsForward ? "[1, n]" : "[n, 1]")")
    }
  }
}

/// Holds a soft prompt's file against the manifest: one tensor `prompt_embeddings` [length, hidden].
package enum SoftPromptCheck {
  package static let tensor = "prompt_embeddings"

  package static func check(
    _ header: SafetensorsHeader, _ prompt: SoftPrompt
  ) throws(PackageError) {
    guard header.entries.map(\.name) == [tensor], let shape = header.entries.first?.shape else {
      throw .refused(member: prompt.path, reason: "it must hold \(tensor) and nothing else")
    }
    guard shape.count == 2, shape[0] == prompt.length, shape[1] > 0 else {
      throw .refused(
        member: prompt.path,
        reason: "\(tensor) has the shape \(shape), the manifest says \(prompt.length) rows")
    }
  }
}
