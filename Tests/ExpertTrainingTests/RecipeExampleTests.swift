import ExpertTraining
import Foundation
import Testing

/// The recipe in Documentation/Formats/training-run.md.
@Suite struct RecipeExampleTests {
  @Test func theRecipeInTheDocumentationIsOne() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Documentation/Formats/training-run.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let recipe = try #require(
      text.components(separatedBy: "```yaml\n").dropFirst().first?
        .components(separatedBy: "```").first)
    let config = try TrainingConfig(layers: [TrainingLayer(yaml: recipe, path: "page")])
    #expect(config.base == "qwen3-0.6b")
    #expect(config.dataset == "json-parsing@v3")
    #expect(config.trackers == [.tensorboard, .trackio])
  }
}
