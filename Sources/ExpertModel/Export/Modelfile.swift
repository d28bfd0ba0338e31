internal import ExpertTokenizer

/// The Modelfile from which `ollama create` makes a model.
struct Modelfile {
  /// The merged model's and the adapter's file beside it.
  static let model = "model.gguf"
  static let adapter = "adapter.gguf"

  /// What stands behind FROM where the adapter is a file of its own.
  let base: String?
  let template: ChatTemplate?
  /// Texts of the tokens that end an answer.
  let stops: [String]

  var text: String {
    var lines = ["FROM \(base ?? "./" + Self.model)"]
    if base != nil { lines.append("ADAPTER ./\(Self.adapter)") }
    if let template { lines.append("TEMPLATE \"\"\"\(template.ollama)\"\"\"") }
    let all = (template?.stops ?? []) + stops
    for (place, stop) in all.enumerated() where !all[..<place].contains(stop) && !stop.isEmpty {
      lines.append("PARAMETER stop \"\(Self.escaped(stop))\"")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Quotes inside quotes.
  private static func escaped(_ text: String) -> String {
    text.reduce("") { $0 + ($1 == "\"" || $1 == "\\" ? "\\" : "") + String($1) }
  }
}
