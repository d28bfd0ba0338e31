import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTensors
import ExpertTestSupport
import ExpertTraining
import Testing

/// Distillation against PyTorch: a tiny Qwen3 student and a wider, deeper teacher.
@Suite struct DistillationTests {
  private static let folder = GoldenFolder("Golden/kd", besides: #filePath)

  @Test func theFixturesAreThere() throws {
    let found = try Self.folder.check()
    #expect(found.wrong == [])
    #expect(found.count == 9)
  }

  /// The three rows of the batch, without padding.
  private func examples() throws -> [TokenExample] {
    let file = try Safetensors(Self.folder.file("batch.safetensors"))
    let shape = file.entry("input_ids")?.shape ?? [0, 0]
    let (ids, labels, mask) = (
      try file.integers("input_ids"), try file.integers("labels"),
      try file.integers("attention_mask")
    )
    return (0..<shape[0]).map { row in
      let places = (row * shape[1]..<(row + 1) * shape[1]).filter { mask[$0] == 1 }
      return TokenExample(
        ids: places.map { Int32(ids[$0]) }, labels: places.map { Int32(labels[$0]) },
        rid: "r\(row)")
    }
  }

  private func student(_ name: String = "init_warm") throws -> Student {
    try Student(adapter: Self.folder.file(name))
  }

  private func objective(
    _ distillation: Distillation, _ examples: [TokenExample]
  ) throws -> DistillationObjective {
    let teacher = try Student.base("qwen3-teacher")
    return try DistillationObjective(
      distillation, texts: examples, teacher: teacher, student: Student.base("qwen3").config,
      pool: .shared)
  }

  private func answers(
    _ examples: [TokenExample], k: Int = 8, cache: PrecomputedCache? = nil,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> TeacherAnswers {
    try TeacherAnswers(
      of: examples, k: k, teacher: Student.base("qwen3-teacher"),
      student: Student.base("qwen3").config, cache: cache, tokensAtOnce: 30, pool: .shared,
      progress: progress)
  }

  static let divergences: [(name: String, divergence: Distillation.Divergence)] = [
    ("forward_kl", .forward), ("reverse_kl", .reverse),
    ("jsd", .jensenShannon(beta: 0.5)),
  ]

  @Test(arguments: divergences)
  func divergencesAreThoseOfPyTorch(name: String, divergence: Distillation.Divergence) throws {
    let golden = try Golden.json("kd/kd.json")
    let examples = try examples()
    for (values, temperature) in [("warm_values", Float(2)), ("warm_values_T1", 1)] {
      let objective = try objective(
        Distillation(divergence: divergence, temperature: temperature, alpha: 0), examples)
      let figures = try student().evaluate(
        objective, SegmentBatch(examples), places: [0, 1, 2],
        step: .whole([0, 1, 2], targets: 33))
      #expect(difference(figures.loss, golden[values]?[name]?.number) < 1e-5)
      #expect(difference(figures.means["kd"] ?? 0, golden[values]?[name]?.number) < 1e-5)
      #expect(difference(figures.means["nll"] ?? 0, golden[values]?["ce"]?.number) < 1e-5)
    }
  }

  /// Loss and gradients of the mixture, in one microbatch and in three.
  @Test func firstGradientsAreThoseOfPyTorch() throws {
    let golden = try Golden.json("kd/kd.json")["warm_step0"]
    let examples = try examples()
    let objective = try objective(Distillation(temperature: 2, alpha: 0.5), examples)
    for microbatches in [[[0, 1, 2]], [[0], [1], [2]]] {
      let student = try student()
      var figures = ObjectiveFigures()
      let step = StepPlan(step: 0, epoch: 0, microbatches: microbatches, targetCount: 33)
      for places in microbatches {
        figures.add(
          try student.evaluate(
            objective, SegmentBatch(places.map { examples[$0] }), places: places, step: step,
            differentiates: true))
      }
      #expect(difference(figures.loss, golden?["total"]?.number) < 1e-5)
      let path = Self.folder.file("grads0_warm.safetensors")
      #expect(try student.worst(student.gradients, against: path) < 1e-4)
    }
  }

  @Test func tenStepsAreThoseOfPyTorch() throws {
    let steps = try Golden.json("kd/kd.json")["curve"]?.array ?? []
    #expect(steps.count == 10)
    let examples = try examples()
    let student = try student("init")
    let objective = try objective(Distillation(temperature: 2, alpha: 0.5), examples)
    let curve = try student.train(steps: 10, objective) { _ in
      (SegmentBatch(examples), [0, 1, 2], 33)
    }
    for (number, step) in curve.enumerated() {
      #expect(difference(step.figures.loss, steps[number]["loss"]?.number) < 1e-4)
      #expect(difference(step.norm, steps[number]["grad_norm"]?.number) < 1e-3)
      #expect(difference(step.figures.means["kd"] ?? 0, steps[number]["kd"]?.number) < 1e-4)
      #expect(difference(step.figures.means["nll"] ?? 0, steps[number]["ce"]?.number) < 1e-4)
    }
    let final = Self.folder.file("final/adapter_model.safetensors")
    #expect(try student.worst(student.values, against: final) < 1e-3)
  }

  /// Kept answers are rounded to 1/2048 of a nat, so the divergence moves a little.
  @Test func theEightLikeliestTokensAreThoseOfPyTorch() throws {
    let golden = try Golden.json("kd/kd.json")["warm_values"]?["topk8_renorm_forward_kl"]?.number
    let examples = try examples()
    let objective = TopKObjective(
      Distillation(temperature: 2, alpha: 0), answers: try answers(examples))
    let figures = try student().evaluate(
      objective, SegmentBatch(examples), places: [0, 1, 2], step: .whole([0, 1, 2], targets: 33))
    #expect(difference(figures.loss, golden) < 1e-3)
    let other = TopKObjective(
      Distillation(temperature: 2, alpha: 0), answers: try answers(examples, k: 16))
    let wider = try student().evaluate(
      other, SegmentBatch(examples), places: [0, 1, 2], step: .whole([0, 1, 2], targets: 33))
    #expect(difference(wider.loss, golden) > 1e-2)
  }

  /// With the whole vocabulary kept, the divergence is the teacher's own.
  @Test func allTokensKeptAreTheTeacherItself() throws {
    let examples = try examples()
    let distillation = Distillation(temperature: 2, alpha: 0.5)
    let kept = TopKObjective(distillation, answers: try answers(examples, k: 512))
    let (live, stored) = (try student(), try student())
    let step = StepPlan.whole([2, 0], targets: 23)
    let batch = SegmentBatch([examples[2], examples[0]])
    let a = try live.evaluate(
      objective(distillation, examples), batch, places: [2, 0], step: step, differentiates: true)
    let b = try stored.evaluate(
      kept, batch, places: [2, 0], step: step, differentiates: true)
    #expect(difference(b.loss, a.loss) < 1e-4)
    for (name, gradient) in live.gradients {
      #expect(difference(stored.gradients[name] ?? [], gradient) < 1e-3)
    }
  }

  @Test func answersAreKeptInTheStoreAndCompleted() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.file("expert.db"), mode: .create)
    let record = Record.instruction(InstructionRecord(instruction: "a", output: "b"))
    _ = try store.commit(
      [
        .add(
          rid: RecordID(file: SHA256.hash("a"), line: 1), record: record,
          attributes: RecordAttributes())
      ], to: "texts", kind: .instruction,
      note: CommitNote(operation: "test", author: "tester", message: "a change"))
    let source = PrecomputedSource(
      purpose: .topK(8), base: SHA256.hash("teacher"), precision: "fp32", template: "plain",
      limits: LengthLimits(whole: 512))
    let cache = try PrecomputedCache(
      store: store, version: try store.resolve("texts"), source: source)
    let examples = try examples()
    struct Stopped: Error {}
    #expect(throws: Stopped.self) {
      _ = try answers(examples, cache: cache) { done, _ in if done > 0 { throw Stopped() } }
    }
    let rest = try answers(examples, cache: cache)
    #expect(rest.cached == 1 && rest.computed == 2)
    let again = try answers(examples, cache: cache)
    #expect(again.cached == 3 && again.computed == 0)
    let distillation = Distillation(temperature: 2, alpha: 0.3)
    let step = StepPlan.whole([1, 2], targets: 20)
    let batch = SegmentBatch([examples[1], examples[2]])
    let fromStore = try student().evaluate(
      TopKObjective(distillation, answers: again), batch, places: [1, 2], step: step)
    let fromMemory = try student().evaluate(
      TopKObjective(distillation, answers: try answers(examples)), batch, places: [1, 2],
      step: step)
    #expect(difference(fromStore.loss, fromMemory.loss) < 1e-6)
    for set in try store.precomputed(of: "texts") { try store.forget(set) }
    #expect(throws: TrainingError.noAnswer(example: "r1")) {
      try student().evaluate(
        TopKObjective(distillation, answers: again), batch, places: [1, 2], step: step)
    }
  }

  @Test func aTeacherOfAnotherVocabularyIsRefused() throws {
    var config = try Student.base("qwen3").config
    config.vocabularySize = 500
    let wanted = TrainingError.otherVocabulary(teacher: 512, student: 500)
    #expect(throws: wanted) {
      try DistillationObjective(
        Distillation(temperature: 1, alpha: 0), texts: [],
        teacher: Student.base("qwen3-teacher"), student: config, pool: .shared)
    }
    #expect(throws: wanted) {
      try TeacherAnswers(
        of: [], k: 8, teacher: Student.base("qwen3-teacher"), student: config, pool: .shared)
    }
  }

  @Test func settingsChooseTheDivergence() throws {
    func distillation(_ flags: [TrainingOption: String]) throws -> Distillation? {
      Distillation(
        config: try config(flags.merging([.objective: "distill"]) { first, _ in first }))
    }
    #expect(try distillation([:]) == Distillation(temperature: 2, alpha: 0.5))
    #expect(
      try distillation([.distillLoss: "reverse-kl", .temperature: "1", .distillAlpha: "0"])
        == Distillation(divergence: .reverse, temperature: 1, alpha: 0))
    #expect(
      try distillation([.distillLoss: "jsd", .jsdBeta: "0.25"])?.divergence
        == .jensenShannon(beta: 0.25))
    #expect(try distillation([.distillLoss: "jsd", .jsdBeta: "0"])?.divergence == .forward)
    #expect(try distillation([.distillLoss: "jsd", .jsdBeta: "1"])?.divergence == .reverse)
    #expect(try distillation([.distillLoss: "top-k"])?.divergence == .forward)
    #expect(try distillation([.distillLoss: "replies"]) == nil)
    #expect(
      try config([.objective: "distill", .distillLoss: "top-k", .distillTopK: "128"]).distillTopK
        == 128)
    #expect(try config([.objective: "distill"]).learnsReasoning)
    #expect(try !config([.objective: "sft"]).learnsReasoning)
  }
}
