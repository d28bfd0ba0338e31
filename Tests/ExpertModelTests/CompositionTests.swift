import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
import Testing

/// The adapters that PEFT made and merged, on the tiny base that they were made for.
struct CompositionFixture {
  static let folder = GoldenFolder("Golden/composition", besides: #filePath)

  let model: BaseModel
  let ids: [Int32]

  init() throws {
    let files = try ModelFiles.open(GoldenFolder(besides: #filePath).file("tiny/qwen3"))
    model = try BaseModel(files.config, precision: .fp32, pool: .shared) {
      try files.tensor($0)
    }
    let logits = try Safetensors(Self.folder.file("logits.safetensors"))
    ids = try logits.integers("ids").map { Int32($0) }
  }

  func adapter(_ name: String) throws -> Adapter {
    let adapter = try AdapterFolder.load(Self.folder.file(name), for: model.config)
    model.prepare(adapter, pool: .shared)
    return adapter
  }

  func weighted(_ parts: [(String, Double)]) throws -> [WeightedAdapter] {
    try parts.map { WeightedAdapter(try adapter($0.0), weight: $0.1, name: $0.0) }
  }

  func composed(_ parts: [(String, Double)]) throws -> Adapter {
    try Adapter.composing(try weighted(parts))
  }

  /// The logits behind the last token.
  func logits(_ adapter: Adapter?) -> [Float] {
    let decoder = Decoder(model, adapter: adapter, pool: .shared)
    return Array(
      decoder.read(ids, decoder.stream(capacity: (adapter?.promptLength ?? 0) + ids.count)))
  }

  /// The same from PEFT.
  func reference(_ name: String) throws -> [Float] {
    let all = try Safetensors(Self.folder.file("logits.safetensors")).tensor(name).floats().array
    return Array(all.suffix(model.config.vocabularySize))
  }
}

/// The largest difference beside the largest value.
func difference(_ found: [Float], _ reference: [Float]) -> Float {
  guard found.count == reference.count else { return .infinity }
  let most = reference.reduce(Float(1e-30)) { max($0, abs($1)) }
  return zip(found, reference).reduce(0) { max($0, abs($1.0 - $1.1)) } / most
}

@Suite struct CompositionTests {
  private let fixture: CompositionFixture

  init() throws { fixture = try CompositionFixture() }

  @Test func theFixturesAreThere() throws {
    let found = try CompositionFixture.folder.check()
    #expect(found.wrong == [] && found.count == 21)
  }

  /// Several active adapters in PEFT add up, DoRA's among them.
  @Test(arguments: [
    "first", "first+second", "first+pair", "first+turned", "second+pair+turned",
  ])
  func adaptersTogetherAreThoseOfPEFT(_ names: String) throws {
    let parts = names.split(separator: "+").map { (String($0), 1.0) }
    let found = fixture.logits(try fixture.composed(parts))
    #expect(difference(found, try fixture.reference(names)) < 1e-5)
    #expect(difference(found, fixture.logits(nil)) > 1e-3)
  }

  @Test func weightsAreThoseOfPEFTsExactMerge() throws {
    let found = fixture.logits(try fixture.composed([("first", 0.7), ("second", -0.4)]))
    #expect(difference(found, try fixture.reference("0.7first-0.4second")) < 1e-5)
  }

  /// Where IA³'s weights add up to one, the weighted vectors of PEFT are the sum of the changes.
  @Test func scalingsAddUpAsPEFTsDo() throws {
    let found = fixture.logits(try fixture.composed([("near", 0.25), ("far", 0.75)]))
    #expect(difference(found, try fixture.reference("0.25near+0.75far")) < 1e-5)
  }

  /// The change of the logits is not linear in an adapter, but the change of one layer is: with an
  /// input of its own each group gives base + Σ w (adapter − base), whatever the methods are.
  @Test(arguments: [
    [("first", 0.5), ("turned", 2.0), ("near", -0.5)], [("near", 1.0), ("far", 1.0)],
    [("turned", 0.3), ("near", 0.7), ("pair", 1.5)],
  ])
  func everyLayerIsTheBaseAndTheWeightedChanges(_ parts: [(String, Double)]) throws {
    let composed = try fixture.composed(parts)
    let single = try parts.map { try fixture.adapter($0.0) }
    let rows = 3
    for (number, layer) in fixture.model.layers.enumerated() {
      for group in ModuleGroup.allCases {
        let matrix = layer.matrix(of: group)
        let x = FloatBuffer(count: rows * matrix.inputs)
        for k in 0..<x.count { x.base[k] = Float((k * 37 % 101) - 50) / 50 }
        let bias = FloatBuffer((0..<matrix.outputs).map { Float($0 % 7) / 7 })
        func output(_ adapter: Adapter?) -> [Float] {
          let y = FloatBuffer(count: rows * matrix.outputs)
          GroupProduct(
            matrix, bias: bias, adapter: adapter?.modules[number][group], pool: .shared
          ).forward(x.base, rows: rows, into: y.base)
          return y.array
        }
        let base = output(nil)
        var expected = base
        for (adapter, part) in zip(single, parts) {
          for (k, value) in output(adapter).enumerated() {
            expected[k] += Float(part.1) * (value - base[k])
          }
        }
        #expect(difference(output(composed), expected) < 2e-6, "\(number) \(group)")
        // Added to what is there, as the residual stream does.
        let sum = FloatBuffer(expected.map { _ in Float(0.25) })
        GroupProduct(
          matrix, bias: bias, adapter: composed.modules[number][group], pool: .shared
        ).forward(x.base, rows: rows, into: sum.base, accumulate: true)
        #expect(difference(sum.array, expected.map { $0 + 0.25 }) < 2e-6)
      }
    }
  }

  @Test func softPromptsStandOneAfterTheOther() throws {
    let (a, b) = (prompt(3, seed: 1), prompt(2, seed: 2))
    let joined = try Adapter.composing([
      WeightedAdapter(a, name: "a"), WeightedAdapter(b, name: "b"),
    ])
    #expect(joined.promptLength == 5)
    let whole = prompt(5, seed: 3)
    let values = (a.prompt?.array ?? []) + (b.prompt?.array ?? [])
    for (k, value) in values.enumerated() { whole.prompt?.value[k] = value }
    #expect(fixture.logits(joined) == fixture.logits(whole))
    let beside = try Adapter.composing([
      WeightedAdapter(a, name: "a"), WeightedAdapter(try fixture.adapter("first"), name: "first"),
    ])
    #expect(beside.promptLength == 3)
    #expect(fixture.logits(beside) != fixture.logits(a))
  }

  private func prompt(_ count: Int, seed: Int) -> Adapter {
    let adapter = Adapter(
      AdapterConfig(method: .promptTuning(.init(count: count, start: .random)), targets: []),
      for: fixture.model.config)
    adapter.start(
      prompt: (0..<count * fixture.model.config.hiddenSize).map {
        Float(($0 * 31 + seed * 17) % 23 - 11) / 40
      })
    return adapter
  }

  @Test func aWeightOfZeroIsTheBase() throws {
    let found = fixture.logits(try fixture.composed([("first", 0), ("near", 0)]))
    #expect(found == fixture.logits(nil))
    #expect(try fixture.composed([("first", 1)]).composition.isEmpty)
  }

  @Test func compositionsComposeAgain() throws {
    let inner = try fixture.composed([("first", 2), ("near", 0.5)])
    let outer = try Adapter.composing([
      WeightedAdapter(inner, weight: 0.5, name: "inner"),
      WeightedAdapter(try fixture.adapter("pair"), name: "pair"),
    ])
    let flat = try fixture.composed([("first", 1), ("near", 0.25), ("pair", 1)])
    #expect(fixture.logits(outer) == fixture.logits(flat))
  }

  @Test func whatCannotBeComposedSaysWhy() throws {
    #expect(throws: CompositionError.empty) { try Adapter.composing([]) }
    #expect(throws: CompositionError.badWeight(name: "first", weight: .infinity)) {
      try fixture.composed([("first", .infinity)])
    }
    #expect(throws: CompositionError.weightedPrompt(name: "p", weight: 0.5)) {
      try Adapter.composing([WeightedAdapter(prompt(2, seed: 1), weight: 0.5, name: "p")])
    }
    var other = fixture.model.config
    other.hiddenSize *= 2
    let wide = Adapter(
      AdapterConfig(method: .lora(.init(rank: 2)), targets: [.query]), for: other)
    #expect(throws: CompositionError.otherShape(name: "wide", other: "first")) {
      try Adapter.composing([
        WeightedAdapter(try fixture.adapter("first"), name: "first"),
        WeightedAdapter(wide, name: "wide"),
      ])
    }
  }

