import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTraining
import Foundation
import Testing

/// Every adapter with every objective: the gradient is the derivative of the loss.
@Suite struct GradientCheckTests {
  static let adapters = [
    "qwen3/lora_warm", "qwen3/rslora_warm", "qwen3/dora_warm", "qwen3/ia3_warm", "qwen3/prompt",
  ]
  static let objectives = [
    "sft", "sigmoid", "cdpo", "robust", "ipo", "hinge", "rpo", "simpo", "orpo", "kto", "kl",
    "reverse-kl", "jsd", "top-k", "ewc",
  ]

  /// Central differences along the gradient of each tensor, where they are largest, and at its
  /// largest element. DoRA's norms stay as they are where A and B move: its gradient takes them as
  /// constants.
  @Test(arguments: adapters, objectives)
  func theGradientIsTheDerivative(adapter: String, objective: String) throws {
    let student = try Student(adapter: Student.adapterFolder(adapter))
    let check = try Check(student, objective)
    student.adapter.clearGradients()
    _ = try check.loss(differentiates: true)
    let parameters = student.adapter.trained
    let gradients = student.gradients
    let length = GradientNorm.length(of: parameters)
    #expect(length > 0)
    for parameter in parameters {
      let gradient = gradients[parameter.name] ?? []
      let own = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      // What hardly moves the loss is below the noise of single precision.
      guard own > 1e-3 * length else { continue }
      let slope = try check.slope(parameter, along: gradient.map { $0 / Float(own) })
      #expect(abs(slope - own) < 1e-2 * own + 1e-3 * length, "\(parameter.name)")
      let largest = gradient.indices.max { abs(gradient[$0]) < abs(gradient[$1]) } ?? 0
      var single = [Float](repeating: 0, count: gradient.count)
      single[largest] = 1
      let element = try check.slope(parameter, along: single)
      let wanted = Double(gradient[largest])
      #expect(abs(element - wanted) < 2e-2 * abs(wanted) + 2e-3 * length, "\(parameter.name)")
    }
  }

  /// LoRA-FA: A has no gradient and stays; B's is the derivative. In PEFT's projected form
  /// s² (AAᵀ) g′ is the derivative again, and a small step along −g′ lowers the loss.
  @Test(arguments: objectives, ["plain", "projected"])
  func theGradientOfLoRAFAIsTheDerivative(objective: String, form: String) throws {
    let student = try Student(adapter: Student.adapterFolder("qwen3/lora_warm"), frozenA: true)
    let check = try Check(student, objective)
    student.adapter.clearGradients()
    _ = try check.loss(differentiates: true)
    let parameters = student.adapter.trained
    #expect(!parameters.isEmpty && parameters.allSatisfy { $0.name.contains("lora_B") })
    let plain = student.gradients
    let length = GradientNorm.length(of: parameters)
    guard case .lora(let options) = student.adapter.config.method else {
      Issue.record("no LoRA")
      return
    }
    var checked = 0
    for b in parameters {
      let gradient = plain[b.name] ?? []
      let own = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard own > 1e-3 * length else { continue }
      checked += 1
      guard form == "projected" else {
        let slope = try check.slope(b, along: gradient.map { $0 / Float(own) })
        #expect(abs(slope - own) < 1e-2 * own + 1e-3 * length, "\(b.name)")
        continue
      }
      // Every loss of a slope adds a penalty's gradient again.
      for place in gradient.indices { b.gradient[place] = gradient[place] }
      let name = b.name.replacingOccurrences(of: "lora_B", with: "lora_A")
      guard let a = student.adapter.parameters.first(where: { $0.name == name }) else {
        Issue.record("\(name) is missing")
        continue
      }
      let (rank, inputs, scale) = (
        a.shape[0], a.shape[1], Double(options.alpha) / Double(options.rank)
      )
      try LoRAFAProjection(a: a, rank: rank, scaling: scale).apply(to: b)
      let projected = (0..<b.count).map { b.gradient[$0] }
      var back = [Float](repeating: 0, count: b.count)
      for i in 0..<rank {
        for j in 0..<rank {
          let dot = (0..<inputs).reduce(0.0) {
            $0 + Double(a.value[i * inputs + $1]) * Double(a.value[j * inputs + $1])
          }
          for row in 0..<b.shape[0] {
            back[row * rank + i] += Float(scale * scale * dot) * projected[row * rank + j]
          }
        }
      }
      #expect(relative(back, gradient) < 1e-2, "\(b.name)")
      let size = projected.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let along = projected.map { $0 / Float(size) }
      let wanted = zip(along, gradient).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let slope = try check.slope(b, along: along)
      #expect(wanted > 0 && abs(slope - wanted) < 1e-2 * wanted + 1e-3 * length, "\(b.name)")
    }
    #expect(checked > 4)
  }

