import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
import Testing

/// Merged adapters against PEFT's `add_weighted_adapter`.
@Suite struct AdapterMergeTests {
  private let fixture: CompositionFixture

  init() throws { fixture = try CompositionFixture() }

  private func merged(
    _ method: MergeMethod, _ parts: [(String, Double)], density: Double = 0.4,
    sign: MajoritySign = .total, rank: Int? = nil, seed: UInt64 = 0
  ) throws -> Adapter {
    try AdapterMerge(method, density: density, sign: sign, rank: rank, seed: seed)
      .merge(try fixture.weighted(parts), pool: .shared).adapter
  }

  private static let two = [("first", 0.7), ("second", -0.4)]

  @Test(arguments: [
    (MergeMethod.linear, "linear", two, MajoritySign.total), (.cat, "cat", two, .total),
    (.ties, "ties", two, .total), (.magnitudePrune, "magnitude_prune", two, .total),
    (.ties, "ties_frequency", [("first", 0.7), ("second", 0.4)], .frequency),
  ])
  func tensorsAreThoseOfPEFT(
    _ method: MergeMethod, _ file: String, _ parts: [(String, Double)], _ sign: MajoritySign
  ) throws {
    let adapter = try merged(method, parts, sign: sign)
    let reference = try Safetensors(CompositionFixture.folder.file("\(file).safetensors"))
    #expect(Set(reference.entries.map(\.name)) == Set(adapter.parameters.map(\.name)))
    for parameter in adapter.parameters {
      let view = try reference.tensor(parameter.name)
      #expect(view.shape == parameter.shape)
      #expect(difference(parameter.array, view.floats().array) < 1e-6, "\(parameter.name)")
    }
    let options = try #require(adapter.config.method.lora)
    #expect(options.scale(of: .query) == 1)
  }

  /// PEFT pads ranks with zeros where an adapter lacks a target; the products are the same.
  @Test func catOfDifferentTargetsIsTheSameProduct() throws {
    let adapter = try merged(.cat, [("first", 0.5), ("second", 0.25), ("pair", 2)])
    let options = try #require(adapter.config.method.lora)
    #expect(options.rank == 8 && options.rankPattern == [.query: 10, .value: 10])
    try compare(adapter, "cat_three", rank: 10)
  }

  @Test func svdIsTheSameProductAsPEFTs() throws {
    let adapter = try merged(.svd, [("first", 0.8), ("pair", 1.5)], rank: 3)
    try compare(adapter, "svd", rank: 3)
  }

  /// BA of every target.
  private func compare(_ adapter: Adapter, _ file: String, rank: Int) throws {
    let reference = try Safetensors(CompositionFixture.folder.file("\(file).safetensors"))
    for b in adapter.parameters where b.isOutputSide {
      let name = b.name.replacing("lora_B", with: "lora_A")
      let a = try #require(adapter.parameters.first { $0.name == name })
      let own = product(a.array, b.array, rank: a.shape[0])
      let theirs = product(
        try reference.tensor(name).floats().array, try reference.tensor(b.name).floats().array,
        rank: rank)
      #expect(difference(own, theirs) < 2e-5, "\(b.name)")
    }
  }

  private func product(_ a: [Float], _ b: [Float], rank: Int) -> [Float] {
    let (inputs, outputs) = (a.count / rank, b.count / rank)
    return (0..<outputs * inputs).map { place in
      (0..<rank).reduce(0) { sum, k in
        sum + b[place / inputs * rank + k] * a[k * inputs + place % inputs]
      }
    }
  }

  /// cat does what the adapters do together, and svd of the full rank too.
  @Test(arguments: [MergeMethod.cat, .svd]) func exactMergesAreTheWeightedSum(
    _ method: MergeMethod
  ) throws {
    let parts = [("first", 0.7), ("pair", -1.1), ("second", 0.2)]
    let adapter = try merged(method, parts, rank: method == .svd ? 10 : nil)
    let sum = fixture.logits(try fixture.composed(parts))
    #expect(difference(fixture.logits(adapter), sum) < 2e-5)
  }

  @Test func scalingsAreThoseOfPEFT() throws {
    let adapter = try merged(.linear, [("near", 0.25), ("far", 0.75)])
    let reference = try Safetensors(CompositionFixture.folder.file("ia3.safetensors"))
    #expect(adapter.parameters.count == 6)
    for parameter in adapter.parameters {
      let view = try reference.tensor(parameter.name)
      #expect(difference(parameter.array, view.floats().array) < 1e-6)
    }
    let notes = try AdapterMerge(.linear).merge(
      try fixture.weighted([("near", 1), ("far", 1)]), pool: .shared
    ).notes
    #expect(notes.count == 3 && notes[0].contains("k_proj add up to 2"))
  }

