import ExpertComposition
import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import Testing

@Suite struct CompositionFindingTests {
  private static let shape = ModelConfig(
    architecture: .llama, hiddenSize: 32, intermediateSize: 32, layers: 2, attentionHeads: 2,
    keyValueHeads: 1, headSize: 32, vocabularySize: 64, normEpsilon: 1e-5, ropeTheta: 1e4,
    contextLength: 64, tiedEmbeddings: true, attentionBias: false)
  private static let prompts: [[Int32]] = [[1, 2, 3, 4], [9, 8, 7]]

  private let model: BaseModel

  init() throws {
    model = try ModelBenchmark.random(Self.shape, precision: .fp32, pool: .shared)
  }

  private func subject(
    _ name: String, targets: [TargetModule] = [.query, .down], sign: Float = 1, seed: UInt64 = 1
  ) -> CompositionCheck.Subject {
    let adapter = Adapter(
      AdapterConfig(method: .lora(.init(rank: 2, alpha: 2)), targets: targets), for: Self.shape)
    adapter.start(seed: seed)
    for parameter in adapter.parameters where parameter.isOutputSide {
      for place in 0..<parameter.count {
        parameter.value[place] = sign * Float((place * 7 + Int(seed) * 5) % 11 - 5) / 100
      }
    }
    return CompositionCheck.Subject(name: name, weight: 1, adapters: [adapter])
  }

  private func findings(_ subjects: [CompositionCheck.Subject]) throws -> [CompositionFinding] {
    let report = try CompositionCheck(model, pool: .shared).run(subjects, prompts: Self.prompts)
    return CompositionFindings(report).all
  }

  @Test func expertsOnOtherLayersGoTogether() throws {
    let subjects = [subject("a", targets: [.query]), subject("b", targets: [.up], seed: 2)]
    let report = try CompositionCheck(model, pool: .shared).run(subjects, prompts: Self.prompts)
    #expect(report.pairs.map(\.overlap.shared) == [0])
    #expect(report.experts.allSatisfy { ($0.drift?.divergence ?? 0) > 0 })
    #expect(CompositionFindings(report).all == [])
    #expect(report.json["experts"]?.array?.count == 2)
  }

  @Test func oppositeAndEqualExpertsAreFound() throws {
    let opposite = try findings([subject("a"), subject("b", sign: -1)])
    #expect(opposite.contains { $0.text.contains("opposite directions (cosine -1.00)") })
    #expect(opposite.contains { $0.remedy.contains("ties") })
    let equal = try findings([subject("a"), subject("b")])
    #expect(equal.contains { $0.text.contains("in the same way (cosine 1.00)") })
    #expect(equal.allSatisfy { $0.severity == .warning })
  }

  @Test func notANumberIsAnError() throws {
    let bad = subject("bad")
    bad.adapters[0].parameters[0].value[0] = .nan
    let found = try findings([bad, subject("good", seed: 2)])
    #expect(found.first?.severity == .error && found.first?.subject == "bad")
  }

  @Test func aLossOnTheOwnSuiteNamesTheOverlap() throws {
    var report = try CompositionCheck(model, pool: .shared).run(
      [subject("a"), subject("b", seed: 2)], prompts: Self.prompts)
    report.suites = [
      .init(expert: "a", source: "x", examples: 10, base: 0.2, alone: 0.9, joint: 0.5),
      .init(expert: "b", source: "y", examples: 10, base: 0.2, alone: 0.9, joint: 0.88),
    ]
    let found = CompositionFindings(report).all.filter { $0.text.contains("poor composition") }
    #expect(found.map(\.subject) == ["a"])
    #expect(found[0].text.contains("0.50 on its own suite beside the others, 0.90 alone"))
    #expect(found[0].remedy.contains("q_proj, down_proj"))
  }

}
