internal import CKernels

/// The rule that cuts text into words before byte pairs are merged; merges never cross words.
package enum WordSplit: String, Sendable, Hashable, CaseIterable {
  /// GPT-2's expression.
  case gpt2
  /// GPT-2's, and every digit stands alone: SmolLM2, StarCoder.
  case gpt2Digits
  /// Qwen2, Qwen2.5 and Qwen3: one digit at a time, line breaks go with what is before them.
  case qwen2
  /// Llama-3: as Qwen2 with up to three digits at a time.
  case llama3

  var kernel: expert_split {
    switch self {
    case .gpt2: EXPERT_SPLIT_GPT2
    case .gpt2Digits: EXPERT_SPLIT_GPT2_DIGITS
    case .qwen2: EXPERT_SPLIT_QWEN2
    case .llama3: EXPERT_SPLIT_LLAMA3
    }
  }

  /// The expression as tokenizer.json spells it, where it does.
  static let expressions: [(expression: String, split: WordSplit)] = [
    (#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2),
    (modern(digits: #"\p{N}"#), .qwen2),
    (modern(digits: #"\p{N}{1,3}"#), .llama3),
  ]

  private static func modern(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The name that GGUF files have in `tokenizer.ggml.pre`.
  static let ggufNames: [String: WordSplit] = [
    "gpt-2": .gpt2, "smollm": .gpt2Digits, "starcoder": .gpt2Digits, "refact": .gpt2Digits,
    "qwen2": .qwen2, "llama-bpe": .llama3, "llama3": .llama3, "llama-v3": .llama3,
  ]

  /// The words of a text, as byte ranges of its UTF-8 form.
  package func words(of text: String) -> [Range<Int>] {
    var text = text
    return text.withUTF8 { bytes in
      guard let base = bytes.baseAddress else { return [] }
      var words: [Range<Int>] = []
      var at = 0
      while at < bytes.count {
        let next = expert_split_next(kernel, base, bytes.count, at)
        words.append(at..<next)
        at = next
      }
      return words
    }
  }
}
