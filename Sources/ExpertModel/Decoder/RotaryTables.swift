internal import Foundation
package import ExpertTensors
internal import Synchronization

/// The rotation of every position, computed as far as it was needed: a context of 40,960 tokens
/// would take 20 MiB that a short prompt never reads.
package final class RotaryTables: Sendable {
  private let frequencies: RotaryFrequencies
  private let contextLength: Int
  private let table: Mutex<RotaryTable>

  package init(_ config: ModelConfig) {
    frequencies = RotaryFrequencies(config)
    contextLength = config.contextLength
    table = Mutex(frequencies.table(positions: min(config.contextLength, 2048)))
  }

  /// A table of at least `positions` positions.
  package func covering(_ positions: Int) -> RotaryTable {
    table.withLock { table in
      if table.positions < positions {
        table = frequencies.table(positions: max(positions, min(contextLength, positions * 2)))
      }
      return table
    }
  }
}
