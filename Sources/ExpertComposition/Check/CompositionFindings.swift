internal import ExpertModel

/// Reads a report and says what is wrong with it. The limits are rules of thumb, set where a
/// composition of small adapters starts to be something else than the sum of its parts.
package struct CompositionFindings {
  /// Two experts undo each other where the cosine is below this.
  private static let opposed = -0.3
  /// Two experts do nearly the same where it is above this.
  private static let alike = 0.7
  /// The share of the joint change that no expert alone explains.
  private static let interaction = 0.5
  /// What an expert may lose of its own score beside the others.
  private static let loss = 0.05

  private let report: CompositionReport

  package init(_ report: CompositionReport) { self.report = report }

  package var all: [CompositionFinding] {
    notFinite + report.pairs.compactMap(opposition) + interactions
      + report.suites.compactMap(lossOfScore)
  }

  private var notFinite: [CompositionFinding] {
    var found: [CompositionFinding] = []
    for expert in report.experts {
      guard let drift = expert.drift, drift.notFinite > 0 else { continue }
      found.append(
        CompositionFinding(
          .error, expert.name,
          "it makes \(drift.notFinite) logits NaN or infinite",
          remedy: "export it again from a good checkpoint, or give it a smaller weight"))
    }
    if let joint = report.joint, joint.notFinite > 0, found.isEmpty {
      found.append(
        CompositionFinding(
          .error, "all together",
          "\(joint.notFinite) logits are NaN or infinite, and none with one expert alone",
          remedy: "give weights that add up to 1, such as A:0.5,B:0.5"))
    }
    return found
  }

  private func opposition(_ pair: CompositionReport.Pair) -> CompositionFinding? {
    guard let cosine = pair.overlap.cosine else { return nil }
    let subject = "\(pair.first), \(pair.second)"
    let layers = "\(pair.overlap.shared) layers (\(Self.names(pair.overlap.targets)))"
    if cosine < Self.opposed {
      return CompositionFinding(
        .warning, subject,
        "they pull \(layers) in opposite directions (cosine \(Self.two(cosine)))",
        remedy: "merge them with ties, give smaller weights, or train one on other target modules")
    }
    guard cosine > Self.alike else { return nil }
    return CompositionFinding(
      .warning, subject,
      "they change \(layers) in the same way (cosine \(Self.two(cosine))), so that together they "
        + "overshoot",
      remedy: "use one of them, or weights that add up to 1")
  }

  private var interactions: [CompositionFinding] {
    guard let share = report.interaction, share > Self.interaction else { return [] }
    return [
      CompositionFinding(
        .warning, "all together",
        "\(Int((share * 100).rounded())) % of what they do to the logits comes from their being "
          + "together and not from any of them",
        remedy: remedy(report.pairs))
    ]
  }

  private func lossOfScore(_ suite: CompositionReport.Suite) -> CompositionFinding? {
    guard suite.joint < suite.alone - Self.loss else { return nil }
    let pairs = report.pairs.filter { $0.first == suite.expert || $0.second == suite.expert }
    return CompositionFinding(
      .warning, suite.expert,
      "poor composition: \(Self.two(suite.joint)) on its own suite beside the others, "
        + "\(Self.two(suite.alone)) alone",
      remedy: remedy(pairs))
  }

  private func remedy(_ pairs: [CompositionReport.Pair]) -> String {
    guard let most = pairs.max(by: { $0.overlap.shared < $1.overlap.shared }),
      most.overlap.shared > 0
    else { return "give smaller weights, or route each request to one expert" }
    return "\(most.first) and \(most.second) overlap in \(Self.names(most.overlap.targets)): train "
      + "one on other target modules, give smaller weights, merge with ties, or route each "
      + "request to one expert"
  }

  private static func names(_ targets: [TargetModule]) -> String {
    targets.map(\.rawValue).joined(separator: ", ")
  }

  /// Two decimals.
  private static func two(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = "\(hundredths.magnitude % 100)"
    return (hundredths < 0 ? "-" : "") + "\(hundredths.magnitude / 100)."
      + (rest.count == 1 ? "0" : "") + rest
  }
}
