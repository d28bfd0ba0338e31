internal import ExpertPlatform

/// Divides stacked tensors into parts that are held alike.
enum WeightParts {
  /// The parts of `views`, stacked by rows. Every part but the first starts at a row divisible by
  /// 32, so that panels and ranges fall together; where that cannot be, all rows are held as
  /// values in one part.
  static func make(
    _ views: [TensorView], precision: Precision, layout: WeightLayout, pool: ThreadPool
  ) -> [WeightPart] {
    let runs = runs(of: views, precision, layout)
    var parts: [WeightPart] = []
    var start = 0
    for run in runs {
      guard start % 32 == 0 else {
        let form = Holding(form: precision == .fp32 ? .panels32 : .panels16)
        return [WeightBuilder(views, form).part(start: 0, pool: pool)]
      }
      let part = WeightBuilder(run.views, run.holding).part(start: start, pool: pool)
      parts.append(part)
      start += part.range.count
    }
    return parts
  }

  private struct Run {
    var holding: Holding
    var views: [TensorView]
  }

  private static func runs(
    of views: [TensorView], _ precision: Precision, _ layout: WeightLayout
  ) -> [Run] {
    var runs: [Run] = []
    let fits = views.dropLast().allSatisfy { $0.rows % 32 == 0 }
    for view in views {
      // Files stay mapped only where each tensor makes whole panels.
      let holding = Holding(view, precision, fits ? layout : .packed)
      if holding.form != .rows16, runs.last?.holding == holding {
        runs[runs.count - 1].views.append(view)
      } else {
        runs.append(Run(holding: holding, views: [view]))
      }
    }
    return runs
  }
}
