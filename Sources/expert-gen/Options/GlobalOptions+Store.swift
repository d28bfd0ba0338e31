internal import ExpertStore

extension GlobalOptions {
  /// Opens the store of this run and says what opening had to say.
  func openStore(_ mode: Store.Mode) throws -> Store {
    let isNew = !places.storeExists
    let store = try Store.open(places.storePath, mode: mode)
    for note in store.notes where !isNew { say("note: " + note) }
    return store
  }
}
