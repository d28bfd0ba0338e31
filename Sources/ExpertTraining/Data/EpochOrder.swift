package import ExpertRecord

/// The order of the examples in an epoch: a function of seed and epoch alone, so that a run can go
/// on at any step.
package enum EpochOrder {
  /// Places of `count` examples in random order.
  package static func shuffled(count: Int, seed: UInt64, epoch: Int) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: "train/order/\(epoch)")
    return generator.shuffled(Array(0..<count))
  }

  /// Easy examples first, then medium, then hard, in random order within each; those of unknown
  /// difficulty stand with the medium ones (Bengio et al. 2009, "Curriculum learning").
  package static func curriculum(
    _ difficulties: [Difficulty?], seed: UInt64, epoch: Int
  ) -> [Int] {
    let order = shuffled(count: difficulties.count, seed: seed, epoch: epoch)
    return (0...2).flatMap { level in order.filter { Self.level(difficulties[$0]) == level } }
  }

  private static func level(_ difficulty: Difficulty?) -> Int {
    switch difficulty {
    case .easy: 0
    case .medium, nil: 1
    case .hard: 2
    }
  }
}
