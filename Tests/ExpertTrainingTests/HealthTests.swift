import ExpertModel
import ExpertRecord
import ExpertTensors
import ExpertTraining
import Testing

@Suite struct HealthTests {
  /// A run of `steps` steps that learns, with noise; `change` makes it ill.
  private static func run(
    _ steps: Int, seed: UInt64 = 1, expectedRate: Double? = 300,
    change: (inout StepObservation) -> Void = { _ in }
  ) -> [Finding] {
    var monitor = HealthMonitor(totalSteps: steps, expectedRate: expectedRate)
    var generator = SeededGenerator(seed: seed, stream: "health")
    var findings: [Finding] = []
    for step in 1...steps {
      let share = Double(step) / Double(steps)
      var observation = StepObservation(
        step: step, loss: 0.3 + 2 * (1 - share) * (1 - share) + 0.3 * (generator.unit() - 0.5),
        gradNorm: 0.5 + generator.unit(), learningRate: 2e-4, targets: 500,
        tokensPerSecond: 280 + 40 * generator.unit(), dataWait: 0.02 * generator.unit(),
        majorFaults: 3,
        memory: MemoryReading(resident: 2 << 30, available: 4 << 30, limit: 8 << 30))
      change(&observation)
      findings += monitor.observe(observation)
    }
    return findings
  }

  /// Ordinary runs, short and long, that end on a plateau, with a spike now and then.
  @Test(arguments: [5, 30, 100, 1000, 3000])
  func healthyRunsAreSilent(steps: Int) {
    for seed in UInt64(1)...20 {
      let findings = Self.run(steps, seed: seed) { step in
        if step.step % 40 == 0 { step.gradNorm = 30 }  // one batch in forty is odd
        if step.step == steps / 2 { step.dataWait = 0.9 }  // one pause
        if step.step > steps * 3 / 4 { step.loss = 0.3 + 0.001 * Double(step.step % 7) }
      }
      #expect(findings.isEmpty, "seed \(seed): \(findings.map(\.text))")
    }
  }

  @Test func aHealthyRunOnAMemorisedTaskIsSilent() {
    #expect(Self.run(300) { $0.loss = 0.005 }.isEmpty)
  }

  @Test(arguments: [Double.nan, .infinity])
  func aLossThatIsNoNumberStopsTheRun(loss: Double) throws {
    let findings = Self.run(100) { if $0.step >= 40 { $0.loss = loss } }
    #expect(findings.map(\.kind) == [.lossNotFinite])
    let finding = try #require(findings.first)
    #expect(finding.severity == .stop)
    #expect(finding.step == 40)
    #expect(finding.remedy.contains("--learning-rate to 1e-5"))
  }

  @Test func aGradientThatIsNoNumberIsSeenBeforeTheLossIs() {
    let findings = Self.run(100) { if $0.step == 40 { $0.gradNorm = .nan } }
    #expect(findings.map(\.kind) == [.gradientNotFinite])
  }

  @Test func explodingGradientsAreSaidOnce() throws {
    let findings = Self.run(200) { if $0.step >= 100 { $0.gradNorm *= 200 } }
    #expect(findings.map(\.kind) == [.explodingGradients])
    #expect(findings.first?.step == 102)
  }

  @Test(arguments: [60, 400])
  func aLossThatDoesNotFallIsSaid(steps: Int) {
    var generator = SeededGenerator(seed: 4, stream: "flat")
    let findings = Self.run(steps) { $0.loss = 2 + 0.01 * generator.unit() }
    #expect(findings.map(\.kind) == [.noImprovement])
    #expect(findings.first?.remedy.contains("dataset create --count") == true)
  }

  @Test func aStepWithoutTargetsStopsTheRun() {
    let findings = Self.run(10) { if $0.step == 3 { $0.targets = 0 } }
    #expect(findings.map(\.kind) == [.noSupervisedTokens])
    #expect(findings.first?.severity == .stop)
  }

  /// What limits a slow run.
  @Test(arguments: [Finding.Kind.slowData, .slowMemory, .slowProducts])
  func aSlowRunIsToldWhatLimitsIt(kind: Finding.Kind) {
    let findings = Self.run(100) { step in
      guard step.step > 50 else { return }
      step.tokensPerSecond = 100
      if kind == .slowData { step.dataWait = 0.6 }
      if kind == .slowMemory { step.majorFaults = 50_000 }
    }
    #expect(findings.map(\.kind) == [kind])
    #expect(findings.first?.step == 60)
  }

