package import ExpertTensors
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
    RotaryTable(RotaryFrequencies(config), positions: positions)
  }
}

extension RotaryFrequencies {
  /// The frequencies that a configuration asks for.
  fileprivate init(_ config: ModelConfig) {
    let (theta, size) = (config.ropeTheta, config.headSize)
    switch config.ropeScaling {
    case .none: self.init(theta: theta, headSize: size)
    case .linear(let factor): self = .linear(theta: theta, headSize: size, factor: factor)
    case .llama3(let factor, let low, let high, let original):
      self = .llama3(
        theta: theta, headSize: size, factor: factor, lowFactor: low, highFactor: high,
        originalContext: original)
    case .yarn(let factor, let original, let fast, let slow, let attention, let truncate):
      self = .yarn(
        theta: theta, headSize: size, factor: factor, originalContext: original, betaFast: fast,
        betaSlow: slow, attentionFactor: attention, truncate: truncate)
    }
  }
}
