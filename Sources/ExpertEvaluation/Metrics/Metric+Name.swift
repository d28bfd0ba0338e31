extension Metric {
  /// Every metric with its default options, in the order in which they are listed.
  package static let all: [Metric] = [
    .jsonValidity, .jsonEquality, .exactMatch, .normalisedMatch, .squadMatch, .squadF1, .accuracy,
    .macroF1, .weightedF1, .bleu(BLEU()), .sentenceBLEU(BLEU(effectiveOrder: true)),
    .nltkBLEU(SentenceBLEU()), .chrF(ChrF()), .chrF(ChrF(words: 2)), .rouge(Rouge(.runs(1))),
    .rouge(Rouge(.runs(2))), .rouge(Rouge()), .rouge(Rouge(.longestByLine)), .perplexity,
    .rewardAccuracy, .rewardMargin,
  ]

  /// The spelling that `init(name:)` reads: the name, then what differs from the defaults, such as
  /// `bleu:tok=char:smooth=floor:value=0.2`.
  package var name: String {
    ([baseName] + options.map { "\($0.0)=\($0.1)" }).joined(separator: ":")
  }

  private var baseName: String {
    switch self {
    case .jsonValidity: "json-validity"
    case .jsonEquality: "json-equality"
    case .exactMatch: "exact-match"
    case .normalisedMatch: "normalised-match"
    case .squadMatch: "squad-match"
    case .squadF1: "squad-f1"
    case .accuracy: "accuracy"
    case .macroF1: "f1-macro"
    case .weightedF1: "f1-weighted"
    case .bleu: "bleu"
    case .sentenceBLEU: "sentence-bleu"
    case .nltkBLEU: "nltk-bleu"
    case .chrF(let chrF): chrF.words == 2 ? "chrf++" : "chrf"
    case .rouge(let rouge): Self.name(of: rouge.kind)
    case .perplexity: "perplexity"
    case .rewardAccuracy: "reward-accuracy"
    case .rewardMargin: "reward-margin"
    }
  }

  private static func name(of kind: Rouge.Kind) -> String {
    switch kind {
    case .runs(let n): "rouge-\(n)"
    case .longest: "rouge-l"
    case .longestByLine: "rouge-lsum"
    }
  }

  private var options: [(String, String)] {
    switch self {
    case .bleu(let bleu): Self.options(bleu, eff: false)
    case .sentenceBLEU(let bleu): Self.options(bleu, eff: true)
    case .nltkBLEU(let bleu):
      bleu.smoothing == .method0 ? [] : [("smooth", "method\(bleu.smoothing.rawValue)")]
    case .chrF(let chrF): Self.options(chrF)
    case .rouge(let rouge): rouge.stems ? [("stem", "yes")] : []
    default: []
    }
  }

  private static func options(_ bleu: BLEU, eff: Bool) -> [(String, String)] {
    var options: [(String, String)] = []
    if bleu.tokenizer != .mteval13a { options.append(("tok", bleu.tokenizer.rawValue)) }
    switch bleu.smoothing {
    case .exponential: break
    case .none: options.append(("smooth", "none"))
    case .floor(let value): options += [("smooth", "floor"), ("value", "\(value)")]
    case .add(let value): options += [("smooth", "add-k"), ("value", "\(value)")]
    }
    if bleu.lowercase { options.append(("case", "lc")) }
    if bleu.effectiveOrder != eff { options.append(("eff", bleu.effectiveOrder ? "yes" : "no")) }
    if bleu.order != 4 { options.append(("order", "\(bleu.order)")) }
    return options
  }

  private static func options(_ chrF: ChrF) -> [(String, String)] {
    var options: [(String, String)] = []
    if chrF.characters != 6 { options.append(("nc", "\(chrF.characters)")) }
    if ![0, 2].contains(chrF.words) { options.append(("nw", "\(chrF.words)")) }
    if chrF.beta != 2 { options.append(("beta", "\(chrF.beta)")) }
    if chrF.lowercase { options.append(("case", "lc")) }
    if chrF.keepsSpace { options.append(("space", "yes")) }
    if chrF.smooths { options.append(("eps", "yes")) }
    return options
  }
}

extension Metric {
  /// Reads a name with options.
  package init(name: String) throws(EvaluationError) {
    var parts = name.split(separator: ":").map(String.init)
    let base = parts.isEmpty ? "" : parts.removeFirst()
    guard let metric = Self.all.first(where: { $0.name == base }) else {
      throw .unknownMetric(name: base, known: Self.all.map(\.name))
    }
    var options = MetricOptions(metric: base, parts)
    self = try metric.with(&options)
    try options.finish()
  }

