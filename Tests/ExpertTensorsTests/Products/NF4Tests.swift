import ExpertPlatform
import ExpertTensors
import Foundation
import Testing

@Suite struct NF4Tests {
  struct Case {
    var rows: Int
    var columns: Int
    var weight: [UInt32]
    var restored: [UInt32]
  }

  /// Tests/Tools/nf4-fixture.py writes the file; SHA256SUMS holds its checksum.
  static func cases() throws -> [Case] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Golden")
    let data = try Data(contentsOf: folder.appending(path: "nf4.txt"))
    let sums = try String(contentsOf: folder.appending(path: "SHA256SUMS"), encoding: .utf8)
    #expect(sums.hasPrefix(SHA256.hash([UInt8](data)).description))
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst()
    func bits(_ line: Substring) -> [UInt32] {
      line.split(separator: " ").compactMap { UInt32($0, radix: 16) }
    }
    let all = Array(lines)
    return stride(from: 0, to: all.count, by: 3).map { place in
      let head = all[place].split(separator: " ").compactMap { Int($0) }
      return Case(
        rows: head[0], columns: head[1], weight: bits(all[place + 1]),
        restored: bits(all[place + 2]))
    }
  }

  @Test func `Values are those of bitsandbytes`() throws {
    let pool = ThreadPool(threads: 2)
    let cases = try Self.cases()
    #expect(cases.count == 3)
    for c in cases {
      let bytes = c.weight.flatMap { bits in withUnsafeBytes(of: bits) { Array($0) } }
      let view = Bytes(bytes).view(.f32, rows: c.rows, columns: c.columns)
      let matrix = FrozenMatrix([view], precision: .nf4, pool: pool)
      var held = [Float](repeating: 0, count: c.rows * c.columns)
      matrix.copyFloats(rows: 0..<c.rows, to: &held)
      let expected = c.restored.map { Float(bitPattern: $0) }
      // 40 columns are not made of parts of blocks: their values are held as bf16.
      if c.columns % 16 == 0 {
        #expect(held == expected)
      } else {
        let rounded = zip(held, expected).allSatisfy { abs($0 - $1) <= abs($1) * 0x1p-8 }
        #expect(rounded)
      }
    }
  }
}
