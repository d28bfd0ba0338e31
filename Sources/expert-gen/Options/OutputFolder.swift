internal import Foundation

/// The folder of a file that a command will write.
enum OutputFolder {
  /// Makes the folder where it is missing, so that a job fails before it pays and not after.
  static func make(for file: String) throws {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .failure, "output", "the folder \(folder) of --output cannot be made; choose another place")
    }
  }
}
