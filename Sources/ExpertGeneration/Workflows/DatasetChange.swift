package import ExpertRecord
package import ExpertStore

/// A change of a dataset that starts from one version and ends in the next one on a branch.
///
/// The branch must still stand at that version when the change is committed, so a change that was
/// computed from an old version never overwrites a newer one.
package struct DatasetChange: Sendable {
  package let store: Store
  package let version: VersionRef
  package let branch: String

  package init(store: Store, version: VersionRef, branch: String = "main") {
    self.store = store
    self.version = version
    self.branch = branch
  }

  /// Commits the changes; `nil` when they change nothing.
  package func commit(
    _ changes: [RecordChange], operation: String, message: String, detail: JSONValue
  ) throws -> Commit? {
    guard !changes.isEmpty else { return nil }
    return try store.commit(
      changes, to: version.dataset.name, kind: version.dataset.kind, branch: branch,
      parent: version.commit,
      note: CommitNote(operation: operation, message: message, detail: detail))
  }
}
