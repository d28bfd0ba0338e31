import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTensors
import ExpertTestSupport
import ExpertTraining
import Testing

@Suite struct TokenExampleTests {
  @Test func labelsBecomeRangesAndTheFirstTokenIsNoTarget() {
    let example = TokenExample(
      ids: [1, 2, 3, 4, 5, 6], labels: [1, 2, -100, -100, 5, 6])
    #expect(example.supervised == [1..<2, 4..<6])
    #expect(example.targetCount == 3)
    #expect(example.promptLength == 1)
  }

  @Test func rangesAreSortedJoinedAndCut() {
    let example = TokenExample(ids: [1, 2, 3, 4], supervised: [3..<9, 0..<2, 2..<3])
    #expect(example.supervised == [1..<4])
    #expect(TokenExample(ids: [], supervised: [0..<5]).targetCount == 0)
  }

  @Test func theSharedPromptEndsWhereTheTextsPart() {
    let chosen = TokenExample(ids: [1, 2, 3, 10, 11], supervised: [3..<5])
    let same = TokenExample(ids: [1, 2, 3, 20], supervised: [3..<4])
    let other = TokenExample(ids: [1, 2, 9, 20], supervised: [3..<4])
    #expect(PreferenceExample(chosen: chosen, rejected: same).sharedLength == 3)
    #expect(PreferenceExample(chosen: chosen, rejected: same).rowCount == 6)
    #expect(PreferenceExample(chosen: chosen, rejected: other).sharedLength == 2)
  }
}

@Suite struct LengthLimiterTests {
  private static func filter(
    _ policy: LengthPolicy, whole: Int = 10, prompt: Int? = nil
  ) -> LengthLimiter {
    LengthLimiter(LengthLimits(whole: whole, prompt: prompt, policy: policy))
  }

  @Test func withinTheLimitsNothingChanges() throws {
    let examples = [example(10, answer: 3), example(2, answer: 1)]
    for policy in LengthPolicy.allCases {
      let (kept, counts) = try Self.filter(policy).apply(to: examples)
      #expect(kept == examples)
      #expect(counts.over == 0)
      #expect(counts.longest == 10)
    }
  }

