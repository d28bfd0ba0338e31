package import ExpertModel
package import ExpertRecord

/// What a check of experts found: what each does, what both of a pair do, and what all do together.
package struct CompositionReport: Sendable {
  /// One expert.
  package struct Expert: Sendable {
    package var name: String
    package var weight: Double
    /// One for each adapter and soft prompt; empty where the expert could not be loaded.
    package var parts: [AdapterSummary]
    package var drift: LogitDrift?

    package init(
      name: String, weight: Double, parts: [AdapterSummary], drift: LogitDrift? = nil
    ) {
      self.name = name
      self.weight = weight
      self.parts = parts
      self.drift = drift
    }
  }

  /// What two experts both change.
  package struct Pair: Sendable {
    package var first: String
    package var second: String
    package var overlap: AdapterOverlap
  }

  /// An expert's own suite: from 0 to 1, with the base alone, the expert alone, and all experts.
  package struct Suite: Sendable {
    package var expert: String
    package var source: String
    package var examples: Int
    package var base: Double
    package var alone: Double
    package var joint: Double

    package init(
      expert: String, source: String, examples: Int, base: Double, alone: Double, joint: Double
    ) {
      self.expert = expert
      self.source = source
      self.examples = examples
      self.base = base
      self.alone = alone
      self.joint = joint
    }
  }

  package var experts: [Expert]
  package var pairs: [Pair]
  package var joint: LogitDrift?
  /// See `JointDrift.interaction`.
  package var interaction: Double?
  package var prompts: Int
  package var suites: [Suite]
  package var findings: [CompositionFinding]

  package init(experts: [Expert] = [], prompts: Int = 0) {
    self.experts = experts
    self.prompts = prompts
    (pairs, suites, findings) = ([], [], [])
  }
}

/// Something that the user should know, with what to do about it.
package struct CompositionFinding: Sendable, Hashable {
  package enum Severity: String, Sendable, Hashable {
    case warning, error
  }

  package var severity: Severity
  package var subject: String
  package var text: String
  package var remedy: String

  package init(_ severity: Severity, _ subject: String, _ text: String, remedy: String) {
    self.severity = severity
    self.subject = subject
    self.text = text
    self.remedy = remedy
  }
}

extension CompositionReport {
  /// The report as a JSON object.
  package var json: JSONValue {
    [
      "experts": .array(experts.map(\.json)), "pairs": .array(pairs.map(\.json)),
      "joint": joint?.json ?? .null, "interaction": .optional(interaction),
      "prompts": .number(Double(prompts)), "suites": .array(suites.map(\.json)),
      "findings": .array(findings.map(\.json)),
    ]
  }
}

extension CompositionReport.Expert {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "weight": .number(weight), "parts": .array(parts.map(\.json)),
      "drift": drift?.json ?? .null,
    ]
  }
}

extension AdapterSummary {
  fileprivate var json: JSONValue {
    [
      "modules": .number(Double(places)),
      "target_modules": .array(targets.map { .string($0.rawValue) }),
      "parameters": .number(Double(parameters)), "relative_norm": .optional(relativeNorm),
      "scaling": .optional(scaling), "prompt_length": .number(Double(promptLength)),
      "relative_prompt": .optional(relativePrompt),
    ]
  }
}

extension LogitDrift {
  fileprivate var json: JSONValue {
    [
      "tokens": .number(Double(tokens)), "kl": .number(divergence),
      "largest_change": .number(largestChange), "agreement": .number(agreement),
      "not_finite": .number(Double(notFinite)),
    ]
  }
}

extension CompositionReport.Pair {
  fileprivate var json: JSONValue {
    [
      "experts": [.string(first), .string(second)],
      "shared_modules": .number(Double(overlap.shared)), "share": .number(overlap.share),
      "target_modules": .array(overlap.targets.map { .string($0.rawValue) }),
      "cosine": .optional(overlap.cosine),
    ]
  }
}

extension CompositionReport.Suite {
  fileprivate var json: JSONValue {
    [
      "expert": .string(expert), "source": .string(source),
      "examples": .number(Double(examples)), "base": .number(base), "alone": .number(alone),
      "joint": .number(joint),
    ]
  }
}

extension CompositionFinding {
  fileprivate var json: JSONValue {
    [
      "severity": .string(severity.rawValue), "subject": .string(subject),
      "text": .string(text), "remedy": .string(remedy),
    ]
  }
}

extension JSONValue {
  fileprivate static func optional(_ value: Double?) -> JSONValue {
    value.map(JSONValue.number) ?? .null
  }
}
