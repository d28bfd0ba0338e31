internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// Made-up records: the same number gives the same record; read back line by line.
final class BenchmarkRows {
  private let handle: UnsafeMutablePointer<FILE>
  private let path: String
  private var line = 0

  init(file path: String) throws {
    guard let handle = fopen(path, "r") else { throw DurableFile.failure(path) }
    self.handle = handle
    self.path = path
  }

  deinit { fclose(handle) }

  /// SHA-256 of the file.
  func digest() throws -> Digest {
    guard let file = fopen(path, "r") else { throw DurableFile.failure(path) }
    defer { fclose(file) }
    var hasher = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    return hasher.finalize()
  }

  /// The next lines; empty at the end.
  func next() -> [ImportLine<[UInt8]>] {
    var lines: [ImportLine<[UInt8]>] = []
    var text: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(text) }
    while lines.count < 8192 {
      let count = getline(&text, &capacity, handle)
      guard count > 0, let text else { break }
      line += 1
      let bytes = UnsafeRawBufferPointer(start: text, count: count - 1)
      lines.append(ImportLine(line: line, raw: [UInt8](bytes)))
    }
    return lines
  }

  @Sendable static func parse(_ bytes: [UInt8]) -> ImportedRow {
    do {
      let record = try Record(json: try JSONValue.parse(bytes), kind: .instruction)
      return .record(record, RecordAttributes(split: .train))
    } catch {
      return .refused(reason: "\(error)", text: nil)
    }
  }

  static func write(_ count: Int, words: Int, to path: String) throws {
    let file = try ExportFile(path)
    var buffer: [UInt8] = []
    for i in 0..<count {
      buffer += record(i, words: words).canonicalBytes + [UInt8(ascii: "\n")]
      if buffer.count > 1 << 20 {
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try file.write(buffer)
    try file.finish()
  }

  /// A record of about eight bytes a word; words come from a list of 4096, frequent ones more often,
  /// as in prose.
  static func record(_ i: Int, words: Int) -> Record {
    var generator = SeededGenerator(seed: UInt64(i), stream: "bench")
    func text(_ count: Int) -> String {
      (0..<count).map { _ in word(&generator) }.joined(separator: " ")
    }
    return .instruction(
      InstructionRecord(
        instruction: "\(i): " + text(words / 4), input: "", output: text(words - words / 4)))
  }

  private static func word(_ generator: inout SeededGenerator) -> String {
    let rank = Int(4096.0 * generator.unit() * generator.unit() * generator.unit())
    let syllables = ["ka", "lo", "mi", "ten", "sur", "va", "rin", "do"]
    let first = syllables[rank & 7] + syllables[rank >> 3 & 7]
    return rank < 64
      ? first : first + syllables[rank >> 6 & 7] + (rank < 512 ? "" : syllables[rank >> 9])
  }
}