  /// One decoder answers with any adapter: what it gives does not depend on what was attached before.
  @Test func adaptersAreExchangedOnOneBase() throws {
    let (a, b) = (try fixture.adapter("first"), try fixture.composed([("near", 1), ("pair", 0.5)]))
    let decoder = Decoder(fixture.model, pool: .shared)
    func logits(_ adapter: Adapter?) -> [Float] {
      decoder.attach(adapter)
      return Array(decoder.read(fixture.ids, decoder.stream(capacity: fixture.ids.count)))
    }
    let expected = [a, b, nil].map { fixture.logits($0) }
    for _ in 0..<2 { #expect([a, b, nil].map { logits($0) } == expected) }
  }

  @Test func driftTellsHowFarLogitsMove() throws {
    let probe = DriftProbe(fixture.model, pool: .shared)
    let (a, b) = (try fixture.adapter("first"), try fixture.adapter("turned"))
    let both = try fixture.composed([("first", 1), ("turned", 1)])
    let drift = probe.drift([fixture.ids, [1, 2, 3]], alone: [a, b], joint: both)
    #expect(drift.joint.tokens == fixture.ids.count + 3 && drift.joint.notFinite == 0)
    #expect(drift.alone.allSatisfy { $0.divergence > 0 && $0.largestChange > 0 })
    #expect((drift.interaction ?? 1) < 0.5)
    let none = probe.drift(
      [fixture.ids], alone: [], joint: try fixture.composed([("first", 0), ("pair", 0)]))
    #expect(none.joint.divergence < 1e-9 && none.joint.agreement == 1)
    #expect(none.interaction == nil)
    let bad = try fixture.adapter("first")
    bad.parameters[0].value[0] = .nan
    let broken = probe.drift([fixture.ids], alone: [bad], joint: bad)
    #expect(broken.joint.notFinite > 0)
  }

  @Test func overlapTellsWhereAndInWhichDirection() throws {
    let (first, second) = (try fixture.adapter("first"), try fixture.adapter("second"))
    let pair = try fixture.adapter("pair")
    let same = AdapterOverlap(first, first)
    #expect(same.shared == 14 && same.share == 1)
    #expect(abs((same.cosine ?? 0) - 1) < 1e-9)
    let apart = AdapterOverlap(first, pair)
    #expect(apart.shared == 4 && apart.either == 14 && apart.targets == [.query, .value])
    #expect(abs((AdapterOverlap(first, second).cosine ?? 1)) < 0.5)
    let minus = try AdapterMerge(.cat).merge(
      [WeightedAdapter(first, weight: -1, name: "first")], pool: .shared
    ).adapter
    #expect(abs((AdapterOverlap(first, minus).cosine ?? 0) + 1) < 1e-6)
    #expect(AdapterOverlap(first, try fixture.adapter("near")).cosine == nil)
    let scaled = AdapterOverlap(try fixture.adapter("near"), try fixture.adapter("near"))
    #expect(abs((scaled.cosine ?? 0) - 1) < 1e-9)
  }

  /// ‖ΔW‖ / ‖W‖ beside the plain formula over whole matrices.
  @Test func theSizeOfAChangeIsThatOfTheWholeProduct() throws {
    let adapter = try fixture.adapter("pair")
    let summary = AdapterSummary(adapter, on: fixture.model, pool: .shared)
    #expect(summary.targets == [.query, .value] && summary.places == 4)
    var (change, weight) = (0.0, 0.0)
    for layer in 0..<2 {
      for target in [TargetModule.query, .value] {
        let (inputs, outputs) = target.size(in: fixture.model.config)
        let name = "layers.\(layer).\(target.path)."
        func tensor(_ suffix: String) -> [Float] {
          adapter.parameters.first { $0.name.contains(name + suffix) }?.array ?? []
        }
        let (a, b) = (tensor("lora_A"), tensor("lora_B"))
        for row in 0..<outputs {
          for column in 0..<inputs {
            let value = 3 * (b[row * 2] * a[column] + b[row * 2 + 1] * a[inputs + column])
            change += Double(value) * Double(value)
          }
        }
        let matrix = fixture.model.layers[layer].queryKeyValue
        let range = ModuleGroup.queryKeyValue.range(of: target, in: fixture.model.config)
        let rows = FloatBuffer(count: range.count * inputs)
        matrix.copyFloats(rows: range, to: rows.base)
        weight += rows.array.reduce(0) { $0 + Double($1) * Double($1) }
      }
    }
    let expected = (change / weight).squareRoot()
    #expect(abs((summary.relativeNorm ?? 0) - expected) < 1e-5 * expected)
  }
}
