internal import ExpertPlatform
internal import ExpertTensors
internal import Glibc

/// The shapes of a base's weights, by the modules that adapters name: of safetensors under Hugging
/// Face's names, of GGUF under llama.cpp's.
struct BaseShapes {
  private let shapes: [String: [Int]]
  private let isGGUF: Bool

  /// Reads the heads of the weights in a folder or of one file.
  ///
  /// Throws `PackageError.invalid` where there are none, or where they cannot be read.
  init(_ path: String) throws {
    let files = try Self.files(path)
    var shapes: [String: [Int]] = [:]
    do throws(TensorFileError) {
      for file in files {
        if file.hasSuffix(".gguf") {
          for entry in try GGUF(file).entries { shapes[entry.name] = entry.shape }
        } else {
          for entry in try Safetensors(file).entries { shapes[entry.name] = entry.shape }
        }
      }
    } catch {
      throw PackageError.invalid(place: path, reason: "\(error)")
    }
    self.shapes = shapes
    isGGUF = files.allSatisfy { $0.hasSuffix(".gguf") }
  }

  /// The weight of a module, [out, in]; `nil` where the base has no such module. A head that is the
  /// embedding has no tensor of its own.
  func weight(of module: String) -> [Int]? {
    if let found = shapes[name(of: module)] { return found }
    return module == Self.head ? shapes[name(of: Self.embedding)] : nil
  }

  private func name(of module: String) -> String {
    isGGUF ? Self.gguf(module) ?? module : module + ".weight"
  }

  private static func files(_ path: String) throws -> [String] {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      throw FileError.failed(operation: "open", path: path, code: errno)
    }
    if facts.st_mode & S_IFMT == S_IFREG {
      guard path.hasSuffix(".safetensors") || path.hasSuffix(".gguf") else {
        throw PackageError.invalid(
          place: path, reason: "a base's weights are a .safetensors or .gguf file")
      }
      return [path]
    }
    let names = try FolderListing.names(in: path)
    let found = names.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix("adapter_") }
    let files = found.isEmpty ? names.filter { $0.hasSuffix(".gguf") } : found
    guard !files.isEmpty else {
      throw PackageError.invalid(
        place: path, reason: "it holds no .safetensors or .gguf weights to compare with")
    }
    return files.map { path + "/" + $0 }
  }

  private static let embedding = "model.embed_tokens"
  private static let head = "lm_head"
  /// Behind `model.layers.{i}.` and behind `blk.{i}.`.
  private static let inLayer = [
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
  ]

  /// llama.cpp's name of a module's weight; `nil` for a module that it has none for.
  private static func gguf(_ module: String) -> String? {
    if module == embedding { return "token_embd.weight" }
    if module == head { return "output.weight" }
    let parts = module.split(separator: ".")
    guard parts.count == 5, parts[0] == "model", parts[1] == "layers",
      let name = inLayer["\(parts[3]).\(parts[4])"]
    else { return nil }
    return "blk.\(parts[2]).\(name).weight"
  }
}
