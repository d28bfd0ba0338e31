import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTensors
import ExpertTestSupport
import ExpertTokenizer
import ExpertTraining
import Testing

/// From a stored version to the objective of a run, on the real small model.
@Suite struct RunObjectiveTests {
  private struct Place {
    let folder: TemporaryFolder
    let store: Store

    init() throws {
      folder = try TemporaryFolder()
      store = try Store.open(folder.file("expert.db"), mode: .create)
      let words = ["red", "green", "blue", "one", "two", "three"]
      func changes(_ record: (Int) -> Record) -> [RecordChange] {
        words.indices.map {
          .add(
            rid: RecordID(file: SHA256.hash("f"), line: $0), record: record($0),
            attributes: RecordAttributes(split: $0 == 5 ? .valid : .train))
        }
      }
      let note = CommitNote(operation: "test", author: "tester", message: "a change")
      _ = try store.commit(
        changes { number in
          .preference(
            PreferenceRecord(
              prompt: .text("Say \(words[number])."), chosen: .text(words[number]),
              rejected: .text("no, never")))
        }, to: "pairs", kind: .preference, note: note)
      _ = try store.commit(
        changes { number in
          .distillation(
            DistillationRecord(
              input: "Say \(words[number]).", reasoning: "They want a word.",
              answer: words[number]))
        }, to: "thoughts", kind: .distillation, note: note)
    }

    func objectives(
      _ dataset: String, _ base: RunBase, _ flags: [TrainingOption: String]
    ) throws -> (RunObjectives, TrainerInput) {
      let config = try config(flags.merging([.base: base.name]) { first, _ in first })
      let version = try TrainingVersion(
        store: store, reference: dataset, objective: config.objective)
      let setup = try TrainingSetup(config: config, base: base, version: version)
      let manifest = try setup.manifest(toolVersion: "test", now: 0)
      let objectives = try RunObjectives(
        setup: setup, store: store, manifest: manifest, openTeacher: { _ in base })
      return (
        objectives, objectives.input(folder: RunFolder(folder.file("run")), expectedRate: nil)
      )
    }
  }

  private func base() throws -> RunBase {
    let path = TestModels.path(TestModels.smolLM2)
    return RunBase(
      base: try Base.open(path, pool: .shared), name: "smollm2", hash: SHA256.hash("smollm2"),
      pool: .shared)
  }

  private func firstLoss(_ input: TrainerInput) throws -> ObjectiveFigures {
    let runner = MicrobatchRunner(input.model, input.adapter, pool: .shared)
    let plan = input.train.evaluationPlan(rows: 512)
    return try runner.evaluate(plan, of: input.train, objective: input.objective)
  }

  /// An adapter that says nothing yet: every loss is what it is at equal models.
  @Test(.testModel(TestModels.smolLM2))
  func preferencesStartAtLogTwoAndAreReadTheSecondTime() throws {
    let (place, base) = (try Place(), try base())
    let (first, input) = try place.objectives("pairs", base, [.objective: "dpo"])
    #expect(
      first.notes == [
        "reference log-probabilities: 5 computed and kept, 0 read from the store",
        "reference log-probabilities: 1 computed and kept, 0 read from the store",
      ])
    let figures = try firstLoss(input)
    #expect(abs(figures.loss - 0.693_147) < 2e-3)
    #expect(input.valid != nil)
    let (second, _) = try place.objectives("pairs", base, [.objective: "dpo", .r: "4"])
    #expect(second.notes.allSatisfy { $0.contains(": 0 computed") })
    let (orpo, _) = try place.objectives(
      "pairs", base, [.objective: "dpo", .lossType: "orpo"])
    #expect(orpo.notes == [])
    let (_, kto) = try place.objectives("pairs", base, [.objective: "dpo", .lossType: "kto"])
    #expect(kto.train.count == 10)
    #expect(abs(try firstLoss(kto).loss - 0.5) < 2e-3)
  }

  @Test(.testModel(TestModels.smolLM2))
  func aTeacherThatIsTheStudentDivergesNowhere() throws {
    let (place, base) = (try Place(), try base())
    let flags: [TrainingOption: String] = [
      .objective: "distill", .teacherModel: "smollm2", .distillAlpha: "0",
    ]
    let (_, input) = try place.objectives("thoughts", base, flags)
    #expect(abs(try firstLoss(input).loss) < 1e-3)
    let topK = flags.merging([.distillLoss: "top-k", .distillTopK: "16"]) { first, _ in first }
    let (kept, inputK) = try place.objectives("thoughts", base, topK)
    #expect(kept.notes.first?.contains("5 computed") == true)
    #expect(abs(try firstLoss(inputK).loss) < 1e-3)
    let (again, _) = try place.objectives("thoughts", base, topK)
    #expect(again.notes.allSatisfy { $0.contains(": 0 computed") })
    // Without a teacher there is nothing to follow.
    let error = failure { _ = try place.objectives("thoughts", base, [.objective: "distill"]) }
    #expect(error?.description.contains("--teacher-model") == true)
  }

  /// Stored replies are learned with their reasoning, or without.
  @Test(.testModel(TestModels.smolLM2))
  func repliesAreLearnedWithTheirReasoning() throws {
    let (place, base) = (try Place(), try base())
    func text(_ flags: [TrainingOption: String]) throws -> (all: String, learned: String) {
      let (_, input) = try place.objectives("thoughts", base, flags)
      let example = input.train.preview(0)[0]
      let learned = example.supervised.flatMap { example.ids[$0] }
      let tokenizer = base.base.tokenizer
      return (try tokenizer.decode(example.ids), try tokenizer.decode(learned))
    }
    let replies = try text([.objective: "distill", .distillLoss: "replies"])
    #expect(
      replies.learned.hasPrefix("<think>\nThey want a word.\n</think>\n\nred"))
    let sft = try text([.objective: "sft"])
    #expect(sft.learned.hasPrefix("red") && !sft.all.contains("They want"))
    let both = try text([.objective: "sft", .learnReasoning: "true"])
    #expect(both == replies)
  }
}
