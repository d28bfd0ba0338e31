package import ExpertRecord

/// How many tokens a text may be, without its tokeniser: four characters a token is the usual rule
/// for English; code, digits and other scripts take more.
package struct TokenEstimate: Sendable, Hashable {
  package var low: Int
  package var expected: Int
  package var high: Int

  package init(low: Int, expected: Int, high: Int) {
    self.low = low
    self.expected = expected
    self.high = high
  }

  /// Characters over five, four and two and a half; beyond ASCII a character may be a token or two.
  package static func text(_ text: String) -> TokenEstimate {
    var ascii = 0
    var other = 0
    for scalar in text.unicodeScalars { if scalar.isASCII { ascii += 1 } else { other += 1 } }
    return TokenEstimate(
      low: ascii / 5 + other / 3, expected: (ascii + 3) / 4 + (other + 1) / 2,
      high: (ascii * 2 + 4) / 5 + other * 2)
  }

  /// The prompt's tokens: its texts and a few for each message's frame.
  package static func input(_ messages: [Message]) -> TokenEstimate {
    messages.reduce(TokenEstimate(low: 0, expected: 0, high: 0)) { sum, message in
      sum + text(message.content) + TokenEstimate(low: 3, expected: 4, high: 8)
    }
  }

  /// The answer's tokens, from how long answers of its kind are; never above the limit that is sent.
  package static func output(expected: Int, maxTokens: Int?) -> TokenEstimate {
    let most = maxTokens ?? expected * 4
    return TokenEstimate(
      low: min(expected / 2, most), expected: min(expected, most), high: max(most, expected / 2))
  }

  package static func + (left: Self, right: Self) -> Self {
    Self(
      low: left.low + right.low, expected: left.expected + right.expected,
      high: left.high + right.high)
  }

  package static func * (left: Self, count: Int) -> Self {
    Self(low: left.low * count, expected: left.expected * count, high: left.high * count)
  }
}

extension Price {
  /// The cost in micro-dollars of the tokens of a whole run, low, expected and high; `nil` where
  /// unknown. The tokens are those of many requests, so `maxPrompt` is not looked at.
  package func cost(input: TokenEstimate, output: TokenEstimate) -> TokenEstimate? {
    var total = self
    total.maxPrompt = nil
    guard let low = total.cost(input: input.low, output: output.low),
      let expected = total.cost(input: input.expected, output: output.expected),
      let high = total.cost(input: input.high, output: output.high)
    else { return nil }
    return TokenEstimate(low: low, expected: expected, high: high)
  }
}
