internal import ExpertRecord

/// One comparison in a stated rule.
struct StatedCondition: Sendable {
  enum Test: Sendable { case equals, above, below }

  var attribute: String
  var test: Test
  var value: String

  func holds(_ facts: [String: String], strict: Bool = true) -> Bool {
    guard let fact = facts[attribute] else { return false }
    guard test != .equals else { return fact == value }
    guard let number = Int(fact), let bound = Int(value) else { return false }
    return switch (test, strict) {
    case (.above, true): number > bound
    case (.above, false): number >= bound
    case (.below, true): number < bound
    case (.below, false): number <= bound
    case (.equals, _): false
    }
  }

  var words: String {
    switch test {
    case .equals: "\(attribute) is \(value)"
    case .above: "\(attribute) is above \(value)"
    case .below: "\(attribute) is below \(value)"
    }
  }
}

/// A rule: all its conditions lead to a label, unless the exception holds.
struct StatedRule: Sendable {
  var conditions: [StatedCondition]
  var exception: StatedCondition?
  var label: String

  func holds(_ facts: [String: String], strict: Bool = true, first: Bool = false) -> Bool {
    let used = first ? Array(conditions.prefix(1)) : conditions
    guard used.allSatisfy({ $0.holds(facts, strict: strict) }) else { return false }
    return first || !(exception?.holds(facts, strict: strict) ?? false)
  }

  var words: String {
    let all = AnswerText.list(conditions.map(\.words), "and")
      .replacingAll(", ", with: " and ")
    return all + (exception.map { " unless \($0.words)" } ?? "")
  }
}

/// Classification by rules that the instruction states: in order, by rank, or by points.
enum RuleTemplates {
  static let all: [ProceduralTemplate] =
    RuleSubject.all.map(ordered) + RuleSubject.all.map(ranked) + RuleSubject.all.map(points)

  // MARK: First match wins

  static func ordered(_ subject: RuleSubject) -> ProceduralTemplate {
    ProceduralTemplate(id: "ordered-\(subject.id)", skill: "ordered-rules") { g, difficulty in
      let rules = rules(subject, &g, difficulty)
      let decide = { (facts: [String: String], strict: Bool, first: Bool) in
        rules.first { $0.holds(facts, strict: strict, first: first) }?.label ?? subject.fallback
      }
      let labels = Array(Set(rules.map(\.label) + [subject.fallback])).sorted()
      let facts =
        LabelBalance.draw(
          &g, labels, { RuleTemplates.facts(subject, rules.flatMap(\.conditions), &$0) }
        ) {
          decide($0, true, false)
        } ?? [:]
      let label = decide(facts, true, false)
      let matching = rules.indices.filter { rules[$0].holds(facts) }
      let style = g.below(2)
      let lines = rules.enumerated().map { index, rule in
        style == 0
          ? "\(index + 1). If \(rule.words): \(rule.label)"
          : "\(index + 1). \(rule.label) when \(rule.words)"
      }
      let lead = g.pick([
        "Using the rules below, \(subject.task).", "Please \(subject.task) by these rules.",
        "Your job is to \(subject.task). The rules are checked from the top.",
      ])
      let problem = LabelProblem(
        instruction: "\(lead) The first rule that applies decides; if none applies, the label is "
          + "\(subject.fallback).\n\(lines.joined(separator: "\n"))\n",
        input: render(subject, facts, &g), labels: labels, label: label,
        steps: rules.indices.map { verdict(rules[$0], number: $0 + 1, facts) }
          + [
            matching.isEmpty
              ? "No rule applies." : "The first that applies is rule \(matching[0] + 1)."
          ],
        wrong: [
          ("wrong-priority", matching.last.map { rules[$0].label } ?? rules[0].label),
          ("inclusive-bound", decide(facts, false, false)),
          ("ignored-condition", decide(facts, true, true)), ("fallback-label", subject.fallback),
        ])
      return problem.item(&g)
    }
  }

  // MARK: Highest rank wins

