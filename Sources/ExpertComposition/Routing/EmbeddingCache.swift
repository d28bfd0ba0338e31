internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertTensors
internal import Foundation

/// The embeddings of experts' texts under `EXPERT_HOME`, one file for each base: a base that changes
/// has another hash and so another file.
///
/// The file is a cache: one that is missing or damaged is as good as empty, and is written anew.
package struct EmbeddingCache: Sendable {
  private let path: String

  /// What the text is prepared by; another way makes other keys.
  private static let version = "mean-pooled 1"

  /// Sentences about nothing that an expert is for: what they share belongs to no expert.
  package static let neutral = [
    "The weather was pleasant and they walked along the river.",
    "Could you help me with something, please?", "I would like to know more about this.",
    "He said that he would come back on Tuesday.", "What do you think about it?",
    "The children were playing in the garden after school.",
    "Write a short answer to the following question.", "It took longer than anyone expected.",
  ]

  package init(home: String, baseHash: String) {
    path = home + "/routing/\(baseHash.prefix(64)).safetensors"
  }

  /// The vectors of the texts, from the cache where they are in it, else by `embed`, which gets the
  /// missing ones.
  package func vectors(
    _ texts: [String], width: Int, embed: ([String]) throws -> [[Float]]
  ) throws -> [[Float]] {
    var known = load(width: width)
    let keys = texts.map { SHA256.hash("\(Self.version)\n\($0)").hex }
    var missing: [(key: String, text: String)] = []
    for (key, text) in zip(keys, texts) where known[key] == nil {
      if !missing.contains(where: { $0.key == key }) { missing.append((key, text)) }
    }
    if !missing.isEmpty {
      for (entry, vector) in zip(missing, try embed(missing.map(\.text))) {
        known[entry.key] = vector
      }
      store(known, width: width)
    }
    return keys.map { known[$0] ?? [Float](repeating: 0, count: width) }
  }

  private func load(width: Int) -> [String: [Float]] {
    guard let file = try? Safetensors(path) else { return [:] }
    var vectors: [String: [Float]] = [:]
    for entry in file.entries where entry.type == .f32 && entry.shape == [width] {
      guard let values = try? file.tensor(entry.name).floats().array,
        values.allSatisfy(\.isFinite)
      else { continue }
      vectors[entry.name] = values
    }
    return vectors
  }

  /// A cache that cannot be written is only slower.
  private func store(_ vectors: [String: [Float]], width: Int) {
    let folder = PathText.parent(of: path)
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let entries = vectors.keys.sorted().map { SafetensorsEntry($0, .f32, shape: [width]) }
    try? SafetensorsWriter.write(path, entries, access: .owner) { entry, put in
      try (vectors[entry.name] ?? []).withUnsafeBytes { try put($0) }
    }
  }
}
