package import ExpertPlatform

/// One file of a repository, as the hub lists it.
package struct HubFile: Sendable, Hashable {
  package var name: String
  package var bytes: Int
  /// Of files that the hub stores by their content: all large ones.
  package var digest: Digest?
}

/// Which files of a repository make a model.
package enum HubFiles {
  /// What stands beside the weights: configuration, tokenizer, template, license.
  static func isBesideWeights(_ name: String) -> Bool {
    beside.contains(name) || name.hasPrefix("LICENSE")
  }

  private static let beside: Set<String> = [
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
    "special_tokens_map.json", "chat_template.jinja", "model.safetensors.index.json",
  ]

  /// The files to fetch: the one that was asked for, the safetensors model of the repository, or
  /// its only GGUF file. Pickles are never chosen.
  static func choose(
    _ files: [HubFile], file: String?, repository: RepositoryID
  ) throws(RegistryError) -> [HubFile] {
    func fail(_ reason: String) -> RegistryError {
      .nothingToPull(repository: repository.description, reason: reason)
    }
    if let file {
      guard file.hasSuffix(".gguf"), ModelRegistry.isPlain(file) else {
        throw fail("--file names one .gguf file of the repository")
      }
      guard let only = files.first(where: { $0.name == file }) else {
        throw fail("there is no \(file); " + Self.offer(files))
      }
      return [only]
    }
    let plain = files.filter { ModelRegistry.isPlain($0.name) }
    let weights = Self.weights(plain)
    if !weights.isEmpty {
      return plain.filter {
        isBesideWeights($0.name) && $0.name != indexName || weights.contains($0)
      }
        + (weights.count == 1 && weights[0].name == singleName
          ? [] : plain.filter { $0.name == indexName })
    }
    let ggufs = plain.filter { $0.name.hasSuffix(".gguf") }
    guard ggufs.count == 1 else {
      throw fail("it holds no safetensors model" + (ggufs.isEmpty ? "" : "; " + offer(files)))
    }
    return ggufs
  }

  private static let singleName = "model.safetensors"
  private static let indexName = "model.safetensors.index.json"

  /// model.safetensors, or the shards `model-00001-of-00002.safetensors` of an index.
  private static func weights(_ files: [HubFile]) -> [HubFile] {
    if let single = files.first(where: { $0.name == singleName }) { return [single] }
    guard files.contains(where: { $0.name == indexName }) else { return [] }
    return files.filter { $0.name.hasSuffix(".safetensors") && $0.name.contains("-of-") }
  }

  private static func offer(_ files: [HubFile]) -> String {
    let ggufs = files.map(\.name).filter { $0.hasSuffix(".gguf") }.sorted().prefix(12)
    return ggufs.isEmpty
      ? "it holds no GGUF file" : "choose one of \(ggufs.joined(separator: ", "))"
  }
}
