package import ExpertPlatform
internal import ExpertRecord
internal import Foundation
internal import Synchronization

/// Answers that an evaluation has, one JSON object a line: what was answered stays when the run is
/// interrupted, and the same command goes on from there.
///
/// A line says which system answered which record: a system is the hash of everything that decides
/// its answers, a record the hash of its content. Lines of other systems are dropped on opening.
package final class AnswerFile: Sendable {
  private struct State {
    var answers: [Key: SystemAnswer] = [:]
    var descriptor: Int32 = -1
  }

  private struct Key: Hashable {
    var system: String
    var record: String
  }

  package let path: String
  private let state = Mutex(State())

  /// The largest file that is read.
  private static let maxBytes = 1 << 30

  /// Opens or makes the file, keeping the answers of `systems`.
  package init(_ path: String, systems: [Digest]) throws {
    self.path = path
    let wanted = Set(systems.map(\.hex))
    var kept: [UInt8] = []
    try state.withLock { state in
      for line in Self.lines(path) {
        guard let (key, answer) = Self.read(line), wanted.contains(key.system) else { continue }
        state.answers[key] = answer
        kept += line + [0x0A]
      }
      try AtomicFile.write(path, kept)
      state.descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
      guard state.descriptor >= 0 else {
        throw FileError.failed(operation: "open", path: path, code: errno)
      }
    }
  }

  deinit { state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

  /// How many answers a system has.
  package func count(of system: Digest) -> Int {
    state.withLock { state in state.answers.keys.count { $0.system == system.hex } }
  }

  /// The answer of a system to a record; `nil` where there is none yet.
  func answer(of system: Digest, to record: Digest) -> SystemAnswer? {
    state.withLock { $0.answers[Key(system: system.hex, record: record.hex)] }
  }

  /// Keeps an answer; it is in the file when this returns.
  func keep(_ answer: SystemAnswer, of system: Digest, to record: Digest) throws {
    let key = Key(system: system.hex, record: record.hex)
    let line = CanonicalJSON.bytes(of: Self.json(key, answer)) + [0x0A]
    try state.withLock { state in
      state.answers[key] = answer
      try AtomicFile.writeAll(state.descriptor, line, path: path)
    }
  }

  /// The whole lines; a line that a killed process left unfinished is none.
  private static func lines(_ path: String) -> [ArraySlice<UInt8>] {
    guard let data = FileManager.default.contents(atPath: path), data.count <= maxBytes else {
      return []
    }
    let bytes = Array(data)
    guard let end = bytes.lastIndex(of: 0x0A) else { return [] }
    return bytes[..<end].split(separator: 0x0A)
  }

  private static func json(_ key: Key, _ answer: SystemAnswer) -> JSONValue {
    [
      "chosen_reward": answer.rewards.map { .number($0.chosen) } ?? .null,
      "nll": .optional(answer.nll), "record": .string(key.record),
      "rejected_reward": answer.rewards.map { .number($0.rejected) } ?? .null,
      "system": .string(key.system), "text": .string(answer.text),
      "tokens": .optional(answer.tokens.map(Double.init)),
    ]
  }

  private static func read(_ line: ArraySlice<UInt8>) -> (Key, SystemAnswer)? {
    guard let json = try? JSONValue.parse(Array(line)), let system = json["system"]?.string,
      let record = json["record"]?.string, let text = json["text"]?.string
    else { return nil }
    var answer = SystemAnswer(
      text: text, nll: json["nll"]?.number, tokens: json["tokens"]?.integer)
    if let chosen = json["chosen_reward"]?.number, let rejected = json["rejected_reward"]?.number {
      answer.rewards = PreferenceScores.Pair(chosen: chosen, rejected: rejected)
    }
    return (Key(system: system, record: record), answer)
  }
}
