internal import ExpertRecord

/// What is known of an adapter's origin, for the card that goes with it. What nobody knows stays
/// out.
package struct AdapterFacts: Sendable, Hashable {
  /// One thing that is known.
  package struct Fact: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The base's name, as people elsewhere know it; empty where only this machine knows it.
  package var base: String
  /// The weights' hash of the base that the adapter was trained on.
  package var baseHash: String?
  /// What the run tells, such as `dataset`, in order.
  package var training: [Fact] = []
  package var license: String?

  package init(base: String = "", baseHash: String? = nil, license: String? = nil) {
    self.base = base
    self.baseHash = baseHash
    self.license = license
  }
}

/// The README.md that goes with an exported adapter or model, with the front matter that hubs read.
struct ModelCard {
  let facts: AdapterFacts
  let format: AdapterExportFormat
  let config: AdapterConfig
  let type: String
  let comparison: LogitComparison?

  var text: String {
    (["---"] + frontMatter + ["---", "", "# " + title, "", introduction, ""] + adapterLines
      + trainingLines + checkLines + usage).joined(separator: "\n") + "\n"
  }

  private var base: String { facts.base }

  private var title: String {
    let name = base.isEmpty ? "its base" : base
    return format == .peft ? "\(method) adapter for \(name)" : "\(name) with a \(method) adapter"
  }

  private var introduction: String {
    format == .peft
      ? "An adapter in PEFT's form, written by expert-gen. It needs its base."
      : "A whole model, written by expert-gen: the adapter is folded into the base's weights."
  }

  private var frontMatter: [String] {
    var lines = base.isEmpty ? [] : ["base_model: \(Self.quoted(base))"]
    if let license = facts.license { lines.append("license: \(Self.quoted(license))") }
    lines.append("library_name: \(format == .peft ? "peft" : "transformers")")
    lines.append("pipeline_tag: text-generation")
    let relation = format == .peft ? "adapter" : "finetune"
    if !base.isEmpty { lines.append("base_model_relation: \(relation)") }
    return lines + ["tags:", "- expert-gen", "- \(tag)"]
  }

  /// A text as a YAML scalar; JSON's strings are some.
  private static func quoted(_ text: String) -> String { CanonicalJSON.text(of: .string(text)) }

  private var method: String {
    switch config.method {
    case .lora(let options): options.decomposed ? "DoRA" : options.frozenA ? "LoRA-FA" : "LoRA"
    case .ia3: "IA³"
    case .promptTuning: "soft prompt"
    }
  }

  private var tag: String {
    switch config.method {
    case .lora(let options): options.decomposed ? "dora" : "lora"
    case .ia3: "ia3"
    case .promptTuning: "prompt-tuning"
    }
  }

  private var adapterLines: [String] {
    var lines = ["## Adapter", "", "- method: \(method)"]
    switch config.method {
    case .lora(let options):
      lines.append(
        "- rank \(options.rank), alpha \(options.alpha)\(options.rankStabilized ? ", rsLoRA" : "")")
    case .promptTuning(let prompt): lines.append("- \(prompt.count) vectors")
    case .ia3: break
    }
    if !config.targets.isEmpty {
      lines.append("- on " + config.targets.map(\.rawValue).joined(separator: ", "))
    }
    return lines + ["- stored as \(type)", ""]
  }

  private var trainingLines: [String] {
    var lines = facts.training.map { "- \($0.name): \($0.value)" }
    if let hash = facts.baseHash { lines.append("- sha256 of the base's weights: \(hash)") }
    return lines.isEmpty ? [] : ["## Training", ""] + lines + [""]
  }

  private var checkLines: [String] {
    guard let comparison else { return [] }
    return [
      "## Checked", "",
      "Opened again and compared with adapter and base over \(comparison.tokens) tokens: logits "
        + "differ by at most \(ExportError.short(comparison.difference)) of the largest, the mean "
        + "KL is \(ExportError.short(comparison.divergence)).", "",
    ]
  }

  private var usage: [String] {
    let name = base.isEmpty ? "BASE" : base
    let code =
      format == .peft
      ? [
        "from peft import PeftModel", "from transformers import AutoModelForCausalLM", "",
        "base = AutoModelForCausalLM.from_pretrained(\(Self.quoted(name)))",
        "model = PeftModel.from_pretrained(base, \".\")",
      ]
      : [
        "from transformers import AutoModelForCausalLM, AutoTokenizer", "",
        "model = AutoModelForCausalLM.from_pretrained(\".\")",
        "tokenizer = AutoTokenizer.from_pretrained(\".\")",
      ]
    return ["## Use", "", "```python"] + code + ["```"]
  }
}
