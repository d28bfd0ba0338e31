import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTestSupport
import ExpertTraining

/// A tiny base with an adapter, and passes through both: see Tests/Tools/objective-golden.py and the
/// fixtures of ExpertModelTests.
struct Student {
  let model: BaseModel
  let adapter: Adapter

  /// `adapter`: a folder in PEFT's form. `frozenA` makes LoRA LoRA-FA.
  init(_ base: String = "qwen3", adapter folder: String, frozenA: Bool = false) throws {
    model = try Self.base(base)
    var config = try AdapterFolder.config(folder)
    if frozenA, case .lora(var options) = config.method {
      options.frozenA = true
      config.method = .lora(options)
    }
    adapter = try AdapterFolder.load(
      config, weights: AdapterFolder.weights(folder), for: model.config)
    model.prepare(adapter, pool: .shared)
  }

  static func base(_ name: String) throws -> BaseModel {
    let folder = GoldenFolder("../ExpertModelTests/Golden/tiny", besides: #filePath)
    let files = try ModelFiles.open(folder.file(name))
    return try BaseModel(files.config, precision: .fp32, pool: .shared) { try files.tensor($0) }
  }

  /// An adapter of ExpertModelTests, such as `qwen3/dora_warm`.
  static func adapterFolder(_ name: String) -> String {
    GoldenFolder("../ExpertModelTests/Golden/adapters", besides: #filePath).file(name + "/init")
  }

  /// The figures of one microbatch; with `differentiates` the adapter's gradients grow by its.
  @discardableResult
  func evaluate(
    _ objective: any TrainingObjective, _ batch: SegmentBatch, places: [Int], step: StepPlan,
    differentiates: Bool = false
  ) throws -> ObjectiveFigures {
    let pass = TrainingPass(
      model, adapter, tokens: batch.ids, positions: batch.positions, segments: batch.attention,
      pool: .shared)
    pass.forward()
    let rows = SupervisedRows(batch.targets.map { Int($0.row) }, of: pass)
    let gradient = FloatBuffer(count: rows.normed.count)
    let input = ObjectiveInput(
      batch: batch, places: places, step: step, states: Floats(rows.normed.base),
      head: FusedHead(model.head), pool: .shared)
    let figures = try objective.evaluate(input, gradient: differentiates ? gradient.base : nil)
    if differentiates { rows.backward(Floats(gradient.base)) }
    withExtendedLifetime((rows, gradient)) {}
    return figures
  }

  /// The gradients as they stand, by name.
  var gradients: [String: [Float]] {
    Dictionary(
      uniqueKeysWithValues: adapter.trained.map {
        ($0.name, Array(UnsafeBufferPointer(start: $0.gradient, count: $0.count)))
      })
  }
}

extension StepPlan {
  /// A step of one microbatch.
  static func whole(_ places: [Int], targets: Int = 0) -> StepPlan {
    StepPlan(step: 0, epoch: 0, microbatches: [places], targetCount: targets)
  }
}

/// What one optimiser step of a curve was.
struct CurveStep {
  var figures: ObjectiveFigures
  var norm: Double
  var rate: Double
}

extension Student {
  /// Steps as the fixtures were made: AdamW, clipping at 1, cosine with two steps of warmup.
  func train(
    steps: Int, _ objective: any TrainingObjective,
    microbatch: (Int) -> (batch: SegmentBatch, places: [Int], targets: Int)
  ) throws -> [CurveStep] {
    let optimizer = AdamWOptimizer(.forAdapter(adapter.parameters))
    let schedule = LearningRateSchedule(kind: .cosine, peak: 5e-3, warmup: 2, steps: steps)
    return try (0..<steps).map { step in
      let (batch, places, targets) = microbatch(step)
      adapter.clearGradients()
      let figures = try evaluate(
        objective, batch, places: places, step: .whole(places, targets: targets),
        differentiates: true)
      let norm = GradientNorm.length(of: adapter.trained)
      optimizer.step(
        learningRate: schedule.rate(at: step),
        gradientScale: GradientNorm.coefficient(norm: norm, max: 1))
      return CurveStep(figures: figures, norm: norm, rate: schedule.rate(at: step))
    }
  }

  /// max|Δ|/max|reference| over each tensor of a file, the largest of them.
  func worst(_ values: [String: [Float]], against path: String) throws -> Float {
    let file = try Safetensors(path)
    guard Set(file.entries.map(\.name)) == Set(values.keys) else { return .infinity }
    return try values.reduce(0) { worst, pair in
      max(worst, difference(pair.value, try file.tensor(pair.key).floats().array))
    }
  }

  var values: [String: [Float]] {
    Dictionary(uniqueKeysWithValues: adapter.trained.map { ($0.name, $0.array) })
  }
}

/// max|Δ| / max|reference|.
func difference(_ found: [Float], _ reference: [Float]) -> Float {
  guard found.count == reference.count else { return .infinity }
  let most = reference.reduce(Float(1e-30)) { max($0, abs($1)) }
  return zip(found, reference).reduce(0) { max($0, abs($1.0 - $1.1)) } / most
}

/// |Δ| / |reference|.
func difference(_ found: Double, _ reference: Double?) -> Double {
  guard let reference else { return .infinity }
  return abs(found - reference) / max(abs(reference), 1e-30)
}

extension JSONValue {
  var numbers: [Double] { (array ?? []).compactMap(\.number) }
  var tokens: [Int32] { numbers.map { Int32($0) } }
}

/// The twelve pairs of `dpo/pairs.json`.
enum GoldenPairs {
  static let folder = GoldenFolder("Golden/dpo", besides: #filePath)

  static func json(_ name: String) throws -> JSONValue { try Golden.json("dpo/" + name) }

  /// In order; the record of pair i is `ri`.
  static func all() throws -> [PreferenceExample] {
    let pairs = try json("pairs.json").array ?? []
    return pairs.enumerated().map { number, pair in
      let prompt = pair["prompt"]?.tokens ?? []
      func text(_ side: String) -> TokenExample {
        let answer = pair[side]?.tokens ?? []
        return TokenExample(
          ids: prompt + answer, supervised: [prompt.count..<prompt.count + answer.count],
          rid: "r\(number)")
      }
      return PreferenceExample(chosen: text("chosen"), rejected: text("rejected"))
    }
  }

  /// Their answers in turn, good and bad, turned in groups of four.
  static func answers(_ count: Int) throws -> [KTOExample] {
    let answers = try all().prefix(count).flatMap { [($0.chosen, true), ($0.rejected, false)] }
    return KTOExample.mismatching(answers.map { (text: $0.0, isDesirable: $0.1) }, group: 4)
  }
}