  @Test func theErrorNamesTheLongestAndTheFlag() {
    let examples = [example(5, answer: 1), example(30, answer: 1, rid: "long")]
    let error = failure { _ = try Self.filter(.error).apply(to: examples) }
    #expect(
      error
        == .tooLong(
          TooLong(
            count: 1, of: 2, example: "long", longest: 30, limit: 10, flag: "--max-length")))
  }

  /// A pair counts once, and cannot be split; no flag raises the context of the base.
  @Test func theErrorSaysWhatHelps() throws {
    let short = example(5, answer: 1)
    let pairs = [
      PreferenceExample(chosen: example(30, answer: 1), rejected: example(40, answer: 1)),
      PreferenceExample(chosen: short, rejected: short),
    ]
    let flag = failure { _ = try Self.filter(.error).apply(to: pairs) }?.description
    #expect(flag?.hasPrefix("1 of 2 pairs are longer than 10 tokens") == true)
    #expect(flag?.contains("raise --max-length, or choose --on-too-long drop or truncate") == true)
    let context = LengthLimits(config: try config(), contextLength: 10)
    let base = failure { _ = try LengthLimiter(context).apply(to: [example(30, answer: 1)]) }
    #expect(base?.description.contains("raise") == false)
    #expect(base?.description.contains("base's context, so choose --on-too-long drop, ") == true)
    let given = LengthLimits(config: try config([.maxLength: "9"]), contextLength: 10)
    #expect(!given.isContext && given.whole == 9)
    let above = LengthLimits(config: try config([.maxLength: "11"]), contextLength: 10)
    #expect(above.isContext && above.whole == 10)
  }

  @Test func droppedExamplesAreCounted() throws {
    let (kept, counts) = try Self.filter(.drop).apply(
      to: [example(5, answer: 1), example(30, answer: 1)])
    #expect(kept.count == 1)
    #expect(counts.dropped == 1)
  }

  /// Prompts keep their end, answers their beginning.
  @Test func truncationKeepsWhereThePromptMeetsTheAnswer() throws {
    let long = example(20, answer: 8)
    let (kept, counts) = try Self.filter(.truncate, whole: 10, prompt: 4).apply(to: [long])
    #expect(kept[0].ids == Array(long.ids[8..<18]))
    #expect(kept[0].supervised == [4..<10])
    #expect(counts.truncated == 1)
  }

  @Test func anAnswerThatIsCutOffTeachesNothingAndIsSaid() {
    let error = failure {
      _ = try Self.filter(.truncate).apply(to: [example(30, answer: 2)])
    }
    guard case .nothingToLearn(let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("1 have no supervised token"))
  }

  @Test func everyTargetOfASplitExampleIsLearnedExactlyOnce() throws {
    for length in [11, 19, 20, 28, 29, 100] {
      let whole = TokenExample(ids: (0..<Int32(length)).map { $0 }, supervised: [1..<length])
      let (parts, counts) = try Self.filter(.split).apply(to: [whole])
      #expect(counts.split == 1)
      #expect(parts.allSatisfy { $0.ids.count <= 10 })
      let learned = parts.flatMap { part in part.supervised.joined().map { part.ids[$0] } }
      #expect(learned == (1..<Int32(length)).map { $0 }, "length \(length)")
    }
  }

  @Test func pairsKeepOneSharedPrompt() throws {
    let chosen = TokenExample(ids: (0..<20).map { $0 }, supervised: [12..<20])
    let rejected = TokenExample(ids: (0..<12).map { $0 } + [90, 91], supervised: [12..<14])
    let pair = PreferenceExample(chosen: chosen, rejected: rejected)
    let (kept, _) = try Self.filter(.truncate, whole: 10, prompt: 4).apply(to: [pair])
    #expect(kept[0].chosen.ids == (8..<18).map { $0 })
    #expect(kept[0].rejected.ids == [8, 9, 10, 11, 90, 91])
    #expect(kept[0].sharedLength == 4)
  }

  @Test func promptsOverTheirLimitNameItsFlag() {
    let pair = PreferenceExample(chosen: example(9, answer: 1), rejected: example(9, answer: 1))
    let error = failure { _ = try Self.filter(.error, prompt: 4).apply(to: [pair]) }
    #expect(error?.description.contains("raise --max-prompt-length") == true)
  }

  @Test func anEmptySetIsAnError() {
    #expect(failure { _ = try Self.filter(.drop).apply(to: [TokenExample]()) } != nil)
  }
}

@Suite struct BatchPlanTests {
  private static func plan(
    _ count: Int, budget: Int? = nil, seed: UInt64 = 1, curriculum: Bool = false
  ) -> BatchPlan {
    var generator = SeededGenerator(seed: 9, stream: "lengths")
    let levels: [Difficulty?] = [.easy, .medium, .hard, nil]
    return BatchPlan(
      (0..<count).map {
        .init(rows: generator.integer(in: 5...60), targets: $0 + 1, difficulty: levels[$0 % 4])
      },
      shape: .init(
        batchSize: 4, accumulation: 2, seed: seed, usesCurriculum: curriculum, tokenBudget: budget))
  }

  @Test func everyExampleComesOnceAnEpoch() {
    var plan = Self.plan(30)
    #expect(plan.stepsPerEpoch == 4)
    for epoch in 0..<3 {
      let steps = (0..<4).map { plan.plan(step: epoch * 4 + $0) }
      #expect(steps.allSatisfy { $0.epoch == epoch })
      #expect(steps.flatMap(\.examples).sorted() == Array(0..<30))
      #expect(steps.map { $0.examples.count } == [8, 8, 8, 6])
    }
    #expect(plan.plan(step: 0).examples != plan.plan(step: 4).examples)
  }

  @Test func theOrderIsAFunctionOfSeedAndStepAlone() {
    var (first, second) = (Self.plan(30), Self.plan(30))
    let late = second.plan(step: 9)
    for step in 0..<9 { _ = first.plan(step: step) }
    #expect(first.plan(step: 9) == late)
    var other = Self.plan(30, seed: 2)
    #expect(other.plan(step: 9).examples != late.examples)
    // Fixed for all time: a stored run must repeat.
    #expect(EpochOrder.shuffled(count: 8, seed: 0, epoch: 0) == EpochOrderGolden.first)
  }

