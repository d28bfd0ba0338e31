import ExpertPlatform
import ExpertRecord
import ExpertTraining
import Foundation

// Saves one checkpoint after the other until it is killed, for the fault tests of saving.
//
//     checkpoint-writer FOLDER BYTES FIRST COUNT [in-place]
//
// Prints the step of each checkpoint once it is saved. `in-place` writes the files where they
// belong, without another name and without a rename: the negative control.

let arguments = CommandLine.arguments
guard arguments.count >= 5, let size = Int(arguments[2]), let first = Int(arguments[3]),
  let count = Int(arguments[4])
else {
  print("usage: checkpoint-writer FOLDER BYTES FIRST COUNT [in-place]")
  exit(2)
}
signal(SIGXFSZ, SIG_IGN)

/// Bytes that follow from the step, so that a test can tell whether they came back whole.
func state(step: Int) -> [UInt8] {
  var generator = SeededGenerator(seed: UInt64(step), stream: "checkpoint-writer")
  return (0..<size / 8).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
}

func checkpoint(step: Int) -> Checkpoint {
  let bytes = state(step: step)
  return Checkpoint(
    cursor: DataCursor(step: step, seed: 7), configHash: SHA256.hash("settings"),
    files: [CheckpointBlob(name: "adapter_model.safetensors", bytes: Array(bytes.prefix(64)))],
    blobs: [
      CheckpointBlob(name: "first", bytes: Array(bytes[..<(size / 2)])),
      CheckpointBlob(name: "second", bytes: Array(bytes[(size / 2)...])),
    ])
}

/// Rewrites the newest checkpoint's files with those of `step`, as a careless program would.
func saveInPlace(_ step: Int, _ store: CheckpointStore, _ folder: RunFolder) throws {
  guard step > first else { return try store.save(checkpoint(step: step)) }
  let scratch = RunFolder(folder.path + "/scratch")
  try CheckpointStore(scratch).save(checkpoint(step: step))
  for name in try FileManager.default.contentsOfDirectory(
    atPath: CheckpointStore(scratch).path(ofStep: step))
  {
    let bytes = FileManager.default.contents(
      atPath: CheckpointStore(scratch).path(ofStep: step) + "/" + name)
    guard let target = fopen(store.path(ofStep: first) + "/" + name, "w"), let bytes else {
      continue
    }
    for byte in bytes { putc(Int32(byte), target) }
    fclose(target)
  }
}

let folder = RunFolder(arguments[1])
let store = CheckpointStore(folder)
do {
  for step in first..<first + count {
    if arguments.last == "in-place" {
      try saveInPlace(step, store, folder)
    } else {
      try store.save(checkpoint(step: step))
      store.prune(limit: 2, keepingBest: false)
    }
    FileHandle.standardOutput.write(Data("\(step)\n".utf8))
  }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(10)
}
