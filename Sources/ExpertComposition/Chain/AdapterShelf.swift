package import ExpertModel
package import ExpertPlatform
internal import Synchronization

/// Adapters that were loaded for one base, so that an expert that was used before is attached
/// without reading anything: any choice of them, with any weights, for each request anew.
///
/// The oldest unused adapters go when the shelf is full.
package final class AdapterShelf: Sendable {
  fileprivate struct State {
    var adapters: [String: [Adapter]] = [:]
    /// Identities, the one used last at the end.
    var order: [String] = []
    var bytes = 0
  }

  private let model: BaseModel
  private let pool: ThreadPool
  private let capacity: Int
  private let state = Mutex(State())

  /// A shelf of at most `capacity` bytes of adapters; the ones in use are never too many.
  package init(_ model: BaseModel, capacity: Int = 2 << 30, pool: ThreadPool) {
    self.model = model
    self.capacity = capacity
    self.pool = pool
  }

  /// Bytes of the adapters on the shelf.
  package var bytes: Int { state.withLock(\.bytes) }

  /// The experts of a lineup as one adapter, loading those that are not there yet. `check` is asked
  /// before an expert's files are read.
  package func adapter(
    for lineup: ExpertLineup, check: (UsableExpert) throws -> UsableExpert = { $0 }
  ) throws -> Adapter {
    let parts = try lineup.experts.flatMap { chosen in
      try adapters(of: chosen.expert, check).map { adapter in
        WeightedAdapter(adapter, weight: chosen.weight, name: chosen.expert.name)
      }
    }
    return try Adapter.composing(parts)
  }

  /// What one expert attaches.
  package func adapters(
    of expert: UsableExpert, _ check: (UsableExpert) throws -> UsableExpert = { $0 }
  ) throws -> [Adapter] {
    if let known = state.withLock({ $0.use(expert.identity) }) { return known }
    let loaded = try check(expert).adapters(for: model, pool: pool)
    state.withLock { state in
      state.put(expert.identity, loaded)
      state.shrink(to: capacity, keeping: expert.identity)
    }
    return loaded
  }
}

extension AdapterShelf.State {
  fileprivate mutating func use(_ identity: String) -> [Adapter]? {
    guard let adapters = adapters[identity] else { return nil }
    order.removeAll { $0 == identity }
    order.append(identity)
    return adapters
  }

  fileprivate mutating func put(_ identity: String, _ loaded: [Adapter]) {
    guard adapters[identity] == nil else { return }
    adapters[identity] = loaded
    order.append(identity)
    bytes += Self.bytes(loaded)
  }

  fileprivate mutating func shrink(to capacity: Int, keeping identity: String) {
    while bytes > capacity, let oldest = order.first, oldest != identity {
      order.removeFirst()
      bytes -= Self.bytes(adapters.removeValue(forKey: oldest) ?? [])
    }
  }

  /// Values and gradients.
  private static func bytes(_ adapters: [Adapter]) -> Int {
    adapters.flatMap(\.parameters).reduce(0) { $0 + 8 * $1.count }
  }
}
