internal import ExpertPlatform
package import ExpertRecord
package import ExpertTensors
internal import Foundation

/// What an export wrote and how it compares with its source.
package struct ExportReport: Sendable {
  /// One written file.
  package struct File: Sendable, Hashable {
    package var name: String
    package var bytes: Int
  }

  /// What becomes of the adapter away from the weights it was trained on.
  package struct Drift: Sendable, Hashable {
    /// What is compared with what.
    package var what: String
    package var comparison: LogitComparison
  }

  package var format: AdapterExportFormat
  package var type: ElementType
  /// The file or folder.
  package var output: String
  package var files: [File]
  package var comparison: LogitComparison
  /// What the comparison's difference may be at most; `nil`: it was told and not judged.
  package var limit: Double?
  package var drift: Drift?

  package var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  package var json: JSONValue {
    [
      "format": .string(format.rawValue), "type": .string(type.rawValue),
      "output": .string(output), "bytes": .number(Double(bytes)),
      "files": .array(
        files.map { ["name": .string($0.name), "bytes": .number(Double($0.bytes))] }),
      "comparison": comparison.json,
      "limit": limit.map(JSONValue.number) ?? .null,
      "drift": drift.map {
        ["what": .string($0.what), "comparison": $0.comparison.json]
      } ?? .null,
    ]
  }

  /// The files of a folder, or the one file.
  static func files(at path: String) -> [File] {
    var isFolder: ObjCBool = false
    let manager = FileManager.default
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
    func size(_ path: String) -> Int {
      ((try? manager.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0
    }
    guard isFolder.boolValue else {
      return [File(name: URL(fileURLWithPath: path).lastPathComponent, bytes: size(path))]
    }
    let names = ((try? manager.subpathsOfDirectory(atPath: path)) ?? []).sorted()
    return names.map { File(name: $0, bytes: size(path + "/" + $0)) }
  }
}
