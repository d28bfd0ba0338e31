internal import ExpertRecord

/// One case of a task: what is shown, what it is, and which mistakes lead where.
struct LabelCase: Sendable {
  var shown: String
  var label: String
  var steps: [String]
  var wrong: [(String, String)] = []
}

/// A task whose rules are drawn once for an item, and whose cases are drawn until the labels are in
/// balance.
struct LabelRules {
  /// What to do and by which rules.
  var instruction: String
  var labels: [String]
  /// Draws a case; `nil` where the draw came to nothing.
  var draw: (inout SeededGenerator) -> LabelCase?
}

extension ProceduralTemplate {
  /// A classification template: the rules, then a balanced case, then a line that decides nothing.
  static func label(
    _ id: String, _ skill: String, context: Bool = true,
    _ rules: @escaping @Sendable (inout SeededGenerator, Difficulty) -> LabelRules
  ) -> ProceduralTemplate {
    ProceduralTemplate(id: id, skill: skill) { g, difficulty in
      let rules = rules(&g, difficulty)
      guard let drawn = LabelBalance.draw(&g, rules.labels, { rules.draw(&$0) }, label: \.label)
      else { preconditionFailure("the classification \(id) drew no case") }
      let input =
        !context
        ? drawn.shown
        : g.oneIn(2)
          ? "\(LabelContext.line(&g))\n\(drawn.shown)" : "\(drawn.shown)\n\(LabelContext.line(&g))"
      let problem = LabelProblem(
        instruction: rules.instruction, input: input, labels: rules.labels, label: drawn.label,
        steps: drawn.steps, wrong: drawn.wrong)
      return problem.item(&g)
    }
  }
}
