internal import ExpertModel
internal import ExpertTensors

// States travel as bytes, so that what is read back is what was written, bit by bit.
extension AdamWOptimizer {
  /// The moments and the number of updates as named blobs, for a checkpoint.
  package func savedState() -> [CheckpointBlob] {
    var blobs = [CheckpointBlob(name: "optimizer/updates", bytes: Self.bytes(of: UInt64(updates)))]
    forEachPart { name, buffer in
      blobs.append(CheckpointBlob(name: name, bytes: [UInt8](UnsafeRawBufferPointer(buffer))))
    }
    return blobs
  }

  /// Takes the moments of a checkpoint. Throws before anything is changed where one is missing or
  /// of another size.
  package func restore(_ blobs: [String: [UInt8]]) throws(TrainingError) {
    guard let count = blobs["optimizer/updates"], count.count == 8 else {
      throw .damagedCheckpoint(path: "optimizer/updates", reason: "the count of updates is missing")
    }
    var problem: TrainingError?
    forEachPart { name, buffer in
      let found = blobs[name]?.count ?? 0
      guard problem == nil, found != buffer.count else { return }
      problem = .wrongSize(name: name, found: found, expected: buffer.count)
    }
    if let problem { throw problem }
    forEachPart { name, buffer in
      if let bytes = blobs[name] { buffer.copyBytes(from: bytes) }
    }
    updates = Int(count.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private static func bytes(of value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
  }

  /// Every piece of memory that makes up the state, by name.
  private func forEachPart(_ body: (String, UnsafeMutableRawBufferPointer) -> Void) {
    for (group, states) in zip(groups, states) {
      for (parameter, state) in zip(group.parameters, states) {
        let name = "optimizer/" + parameter.name
        switch state {
        case .full(let mean, let variance):
          body(name + "/mean", Self.memory(mean))
          body(name + "/variance", Self.memory(variance))
        case .eightBit(let mean, let variance):
          for (kind, moment) in [("mean", mean), ("variance", variance)] {
            body("\(name)/\(kind)/codes", UnsafeMutableRawBufferPointer(moment.codes))
            body("\(name)/\(kind)/scales", Self.memory(moment.scales))
          }
        }
      }
    }
  }

  private static func memory(_ buffer: FloatBuffer) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(
      UnsafeMutableBufferPointer(start: buffer.base, count: buffer.count))
  }
}
