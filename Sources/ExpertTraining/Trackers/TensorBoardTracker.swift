package import ExpertRecord
internal import Foundation

/// TensorBoard's event files, written without TensorFlow. `wandb sync FOLDER` reads them too.
package final class TensorBoardTracker: Tracker {
  package let name = TrackerKind.tensorboard.rawValue
  private let folder: String
  private let resumedAt: Int?
  private let host: String
  private var file: AppendFile?

  /// `folder`: made where it is missing; each process writes a file of its own in it.
  /// `resumedAt`: the step that a run goes on from.
  /// `host`: part of the file's name.
  package init(
    folder: String, resumedAt: Int? = nil, host: String = ProcessInfo.processInfo.hostName
  ) {
    self.folder = folder
    self.resumedAt = resumedAt
    self.host = host
  }

  package func begin(config: JSONValue, time: Int64) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = try AppendFile(freePath(time))
    let seconds = Double(time) / 1e6
    try file.append(EventRecord.version(time: seconds))
    if let resumedAt {
      try file.append(EventRecord.restart(time: seconds, step: resumedAt + 1))
    }
    try file.append(
      EventRecord.text(Self.table(config), tag: "config/text_summary", time: seconds, step: 0))
    self.file = file
  }

  package func log(_ row: MetricRow) throws {
    let values = row.values.sorted { $0.key < $1.key }.map {
      (tag: Self.tag($0.key), value: $0.value)
    }
    try file?.append(
      EventRecord.scalars(values, time: Double(row.time) / 1e6, step: row.step))
  }

  package func flush() throws { try file?.sync() }

  package func finish() throws {
    try flush()
    file = nil
  }

  /// As transformers names them: `eval/loss`, `train/loss`.
  static func tag(_ name: String) -> String {
    name.hasPrefix("eval_") ? "eval/" + name.dropFirst(5) : "train/" + name
  }

  /// `events.out.tfevents.<seconds>.<host>.<pid>.<n>`
  private func freePath(_ time: Int64) -> String {
    let stem = "\(folder)/events.out.tfevents.\(time / 1_000_000).\(host).\(getpid())"
    var number = 0
    while FileManager.default.fileExists(atPath: "\(stem).\(number)") { number += 1 }
    return "\(stem).\(number)"
  }

  /// The settings as a Markdown table.
  private static func table(_ config: JSONValue) -> String {
    let rows = (config.members ?? []).sorted { $0.name < $1.name }.map {
      "| \($0.name) | \(CanonicalJSON.text(of: $0.value).replacing("|", with: "\\|")) |"
    }
    return "| option | value |\n| --- | --- |\n" + rows.joined(separator: "\n")
  }
}
