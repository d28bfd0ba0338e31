package import ExpertRecord

/// Something that keeps what a run measures. Used by one thread.
package protocol Tracker: AnyObject {
  /// The name in `--report-to`.
  var name: String { get }
  /// Says what is trained, before the first row.
  func begin(config: JSONValue, time: Int64) throws
  /// Keeps one row.
  func log(_ row: MetricRow) throws
  /// Makes everything logged so far durable.
  func flush() throws
  /// Ends the log; nothing may be called after it.
  func finish() throws
}

/// The trackers that `--report-to` knows.
package enum TrackerKind: String, Sendable, Hashable, CaseIterable {
  case jsonl, tensorboard, trackio

  /// Reads a list of names. `none` is no tracker, `all` every one; `metrics.jsonl` is kept in any
  /// case, for it is part of the run's record.
  package static func read(
    _ names: [String], place: String
  ) throws(TrainingError) -> [TrackerKind] {
    var kinds: Set<TrackerKind> = []
    if names.count > 1, names.contains(where: { $0.lowercased() == "none" }) {
      throw .outOfPlace(place: place, reason: "none stands alone: name trackers, or none of them")
    }
    for name in names {
      switch name.lowercased() {
      case "none": break
      case "all": kinds.formUnion(allCases)
      case "wandb":
        throw .outOfPlace(
          place: place,
          reason: "nothing is sent anywhere while training. Take tensorboard here, and "
            + "`wandb sync DIR/tensorboard` afterwards: it reads those files")
      default:
        guard let kind = TrackerKind(rawValue: name.lowercased()) else {
          throw .badValue(
            place: place, found: name,
            expected: "some of jsonl, tensorboard, trackio, or all, or none")
        }
        kinds.insert(kind)
      }
    }
    return allCases.filter(kinds.contains)
  }
}