  @Test func packingRegroupsAStepWithoutChangingWhatItLearnsFrom() {
    var (packed, plain) = (Self.plan(30, budget: 100), Self.plan(30))
    for step in 0..<8 {
      let (a, b) = (packed.plan(step: step), plain.plan(step: step))
      #expect(a.examples.sorted() == b.examples.sorted())
      #expect(a.targetCount == b.targetCount)
      #expect(a.targetCount == a.examples.reduce(0) { $0 + packed.items[$1].targets })
      for batch in a.microbatches {
        #expect(batch.reduce(0) { $0 + packed.items[$1].rows } <= 100)
      }
    }
  }

  @Test func aCurriculumGoesFromEasyToHard() {
    var plan = Self.plan(40, curriculum: true)
    let order = (0..<plan.stepsPerEpoch).flatMap { plan.plan(step: $0).examples }
    let levels = order.map { [0, 1, 2, 1][$0 % 4] }
    #expect(levels == levels.sorted())
    #expect(order.sorted() == Array(0..<40))
    #expect(Array(order.prefix(10)) != order.prefix(10).sorted())
  }
}

enum EpochOrderGolden {
  static let first = [4, 2, 5, 3, 7, 0, 1, 6]
}

@Suite struct PackingTests {
  @Test func theFullestBinThatStillTakesItIsChosen() {
    #expect(Packing.bins([5, 7, 5, 3], budget: 10) == [[0, 2], [1, 3]])
    #expect(Packing.bins([20, 1], budget: 10) == [[0], [1]])
    #expect(Packing.bins([], budget: 10).isEmpty)
  }

  @Test func binsHoldEverythingWithinTheBudgetAndAreFew() {
    var generator = SeededGenerator(seed: 3, stream: "packing")
    for _ in 0..<200 {
      let lengths = (0..<generator.integer(in: 1...60)).map { _ in generator.integer(in: 1...50) }
      let bins = Packing.bins(lengths, budget: 50)
      #expect(bins.flatMap { $0 }.sorted() == Array(lengths.indices))
      #expect(bins.allSatisfy { $0.reduce(0) { $0 + lengths[$1] } <= 50 })
      let least = (lengths.reduce(0, +) + 49) / 50
      #expect(bins.count <= least * 11 / 9 + lengths.count { $0 > 25 } + 1)
    }
  }
}

@Suite struct SegmentBatchTests {
  @Test func textsLieEndToEnd() {
    let batch = SegmentBatch([
      TokenExample(ids: [1, 2, 3], supervised: [2..<3]),
      TokenExample(ids: [4, 5], supervised: [1..<2]),
    ])
    #expect(batch.ids == [1, 2, 3, 4, 5])
    #expect(batch.positions == [0, 1, 2, 0, 1])
    #expect(batch.cumulativeLengths == [0, 3, 5])
    #expect(
      batch.targets == [
        .init(row: 1, token: 3, text: 0), .init(row: 3, token: 5, text: 1),
      ])
    #expect(batch.texts == 2)
  }

  @Test func thePromptOfAPairStandsOnce() {
    let batch = SegmentBatch([
      PreferenceExample(
        chosen: TokenExample(ids: [1, 2, 3, 10, 11], supervised: [3..<5]),
        rejected: TokenExample(ids: [1, 2, 3, 20], supervised: [3..<4]))
    ])
    #expect(batch.ids == [1, 2, 3, 10, 11, 20])
    #expect(batch.positions == [0, 1, 2, 3, 4, 3])
    #expect(batch.positions == batch.attention.positions)
    #expect(batch.segments.map(\.rows) == [0..<3, 3..<5, 5..<6])
    #expect(batch.segments.map(\.prefix) == [nil, 0..<3, 0..<3])
    // Both first answer tokens are predicted from the last row of the prompt.
    #expect(
      batch.targets == [
        .init(row: 2, token: 10, text: 0), .init(row: 3, token: 11, text: 0),
        .init(row: 2, token: 20, text: 1),
      ])
  }

  /// What a row may attend to, written out, is the same as for two texts on their own.
  @Test func aSharedPromptShowsEachTextWhatItsOwnWould() {
    let chosen = TokenExample(ids: [1, 2, 7, 10, 11], supervised: [3..<5])
    let rejected = TokenExample(ids: [1, 2, 8, 20], supervised: [3..<4])
    let shared = SegmentBatch([PreferenceExample(chosen: chosen, rejected: rejected)])
    let apart = SegmentBatch([chosen, rejected])
    #expect(shared.ids.count == 7)
    #expect(Self.contexts(shared) == Self.contexts(apart))
  }

  /// Of each target, the tokens before it.
  private static func contexts(_ batch: SegmentBatch) -> [[Int32]] {
    batch.targets.map { target in
      let row = Int(target.row)
      guard let segment = batch.segments.first(where: { $0.rows.contains(row) }) else { return [] }
      let before = segment.prefix.map { Array(batch.ids[$0]) } ?? []
      return before + batch.ids[segment.rows.lowerBound...row] + [target.token]
    }
  }

  @Test func pairsWithoutACommonBeginningAreTwoTexts() {
    let batch = SegmentBatch([
      PreferenceExample(chosen: example(3, answer: 1), rejected: example(3, answer: 1, first: 7))
    ])
    #expect(batch.segments.map(\.prefix) == [nil, nil])
    #expect(batch.texts == 2)
  }
}

