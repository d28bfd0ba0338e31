package import ExpertRecord

/// The trackers of a run. One that fails is left out from then on: a chart is not worth a run.
package final class TrackerSet {
  private var trackers: [any Tracker]
  /// Why a tracker was left out.
  package private(set) var failures: [TrainingError] = []
  private var untold: [TrainingError] = []

  package init(_ trackers: [any Tracker]) { self.trackers = trackers }

  /// Names of those that still take rows.
  package var names: [String] { trackers.map(\.name) }

  /// The failures that were not taken yet.
  package func takeFailures() -> [TrainingError] {
    defer { untold = [] }
    return untold
  }

  package func begin(config: JSONValue, time: Int64) {
    forEach { try $0.begin(config: config, time: time) }
  }

  package func log(_ row: MetricRow) { forEach { try $0.log(row) } }

  package func flush() { forEach { try $0.flush() } }

  package func finish() { forEach { try $0.finish() } }

  private func forEach(_ body: (any Tracker) throws -> Void) {
    trackers.removeAll { tracker in
      do {
        try body(tracker)
        return false
      } catch {
        let failure = TrainingError.tracker(name: tracker.name, reason: "\(error)")
        failures.append(failure)
        untold.append(failure)
        return true
      }
    }
  }
}
