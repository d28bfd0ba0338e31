/// What can go wrong with a store, and what to do about it.
package enum StoreError: Error, Sendable, Hashable {
  case notAStore(path: String)
  case newerFormat(path: String, found: Int, supported: Int)
  case inUse(path: String, holder: String)
  case noStore(path: String)
}
