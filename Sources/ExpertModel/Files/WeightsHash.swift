package import ExpertPlatform

extension ModelFiles {
  /// The hash that manifests pin: SHA-256 of the one weights file, or, of several, of the lines
  /// `name:sha256hex` sorted by name and joined by line breaks. `progress` gets the bytes done.
  package func weightsHash(progress: (Int) throws -> Void = { _ in }) throws -> Digest {
    try WeightsHash.hash(of: weightFiles, progress: progress)
  }
}

/// One hash for the weights of a model, in one file or several.
package enum WeightsHash {
  /// Hashes the files.
  package static func hash(
    of files: [String], progress: (Int) throws -> Void = { _ in }
  ) throws -> Digest {
    var done = 0
    var digests: [(name: String, digest: Digest)] = []
    for file in files {
      var last = 0
      let digest = try SHA256.hash(file: file) { bytes in
        last = bytes
        try progress(done + bytes)
      }
      done += last
      digests.append((name(of: file), digest))
    }
    return combine(digests)
  }

  /// From the hashes of the files, each with its name.
  package static func combine(_ files: [(name: String, digest: Digest)]) -> Digest {
    if files.count == 1 { return files[0].digest }
    let lines = files.map { "\($0.name):\($0.digest)" }
      .sorted { Array($0.utf8).lexicographicallyPrecedes($1.utf8) }
    return SHA256.hash(lines.joined(separator: "\n"))
  }

  private static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
