/// The rules for the name of a package's member: a relative path of plain characters, so that a
/// line of the signed message is never ambiguous and no path leaves its folder.
package enum MemberName {
  package static let manifest = "manifest.json"
  package static let signature = "signature.sig"
  package static let weights = "weights.safetensors"
  package static let adapterConfig = "adapter_config.json"
  package static let license = "license.txt"
  package static let readme = "README.md"
  package static let provenance = "provenance.json"

  /// Data only: nothing that a program would run or unpickle.
  private static let extensions: Set<String> = [
    "safetensors", "json", "jsonl", "md", "txt", "jinja", "model",
  ]

  private static let pickles: Set<String> = ["pt", "pth", "bin", "pkl", "pickle", "ckpt"]

  /// Why a name cannot stand in a package; `nil` when it can.
  package static func fault(_ name: String) -> String? {
    let bytes = Array(name.utf8)
    guard !bytes.isEmpty else { return "a member without a name" }
    guard bytes.count <= PackageLimits.nameBytes else {
      return "its name has more than \(PackageLimits.nameBytes) bytes"
    }
    guard bytes.allSatisfy(isPlain) else {
      return "its name holds a character other than letters, digits, '.', '_', '-' and '/'"
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.first?.isEmpty == false else { return "its path is absolute" }
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      return "its path has an empty, '.' or '..' part"
    }
    return kindFault(parts[parts.count - 1])
  }

  private static func kindFault(_ file: Substring) -> String? {
    let suffix = file.lastIndex(of: ".").map { file[file.index(after: $0)...].lowercased() } ?? ""
    if pickles.contains(suffix) {
      return "a pickle can run code when it is loaded; store tensors as safetensors"
    }
    guard extensions.contains(suffix) || file == signature else {
      return "a package holds .safetensors, .json, .jsonl, .md, .txt, .jinja and .model files only"
    }
    return nil
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// Why the first bytes of a member betray a file of another kind; `nil` when they do not.
  ///
  /// Pickle protocols 2 to 5 start with their opcode PROTO (PEP 307, PEP 3154, PEP 574), files of
  /// `torch.save` are zip archives or start with a pickled number.
  package static func magicFault(_ first: [UInt8]) -> String? {
    if first.count >= 2, first[0] == 0x80, (1...5).contains(first[1]) {
      return "its bytes are a Python pickle, which can run code when it is loaded"
    }
    if first.starts(with: [0x50, 0x4b, 0x03, 0x04]) {
      return "its bytes are a zip archive, as pickled checkpoints are"
    }
    if first.starts(with: [0x7f, 0x45, 0x4c, 0x46]) || first.starts(with: [0x23, 0x21]) {
      return "its bytes are a program"
    }
    if first.starts(with: [0x1f, 0x8b]) { return "its bytes are another archive" }
    return nil
  }
}

/// The names seen so far in one archive: none may come twice, in any spelling of case, nor be a
/// file and a folder at once.
package struct MemberNames {
  private var files: Set<String> = []
  private var folders: Set<String> = []

  package init() {}

  /// Takes a name in; throws where it clashes or there are too many.
  package mutating func insert(_ name: String) throws(PackageError) {
    let folded = name.lowercased()
    guard files.count < PackageLimits.members else {
      throw .refused(member: "", reason: "it has more than \(PackageLimits.members) members")
    }
    guard !files.contains(folded) else {
      throw .refused(member: name, reason: "a second member of this name")
    }
    let parents = Self.parents(of: folded)
    guard !folders.contains(folded), parents.allSatisfy({ !files.contains($0) }) else {
      throw .refused(member: name, reason: "a file and a folder of one name")
    }
    files.insert(folded)
    folders.formUnion(parents)
  }

  private static func parents(of name: String) -> [String] {
    let parts = name.split(separator: "/")
    return (1..<max(1, parts.count)).map { parts[..<$0].joined(separator: "/") }
  }
}
