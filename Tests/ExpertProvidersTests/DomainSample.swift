import ExpertProviders
import ExpertRecord

/// Problems of one template, by number.
enum DomainSample {
  /// Problem `index` of a template, difficulties in turn.
  static func item(_ template: ProceduralTemplate, index: Int, seed: UInt64 = 0) -> ProceduralItem {
    var generator = SeededGenerator(seed: seed, stream: "\(template.id)/\(index)")
    return template.make(&generator, Difficulty.allCases[index % 3])
  }
}
