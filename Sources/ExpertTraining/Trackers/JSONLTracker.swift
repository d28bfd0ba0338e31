package import ExpertRecord

/// `metrics.jsonl`: one JSON object a row. The record of the run itself; always kept.
package final class JSONLTracker: Tracker {
  package let name = TrackerKind.jsonl.rawValue
  private let file: AppendFile

  /// `path`: the file.
  /// `position`: bytes that belong to the run; rows behind them were logged after the checkpoint
  /// that the run goes on from, and will come again. `nil` keeps everything.
  package init(path: String, position: Int? = nil) throws(TrainingError) {
    file = try AppendFile(path, keeping: position)
  }

  /// Bytes logged so far: the metrics cursor of a checkpoint.
  package var position: Int { file.size }

  package func begin(config: JSONValue, time: Int64) {}

  package func log(_ row: MetricRow) throws(TrainingError) {
    try file.append(CanonicalJSON.bytes(of: row.json) + [UInt8(ascii: "\n")])
  }

  package func flush() throws(TrainingError) { try file.sync() }

  package func finish() throws(TrainingError) { try flush() }

  /// The rows of a file. A cut last line, as a crash may leave it, is passed over.
  package static func rows(of bytes: [UInt8]) -> [MetricRow] {
    bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      (try? JSONValue.parse(Array(line))).flatMap(MetricRow.init(json:))
    }
  }
}
