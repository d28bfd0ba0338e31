import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

/// Texts that join and leave one batch, against each text alone.
@Suite struct ContinuousBatchTests {
  private let base: Base
  private let adapters: [Adapter?]

  init() throws {
    let folder = try TemporaryFolder()
    base = try Base.open(TinyChatModel(in: folder).path, precision: .fp32, pool: .shared)
    var adapters: [Adapter?] = [nil]
    for name in ["lora_warm", "ia3_warm", "prompt"] {
      let adapter = try AdapterFolder.load(TinyChatModel.adapter(name), for: base.model.config)
      base.model.prepare(adapter, pool: .shared)
      adapters.append(adapter)
    }
    self.adapters = adapters
  }

  private final class Collector {
    var text = ""
    var tokens: [TokenLikelihood] = []
    var result: Result<GenerationResult, any Error>?
    var isWanted = true

    var sink: ContinuousBatch.Sink {
      ContinuousBatch.Sink(
        isWanted: { self.isWanted },
        text: {
          self.text += $0
          self.tokens += $1
        }, end: { self.result = $0 })
    }
  }

  private func request(_ number: Int) throws -> GenerationRequest {
    let text = String(repeating: "word \(number) ", count: 1 + 7 * (number % 5))
    var request = GenerationRequest(
      prompt: try base.tokenizer.encode(text), maxTokens: 5 + 3 * (number % 4), stream: 0)
    if number % 3 == 2 {
      request.sampling = SamplingOptions(temperature: 0.8, seed: UInt64(number))
    }
    return request
  }

  @Test(arguments: [(1, 256), (3, 16), (16, 256), (16, 5)])
  func textsOfSeveralAdaptersAreWhatEachIsAlone(_ streams: Int, _ chunk: Int) throws {
    let batch = ContinuousBatch(
      base.model, tokenizer: base.tokenizer,
      limits: .init(streams: streams, promptChunk: chunk), pool: .shared)
    var collectors: [Collector] = []
    var next = 0
    // One text joins at every other step, so that no two are at the same place.
    while next < 16 || !batch.isIdle {
      if next < 16, next % 2 == 0 || batch.activeCount < streams {
        let collector = Collector()
        collectors.append(collector)
        try batch.add(
          request(next), adapter: adapters[next % adapters.count], sink: collector.sink)
        next += 1
      }
      batch.step()
      #expect(batch.activeCount <= streams)
    }
    for (number, collector) in collectors.enumerated() {
      let generator = Generator(
        base.model, adapter: adapters[number % adapters.count], tokenizer: base.tokenizer,
        pool: .shared)
      let alone = try generator.generate([request(number)])[0]
      #expect(try collector.result?.get() == alone, "text \(number)")
      #expect(collector.text == alone.text)
    }
  }

  @Test func aTextThatNobodyWantsLeaves() throws {
    let batch = ContinuousBatch(
      base.model, tokenizer: base.tokenizer, limits: .init(streams: 1), pool: .shared)
    let (first, second) = (Collector(), Collector())
    try batch.add(request(0), adapter: nil, sink: first.sink)
    try batch.add(request(1), adapter: nil, sink: second.sink)
    batch.step()
    #expect(batch.activeCount == 1 && batch.waitingCount == 1)
    first.isWanted = false
    while !batch.isIdle { batch.step() }
    #expect(throws: CancellationError.self) { try first.result?.get() }
    #expect(try second.result?.get().tokens.isEmpty == false)
  }

  @Test func theCacheIsNotOverfilledAndASingleTextRuns() throws {
    let batch = ContinuousBatch(
      base.model, tokenizer: base.tokenizer, limits: .init(streams: 8, cacheTokens: 60),
      pool: .shared)
    let collectors = (0..<6).map { _ in Collector() }
    for collector in collectors {
      try batch.add(
        GenerationRequest(prompt: [10, 11, 12], maxTokens: 22), adapter: nil, sink: collector.sink)
    }
    while !batch.isIdle {
      batch.step()
      #expect(batch.activeCount <= 2)
    }
    let large = Collector()
    try batch.add(
      GenerationRequest(prompt: [10], maxTokens: 100), adapter: nil, sink: large.sink)
    while !batch.isIdle { batch.step() }
    #expect(try large.result?.get().finish != nil)
    #expect(collectors.allSatisfy { $0.result != nil })
  }

  @Test func likelihoodsAreThoseOfTheLogits() throws {
    let batch = ContinuousBatch(base.model, tokenizer: base.tokenizer, pool: .shared)
    let collector = Collector()
    var request = GenerationRequest(prompt: [40, 41, 42], maxTokens: 4)
    request.likelihoods = 3
    try batch.add(request, adapter: nil, sink: collector.sink)
    while !batch.isIdle { batch.step() }
    let decoder = Decoder(base.model, pool: .shared)
    let stream = decoder.stream(capacity: 16)
    var logits = decoder.read(request.prompt, stream)
    #expect(!collector.tokens.isEmpty)
    for told in collector.tokens {
      let known = logits.prefix(base.tokenizer.idCount).map(Double.init)
      let total = log(known.reduce(0) { $0 + exp($1) })
      #expect(abs(told.logprob - (known[Int(told.token)] - total)) < 1e-4)
      let best = known.enumerated().sorted { $0.element > $1.element }.prefix(3)
      #expect(told.top.map(\.token) == best.map { Int32($0.offset) })
      #expect(zip(told.top, best).allSatisfy { abs($0.logprob - ($1.element - total)) < 1e-4 })
      logits = decoder.read([told.token], stream)
    }
  }
}