  private func with(_ options: inout MetricOptions) throws(EvaluationError) -> Metric {
    switch self {
    case .bleu(let bleu): return .bleu(try Self.read(bleu, &options))
    case .sentenceBLEU(let bleu): return .sentenceBLEU(try Self.read(bleu, &options))
    case .chrF(let chrF): return .chrF(try Self.read(chrF, &options))
    case .nltkBLEU:
      let methods = SentenceBLEU.Smoothing.allCases
      let number = try options.choice("smooth", methods.map { "method\($0.rawValue)" }) ?? 0
      return .nltkBLEU(SentenceBLEU(smoothing: methods[number]))
    case .rouge(let rouge):
      return .rouge(Rouge(rouge.kind, stems: try options.flag("stem") ?? false))
    default: return self
    }
  }

  private static func read(_ bleu: BLEU, _ options: inout MetricOptions) throws(EvaluationError)
    -> BLEU
  {
    let tokenizers = BLEUTokenizer.allCases
    let tokenizer = try options.choice("tok", tokenizers.map(\.rawValue)).map { tokenizers[$0] }
    let smoothing = try options.choice("smooth", ["exp", "none", "floor", "add-k"])
    let value = try options.number("value")
    let lowercase = try options.choice("case", ["mixed", "lc"]) == 1
    let effective = try options.flag("eff")
    return BLEU(
      tokenizer: tokenizer ?? bleu.tokenizer,
      smoothing: smoothing.map { Self.smoothing($0, value) } ?? bleu.smoothing,
      lowercase: lowercase, effectiveOrder: effective ?? bleu.effectiveOrder,
      order: try options.count("order", 1...NGramCounts.longestWordRun) ?? bleu.order)
  }

  private static func smoothing(_ number: Int, _ value: Double?) -> BLEU.Smoothing {
    switch number {
    case 1: .none
    case 2: .floor(value ?? 0.1)
    case 3: .add(value ?? 1)
    default: .exponential
    }
  }

  private static func read(_ chrF: ChrF, _ options: inout MetricOptions) throws(EvaluationError)
    -> ChrF
  {
    ChrF(
      characters: try options.count("nc", 1...NGramCounts.longestCharacterRun)
        ?? chrF.characters,
      words: try options.count("nw", 0...NGramCounts.longestWordRun) ?? chrF.words,
      beta: try options.number("beta") ?? chrF.beta,
      lowercase: try options.choice("case", ["mixed", "lc"]) == 1,
      keepsSpace: try options.flag("space") ?? false, smooths: try options.flag("eps") ?? false)
  }
}

/// The options behind a metric's name, taken one by one.
private struct MetricOptions {
  let metric: String
  private var left: [String]

  init(metric: String, _ parts: [String]) {
    self.metric = metric
    left = parts
  }

  private mutating func take(_ name: String) -> String? {
    guard let index = left.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
    return String(left.remove(at: index).dropFirst(name.count + 1))
  }

  private func bad(_ name: String, _ value: String, _ expected: String) -> EvaluationError {
    .badOption(metric: metric, option: "\(name)=\(value)", expected: expected)
  }

  mutating func choice(_ name: String, _ values: [String]) throws(EvaluationError) -> Int? {
    guard let text = take(name) else { return nil }
    guard let index = values.firstIndex(of: text) else {
      throw bad(name, text, values.joined(separator: ", "))
    }
    return index
  }

  mutating func flag(_ name: String) throws(EvaluationError) -> Bool? {
    try choice(name, ["no", "yes"]).map { $0 == 1 }
  }

  mutating func number(_ name: String) throws(EvaluationError) -> Double? {
    guard let text = take(name) else { return nil }
    guard let value = Double(text), value.isFinite, value > 0 else {
      throw bad(name, text, "a number above zero")
    }
    return value
  }

  mutating func count(_ name: String, _ range: ClosedRange<Int>) throws(EvaluationError) -> Int? {
    guard let text = take(name) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw bad(name, text, "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func finish() throws(EvaluationError) {
    guard let unknown = left.first else { return }
    throw .badOption(
      metric: metric, option: unknown,
      expected: "the options of Documentation/Formats/evaluation.md")
  }
}