  /// One microbatch under one objective.
  private struct Check {
    let student: Student
    let objective: any TrainingObjective
    let batch: SegmentBatch
    let places: [Int]
    let penalty: EWCPenalty?

    init(_ student: Student, _ name: String) throws {
      self.student = student
      let soft = student.adapter.promptLength
      let plain = try Array(GoldenPairs.all().prefix(3))
      let pairs = plain.map {
        PreferenceExample(
          chosen: softened($0.chosen, by: soft), rejected: softened($0.rejected, by: soft))
      }
      let texts = pairs.map(\.chosen)
      places = [0, 1, 2]
      penalty = name == "ewc" ? try Self.penalty(student) : nil
      if name == "kto" {
        let answers = try GoldenPairs.answers(2).prefix(3).map {
          KTOExample(
            completion: softened($0.completion, by: soft),
            mismatched: softened($0.mismatched, by: soft), isDesirable: $0.isDesirable)
        }
        batch = SegmentBatch(answers)
        // The divergence is a constant of the gradient: far below 0 it is one of the loss too.
        let reference = [-50.0, -60, -70].map {
          PairLogProbabilities(chosen: $0, rejected: 0)
        }
        objective = KTOObjective(
          KTOLoss(beta: 0.05, undesirableWeight: 1.5), examples: answers, reference: reference)
        return
      }
      if let loss = Self.losses[name] {
        batch = SegmentBatch(pairs)
        let reference = [(-50.0, -80.0), (-75, -85), (-80, -62)].map {
          PairLogProbabilities(chosen: $0.0, rejected: $0.1)
        }
        objective = PreferenceObjective(loss, pairs: pairs, reference: reference)
        return
      }
      batch = SegmentBatch(texts)
      objective = try Self.supervised(name, texts, student)
    }

    private static let losses: [String: PreferenceLoss] = [
      "sigmoid": .init(.sigmoid, beta: 0.05),
      "cdpo": .init(.sigmoid, beta: 0.05, labelSmoothing: 0.2),
      "robust": .init(.robust, beta: 0.05, labelSmoothing: 0.2), "ipo": .init(.ipo),
      "hinge": .init(.hinge, beta: 0.01), "rpo": .init(.sigmoid, beta: 0.05, sftWeight: 0.7),
      "simpo": .init(.simpo(gamma: 0.5), beta: 2), "orpo": .init(.orpo),
    ]

    private static func supervised(
      _ name: String, _ texts: [TokenExample], _ student: Student
    ) throws -> any TrainingObjective {
      let divergences: [String: Distillation.Divergence] = [
        "kl": .forward, "reverse-kl": .reverse, "jsd": .jensenShannon(beta: 0.3),
      ]
      let teacher = try Student.base("qwen3-teacher")
      let config = student.model.config
      if let divergence = divergences[name] {
        return try DistillationObjective(
          Distillation(divergence: divergence, temperature: 2, alpha: 0.3), texts: texts,
          teacher: teacher, student: config, pool: .shared)
      }
      guard name == "top-k" else { return SupervisedObjective() }
      return TopKObjective(
        Distillation(temperature: 2, alpha: 0.3),
        answers: try TeacherAnswers(
          of: texts, k: 16, teacher: teacher, student: config, pool: .shared))
    }

    /// Pulls every weight back from a little above where it is.
    private static func penalty(_ student: Student) throws -> EWCPenalty {
      let tensors = student.adapter.trained.map { parameter in
        let places = 0..<parameter.count
        return (
          parameter.name,
          Fisher.Tensor(
            shape: parameter.shape, importance: places.map { Float($0 % 7) * 0.1 },
            anchor: places.map { parameter.value[$0] + 0.3 })
        )
      }
      let fisher = Fisher(tensors: Dictionary(uniqueKeysWithValues: tensors), examples: 1)
      return try EWCPenalty(fisher, lambda: 0.5, for: student.adapter)
    }

    func loss(differentiates: Bool = false) throws -> Double {
      let targets = batch.targets.count
      let figures = try student.evaluate(
        objective, batch, places: places, step: .whole(places, targets: targets),
        differentiates: differentiates)
      return figures.loss + (penalty?.apply(to: student.adapter) ?? 0)
    }

    /// (f(θ + hd) − f(θ − hd)) / 2h.
    func slope(_ parameter: Parameter, along direction: [Float]) throws -> Double {
      let before = parameter.array
      let isMagnitude = parameter.name.contains("magnitude")
      let step: Float = 5e-3
      func value(_ sign: Float) throws -> Double {
        for place in before.indices {
          parameter.value[place] = before[place] + sign * step * direction[place]
        }
        if isMagnitude { student.model.prepare(student.adapter, pool: .shared) }
        return try loss()
      }
      let slope = (try value(1) - value(-1)) / Double(2 * step)
      for place in before.indices { parameter.value[place] = before[place] }
      if isMagnitude { student.model.prepare(student.adapter, pool: .shared) }
      return slope
    }
  }
}
