package import ExpertRecord

/// One problem whose answer was computed or checked, before it takes a record's shape.
package struct ProceduralItem: Sendable, Hashable {
  /// What to do, phrased as a user would.
  package var instruction: String
  /// What to do it with; may be empty.
  package var input: String
  /// The right answer.
  package var output: String
  /// The steps that lead to the answer, for distillation records; never empty.
  package var reasoning: String
  package var answerKind: AnswerKind
  /// Wrong answers made from the right one, each by a named corruption; none equals `output`.
  package var corruptions: [Corruption]

  package struct Corruption: Sendable, Hashable {
    /// Kebab-case, such as `off-by-one`, `trailing-comma`, `wrong-unit`.
    package var name: String
    package var output: String

    package init(_ name: String, _ output: String) {
      self.name = name
      self.output = output
    }
  }

  package init(
    instruction: String, input: String = "", output: String, reasoning: String,
    answerKind: AnswerKind, corruptions: [Corruption]
  ) {
    self.instruction = instruction
    self.input = input
    self.output = output
    self.reasoning = reasoning
    self.answerKind = answerKind
    self.corruptions = corruptions
  }
}

/// A family of problems: every call makes another one, and the answer is right by construction.
package struct ProceduralTemplate: Sendable {
  /// Unique within the domain, kebab-case: `extract-nested-field`.
  package var id: String
  /// The skill it belongs to, one of the domain's: `parse`, `extract`, `validate` …
  package var skill: String
  /// Makes one problem. The same generator state gives the same bytes.
  package var make: @Sendable (inout SeededGenerator, Difficulty) -> ProceduralItem

  package init(
    id: String, skill: String,
    make: @escaping @Sendable (inout SeededGenerator, Difficulty) -> ProceduralItem
  ) {
    self.id = id
    self.skill = skill
    self.make = make
  }
}

/// The templates of one domain. Each template gets an equal share of the records.
package struct ProceduralDomain: Sendable {
  /// The name that `--domain` takes.
  package var name: String
  /// One line for `provider show procedural`.
  package var summary: String
  /// The skills, which the plan takes as its topics.
  package var skills: [String]
  package var templates: [ProceduralTemplate]

  package init(name: String, summary: String, skills: [String], templates: [ProceduralTemplate]) {
    self.name = name
    self.summary = summary
    self.skills = skills
    self.templates = templates
  }
}
