internal import ExpertPlatform

/// A chart of one or two curves over the steps, as SVG without any script.
struct Chart: Sendable {
  let title: String
  let curves: [Curve]

  private static let width = 640.0
  private static let height = 240.0
  private static let left = 64.0
  private static let bottom = 28.0
  private static let margin = 12.0

  /// `nil` where no curve has a point.
  init?(_ title: String, _ curves: [Curve]) {
    let drawn = curves.map { $0.thinned(to: 800) }.filter { curve in
      curve.points.contains { $0.value.isFinite }
    }
    guard !drawn.isEmpty else { return nil }
    self.title = title
    self.curves = drawn
  }

  var svg: String {
    let scale = Scale(curves)
    let lines = curves.enumerated().map { place, curve in line(curve, place, scale) }
    let name = HTMLText.escaped(title)
    return """
      <figure><figcaption>\(name)\(legend)</figcaption>
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(name)">
      \(grid(scale))
      \(lines.joined(separator: "\n"))
      </svg></figure>
      """
  }

  private var legend: String {
    guard curves.count > 1 else { return "" }
    return curves.enumerated().map { place, curve in
      " <span class=\"key c\(place)\">\(HTMLText.escaped(curve.title))</span>"
    }.joined()
  }

  /// Lowest and highest of both axes.
  private struct Scale {
    var steps: ClosedRange<Double>
    var values: [Double]

    init(_ curves: [Curve]) {
      let points = curves.flatMap(\.points).filter { $0.value.isFinite }
      let first = Double(points.map(\.step).min() ?? 0)
      steps = first...max(first + 1, Double(points.map(\.step).max() ?? 1))
      values = Ticks.values(
        from: points.map(\.value).min() ?? 0, to: points.map(\.value).max() ?? 1)
    }

    func x(_ step: Double) -> Double {
      let share = (step - steps.lowerBound) / (steps.upperBound - steps.lowerBound)
      return Chart.left + share * (Chart.width - Chart.left - Chart.margin)
    }

    func y(_ value: Double) -> Double {
      let (low, high) = (values.first ?? 0, values.last ?? 1)
      let share = (value - low) / (high - low)
      return Chart.height - Chart.bottom
        - share * (Chart.height - Chart.bottom - Chart.margin)
    }
  }

  private func grid(_ scale: Scale) -> String {
    var parts = scale.values.map { value in
      let y = Figure.fixed(scale.y(value), 1)
      let right = Int(Self.width - Self.margin)
      return "<line class=\"grid\" x1=\"\(Int(Self.left))\" x2=\"\(right)\" y1=\"\(y)\" "
        + "y2=\"\(y)\"/><text class=\"tick\" x=\"\(Int(Self.left) - 6)\" y=\"\(y)\" "
        + "text-anchor=\"end\" dy=\"4\">\(Figure.short(value))</text>"
    }
    for step in [scale.steps.lowerBound, scale.steps.upperBound] {
      let anchor = step == scale.steps.lowerBound ? "start" : "end"
      parts.append(
        "<text class=\"tick\" x=\"\(Figure.fixed(scale.x(step), 1))\" "
          + "y=\"\(Int(Self.height) - 8)\" text-anchor=\"\(anchor)\">step \(Int(step))</text>")
    }
    return parts.joined(separator: "\n")
  }

  /// Runs of finite points; a run of one is drawn as a dot.
  private func line(_ curve: Curve, _ place: Int, _ scale: Scale) -> String {
    curve.points.split(omittingEmptySubsequences: true) { !$0.value.isFinite }.map { run in
      let points = run.map { point in
        "\(Figure.fixed(scale.x(Double(point.step)), 1)),"
          + Figure.fixed(scale.y(point.value), 1)
      }
      let list = points.count == 1 ? [points[0], points[0]] : points
      return "<polyline class=\"c\(place)\" points=\"\(list.joined(separator: " "))\"/>"
    }.joined(separator: "\n")
  }
}

/// Round values for an axis.
enum Ticks {
  /// Four to eight values, steps of 1, 2 or 5 times a power of ten, around both ends.
  static func values(from low: Double, to high: Double) -> [Double] {
    let span = high > low ? high - low : max(abs(low), 1e-12)
    let step = roundStep(span / 5)
    let first = (low / step).rounded(.down)
    let last = max(first + 1, (high / step).rounded(.up))
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  private static func roundStep(_ rough: Double) -> Double {
    var power = 1.0
    while power > rough { power /= 10 }
    while power * 10 <= rough { power *= 10 }
    let ratio = rough / power
    return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10)
  }
}
