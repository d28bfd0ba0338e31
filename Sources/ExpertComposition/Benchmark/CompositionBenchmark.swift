internal import ExpertModel
internal import ExpertPackage
package import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors

/// Measures attaching installed experts to a loaded base, and writing with two of them by turns.
package struct CompositionBenchmark {
  /// What was measured.
  package struct Report: Sendable, Hashable {
    /// Bytes of one adapter's weights.
    package var adapterBytes: Int
    /// From the name of an installed expert to the attached adapter: files hashed, read, checked.
    package var coldSeconds: Double
    /// The same for an expert that was used before.
    package var hotSeconds: Double
    /// Two experts as one weighted sum, both used before.
    package var composedSeconds: Double
    /// Tokens a second with one expert, and with two that change at every token.
    package var oneRate: Double
    package var alternatingRate: Double
    /// Tokens a second with both at once.
    package var composedRate: Double
  }

  /// A small shape for quick runs: the layers of Qwen3-0.6B are 28.
  private static let quickLayers = 4

  private let folder: String
  private let quick: Bool
  private let pool: ThreadPool

  /// Works in a folder that exists and is the caller's to remove.
  package init(folder: String, quick: Bool = false, pool: ThreadPool) {
    self.folder = folder
    self.quick = quick
    self.pool = pool
  }

  package func run() throws -> Report {
    var shape = ModelBenchmark.qwen3
    if quick { shape.layers = Self.quickLayers }
    let model = try ModelBenchmark.random(shape, precision: .bf16, pool: pool)
    let installer = try install(model.config)
    let opener = ExpertOpener(installer, rules: installer.trust.rules())
    let lineups = try Self.names.map {
      try ExpertLineup([ChosenExpert(try opener.open($0))])
    }
    let both = try ExpertLineup(
      lineups.flatMap(\.experts).map { ChosenExpert($0.expert, weight: 0.5) })
    let decoder = Decoder(model, maxStreams: 1, longestPrompt: 16, pool: pool)
    let cold = try Self.median(3) {
      let lineup = try ExpertLineup([ChosenExpert(try opener.open(Self.names[0]))])
      decoder.attach(try AdapterShelf(model, pool: pool).adapter(for: lineup))
    }
    let shelf = AdapterShelf(model, pool: pool)
    let adapters = try lineups.map { try shelf.adapter(for: $0) }
    let hot = try Self.median(101) { decoder.attach(try shelf.adapter(for: lineups[0])) }
    let composed = try Self.median(101) { decoder.attach(try shelf.adapter(for: both)) }
    let rates = Rates(decoder, adapters, together: try shelf.adapter(for: both))
    return Report(
      adapterBytes: adapters[0].parameters.reduce(0) { $0 + 4 * $1.count }, coldSeconds: cold,
      hotSeconds: hot, composedSeconds: composed, oneRate: rates.one,
      alternatingRate: rates.alternating, composedRate: rates.together)
  }

  private static let names = ["bench-a", "bench-b"]

  /// Two experts, packed, signed and installed as a user would have them.
  private func install(_ model: ModelConfig) throws -> Installer {
    let key = SigningKey()
    let clock = SystemClock()
    let installer = try Installer(ExpertHome(folder + "/composition-home"), clock: clock)
    _ = try installer.trust.add(key.publicKey, label: "bench", clock: clock)
    for (seed, name) in Self.names.enumerated() {
      let place = "\(folder)/\(name)"
      try ExpertModel.AdapterFolder.save(Self.adapter(model, seed: UInt64(seed)), to: place)
      var request = PackagingRequest()
      request.name = name
      request.version = "1.0.0"
      let plan = try PackagePlan.plans(folder: place, request)[0]
      let written = try PackageWriter(signer: key, clock: clock).write(plan, intoFolder: folder)
      _ = try installer.install(try InputFile(written.path), source: written.path)
    }
    return installer
  }

  /// LoRA of rank 16 on every linear layer, with a B that is not zero.
  private static func adapter(_ model: ModelConfig, seed: UInt64) -> Adapter {
    let adapter = Adapter(
      AdapterConfig(
        method: .lora(.init()), targets: TargetModule.allCases, base: "bench"), for: model)
    adapter.start(seed: seed)
    var random = SeededGenerator(seed: seed, stream: "bench/composition")
    for parameter in adapter.parameters where parameter.isOutputSide {
      for place in 0..<parameter.count {
        parameter.value[place] = Float(random.unit() - 0.5) * 0.01
      }
    }
    return adapter
  }

  private static func median(_ times: Int, _ body: () throws -> Void) rethrows -> Double {
    let seconds = try (0..<times).map { _ in
      let start = ContinuousClock.now
      try body()
      return (ContinuousClock.now - start) / .seconds(1)
    }
    return seconds.sorted()[times / 2]
  }
}

/// Tokens a second: medians of single steps, taken by turns, so that a busy machine slows all alike.
private struct Rates {
  private(set) var one = 0.0
  private(set) var alternating = 0.0
  private(set) var together = 0.0

  /// Steps of each way.
  private static let steps = 48

  init(_ decoder: Decoder, _ adapters: [Adapter], together composed: Adapter) {
    let streams = (0..<4).map { _ in decoder.stream(capacity: 4 * Self.steps + 16) }
    for stream in streams { _ = decoder.read([1, 5, 7, 11], stream) }
    func step(_ adapter: Adapter, _ stream: Int) -> Double {
      let start = ContinuousClock.now
      decoder.attach(adapter)
      _ = decoder.step([13], [streams[stream]])
      return (ContinuousClock.now - start) / .seconds(1)
    }
    var times: [[Double]] = [[], [], []]
    for _ in 0..<Self.steps {
      // The first step after other work finds caches of others: it does not count.
      _ = step(adapters[0], 0)
      times[0] += [step(adapters[0], 0), step(adapters[0], 0)]
      _ = step(adapters[0], 1)
      times[1] += [step(adapters[1], 2), step(adapters[0], 1)]
      _ = step(composed, 3)
      times[2].append(step(composed, 3))
    }
    let medians = times.map { $0.sorted()[$0.count / 2] }
    (one, alternating, together) = (1 / medians[0], 1 / medians[1], 1 / medians[2])
  }
}
