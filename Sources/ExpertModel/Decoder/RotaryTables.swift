package import ExpertTensors
internal import Foundation
internal import Synchronization

/// The rotation of every position, computed as far as it was needed: a context of 40,960 tokens
/// would take 20 MiB that a short prompt never reads.
package final class RotaryTables: Sendable {
  private let config: ModelConfig
  private let table: Mutex<RotaryTable>

  package init(_ config: ModelConfig) {
    self.config = config
    table = Mutex(Self.table(config, positions: min(config.contextLength, 2048)))
  }

  /// A table of at least `positions` positions.
  package func covering(_ positions: Int) -> RotaryTable {
    table.withLock { table in
      if table.positions < positions {
        table = Self.table(
          config, positions: max(positions, min(config.contextLength, positions * 2)))
      }
      return table
    }
  }

  private static func table(_ config: ModelConfig, positions: Int) -> RotaryTable {
    let half = config.headSize / 2
    return RotaryTable(
      inverseFrequencies: (0..<half).map {
        pow(config.ropeTheta, -Double(2 * $0) / Double(config.headSize))
      }, positions: positions)
  }
}
