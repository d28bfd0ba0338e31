import ExpertPlatform
import ExpertRecord
import ExpertTraining
import Testing

@Suite struct ScheduleTests {
  @Test func theGoldenFilesAreThoseThatWereGenerated() throws {
    let sums = try Golden.sums()
    #expect(sums.count == 5)
    for (name, sum) in sums { #expect(SHA256.hash(try Golden.bytes(name)).hex == sum, "\(name)") }
  }

  @Test(arguments: [
    ("cosine_w2_t10", LearningRateSchedule.Kind.cosine, 2, 10, 0.0),
    ("cosine_w0_t10", .cosine, 0, 10, 0), ("cosine_w10_t100", .cosine, 10, 100, 0),
    ("linear_w10_t100", .linear, 10, 100, 0), ("constant_w10", .constantWithWarmup, 10, 30, 0),
    ("cosine_min_lr_rate0.1_w10_t100", .cosineWithMinimum, 10, 100, 0.1),
  ])
  func everyStepIsAsTransformersHasIt(
    name: String, kind: LearningRateSchedule.Kind, warmup: Int, steps: Int, minRatio: Double
  ) throws {
    let golden = try Golden.json("schedules.json")[name]?.array?.compactMap(\.number) ?? []
    #expect(golden.count == steps)
    let schedule = LearningRateSchedule(
      kind: kind, peak: 1, warmup: warmup, steps: steps, minRatio: minRatio)
    for (step, factor) in golden.enumerated() {
      #expect(abs(schedule.rate(at: step) - factor) < 1e-15, "step \(step)")
    }
  }

  @Test func aWarmupBeginsAtZeroAndNoneAtThePeak() throws {
    #expect(try config([.warmupSteps: "5"]).schedule(steps: 50).rate(at: 0) == 0)
    #expect(try config([.warmupSteps: "0"]).schedule(steps: 50).rate(at: 0) == 2e-4)
    #expect(try config([.schedule: "constant"]).schedule(steps: 50).rate(at: 0) == 2e-4)
  }

  @Test func theDefaultWarmupIsATenthAndAtMostAHundredSteps() throws {
    let config = try config()
    #expect(config.schedule(steps: 95).warmup == 9)
    #expect(config.schedule(steps: 5000).warmup == 100)
  }

  /// T = ⌈epochs · ⌈batches / accumulation⌉⌉
  @Test(arguments: [
    (10_000, 4, 4, 3.0, 625, 1875), (24, 2, 4, 3, 3, 9), (25, 2, 4, 3, 4, 12), (1, 4, 4, 1, 1, 1),
    (100, 4, 4, 0.5, 7, 4),
  ])
  func stepsAreCountedAsTheTrainerDoes(
    examples: Int, batch: Int, accumulation: Int, epochs: Double, perEpoch: Int, total: Int
  ) {
    let count = StepCount(
      examples: examples, batchSize: batch, accumulation: accumulation, epochs: epochs)
    #expect(count.stepsPerEpoch == perEpoch)
    #expect(count.total == total)
  }
}
