internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// A model that can talk, small enough for every test: the golden tiny weights with a tokenizer of
/// one token a byte and ChatML. What it says makes no sense, and is always the same.
package struct TinyChatModel: Sendable {
  /// The model's folder, to be given to `Base.open` or `--base`.
  package let path: String

  /// The golden models and adapters.
  private static let golden = GoldenFolder("../ExpertModelTests/Golden", besides: #filePath)

  /// Makes the model in a folder.
  package init(in folder: TemporaryFolder, architecture: String = "qwen3") throws {
    path = folder.file("tiny-\(architecture)")
    let source = Self.golden.file("tiny/\(architecture)")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in ["config.json", "generation_config.json", "model.safetensors"] {
      try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(path)/\(name)")
    }
    try Self.write(Self.tokenizer, to: path + "/tokenizer.json")
    try Self.write(Self.tokenizerConfig, to: path + "/tokenizer_config.json")
  }

  /// A trained adapter for the model, in PEFT's form: `lora_warm`, `ia3_warm`, `dora_warm`, `prompt`.
  package static func adapter(_ name: String, architecture: String = "qwen3") -> String {
    golden.file("adapters/\(architecture)/\(name)/init")
  }

  /// A copy of an adapter that a test may write beside.
  package static func copy(
    ofAdapter name: String, to path: String, architecture: String = "qwen3"
  ) throws {
    try FileManager.default.copyItem(
      atPath: adapter(name, architecture: architecture), toPath: path)
  }

  private static func write(_ json: JSONValue, to path: String) throws {
    try AtomicFile.write(path, CanonicalJSON.bytes(of: json))
  }

  /// Ids 0 to 3 are marks; 2 is the model's own end of text.
  private static let marks = ["<|pad|>", "<|start|>", "<|im_end|>", "<|im_start|>"]

  private static var tokenizer: JSONValue {
    let letters = alphabet.enumerated().map { byte, letter in
      JSONValue.Member(String(letter), .number(Double(byte + marks.count)))
    }
    let added = marks.enumerated().map { id, mark -> JSONValue in
      ["content": .string(mark), "id": .number(Double(id)), "special": true]
    }
    return [
      "version": "1.0", "added_tokens": .array(added), "normalizer": .null,
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
      "decoder": ["type": "ByteLevel"],
      "model": ["type": "BPE", "vocab": .object(letters), "merges": []],
    ]
  }

  private static let tokenizerConfig: JSONValue = [
    "bos_token": "<|start|>", "eos_token": "<|im_end|>", "pad_token": "<|pad|>",
    "chat_template":
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}",
  ]

  /// GPT-2's letters of the bytes: printable Latin-1 as itself, the others from U+0100.
  private static var alphabet: [Character] {
    var next: UInt32 = 0x100
    return (UInt32(0)..<256).map { byte in
      let isPrintable =
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
      if isPrintable { return Character(Unicode.Scalar(UInt8(byte))) }
      defer { next += 1 }
      return Unicode.Scalar(next).map { Character($0) } ?? "?"
    }
  }
}