  static func ranked(_ subject: RuleSubject) -> ProceduralTemplate {
    ProceduralTemplate(id: "ranked-\(subject.id)", skill: "ranked-rules") { g, difficulty in
      let rules = g.shuffled(rules(subject, &g, difficulty))
      let ranks = g.sample(Array(1...(rules.count * 4)), count: rules.count)
      let highest = difficulty == .easy || g.oneIn(2)
      let decide = { (facts: [String: String], highest: Bool, strict: Bool) in
        let applying = rules.indices.filter { rules[$0].holds(facts, strict: strict) }
        let best = applying.max { highest ? ranks[$0] < ranks[$1] : ranks[$0] > ranks[$1] }
        return best.map { rules[$0].label } ?? subject.fallback
      }
      let labels = Array(Set(rules.map(\.label) + [subject.fallback])).sorted()
      let facts =
        LabelBalance.draw(
          &g, labels, { RuleTemplates.facts(subject, rules.flatMap(\.conditions), &$0) }
        ) {
          decide($0, highest, true)
        } ?? [:]
      let label = decide(facts, highest, true)
      let applying = rules.indices.filter { rules[$0].holds(facts) }
      let lines = zip(rules, ranks).map { rule, rank in
        "- [\(rank)] If \(rule.words): \(rule.label)"
      }
      let order = highest ? "highest" : "lowest"
      let lead = g.pick([
        "Every rule carries a rank in brackets; with them, \(subject.task).",
        "Read all rules before you \(subject.task); each has a rank in brackets.",
        "Please \(subject.task). The rules stand in no special order; brackets hold the rank.",
      ])
      let problem = LabelProblem(
        instruction: "\(lead) Of the rules that apply, the one with the \(order) rank decides; "
          + "without any, the label is \(subject.fallback).\n\(lines.joined(separator: "\n"))\n",
        input: render(subject, facts, &g), labels: labels, label: label,
        steps: rules.indices.map { verdict(rules[$0], number: ranks[$0], facts) }
          + [
            applying.isEmpty
              ? "No rule applies."
              : "Applying ranks: \(applying.map { String(ranks[$0]) }.joined(separator: ", ")); "
                + "the \(order) decides."
          ],
        wrong: [
          ("wrong-priority", decide(facts, !highest, true)),
          ("first-in-list", applying.first.map { rules[$0].label } ?? rules[0].label),
          ("inclusive-bound", decide(facts, highest, false)), ("fallback-label", subject.fallback),
        ])
      return problem.item(&g)
    }
  }

  // MARK: Points

  static func points(_ subject: RuleSubject) -> ProceduralTemplate {
    ProceduralTemplate(id: "points-\(subject.id)", skill: "points") { g, difficulty in
      let count = difficulty == .easy ? 3 : difficulty == .medium ? 4 : 6
      var terms: [(condition: StatedCondition, points: Int)] = []
      let hints = g.shuffled(subject.labels.flatMap(\.hints))
      for hint in hints where terms.count < count {
        let condition = condition(subject, hint, &g)
        guard !terms.contains(where: { $0.condition.words == condition.words }) else { continue }
        let minus = difficulty == .hard && terms.count > 2 && g.oneIn(3)
        terms.append((condition, minus ? -g.integer(in: 1...3) : g.integer(in: 1...6)))
      }
      let most = terms.map(\.points).filter { $0 > 0 }.reduce(0, +)
      let low = max(1, most / 3)
      let high = max(low + 1, most * 2 / 3)
      let score = { (facts: [String: String], terms: [(condition: StatedCondition, points: Int)]) in
        terms.filter { $0.condition.holds(facts) }.map(\.points).reduce(0, +)
      }
      let band = { (score: Int) in
        score >= high ? subject.bands[2] : score >= low ? subject.bands[1] : subject.bands[0]
      }
      let facts =
        LabelBalance.draw(
          &g, subject.bands, { RuleTemplates.facts(subject, terms.map(\.condition), &$0) }
        ) {
          band(score($0, terms))
        } ?? [:]
      let total = score(facts, terms)
      let lines = terms.map { "\($0.points > 0 ? "+" : "")\($0.points) if \($0.condition.words)" }
      let lead = g.pick([
        "Rate the \(subject.noun) by points.", "Add up the points of the \(subject.noun).",
        "Score the \(subject.noun) as follows.",
      ])
      let problem = LabelProblem(
        instruction: "\(lead)\n\(lines.joined(separator: "\n"))\n"
          + "A total of \(high) or more is \(subject.bands[2]), \(low) to \(high - 1) is "
          + "\(subject.bands[1]), less is \(subject.bands[0]).",
        input: render(subject, facts, &g), labels: subject.bands, label: band(total),
        steps: terms.map {
          "\($0.condition.words): \($0.condition.holds(facts) ? "yes, \($0.points)" : "no, 0")"
        } + ["Total: \(total)."],
        wrong: [
          ("missed-term", band(score(facts, Array(terms.dropLast())))),
          ("missed-first-term", band(score(facts, Array(terms.dropFirst())))),
          ("counts-every-term", band(most)),
        ])
      return problem.item(&g)
    }
  }

  // MARK: Parts

  private static func verdict(_ rule: StatedRule, number: Int, _ facts: [String: String]) -> String
  {
    guard !rule.holds(facts) else {
      return "Rule \(number) (\(rule.label)) applies: \(rule.words)."
    }
    if let failing = rule.conditions.first(where: { !$0.holds(facts) }) {
      return "Rule \(number) (\(rule.label)) fails: \(failing.attribute) is "
        + "\(facts[failing.attribute] ?? "unknown")."
    }
    return "Rule \(number) (\(rule.label)) is lifted by its exception."
  }

