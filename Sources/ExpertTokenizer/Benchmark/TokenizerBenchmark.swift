internal import ExpertPlatform

/// Measures how fast a tokenizer turns text into ids on one core.
package enum TokenizerBenchmark {
  /// A text with a name that says what it is.
  package struct Sample: Sendable {
    package var name: String
    package var text: String

    package init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// What was measured of one sample.
  package struct Report: Sendable, Hashable {
    package var name: String
    package var bytes: Int
    package var tokens: Int
    package var passes: Int
    /// The first pass, which meets every word for the first time.
    package var firstSeconds: Double
    /// The fastest pass.
    package var bestSeconds: Double
    /// Processor time of all passes divided by their number: what a pass costs where other work
    /// shares the core.
    package var processorSeconds: Double

    /// Millions of bytes a second in the fastest pass.
    package var megabytesPerSecond: Double { Double(bytes) / bestSeconds / 1e6 }
    /// The same in the first pass.
    package var firstMegabytesPerSecond: Double { Double(bytes) / firstSeconds / 1e6 }
    /// The same by processor time.
    package var megabytesPerProcessorSecond: Double { Double(bytes) / processorSeconds / 1e6 }
    package var bytesPerToken: Double { Double(bytes) / Double(max(1, tokens)) }
  }

  /// The prose that every binary carries: its own prompts, recipes and cards. It is short, so a
  /// file of the user's own kind says more; nothing is repeated to make it longer.
  package static var embeddedProse: Sample {
    let names = EmbeddedFiles.all.keys.sorted().filter { $0.hasSuffix(".md") }
    return Sample(
      name: "embedded prompts",
      text: names.compactMap { EmbeddedFiles.all[$0] }.joined(separator: "\n"))
  }

  /// Encodes each sample `passes` times, the first with no word remembered.
  package static func run(
    _ tokenizer: Tokenizer, samples: [Sample], passes: Int = 5
  ) throws(TokenizerError) -> [Report] {
    var reports: [Report] = []
    for sample in samples { reports.append(try measure(tokenizer.cold, sample, passes)) }
    return reports
  }

  private static func measure(
    _ tokenizer: Tokenizer, _ sample: Sample, _ passes: Int
  ) throws(TokenizerError) -> Report {
    var seconds: [Double] = []
    var tokens = 0
    let spent = ResourceUsage.now().processTime
    for _ in 0..<max(1, passes) {
      let began = ContinuousClock.now
      tokens = try tokenizer.encode(sample.text).count
      seconds.append((ContinuousClock.now - began) / .seconds(1))
    }
    let processor = (ResourceUsage.now().processTime - spent) / .seconds(1)
    return Report(
      name: sample.name, bytes: sample.text.utf8.count, tokens: tokens, passes: seconds.count,
      firstSeconds: seconds[0], bestSeconds: seconds.min() ?? seconds[0],
      processorSeconds: processor / Double(seconds.count))
  }
}

extension Tokenizer {
  /// The same tokenizer with no word remembered.
  fileprivate var cold: Tokenizer {
    Tokenizer(
      vocabulary: vocabulary, split: split, isNFC: isNFC, addedTokens: addedTokens, marks: marks)
  }
}