  @Test func withoutAForecastARateIsNotJudged() {
    #expect(Self.run(100, expectedRate: nil) { $0.tokensPerSecond = 1 }.isEmpty)
  }

  @Test func memoryThatRunsOutIsSaidBeforeItHas() {
    let findings = Self.run(100) { step in
      step.memory?.available = (8 << 30) - step.step * (80 << 20)
    }
    #expect(findings.map(\.kind) == [.memoryLow])
    #expect(findings.first?.remedy.contains("--batch-size") == true)
    #expect((findings.first?.step ?? 0) > 90)
  }

  /// Evaluations every ten steps: what they show, what the training loss shows, and the verdict.
  @Test(arguments: [
    ([2.0, 1.5, 1.2, 1.1, 1.05, 1.0], true, false),  // still learning
    ([2.0, 1.5, 1.2, 1.21, 1.205, 1.2], true, false),  // a plateau with noise
    ([2.0, 1.2, 1.5, 1.2, 1.1, 1.05], true, false),  // one bad evaluation
    ([2.0, 1.2, 1.3, 1.4, 1.5, 1.6], true, true),  // learned by heart
    ([2.0, 1.2, 1.3, 1.4, 1.5, 1.6], false, false),  // worse on everything: no overfitting
  ])
  func overfittingIsARisingHeldOutLossUnderAFallingTrainingLoss(
    evaluations: [Double], trainFalls: Bool, found: Bool
  ) {
    var monitor = HealthMonitor(totalSteps: 60)
    var findings: [Finding] = []
    for (place, loss) in evaluations.enumerated() {
      for step in place * 10 + 1...place * 10 + 10 {
        let train = trainFalls ? 2 - 0.03 * Double(step) : 2 + 0.03 * Double(step)
        findings += monitor.observe(
          StepObservation(
            step: step, loss: step < 10 ? 3 : train, gradNorm: 1, learningRate: 1e-4, targets: 9))
      }
      findings += monitor.observe(evalLoss: loss, step: place * 10 + 10)
    }
    #expect(findings.map(\.kind) == (found ? [.overfitting] : []))
  }

  @Test func patienceEndsARunThatGetsNoBetter() {
    var stopping = EarlyStopping(patience: 2)
    let stops = [3.0, 2, 2.1, 1.9, 2, 1.95].enumerated().map {
      stopping.observe(evalLoss: $1, step: $0)
    }
    #expect(stops == [false, false, false, false, false, true])
    #expect(stopping.best == 1.9)
    #expect(stopping.bestStep == 3)
    var coarse = EarlyStopping(patience: 2, threshold: 0.5)
    #expect([3.0, 2.9, 2.8].map { coarse.observe(evalLoss: $0, step: 0) } == [false, false, true])
    var never = EarlyStopping(patience: nil)
    #expect(!(0..<50).contains { never.observe(evalLoss: Double($0), step: $0) })
  }
}

@Suite struct PrecheckTests {
  /// The guide's least sizes.
  @Test(arguments: [
    (TaskComplexity.format, 500), (.grammar, 2000), (.domain, 5000), (.reasoning, 10_000),
  ])
  func datasetsBelowTheGuidesLeastAreSaid(task: TaskComplexity, least: Int) {
    #expect(Precheck.datasetSize(least, task: task) == nil)
    let finding = Precheck.datasetSize(least - 1, task: task)
    #expect(finding?.kind == .smallDataset)
    #expect(finding?.message.contains("\(least)") == true)
  }

  @Test func aWarmupLongerThanTheRunIsSaid() throws {
    let config = try config([.warmupSteps: "100"])
    #expect(Precheck.warmup(config.schedule(steps: 1875)) == nil)
    let finding = Precheck.warmup(config.schedule(steps: 30))
    #expect(finding?.kind == .warmupTooLong)
    #expect(finding?.message.contains("5.8e-05") == true)
  }