  /// Two or three rules when easy, one for each label when medium, more and longer when hard.
  private static func rules(
    _ subject: RuleSubject, _ g: inout SeededGenerator, _ difficulty: Difficulty
  ) -> [StatedRule] {
    let labels =
      difficulty == .easy
      ? g.sample(subject.labels.map(\.label), count: min(3, subject.labels.count))
      : g.shuffled(subject.labels.map(\.label))
    var rules = labels.map { rule(subject, $0, &g, difficulty) }
    if difficulty == .hard {
      for label in g.sample(labels, count: 2) {
        rules.insert(rule(subject, label, &g, difficulty), at: g.below(rules.count + 1))
      }
    }
    return rules
  }

  private static func rule(
    _ subject: RuleSubject, _ label: String, _ g: inout SeededGenerator, _ difficulty: Difficulty
  ) -> StatedRule {
    let hints = subject.labels.first { $0.label == label }?.hints ?? []
    let first = condition(subject, g.pick(hints), &g)
    var conditions = [first]
    let long = difficulty == .hard ? !g.oneIn(3) : difficulty == .medium ? g.oneIn(2) : false
    let others = subject.attributes.map(\.name).filter { $0 != first.attribute }
    if long { conditions.append(anyCondition(subject, g.pick(others), &g)) }
    var exception: StatedCondition?
    if difficulty == .hard, g.oneIn(3) {
      let free = others.filter { name in !conditions.contains { $0.attribute == name } }
      exception = anyCondition(subject, g.pick(free), &g)
    }
    return StatedRule(conditions: conditions, exception: exception, label: label)
  }

  /// A condition from a hint; the bound lies in the middle half of the range.
  private static func condition(
    _ subject: RuleSubject, _ hint: String, _ g: inout SeededGenerator
  ) -> StatedCondition {
    if let sign = hint.last, sign == ">" || sign == "<" {
      let name = String(hint.dropLast())
      return .init(
        attribute: name, test: sign == ">" ? .above : .below,
        value: String(bound(subject, name, &g)))
    }
    let pair = hint.split(separator: "=").map(String.init)
    return .init(attribute: pair[0], test: .equals, value: pair[1])
  }

  private static func anyCondition(
    _ subject: RuleSubject, _ name: String, _ g: inout SeededGenerator
  ) -> StatedCondition {
    guard let attribute = subject.attributes.first(where: { $0.name == name }) else {
      preconditionFailure("\(subject.id) has no attribute \(name)")
    }
    switch attribute.values {
    case .choice(let values): return .init(attribute: name, test: .equals, value: g.pick(values))
    case .number:
      return .init(
        attribute: name, test: g.oneIn(2) ? .above : .below,
        value: String(bound(subject, name, &g)))
    }
  }

  private static func bound(
    _ subject: RuleSubject, _ name: String, _ g: inout SeededGenerator
  ) -> Int {
    guard case .number(let range)? = subject.attributes.first(where: { $0.name == name })?.values
    else { preconditionFailure("\(subject.id) has no number \(name)") }
    let width = range.upperBound - range.lowerBound
    return range.lowerBound + width / 4 + g.below(max(1, width / 2))
  }

  /// Facts; numbers lie on or beside a bound of the rules one time in three.
  private static func facts(
    _ subject: RuleSubject, _ conditions: [StatedCondition], _ g: inout SeededGenerator
  ) -> [String: String] {
    var facts: [String: String] = [:]
    for attribute in subject.attributes {
      switch attribute.values {
      case .choice(let values): facts[attribute.name] = g.pick(values)
      case .number(let range):
        let bounds = conditions.filter { $0.attribute == attribute.name && $0.test != .equals }
          .compactMap { Int($0.value) }
        facts[attribute.name] =
          !bounds.isEmpty && g.oneIn(3)
          ? String(g.pick(bounds) + g.integer(in: -1...1)) : String(g.integer(in: range))
      }
    }
    return facts
  }

  /// The facts as lines, on one line, or as JSON, with a detail that decides nothing.
  private static func render(
    _ subject: RuleSubject, _ facts: [String: String], _ g: inout SeededGenerator
  ) -> String {
    let order = g.shuffled(subject.attributes.map(\.name))
    let pairs = order.map { ($0, facts[$0] ?? "") }
    let noun = subject.noun.prefix(1).uppercased() + subject.noun.dropFirst()
    let number = g.integer(in: 100...9999)
    let person = g.samplePerson()
    let place = g.pick(SampleNames.cities)
    switch g.below(4) {
    case 0:
      let lines = pairs.map { "\($0.0): \($0.1)" }
      return "\(noun) \(number) (\(person), \(place))\n\(lines.joined(separator: "\n"))"
    case 1:
      let parts = pairs.map { "\($0.0) = \($0.1)" }
      return
        "\(noun) \(number) from \(place), handled by \(person): \(parts.joined(separator: "; "))"
    case 2:
      let members =
        [("number", String(number)), ("handled by", AnswerText.quote(person))]
        + pairs.map { ($0.0, Int($0.1) == nil ? AnswerText.quote($0.1) : $0.1) }
      return AnswerText.object(members)
    default:
      let parts = pairs.map { "its \($0.0) is \($0.1)" }
      return
        "\(person) in \(place) entered \(subject.noun) no. \(number): \(AnswerText.list(parts))."
    }
  }
}
