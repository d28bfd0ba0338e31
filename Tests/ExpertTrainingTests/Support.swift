import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTraining
import Foundation

/// Fixtures that other programs made: see Tests/Tools/training-golden.py.
enum Golden {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }

  static func json(_ name: String) throws -> JSONValue {
    try JSONValue.parse(try bytes(name), limits: .init())
  }

  /// Names and SHA-256 of `SHA256SUMS`.
  static func sums() throws -> [(name: String, sum: String)] {
    String(decoding: try bytes("SHA256SUMS"), as: UTF8.self).split(separator: "\n").map { line in
      (name: String(line.dropFirst(66)), sum: String(line.prefix(64)))
    }
  }
}

extension TrainingLayer {
  /// A layer of flags by option.
  static func flags(_ values: [TrainingOption: String]) throws -> TrainingLayer {
    var layer = TrainingLayer()
    for (option, text) in values { try layer.set(option, flag: text) }
    return layer
  }
}

/// A configuration of flags alone.
func config(_ values: [TrainingOption: String] = [:]) throws -> TrainingConfig {
  try TrainingConfig(layers: [.flags(values)])
}

/// Qwen3-0.6B.
let qwen3 = ModelConfig(
  architecture: .qwen3, hiddenSize: 1024, intermediateSize: 3072, layers: 28, attentionHeads: 16,
  keyValueHeads: 8, headSize: 128, vocabularySize: 151_936, normEpsilon: 1e-6, ropeTheta: 1e6,
  contextLength: 40_960, tiedEmbeddings: true, attentionBias: false)

/// SmolLM2-135M.
let smollm2 = ModelConfig(
  architecture: .llama, hiddenSize: 576, intermediateSize: 1536, layers: 30, attentionHeads: 9,
  keyValueHeads: 3, headSize: 64, vocabularySize: 49_152, normEpsilon: 1e-5, ropeTheta: 1e5,
  contextLength: 8192, tiedEmbeddings: true, attentionBias: false)

/// Random numbers around zero.
func noise(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
  var generator = SeededGenerator(seed: seed, stream: "noise")
  return (0..<count).map { _ in Float(scale * (2 * generator.unit() - 1)) }
}

/// An example of `length` tokens whose last `answer` are learned.
func example(_ length: Int, answer: Int, rid: String = "r", first: Int32 = 100) -> TokenExample {
  TokenExample(
    ids: (0..<Int32(length)).map { first + $0 }, supervised: [length - answer..<length], rid: rid)
}

/// The error that `body` throws, as a `TrainingError`.
func failure(_ body: () throws -> Void) -> TrainingError? {
  do {
    try body()
    return nil
  } catch {
    return error as? TrainingError
  }
}
