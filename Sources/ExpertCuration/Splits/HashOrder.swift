internal import ExpertPlatform

/// A random order that depends on a seed and on what the rows are, not on where they stand.
enum HashOrder {
  /// The positions of the hashes, shuffled; equal hashes keep their order.
  static func shuffled(_ hashes: [Digest], seed: UInt64, use: String) -> [Int] {
    let keys = hashes.map { hash in
      var hasher = SHA256()
      hasher.update("expert-gen/\(use)/v1\0\(seed)\0")
      hasher.update(hash.bytes)
      return hasher.finalize()
    }
    return hashes.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }
}
