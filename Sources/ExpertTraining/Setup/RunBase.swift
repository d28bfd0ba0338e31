package import ExpertModel
package import ExpertPlatform

/// The base of a run: the model, opened, with what its record says of it.
package struct RunBase {
  package var base: Base
  /// The name as it was given.
  package var name: String
  /// The hash that pins its weights.
  package var hash: Digest
  package var pool: ThreadPool

  package init(base: Base, name: String, hash: Digest, pool: ThreadPool) {
    self.base = base
    self.name = name
    self.hash = hash
    self.pool = pool
  }
}
