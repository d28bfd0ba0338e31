internal import Foundation

/// What lies at a path: a folder in Hugging Face's form or a GGUF file.
enum ModelPlace {
  case huggingFace(String)
  case gguf(String)

  init(_ path: String) throws(ModelFileError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .notAModel(path: path, reason: "there is no such file or folder")
    }
    guard isFolder.boolValue else {
      self = try Self.file(path)
      return
    }
    let folder = path.hasSuffix("/") && path != "/" ? String(path.dropLast()) : path
    self = try Self.folder(folder)
  }

  private static func file(_ path: String) throws(ModelFileError) -> ModelPlace {
    if path.hasSuffix(".safetensors") {
      throw .notAModel(path: path, reason: "weights alone; name the folder with its config.json")
    }
    if let kind = pickle(path) {
      throw .notAModel(path: path, reason: "\(kind) files can hold programs and are never read")
    }
    return .gguf(path)
  }

  private static func folder(_ path: String) throws(ModelFileError) -> ModelPlace {
    if FileManager.default.fileExists(atPath: path + "/config.json") { return .huggingFace(path) }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let ggufs = names.filter { $0.hasSuffix(".gguf") }.sorted()
    guard ggufs.count <= 1 else {
      throw .notAModel(
        path: path,
        reason: "it holds several GGUF files (\(ggufs.joined(separator: ", "))); name one")
    }
    guard let only = ggufs.first else {
      throw .notAModel(path: path, reason: "it holds neither a config.json nor a GGUF file")
    }
    return .gguf(path + "/" + only)
  }

  /// The ending of a file in Python's pickle format.
  static func pickle(_ path: String) -> String? {
    [".bin", ".pt", ".pth", ".pkl", ".ckpt"].first { path.hasSuffix($0) }
  }
}
