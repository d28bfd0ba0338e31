internal import ExpertPlatform
internal import ExpertTensors
internal import Foundation
internal import Testing

@Suite struct RotaryFrequencyTests {
  private struct Line {
    var attentionFactor: Double
    var inverse: [Double]
  }

  /// Tests/Tools/rotary_frequencies.py writes the file with transformers' functions.
  private func golden() throws -> [String: Line] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    let data = try Data(contentsOf: folder.appending(path: "rotary.txt"))
    let sums = try String(contentsOf: folder.appending(path: "SHA256SUMS"), encoding: .utf8)
    #expect(sums.contains("\(SHA256.hash([UInt8](data)).description)  rotary.txt\n"))
    var lines: [String: Line] = [:]
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().compactMap { Double($0) }
      lines[String(words[0])] = Line(
        attentionFactor: numbers[0], inverse: Array(numbers.dropFirst()))
    }
    return lines
  }

  /// transformers computes in fp32, we in double: they agree to fp32's precision.
  @Test func frequenciesAreThoseOfTransformers() throws {
    let golden = try golden()
    let ours: [String: RotaryFrequencies] = [
      "linear": .linear(theta: 1e4, headSize: 128, factor: 4),
      "llama3": .llama3(
        theta: 5e5, headSize: 64, factor: 32, lowFactor: 1, highFactor: 4, originalContext: 8192),
      "yarn": .yarn(theta: 1e6, headSize: 128, factor: 4, originalContext: 32_768),
      "yarn-betas": .yarn(
        theta: 1e4, headSize: 64, factor: 16, originalContext: 4096, betaFast: 24, betaSlow: 2,
        attentionFactor: 0.75, truncate: false),
    ]
    #expect(Set(golden.keys) == Set(ours.keys))
    for (name, frequencies) in ours {
      let line = try #require(golden[name])
      #expect(frequencies.inverse.count == line.inverse.count)
      #expect(abs(frequencies.attentionFactor - line.attentionFactor) < 1e-12)
      for (one, other) in zip(frequencies.inverse, line.inverse) {
        #expect(abs(one - other) <= 3e-6 * other, "\(name)")
      }
    }
  }
}
