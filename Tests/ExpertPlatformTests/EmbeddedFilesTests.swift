import ExpertPlatform
internal import Foundation
import Testing

@Suite struct EmbeddedFilesTests {
  /// The repository's root, seen from this file.
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

  @Test func theBinaryHoldsTheDataFoldersByteForByte() throws {
    let found = try Self.dataFiles()
    #expect(found.count >= 3)
    #expect(found.count == EmbeddedFiles.all.count, "run: make embed")
    for path in found {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.root + "/" + path))
      let embedded = EmbeddedFiles.all[path].map { Data($0.utf8) }
      #expect(embedded == bytes, "\(path) differs; run: make embed")
    }
  }

  /// Every file below the four folders, by path from the root; any kind but those embedded fails
  /// the count.
  private static func dataFiles() throws -> [String] {
    try ["Datasets", "Models", "Prompts", "Providers"].flatMap { folder in
      try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
        .map { folder + "/" + $0 }
        .filter { path in
          var isFolder: ObjCBool = false
          return FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder)
            && !isFolder.boolValue
        }
    }
  }
}
