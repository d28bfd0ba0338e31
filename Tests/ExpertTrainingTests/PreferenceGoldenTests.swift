import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTestSupport
import ExpertTraining
import Testing

/// Preference objectives against PyTorch and TRL on a tiny Qwen3 in fp32.
@Suite struct PreferenceGoldenTests {
  private static let extras = GoldenFolder("Golden/objectives", besides: #filePath)

  @Test func theFixturesAreThere() throws {
    let dpo = try GoldenPairs.folder.check()
    #expect(dpo.wrong == [])
    #expect(dpo.count == 14)
    let others = try Self.extras.check()
    #expect(others.wrong == [])
    #expect(others.count == 10)
  }

  private func warm() throws -> Student {
    try Student(adapter: GoldenPairs.folder.file("init_warm"))
  }

  private func references(_ pairs: [PreferenceExample]) throws -> [PairLogProbabilities] {
    try ReferenceScorer(Student.base("qwen3"), tokensAtOnce: 64, pool: .shared)
      .scores(of: pairs).values
  }

  @Test func logProbabilitiesAreThoseOfTransformers() throws {
    let golden = try GoldenPairs.json("step0_warm.json")
    let pairs = Array(try GoldenPairs.all().prefix(4))
    let student = try warm()
    let pass = FrozenPass(student.model, adapter: student.adapter, pool: .shared)
    let policy = pass.logProbabilities(of: SegmentBatch(pairs))
    let reference = try references(pairs)
    for pair in 0..<4 {
      #expect(difference(policy[2 * pair], golden["logps_chosen"]?.numbers[pair]) < 1e-5)
      #expect(difference(policy[2 * pair + 1], golden["logps_rejected"]?.numbers[pair]) < 1e-5)
      #expect(difference(reference[pair].chosen, golden["ref_chosen"]?.numbers[pair]) < 1e-5)
      #expect(difference(reference[pair].rejected, golden["ref_rejected"]?.numbers[pair]) < 1e-5)
    }
  }

  static let variants: [(name: String, loss: PreferenceLoss)] = [
    ("sigmoid", .init(.sigmoid)), ("cdpo", .init(.sigmoid, labelSmoothing: 0.1)),
    ("robust", .init(.robust, labelSmoothing: 0.1)), ("ipo_mean", .init(.ipo)),
    ("hinge", .init(.hinge)), ("simpo", .init(.simpo(gamma: 0.5), beta: 2)),
    ("orpo_or", .init(.orpo, beta: 1, sftWeight: 0)),
  ]

  @Test(arguments: variants)
  func everyLossOfEveryPairIsTRLs(name: String, loss: PreferenceLoss) throws {
    let golden = try GoldenPairs.json("step0_warm.json")
    let pairs = try GoldenPairs.all()
    let student = try warm()
    let objective = PreferenceObjective(loss, pairs: pairs, reference: try references(pairs))
    for pair in 0..<4 {
      let figures = try student.evaluate(
        objective, SegmentBatch([pairs[pair]]), places: [pair], step: .whole([pair]))
      #expect(difference(figures.loss, golden["per_pair"]?[name]?.numbers[pair]) < 1e-5)
    }
    let places = Array(0..<4)
    let together = try student.evaluate(
      objective, SegmentBatch(pairs.prefix(4)), places: places, step: .whole(places))
    #expect(difference(together.loss, golden["mean"]?[name]?.number) < 1e-5)
    guard loss.needsReference else { return }
    let means = together.means
    for side in ["chosen", "rejected"] {
      let rewards = golden["rewards_\(side)"]?.numbers ?? []
      #expect(abs((means["rewards/\(side)"] ?? .nan) - rewards.reduce(0, +) / 4) < 1e-5)
    }
  }

  static let differentiated: [(name: String, file: String, loss: PreferenceLoss)] = [
    ("sigmoid", "dpo/grads0_warm_sigmoid", .init(.sigmoid)),
    ("ipo", "objectives/ipo", .init(.ipo)),
    ("rpo", "objectives/rpo", .init(.sigmoid, sftWeight: 0.5)),
    ("simpo", "objectives/simpo", .init(.simpo(gamma: 0.5), beta: 2)),
    ("orpo", "objectives/orpo", .init(.orpo)),
  ]

  /// The gradients of a batch of four, in one microbatch and in two.
  @Test(arguments: differentiated)
  func firstGradientsAreTRLs(name: String, file: String, loss: PreferenceLoss) throws {
    let pairs = try GoldenPairs.all()
    let objective = PreferenceObjective(loss, pairs: pairs, reference: try references(pairs))
    let path = GoldenFolder("Golden", besides: #filePath).file(file + ".safetensors")
    var losses: [Double] = []
    for microbatches in [[[0, 1, 2, 3]], [[0], [1, 2, 3]]] {
      let student = try warm()
      var figures = ObjectiveFigures()
      let step = StepPlan(step: 0, epoch: 0, microbatches: microbatches, targetCount: 0)
      for places in microbatches {
        figures.add(
          try student.evaluate(
            objective, SegmentBatch(places.map { pairs[$0] }), places: places, step: step,
            differentiates: true))
      }
      #expect(try student.worst(student.gradients, against: path) < 1e-4)
      losses.append(figures.loss)
    }
    #expect(abs(losses[0] - losses[1]) < 1e-6 * abs(losses[0]))
    guard name != "sigmoid" else { return }
    let golden = try Golden.json("objectives/pairs.json")
    #expect(difference(losses[0], golden[name]?["loss"]?.number) < 1e-5)
  }

  static let curves: [(name: String, loss: PreferenceLoss)] = [
    ("sigmoid", .init(.sigmoid)), ("ipo_mean", .init(.ipo)),
    ("robust", .init(.robust, labelSmoothing: 0.1)),
  ]

  /// Ten steps, against PyTorch's loop and against what TRL's DPOTrainer logged.
  @Test(arguments: curves)
  func tenStepsAreThoseOfTRL(name: String, loss: PreferenceLoss) throws {
    let steps = try GoldenPairs.json("curves.json")[name]?.array ?? []
    let trl = try GoldenPairs.json("trl_\(name).json")["curve"]?.array ?? []
    #expect(steps.count == 10 && trl.count == 10)
    let pairs = try GoldenPairs.all()
    let student = try Student(adapter: GoldenPairs.folder.file("init"))
    let objective = PreferenceObjective(loss, pairs: pairs, reference: try references(pairs))
    let curve = try student.train(steps: 10, objective) { step in
      let places = (0..<4).map { (4 * step + $0) % pairs.count }
      return (SegmentBatch(places.map { pairs[$0] }), places, 0)
    }
    for (number, step) in curve.enumerated() {
      #expect(difference(step.figures.loss, steps[number]["loss"]?.number) < 1e-4)
      #expect(difference(step.norm, steps[number]["grad_norm"]?.number) < 1e-3)
      let means = step.figures.means
      for metric in [
        "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies",
        "logps/chosen", "logps/rejected", "logits/chosen", "logits/rejected",
        "mean_token_accuracy",
      ] {
        let wanted = trl[number][metric]?.number ?? .nan
        #expect(
          abs((means[metric] ?? .infinity) - wanted) < 1e-4 * max(1, abs(wanted)),
          "\(metric) of step \(number)")
      }
    }
    guard name == "sigmoid" else { return }
    let final = GoldenPairs.folder.file("final/adapter_model.safetensors")
    #expect(try student.worst(student.values, against: final) < 1e-3)
  }

  @Test func orpoLogsItsOdds() throws {
    let golden = try Golden.json("objectives/pairs.json")["orpo"]
    let pairs = try GoldenPairs.all()
    let objective = PreferenceObjective(.init(.orpo), pairs: pairs)
    let means = try warm().evaluate(
      objective, SegmentBatch(pairs.prefix(4)), places: [0, 1, 2, 3], step: .whole([0, 1, 2, 3])
    ).means
    #expect(difference(means["nll_loss"] ?? 0, golden?["nll"]?.number) < 1e-5)
    #expect(difference(means["log_odds_chosen"] ?? 0, golden?["log_odds_chosen"]?.number) < 1e-4)
    #expect(difference(means["log_odds_ratio"] ?? 0, golden?["log_odds_ratio"]?.number) < 1e-5)
    let rewards = golden?["rewards_chosen"]?.numbers ?? []
    #expect(difference(means["rewards/chosen"] ?? 0, rewards.reduce(0, +) / 4) < 1e-5)
  }
}

/// KTO against PyTorch and TRL's KTOTrainer.
@Suite struct KTOGoldenTests {
  private static let loss = KTOLoss(beta: 0.1, undesirableWeight: 1.5)

