package import ExpertPlatform

/// Named bytes of a checkpoint.
package struct CheckpointBlob: Sendable, Hashable {
  package var name: String
  package var bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// A state to go on from.
package struct Checkpoint: Sendable, Hashable {
  /// Where the data stands; its `step` names the checkpoint.
  package var cursor: DataCursor
  /// `TrainingConfig.hash`: a run with other settings must not go on from here.
  package var configHash: Digest
  /// Bytes of `metrics.jsonl` that belong to this state.
  package var metricsPosition: Int
  /// Loss on the valid split, where it was evaluated: the measure of the best.
  package var evalLoss: Double?
  /// Other numbers that the loop needs again: the early-stopping state, seconds so far …
  package var numbers: [String: Double]
  /// Files of their own beside the state, by name: the adapter as PEFT reads it.
  package var files: [CheckpointBlob]
  /// Everything else: optimiser states, the Fisher of EWC …
  package var blobs: [CheckpointBlob]

  package init(
    cursor: DataCursor, configHash: Digest, metricsPosition: Int = 0, evalLoss: Double? = nil,
    numbers: [String: Double] = [:], files: [CheckpointBlob] = [], blobs: [CheckpointBlob] = []
  ) {
    self.cursor = cursor
    self.configHash = configHash
    self.metricsPosition = metricsPosition
    self.evalLoss = evalLoss
    self.numbers = numbers
    self.files = files
    self.blobs = blobs
  }

  package var step: Int { cursor.step }

  /// The blobs by name, as `AdamW.restore` takes them.
  package var blobsByName: [String: [UInt8]] {
    Dictionary(blobs.map { ($0.name, $0.bytes) }) { $1 }
  }
}
