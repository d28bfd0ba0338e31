/// Which rows belong together because each is a duplicate of another (single linkage).
///
/// A union-find forest over any ids; its answers do not depend on the order of joining.
package struct DuplicateClusters: Sendable {
  private var parent: [Int: Int] = [:]

  package init() {}

  /// Notes a row, alone so far.
  package mutating func insert(_ id: Int) {
    if parent[id] == nil { parent[id] = id }
  }

  /// Notes that two rows belong together.
  package mutating func join(_ a: Int, _ b: Int) {
    insert(a)
    insert(b)
    let (first, second) = (root(a), root(b))
    // The smallest id stays the root, so it is the cluster's id.
    parent[max(first, second)] = min(first, second)
  }

  /// The id of a row's cluster: its smallest member.
  package mutating func cluster(of id: Int) -> Int {
    parent[id] == nil ? id : root(id)
  }

  private mutating func root(_ id: Int) -> Int {
    var top = id
    while let next = parent[top], next != top { top = next }
    var at = id
    while let next = parent[at], next != top, at != top {
      parent[at] = top
      at = next
    }
    return top
  }

  /// All clusters, each sorted, in the order of their ids.
  package mutating func all() -> [[Int]] {
    var members: [Int: [Int]] = [:]
    for id in parent.keys.sorted() { members[root(id), default: []].append(id) }
    return members.keys.sorted().map { members[$0] ?? [] }
  }
}
