internal import ExpertModel
internal import ExpertTensors
internal import Foundation

extension TrainingConfig {
  /// Whether a model is followed token by token.
  package var followsTeacher: Bool { objective == .distill && Distillation(config: self) != nil }

  /// Refuses what cannot be trained for want of a teacher or of an earlier task, before any data is
  /// read.
  package func checkInputs() throws {
    if followsTeacher, teacherModel == nil, teacherAdapter == nil {
      throw TrainingError.badValue(
        place: TrainingOption.teacherModel.flag, found: "",
        expected: "the teacher's name, or --teacher-adapter for an adapter on the base, or "
          + "--distill-loss replies to learn the stored replies")
    }
    if let folder = teacherAdapter {
      guard FileManager.default.fileExists(atPath: folder + "/" + AdapterFolder.configName) else {
        throw TrainingError.badValue(
          place: TrainingOption.teacherAdapter.flag, found: folder,
          expected: "a folder with \(AdapterFolder.configName)")
      }
    }
    if let folder = ewcFrom { _ = try Fisher.load(folder) }
  }
}
