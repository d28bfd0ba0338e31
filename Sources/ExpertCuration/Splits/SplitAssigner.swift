package import ExpertPlatform
package import ExpertRecord

/// The shares of train, valid and test, as whole numbers of any sum.
package struct SplitRatios: Sendable, Hashable {
  package var train: Int
  package var valid: Int
  package var test: Int

  package init(train: Int = 80, valid: Int = 10, test: Int = 10) {
    self.train = train
    self.valid = valid
    self.test = test
  }

  /// Reads `80/10/10`.
  package init(_ text: String) throws(CurationError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let train = parts[0], let valid = parts[1], let test = parts[2],
      [train, valid, test].allSatisfy({ (0...1_000_000).contains($0) }), train + valid + test > 0
    else { throw .badRatios(text: text) }
    self.init(train: train, valid: valid, test: test)
  }
}

/// A row whose split is asked for.
package struct SplitMember: Sendable, Hashable {
  /// The record's content hash.
  package var hash: Digest
  /// The split that may not change, because a version with it was tagged or trained on.
  package var frozen: Split?

  package init(hash: Digest, frozen: Split? = nil) {
    self.hash = hash
    self.frozen = frozen
  }
}

/// What became of each row: its split and cluster, or a rejection.
package struct SplitAssignment: Sendable, Hashable {
  /// Per row; `nil` where the row was rejected.
  package var splits: [Split?]
  /// Per row, the position of the first row of its cluster in the order of hashes.
  package var clusters: [Int]
  /// Rows that would have joined two frozen splits, by position.
  package var leaks: [Int: Rejection]
}

/// Assigns splits to whole clusters of duplicates, so that near copies never straddle train and
/// test.
///
/// A cluster's split is drawn from SHA-256 of the seed and its smallest member's hash: it depends
/// neither on the order of rows nor on the other clusters. New members follow a frozen one.
package struct SplitAssigner: Sendable {
  package let seed: UInt64
  package let ratios: SplitRatios

  package init(seed: UInt64 = 0, ratios: SplitRatios = SplitRatios()) {
    self.seed = seed
    self.ratios = ratios
  }

  /// The split of a cluster without frozen members.
  package func split(smallest hash: Digest) -> Split {
    var hasher = SHA256()
    hasher.update("expert-gen/split/v1\0\(seed)\0")
    hasher.update(hash.bytes)
    let total = ratios.train + ratios.valid + ratios.test
    let draw = Int(hasher.finalize().prefix64.multipliedFullWidth(by: UInt64(total)).high)
    if draw < ratios.train { return .train }
    return draw < ratios.train + ratios.valid ? .valid : .test
  }

  /// Assigns all rows; `pairs` are positions of rows that are duplicates of each other.
  ///
  /// Rows join in the order of their hashes. One that would join two different frozen splits is
  /// rejected as a leak and joins nothing.
  package func assign(_ members: [SplitMember], pairs: [(Int, Int)]) -> SplitAssignment {
    var neighbours: [Int: [Int]] = [:]
    for (a, b) in pairs where a != b {
      neighbours[a, default: []].append(b)
      neighbours[b, default: []].append(a)
    }
    var forest = FrozenForest(members)
    var leaks: [Int: Rejection] = [:]
    for row in order(members) {
      let near = (neighbours[row] ?? []).filter { forest.isPlaced($0) }
      if let leak = forest.place(row, near: near) { leaks[row] = leak }
    }
    return assignment(members, &forest, leaks)
  }

  /// Frozen rows first, each kind in the order of hashes, equal hashes by position.
  private func order(_ members: [SplitMember]) -> [Int] {
    members.indices.sorted { a, b in
      let (first, second) = (members[a], members[b])
      if (first.frozen == nil) != (second.frozen == nil) { return first.frozen != nil }
      return (first.hash, a) < (second.hash, b)
    }
  }

  private func assignment(
    _ members: [SplitMember], _ forest: inout FrozenForest, _ leaks: [Int: Rejection]
  ) -> SplitAssignment {
    var smallest: [Int: Int] = [:]
    for row in members.indices where leaks[row] == nil {
      let root = forest.root(row)
      guard let known = smallest[root] else {
        smallest[root] = row
        continue
      }
      if (members[row].hash, row) < (members[known].hash, known) { smallest[root] = row }
    }
    var result = SplitAssignment(splits: [], clusters: [], leaks: leaks)
    for row in members.indices {
      let root = forest.root(row)
      let first = smallest[root] ?? row
      result.clusters.append(leaks[row] == nil ? first : row)
      result.splits.append(
        leaks[row] == nil
          ? members[row].frozen ?? forest.frozen(root) ?? split(smallest: members[first].hash)
          : nil)
    }
    return result
  }
}

/// Clusters that know the frozen split of their members.
private struct FrozenForest {
  private var parent: [Int]
  private var split: [Split?]
  private var placed: [Bool]

  init(_ members: [SplitMember]) {
    parent = Array(members.indices)
    split = members.map(\.frozen)
    placed = members.map { _ in false }
  }

  func isPlaced(_ row: Int) -> Bool { placed[row] }

  mutating func root(_ row: Int) -> Int {
    var row = row
    while parent[row] != row {
      parent[row] = parent[parent[row]]
      row = parent[row]
    }
    return row
  }

  mutating func frozen(_ root: Int) -> Split? { split[root] }

  /// Joins a row with its neighbours, or says why it may not be.
  mutating func place(_ row: Int, near: [Int]) -> Rejection? {
    var splits = Set([split[row]].compactMap { $0 })
    let own = splits
    for other in near { if let frozen = split[root(other)] { splits.insert(frozen) } }
    if splits.count > 1, own.isEmpty {
      let names = splits.map(\.rawValue).sorted().joined(separator: " and ")
      return Rejection(
        filter: "leak",
        detail: "near copies of it are frozen in \(names); it would carry one into the other")
    }
    placed[row] = true
    for other in near {
      let (a, b) = (root(row), root(other))
      // Frozen rows of different splits that are alike stay where they are, apart.
      if a == b || (split[a] != nil && split[b] != nil && split[a] != split[b]) { continue }
      parent[b] = a
      split[a] = split[a] ?? split[b]
    }
    return nil
  }
}
