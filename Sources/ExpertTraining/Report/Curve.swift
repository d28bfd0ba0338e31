/// One line of a chart.
struct Curve: Sendable {
  var title: String
  /// Steps and values; values that are no numbers make a gap.
  var points: [(step: Int, value: Double)]

  init(_ title: String, _ points: [(step: Int, value: Double)]) {
    self.title = title
    self.points = points
  }

  /// The rows that have the metric.
  init(_ title: String, _ name: String, _ rows: [MetricRow]) {
    self.init(title, rows.compactMap { row in row[name].map { (row.step, $0) } })
  }

  /// The points thinned to at most `limit`: of each run of points the lowest and the highest stay,
  /// so that no spike is lost.
  func thinned(to limit: Int) -> Curve {
    guard points.count > limit, limit >= 4 else { return self }
    let run = (points.count + limit / 2 - 1) / (limit / 2)
    var kept: [(step: Int, value: Double)] = []
    for start in stride(from: 0, to: points.count, by: run) {
      let part = points[start..<min(start + run, points.count)]
      guard part.allSatisfy({ $0.value.isFinite }),
        let low = part.min(by: { $0.value < $1.value }),
        let high = part.max(by: { $0.value < $1.value })
      else {
        kept += part.prefix(2)
        continue
      }
      kept += low.step < high.step ? [low, high] : low.step > high.step ? [high, low] : [low]
    }
    return Curve(title, kept)
  }
}