  /// DARE keeps a share of the values, scaled up so that their mean stays, and the same seed keeps the
  /// same.
  @Test func dareKeepsTheShareAndTheMean() throws {
    let density = 0.25
    let one = try merged(.dareLinear, [("first", 1)], density: density, seed: 3)
    let again = try merged(.dareLinear, [("first", 1)], density: density, seed: 3)
    let other = try merged(.dareLinear, [("first", 1)], density: density, seed: 4)
    #expect(one.parameters.map(\.array) == again.parameters.map(\.array))
    #expect(one.parameters.map(\.array) != other.parameters.map(\.array))
    let whole = try merged(.linear, [("first", 1)])
    var (kept, all) = (0, 0)
    for (pruned, full) in zip(one.parameters, whole.parameters) {
      for (value, source) in zip(pruned.array, full.array) {
        all += 1
        if value == 0 { continue }
        kept += 1
        #expect(abs(value - source / Float(density)) <= 1e-5 * abs(value))
      }
    }
    let share = Double(kept) / Double(all)
    // Six deviations of a binomial share.
    #expect(abs(share - density) < 6 * (density * (1 - density) / Double(all)).squareRoot())
  }

  /// In dare_ties every value has the sign that was elected among the values that were kept.
  @Test func dareTiesOfOneAdapterIsDareLinear() throws {
    let linear = try merged(.dareLinear, [("first", 0.5)], density: 0.5, seed: 9)
    let ties = try merged(.dareTies, [("first", 0.5)], density: 0.5, seed: 9)
    #expect(linear.parameters.map(\.array) == ties.parameters.map(\.array))
    let full = try merged(.dareTies, Self.two, density: 1)
    let plain = try merged(.ties, Self.two, density: 1)
    #expect(full.parameters.map(\.array) == plain.parameters.map(\.array))
  }

  @Test func aMergedAdapterIsSavedAndLoaded() throws {
    let adapter = try merged(.cat, [("first", 0.5), ("pair", 2)])
    let place = try TemporaryFolder()
    try AdapterFolder.save(adapter, to: place.file("merged"))
    let again = try AdapterFolder.load(place.file("merged"), for: fixture.model.config)
    #expect(again.config == adapter.config)
    #expect(fixture.logits(again) == fixture.logits(adapter))
  }

  @Test func whatCannotBeMergedSaysWhatToDo() throws {
    func refusal(_ method: MergeMethod, _ parts: [(String, Double)]) throws -> String {
      let weighted = try fixture.weighted(parts)
      do {
        _ = try AdapterMerge(method).merge(weighted, pool: .shared)
        return ""
      } catch { return "\(error)" }
    }
    #expect(try refusal(.cat, [("first", 1), ("turned", 1)]).contains("run --experts"))
    #expect(try refusal(.linear, [("first", 1), ("pair", 1)]).contains("merge with cat or svd"))
    #expect(try refusal(.ties, [("near", 1), ("far", 1)]).contains("use linear"))
    #expect(try refusal(.cat, [("first", 1), ("near", 1)]).contains("of one kind"))
    #expect(try refusal(.linear, [("near", 1), ("first", 1)]).contains("only IA³"))
    #expect(try refusal(.cat, []).contains("at least one"))
    #expect(try refusal(.cat, [("first", .nan)]).contains("finite"))
    let parts = try fixture.weighted(Self.two)
    for density in [0, -1, 1.5, .nan] {
      #expect(throws: CompositionError.self) {
        try AdapterMerge(.ties, density: density).merge(parts, pool: .shared)
      }
    }
    #expect(throws: CompositionError.badRank(0)) {
      try AdapterMerge(.svd, rank: 0).merge(parts, pool: .shared)
    }
  }

  @Test func methodsHaveTheNamesOfPEFT() {
    #expect(MergeMethod(named: "dare") == .dareLinear)
    #expect(MergeMethod(named: "dare-ties") == .dareTies)
    #expect(MergeMethod(named: "magnitude_prune") == .magnitudePrune)
    #expect(MergeMethod(named: "average") == nil)
  }
}
