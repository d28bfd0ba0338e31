import Foundation
package import Testing

/// The real model and vocabulary that some tests use. `Scripts/test-models` fetches them; they are
/// looked for in `EXPERT_TEST_MODELS`, else in `.build-models` of the working folder.
package enum TestModels {
  /// SmolLM2-135M-Instruct, weights and tokenizer in one file.
  package static let smolLM2 = "SmolLM2-135M-Instruct.Q4_1.gguf"
  /// The ranks of the Qwen2, Qwen2.5 and Qwen3 vocabulary.
  package static let qwenRanks = "qwen.tiktoken"

  /// The folder that holds them.
  package static var folder: String {
    ProcessInfo.processInfo.environment["EXPERT_TEST_MODELS"] ?? ".build-models"
  }

  /// The path of one file, there or not.
  package static func path(_ name: String) -> String { folder + "/" + name }
}

extension Trait where Self == ConditionTrait {
  /// Skips the test where the file is not there, by a line that `Scripts/run-tests` counts.
  package static func testModel(_ name: String) -> Self {
    .enabled(
      if: FileManager.default.fileExists(atPath: TestModels.path(name)),
      "real model not available: \(name); run Scripts/test-models")
  }
}