@Suite struct DataStatisticsTests {
  @Test func figuresAreThoseOfAnEpoch() {
    let examples = [example(10, answer: 2), example(4, answer: 1), example(6, answer: 3)]
    let plan = BatchPlan(
      examples.map(BatchPlan.Item.init),
      shape: .init(batchSize: 4, accumulation: 1, seed: 0, tokenBudget: 40))
    let statistics = DataStatistics(examples, plan: plan)
    #expect(statistics.tokens == 20)
    #expect(statistics.supervisedTokens == 6)
    #expect(statistics.longest == 10)
    #expect(statistics.rows == 20)
    #expect(statistics.paddingAvoided == 3 * 10 - 20)
    #expect(statistics.microbatches == 1)
    #expect(abs(statistics.savedShare - 1.0 / 3) < 1e-12)
  }

  @Test func sharedPromptsAreRowsSaved() {
    let pair = PreferenceExample(
      chosen: TokenExample(ids: [1, 2, 3, 10], supervised: [3..<4]),
      rejected: TokenExample(ids: [1, 2, 3, 20], supervised: [3..<4]))
    let plan = BatchPlan([.init(pair)], shape: .init(batchSize: 2, accumulation: 1, seed: 0))
    let statistics = DataStatistics([pair], plan: plan)
    #expect(statistics.tokens == 8)
    #expect(statistics.rows == 5)
    #expect(statistics.paddingAvoided == 0)
  }
}

@Suite struct TrainingVersionTests {
  private static func store(_ folder: TemporaryFolder, splits: [Split?]) throws -> Store {
    let store = try Store.open(
      folder.file("expert.db"), mode: .create, clock: ScriptedClock(), patience: .milliseconds(50))
    let changes = splits.enumerated().map { place, split in
      RecordChange.add(
        rid: RecordID(file: SHA256.hash("a"), line: place),
        record: .instruction(
          InstructionRecord(instruction: "Say \(place).", input: "", output: "\(place)")),
        attributes: RecordAttributes(split: split))
    }
    _ = try store.commit(
      changes, to: "numbers", kind: .instruction, note: CommitNote(operation: "import"))
    return store
  }

  @Test func theSplitsOfAVersionAreReadApart() throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder, splits: [.train, .valid, .train, .test])
    let version = try TrainingVersion(store: store, reference: "numbers@v1", objective: .sft)
    #expect(version.train.count == 2)
    #expect(version.valid?.count == 1)
    let test = try TrainingVersion(store: store, reference: "numbers:test", objective: .sft)
    #expect(test.train.count == 1)
  }

  @Test func aVersionWithoutSplitsIsTrainedOnAsAWhole() throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder, splits: [nil, nil])
    let version = try TrainingVersion(store: store, reference: "numbers", objective: .distill)
    #expect(version.train.count == 2)
    #expect(version.valid == nil)
  }

  @Test func anEmptySplitAndAWrongKindSayWhatToDo() throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder, splits: [.valid, .valid])
    let empty = failure {
      _ = try TrainingVersion(store: store, reference: "numbers", objective: .sft)
    }
    #expect(empty == .emptySplit(version: "numbers@v1", split: "train"))
    let kind = failure {
      _ = try TrainingVersion(store: store, reference: "numbers", objective: .dpo)
    }
    #expect(kind?.description.contains("train dpo needs preference") == true)
  }
}
