internal import ExpertRecord

/// The shapes in which a procedural reply can give its records.
package enum ProceduralFormat: String, Sendable, CaseIterable {
  case instruction
  case preferencePairs = "preference_pairs"
  case distillation
  case adversarial
}

extension ProceduralFormat {
  /// One record of this format as a model would write it.
  ///
  /// `template`, `answer_kind`, `difficulty` and `corruption` say where it came from; they become
  /// the record's attributes.
  func record(
    of item: ProceduralItem, template: String, difficulty: Difficulty,
    generator: inout SeededGenerator
  ) -> JSONValue {
    var members: [JSONValue.Member]
    switch self {
    case .instruction, .adversarial:
      members = [
        .init("instruction", .string(item.instruction)), .init("input", .string(item.input)),
        .init("output", .string(item.output)),
      ]
    case .preferencePairs:
      let wrong = generator.pick(item.corruptions)
      members = [
        .init("prompt", .string(item.prompt)), .init("chosen", .string(item.output)),
        .init("rejected", .string(wrong.output)), .init("corruption", .string(wrong.name)),
      ]
    case .distillation:
      members = [
        .init("input", .string(item.prompt)), .init("reasoning", .string(item.reasoning)),
        .init("answer", .string(item.output)),
      ]
    }
    members.append(.init("template", .string(template)))
    members.append(.init("answer_kind", .string(item.answerKind.rawValue)))
    members.append(.init("difficulty", .string(difficulty.rawValue)))
    return .object(members)
  }
}

extension ProceduralItem {
  /// Instruction and input as one text, for the formats that have a single prompt.
  package var prompt: String {
    input.isEmpty ? instruction : instruction + "\n\n" + input
  }
}