  private func references(_ examples: [KTOExample]) throws -> [PairLogProbabilities] {
    try ReferenceScorer(Student.base("qwen3"), pool: .shared).scores(of: examples).values
  }

  @Test func answersAreTurnedWithinTheirGroups() throws {
    let examples = try GoldenPairs.answers(3)
    func answer(_ text: TokenExample) -> [Int32] { text.supervised.flatMap { text.ids[$0] } }
    let own = examples.map { answer($0.completion) }
    let other = examples.map { answer($0.mismatched) }
    // Six answers in groups of four: the last two are a group of their own.
    #expect(other == [own[3], own[0], own[1], own[2], own[5], own[4]])
    for example in examples {
      #expect(example.mismatched.promptLength == example.completion.promptLength)
      #expect(
        example.completion.sharedLength(with: example.mismatched)
          == example.completion.promptLength)
    }
    // A single answer that is left over joins the group before.
    let five = KTOExample.mismatching(
      examples.prefix(5).map { ($0.completion, $0.isDesirable) }, group: 4)
    #expect(five.map { answer($0.mismatched) } == [own[4]] + own[..<4])
  }

  @Test func lossAndGradientsAreTRLs() throws {
    let golden = try Golden.json("objectives/kto.json")
    let examples = try GoldenPairs.answers(4)
    let student = try Student(adapter: GoldenPairs.folder.file("init_warm"))
    let objective = KTOObjective(
      Self.loss, examples: examples, reference: try references(examples))
    let places = Array(examples.indices)
    let figures = try student.evaluate(
      objective, SegmentBatch(examples), places: places, step: .whole(places),
      differentiates: true)
    #expect(difference(figures.loss, golden["loss"]?.number) < 1e-5)
    #expect(abs((figures.means["kl"] ?? 0) - (golden["kl"]?.number ?? .nan)) < 1e-4)
    let path = GoldenFolder("Golden/objectives", besides: #filePath).file("kto.safetensors")
    #expect(try student.worst(student.gradients, against: path) < 1e-4)
  }

  @Test func sixStepsAreThoseOfTRL() throws {
    let trl = try Golden.json("objectives/kto.json")["trl"]?.array ?? []
    #expect(trl.count == 6)
    let examples = try GoldenPairs.answers(12)
    let student = try Student(adapter: GoldenPairs.folder.file("init_warm"))
    let objective = KTOObjective(
      Self.loss, examples: examples, reference: try references(examples))
    let curve = try student.train(steps: 6, objective) { step in
      let places = Array(4 * step..<4 * step + 4)
      return (SegmentBatch(places.map { examples[$0] }), places, 0)
    }
    for (number, step) in curve.enumerated() {
      #expect(difference(step.figures.loss, trl[number]["loss"]?.number) < 1e-4)
      #expect(difference(step.norm, trl[number]["grad_norm"]?.number) < 1e-3)
      for metric in [
        "kl", "rewards/chosen", "rewards/rejected", "rewards/margins", "logps/chosen",
        "logps/rejected", "logits/chosen", "logits/rejected",
      ] {
        let wanted = trl[number][metric]?.number ?? .nan
        let found = step.figures.means[metric] ?? .infinity
        #expect(abs(found - wanted) < 2e-4 * max(1, abs(wanted)), "\(metric) of step \(number)")
      }
    }
  }
}
