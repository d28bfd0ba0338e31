import ExpertTokenizer
import Foundation

/// Just enough of a GGUF reader to get at a trusted file's tokenizer, so that these tests need
/// nothing of the tensor module.
struct GGUFMetadataFile {
  enum Value {
    case number(Int)
    case text(String)
    case list([Value])
  }

  private let data: Data
  private var at = 8
  private(set) var values: [String: Value] = [:]

  init(path: String) throws {
    data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
    _ = integer(8)
    for _ in 0..<integer(8) {
      let name = text()
      values[name] = value(type: integer(4))
    }
  }

  var tokenizer: GGUFTokenizerMetadata {
    GGUFTokenizerMetadata(
      model: string("model"), pre: string("pre"), tokens: list("tokens").compactMap(\.text),
      merges: list("merges").compactMap(\.text),
      tokenTypes: list("token_type").compactMap { $0.number.map { Int32($0) } },
      bosID: number("bos_token_id"), eosID: number("eos_token_id"),
      addsBOS: number("add_bos_token").map { $0 != 0 },
      chatTemplate: values["tokenizer.chat_template"]?.text)
  }

  private func string(_ key: String) -> String { values["tokenizer.ggml." + key]?.text ?? "" }

  private func list(_ key: String) -> [Value] {
    if case .list(let items)? = values["tokenizer.ggml." + key] { return items }
    return []
  }

  private func number(_ key: String) -> Int32? {
    values["tokenizer.ggml." + key]?.number.map { Int32($0) }
  }

  private mutating func integer(_ width: Int) -> Int {
    defer { at += width }
    return (0..<width).reduce(0) { $0 | Int(data[at + $1]) << (8 * $1) }
  }

  private mutating func text() -> String {
    let count = integer(8)
    defer { at += count }
    return String(decoding: data[at..<(at + count)], as: UTF8.self)
  }

  /// Types 0 to 12 of the format; floating-point values are skipped as their bits.
  private mutating func value(type: Int) -> Value {
    switch type {
    case 8: return .text(text())
    case 9:
      let element = integer(4)
      return .list((0..<integer(8)).map { _ in value(type: element) })
    default: return .number(integer([1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8][type]))
    }
  }
}

extension GGUFMetadataFile.Value {
  var text: String? { if case .text(let text) = self { text } else { nil } }
  var number: Int? { if case .number(let number) = self { number } else { nil } }
}
