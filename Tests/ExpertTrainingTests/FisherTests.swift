import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTestSupport
import ExpertTraining
import Foundation
import Testing

/// The Fisher information and the penalty, against PyTorch.
@Suite struct FisherTests {
  private static let folder = GoldenFolder("Golden/objectives", besides: #filePath)

  private func examples() throws -> [TokenExample] {
    let file = try Safetensors(
      GoldenFolder("Golden/kd", besides: #filePath).file("batch.safetensors"))
    let shape = file.entry("input_ids")?.shape ?? [0, 0]
    let (ids, labels, mask) = (
      try file.integers("input_ids"), try file.integers("labels"),
      try file.integers("attention_mask")
    )
    return (0..<shape[0]).map { row in
      let places = (row * shape[1]..<(row + 1) * shape[1]).filter { mask[$0] == 1 }
      return TokenExample(
        ids: places.map { Int32(ids[$0]) }, labels: places.map { Int32(labels[$0]) })
    }
  }

  private func fisher(of student: Student) throws -> Fisher {
    let examples = try examples()
    return try Fisher(of: student.adapter, examples: examples.count) { place in
      try student.evaluate(
        LikelihoodObjective(), SegmentBatch([examples[place]]), places: [place],
        step: .whole([place]), differentiates: true)
    }
  }

  private func warm() throws -> Student {
    try Student(adapter: GoldenPairs.folder.file("init_warm"))
  }

  @Test func itIsTheMeanOfSquaresOverExamples() throws {
    let student = try warm()
    let fisher = try fisher(of: student)
    #expect(fisher.examples == 3)
    let path = Self.folder.file("fisher.safetensors")
    let importance = fisher.tensors.mapValues(\.importance)
    #expect(try student.worst(importance, against: path) < 1e-4)
    #expect(fisher.tensors.mapValues(\.anchor) == student.values)
    // The square of the mean gradient is another thing.
    let examples = try examples()
    try student.evaluate(
      LikelihoodObjective(), SegmentBatch(examples), places: [0, 1, 2], step: .whole([0, 1, 2]),
      differentiates: true)
    let squared = student.gradients.mapValues { $0.map { $0 / 3 * ($0 / 3) } }
    #expect(try student.worst(squared, against: path) > 0.1)
  }

  @Test func penaltyAndGradientAreThoseOfPyTorch() throws {
    let golden = try Golden.json("objectives/ewc.json")
    let fisher = try fisher(of: warm())
    let other = try Student(adapter: GoldenPairs.folder.file("final"))
    let penalty = try EWCPenalty(
      fisher, lambda: golden["weight"]?.number ?? 0, for: other.adapter)
    other.adapter.clearGradients()
    let value = penalty.apply(to: other.adapter)
    #expect(difference(value, golden["penalty"]?.number) < 1e-4)
    let path = Self.folder.file("ewc_gradient.safetensors")
    #expect(try other.worst(other.gradients, against: path) < 1e-4)
    // It adds to what stands there.
    #expect(penalty.apply(to: other.adapter) == value)
    #expect(
      try other.worst(other.gradients.mapValues { $0.map { $0 / 2 } }, against: path) < 1e-4)
    // At the old weights it costs nothing.
    let same = try warm()
    #expect(try EWCPenalty(fisher, lambda: 3, for: same.adapter).apply(to: same.adapter) == 0)
  }

  @Test func savedAndLoadedItIsTheSame() throws {
    let fisher = try fisher(of: warm())
    let place = try TemporaryFolder()
    try fisher.save(to: place.path)
    #expect(try Fisher.load(place.path) == fisher)
  }

  @Test func badFilesAreRefused() throws {
    let place = try TemporaryFolder()
    #expect(throws: TrainingError.self) { try Fisher.load(place.path) }
    let shape = [2]
    func write(_ tensors: [(String, [Float])]) throws {
      try SafetensorsWriter.write(
        place.file(Fisher.fileName), floats: tensors.map { ($0.0, shape, FloatBuffer($0.1)) })
    }
    let bad: [[(String, [Float])]] = [
      [("fisher.a", [1, 2])], [("fisher.a", [1, -2]), ("anchor.a", [0, 0])],
      [("fisher.a", [1, .nan]), ("anchor.a", [0, 0])],
    ]
    for tensors in bad {
      try write(tensors)
      #expect(throws: TrainingError.self) { try Fisher.load(place.path) }
    }
    try write([("fisher.a", [1, 2]), ("anchor.a", [0, 0])])
    #expect(try Fisher.load(place.path).tensors.count == 1)
  }

  @Test func anotherAdapterIsRefused() throws {
    let fisher = try fisher(of: warm())
    let other = try Student(adapter: Student.adapterFolder("qwen3/ia3_warm"))
    #expect(throws: TrainingError.self) { try EWCPenalty(fisher, lambda: 1, for: other.adapter) }
  }
}
