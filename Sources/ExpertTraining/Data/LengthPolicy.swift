/// What happens to an example over the limits of `--max-length` and `--max-prompt-length`.
package enum LengthPolicy: String, Sendable, Hashable, CaseIterable {
  /// Training does not start.
  case error
  /// It is left out.
  case drop
  /// Prompts keep their end, answers their beginning.
  case truncate
  /// It becomes several examples, each within the limit.
  case split
}

/// The limits of an example, in tokens.
package struct LengthLimits: Sendable, Hashable {
  /// Prompt and answer together.
  package var whole: Int
  /// The prompt alone; longer ones lose their beginning.
  package var prompt: Int?
  /// Whether `whole` is the context of the base, which no flag raises.
  package var isContext: Bool
  package var policy: LengthPolicy

  package init(
    whole: Int, prompt: Int? = nil, isContext: Bool = false, policy: LengthPolicy = .error
  ) {
    self.whole = whole
    self.isContext = isContext
    self.prompt = prompt
    self.policy = policy
  }

  /// Those of a configuration; without `--max-length` the context of the base is the limit.
  package init(config: TrainingConfig, contextLength: Int) {
    self.init(
      whole: min(config.maxLength ?? contextLength, contextLength), prompt: config.maxPromptLength,
      isContext: config.maxLength ?? contextLength >= contextLength, policy: config.lengthPolicy)
  }
}

/// What the limits did.
package struct LengthCounts: Sendable, Hashable {
  /// Examples over a limit.
  package var over = 0
  package var dropped = 0
  package var truncated = 0
  package var split = 0
  /// Examples, or parts of split ones, without any target left.
  package var withoutTarget = 0
  /// The longest example as it came, in tokens.
  package var longest = 0

  package init(
    over: Int = 0, dropped: Int = 0, truncated: Int = 0, split: Int = 0, withoutTarget: Int = 0,
    longest: Int = 0
  ) {
    self.over = over
    self.dropped = dropped
    self.truncated = truncated
    self.split = split
    self.withoutTarget = withoutTarget
    self.longest = longest
  }
}
