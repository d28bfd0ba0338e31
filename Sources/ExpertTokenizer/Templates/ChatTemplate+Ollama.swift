extension ChatTemplate {
  /// The template as an Ollama Modelfile has it, in Go's template language: what `write` writes for
  /// messages of system, user and assistant, with thinking off. Ollama itself puts the beginning
  /// of sequence in front.
  package var ollama: String {
    switch self {
    case .chatml: Self.ollamaChatML(system: nil, answer: "")
    case .qwen25: Self.ollamaChatML(system: DefaultSystem.qwen25, answer: "")
    case .smollm2: Self.ollamaChatML(system: DefaultSystem.smollm2, answer: "")
    case .qwen3: Self.ollamaChatML(system: nil, answer: "<think>\n\n</think>\n\n")
    case .llama3:
      "{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n"
        + "{{ .Content }}<|eot_id|>{{ end }}<|start_header_id|>assistant<|end_header_id|>\n\n"
    case .alpaca:
      Self.ollamaInstruction(
        introduction: "Below is an instruction that describes a task. Write a response that "
          + "appropriately completes the request.\n\n")
    case .guide: Self.ollamaInstruction(introduction: "")
    case .plain: "{{ if .System }}{{ .System }}\n\n{{ end }}{{ .Prompt }}\n\n"
    }
  }

  /// Texts that end an answer, for `PARAMETER stop`.
  package var stops: [String] {
    switch self {
    case .chatml, .qwen25, .qwen3, .smollm2: ["<|im_start|>", "<|im_end|>"]
    case .llama3: ["<|start_header_id|>", "<|eot_id|>"]
    case .alpaca, .guide: ["### Instruction:"]
    case .plain: []
    }
  }

  private static func ollamaChatML(system: String?, answer: String) -> String {
    let standard = system.map {
      "{{- if not .System }}<|im_start|>system\n\($0)<|im_end|>\n{{ end }}"
    }
    return (standard ?? "")
      + "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}"
      + "<|im_start|>assistant\n" + answer
  }

  /// The introduction stands only where the conversation has no system message.
  private static func ollamaInstruction(introduction: String) -> String {
    let start = introduction.isEmpty ? "" : "{{ if not .System }}\(introduction){{ end }}"
    return start + "{{ if .System }}{{ .System }}\n\n{{ end }}"
      + "### Instruction:\n{{ .Prompt }}\n\n### Response:\n{{ .Response }}"
  }
}