  @Test func expertsThatChangeTheSameModulesAreNamed() {
    let experts: [(name: String, modules: Set<String>)] = [
      ("sql", ["v_proj", "up_proj"]), ("math", ["down_proj"]),
    ]
    let finding = Precheck.composition(of: ["q_proj", "v_proj"], with: experts)
    #expect(finding?.kind == .overlappingModules && finding?.severity == .warning)
    #expect(finding?.message == "sql on the same base also change v_proj")
    #expect(finding?.remedy.contains("--target-modules") == true)
    #expect(Precheck.composition(of: ["o_proj"], with: experts) == nil)
    let many = (0..<5).map { (name: "e\($0)", modules: Set(["q_proj"])) }
    #expect(
      Precheck.composition(of: ["q_proj"], with: many)?.message.hasPrefix("e0, e1, e2 and 2 more")
        == true)
  }

  @Test func anotherBaseIsToldByItsHash() {
    let trained = (name: "a", hash: "11")
    let other = (name: "a", hash: "22")
    #expect(Precheck.startingBase(adapter: "x", trainedOn: trained, base: trained) == nil)
    let finding = Precheck.startingBase(adapter: "x", trainedOn: trained, base: other)
    #expect(finding?.kind == .otherBase && finding?.severity == .warning)
  }

  /// What was held out is judged before the first step too, and NaN has no sign.
  @Test(arguments: [0, 50])
  func anEvaluationThatIsNoNumberStopsTheRun(step: Int) {
    var monitor = HealthMonitor(totalSteps: 100)
    let findings = monitor.observe(evalLoss: -.nan, step: step)
    #expect(findings.map(\.kind) == [.lossNotFinite])
    #expect(findings.first?.severity == .stop)
    #expect(findings.first?.message.contains("is nan") == true)
    #expect(Figure.short(-.nan) == "nan" && Figure.fixed(-.nan, 2) == "nan")
  }

  /// The loss at the start and at the end, which adapter is kept, and the remedy.
  @Test(arguments: [
    (0.95, 10.8, 0 as Int?, "taught it nothing"), (0.95, 10.8, 40, "The adapter of step 40"),
    (0.95, 10.8, nil, "--keep-best"), (0.95, .nan, nil, "--keep-best"), (0.95, 0.5, nil, nil),
    (0.95, 0.951, nil, nil),
  ])
  func aRunThatEndsWorseThanItBeganSaysSo(
    start: Double, end: Double, kept: Int?, remedy: String?
  ) {
    let finding = HealthMonitor.worseThanAtStart(start: start, end: end, step: 50, kept: kept)
    #expect(finding == nil ? remedy == nil : finding?.remedy.contains(remedy ?? "?") == true)
  }

  @Test func aForecastAboveWhatIsThereIsSaid() throws {
    let forecast = try MemoryForecast(
      config: config(), model: qwen3, precision: .bf16, tokens: 1024, supervised: 512)
    let small = MemoryReading(resident: 0, available: 1 << 30, limit: 2 << 30)
    let large = MemoryReading(resident: 0, available: 64 << 30, limit: 64 << 30)
    #expect(Precheck.memory(forecast, now: small)?.kind == .forecastTooLarge)
    #expect(Precheck.memory(forecast, now: large) == nil)
  }
}

@Suite struct MemoryReadingTests {
  private static let meminfo = """
    MemTotal:       24576000 kB
    MemFree:         1000000 kB
    MemAvailable:   20480000 kB
    """

  @Test func theTighterOfMachineAndGroupCounts() throws {
    let machine = try #require(MemoryReading(meminfo: Self.meminfo, group: nil, resident: 5))
    #expect(machine.available == 20_480_000 << 10)
    #expect(machine.limit == 24_576_000 << 10)
    let group = MemoryReading.Group(limit: 4 << 30, used: 3 << 30, droppable: 1 << 29)
    let grouped = try #require(MemoryReading(meminfo: Self.meminfo, group: group, resident: 5))
    #expect(grouped.limit == 4 << 30)
    #expect(grouped.available == 3 << 29)
    let unlimited = MemoryReading.Group(limit: .max, used: 0, droppable: 0)
    #expect(MemoryReading(meminfo: Self.meminfo, group: unlimited, resident: 5) == machine)
    #expect(MemoryReading(meminfo: "nothing", group: nil, resident: 0) == nil)
  }

  @Test func theMachineAnswers() throws {
    let reading = try #require(MemoryReading.now())
    #expect(reading.available > 0)
    #expect(reading.available <= reading.limit)
    #expect(reading.resident > 1 << 20)
  }
}
