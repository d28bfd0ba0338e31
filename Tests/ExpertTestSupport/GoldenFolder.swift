internal import ExpertPlatform
internal import Foundation

/// A folder of committed fixtures with a manifest `SHA256SUMS` beside them, as `sha256sum` writes
/// and checks it.
package struct GoldenFolder: Sendable {
  package let path: String

  /// `Golden` or a folder below it, beside the test file whose `#filePath` is given.
  package init(_ name: String = "Golden", besides file: String) {
    let folder = file.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    path = folder + "/" + name
  }

  /// The path of one fixture.
  package func file(_ name: String) -> String { path + "/" + name }

  /// What the manifest says of each file.
  private func manifest() throws -> [String: String] {
    let text = try String(contentsOfFile: file("SHA256SUMS"), encoding: .utf8)
    let pairs = text.split(separator: "\n").map { line in
      (String(line.dropFirst(66)), String(line.prefix(64)))
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// Files that the manifest lacks, that it has and the folder lacks, or that differ; and how
  /// many files were read.
  package func check() throws -> (wrong: [String], count: Int) {
    var expected = try manifest()
    var wrong: [String] = []
    var count = 0
    for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted() {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file(name), isDirectory: &isFolder),
        !isFolder.boolValue, name != "SHA256SUMS"
      else { continue }
      count += 1
      let digest = try SHA256.hash(file: file(name)).description
      if expected.removeValue(forKey: name) != digest { wrong.append(name) }
    }
    return (wrong + expected.keys.sorted(), count)
  }
}
