internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
import Testing

/// One hostile package and the harmless one that it was bent from, made by the same hand.
struct HostileCase: CustomStringConvertible {
  var description: String
  var hostile: [UInt8]
  var control: [UInt8]
  /// Whether the user allows unsigned packages: foreign archives come no further otherwise.
  var allowUnsigned = false
}

/// Everything that an attacker may do to a package, with a trusted key where that helps him.
enum HostileCorpus {
  static func all() throws -> [HostileCase] {
    try kinds() + headerFields() + names() + orders() + gzip() + tarEnds() + signatures()
      + manifests() + weights() + configs() + contents() + foreign()
  }

  private static func bend(
    _ name: String, _ change: (inout ArchiveBuilder) throws -> Void
  ) throws -> HostileCase {
    var builder = try ArchiveBuilder.small()
    let control = try builder.bytes()
    try change(&builder)
    return HostileCase(description: name, hostile: try builder.bytes(), control: control)
  }

  /// A member of every kind that tar knows and that is no regular file.
  private static func kinds() throws -> [HostileCase] {
    try ["1", "2", "3", "4", "5", "6", "7", "S", "x", "g", "L", "K", "V", "D", "M", "\0"].flatMap {
      kind in
      try [0, 2, 3].map { index in
        try bend("kind \(kind) at \(index)") { builder in
          builder.bendEntries = { entries in
            entries[index].header = TarHeader.bent(
              entries[index].name, size: entries[index].body.count, at: 156, Array(kind.utf8))
          }
        }
      }
    }
  }

  private static func field(
    _ name: String, at offset: Int, _ text: String, checksum: Bool = true
  ) throws -> HostileCase {
    try bend("header field \(name)") { builder in
      builder.bendEntries = { entries in
        entries[2].header = TarHeader.bent(
          entries[2].name, size: entries[2].body.count, at: offset, Array(text.utf8),
          checksum: checksum)
      }
    }
  }

  private static func headerFields() throws -> [HostileCase] {
    [
      try field("mode 0755", at: 100, "0000755"), try field("setuid", at: 100, "0004755"),
      try field("uid", at: 108, "0001750"), try field("gid", at: 116, "0001750"),
      try field("time", at: 136, "14524770400"), try field("uname", at: 265, "root"),
      try field("gname", at: 297, "root"), try field("devmajor", at: 329, "0000001"),
      try field("devminor", at: 337, "0000001"), try field("prefix", at: 345, "etc"),
      try field("hidden prefix", at: 346, "etc"), try field("GNU magic", at: 257, "ustar  \0"),
      try field("old magic", at: 257, "\0\0\0\0\0\0"), try field("version", at: 263, "01"),
      try field("tail", at: 500, "x"), try field("link name", at: 157, "/etc/passwd"),
      try field("blank size", at: 124, "           \0"),
      try field("size of blanks", at: 124, "       1164"),
      try field("negative size", at: 124, "-0000000001"),
      try field("zero size", at: 124, "00000000000"),
      try field("huge size", at: 124, "77777777777"), try field("size a byte more", at: 135, "1"),
      try field("size with a blank at its end", at: 135, " "),
      try field("wrong checksum", at: 148, "0000001", checksum: false),
      try field("checksum of blanks", at: 148, "        ", checksum: false),
      try field("text behind the name", at: 60, "x"),
    ]
  }

  /// Names that lead elsewhere or mean code, each listed and signed.
  private static func names() throws -> [HostileCase] {
    let bad = [
      "../evil.json", "a/../../evil.json", "/etc/evil.json", "//evil.json", "./evil.json",
      "a/./b.json", "a//b.json", "a/", "..", ".", "a\\..\\b.json", "C:evil.json", "a b.json",
      "a\nb.json", "a\u{1b}[2Jb.json", "a\u{7f}.json", "ünicode.json", "a:b.json", "~evil.json",
      "%2e%2e.json", "a|b.json", "$(id).json", "-.", "weights.pt", "weights.bin", "weights.pkl",
      "weights.ckpt", "weights.pickle", "weights.pth", "WEIGHTS.PT", "a/b/weights.Bin", "run.sh",
      "lib.so", "setup.py", "noextension", "evil.gguf", "evil.h5", ".bashrc", "archive.zip",
      "evil.safetensors",
    ]
    return try bad.map { name in
      try bend("name \(name)") { $0.files.append((name, Array("{}".utf8))) }
    } + [
      try bend("unlisted member") { builder in
        builder.bendEntries = { $0.append(ArchiveBuilder.Entry("zz.txt", [1])) }
      },
      try bend("unlisted member between") { builder in
        builder.bendEntries = { $0.insert(ArchiveBuilder.Entry("b.txt", [1]), at: 3) }
      },
      try bend("duplicate") { builder in builder.bendEntries = { $0.append($0[2]) } },
      try bend("case-folded duplicate") { $0.files.append(("ADAPTER_CONFIG.json", [0x7b, 0x7d])) },
      try bend("file and folder") {
        $0.files.append(("adapter_config.json/x.json", [0x7b, 0x7d]))
      },
      try bend("257 members") { builder in
        for index in 0..<257 { builder.files.append(("f\(index).txt", [])) }
      },
      try bend("a second manifest") { $0.files.append(("MANIFEST.json", [0x7b, 0x7d])) },
    ]
  }

  private static func orders() throws -> [HostileCase] {
    try [(0, 1), (1, 2), (2, 3), (0, 3)].map { a, b in
      try bend("order \(a) \(b)") { $0.bendEntries = { $0.swapAt(a, b) } }
    } + [
      try bend("no manifest") { $0.bendEntries = { $0.remove(at: 0) } },
      try bend("missing weights") { $0.bendEntries = { $0.removeLast() } },
      try bend("missing config") { $0.bendEntries = { $0.remove(at: 2) } },
      try bend("two signatures") { $0.bendEntries = { $0.insert($0[1], at: 2) } },
    ]
  }

  private static func gzip() throws -> [HostileCase] {
    let builder = try ArchiveBuilder.small()
    let control = try builder.bytes()
    let tar = try builder.tar()
    func raw(_ name: String, _ bytes: [UInt8]) -> HostileCase {
      HostileCase(description: "gzip " + name, hostile: bytes, control: control)
    }
    func changed(_ name: String, at offset: Int, _ value: UInt8) -> HostileCase {
      var bytes = control
      bytes[offset < 0 ? bytes.count + offset : offset] = value
      return raw(name, bytes)
    }
    var cases = [
      changed("magic", at: 0, 0), changed("method", at: 2, 7), changed("text flag", at: 3, 1),
      changed("header checksum flag", at: 3, 2), changed("extra flag", at: 3, 4),
      changed("name flag", at: 3, 8), changed("comment flag", at: 3, 16),
      changed("reserved flag", at: 3, 32), changed("time", at: 4, 1),
      changed("extra flags", at: 8, 2),
      changed("system", at: 9, 3), changed("checksum", at: -5, control[control.count - 5] ^ 1),
      changed("length", at: -1, 1), changed("block length", at: 11, control[11] ^ 1),
      changed("block complement", at: 13, control[13] ^ 1),
      raw("trailing byte", control + [0]),
      raw("trailing zeros", control + [UInt8](repeating: 0, count: 512)),
      raw("second member", control + control),
      raw("second empty member", control + ArchiveBuilder.stored([0])),
      raw("nothing", []), raw("header only", StoredGzip.header),
      raw("fixed or dynamic blocks", try ArchiveBuilder.deflated(tar)),
      raw("stored by another hand", try ArchiveBuilder.deflated(tar, level: 0)),
      raw("short first block", twoBlocks(tar, first: 512)),
      raw("empty first block", twoBlocks(tar, first: 0)),
      raw("empty last block", emptyLast(tar)),
    ]
    for bit in 1..<8 { cases.append(changed("padding bit \(bit)", at: 10, 1 | 1 << UInt8(bit))) }
    for step in 1...12 {
      cases.append(raw("cut at \(step)/13", Array(control.prefix(control.count * step / 13))))
    }
    cases.append(raw("cut by a byte", Array(control.dropLast())))
    return cases
  }

  private static func twoBlocks(_ tar: [UInt8], first: Int) -> [UInt8] {
    StoredGzip.header + StoredGzip.blockHeader(count: first, isLast: false) + tar[..<first]
      + StoredGzip.blockHeader(count: tar.count - first, isLast: true) + tar[first...]
      + ArchiveBuilder.trailer(tar)
  }

  private static func emptyLast(_ tar: [UInt8]) -> [UInt8] {
    StoredGzip.header + StoredGzip.blockHeader(count: tar.count, isLast: false) + tar
      + StoredGzip.blockHeader(count: 0, isLast: true) + ArchiveBuilder.trailer(tar)
  }

  private static func tarEnds() throws -> [HostileCase] {
    func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    return [
      try bend("no end") { $0.end = [] }, try bend("one empty block") { $0.end = zeros(512) },
      try bend("three empty blocks") { $0.end = zeros(1536) },
      try bend("padded to 10 KiB") { $0.end = zeros(10_240) },
      try bend("bytes behind the end") { $0.end = zeros(1024) + [1] },
      try bend("an archive behind the end") { builder in
        builder.end = zeros(1024) + (try builder.tar())
      },
      try bend("second block not empty") { $0.end = zeros(1023) + [1] },
      try bend("bytes in the padding") { builder in
        builder.bendEntries = { entries in
          var fill = [UInt8](repeating: 0, count: TarHeader.padding(entries[2].body.count))
          fill[fill.count - 1] = 1
          entries[2].padding = fill
        }
      },
    ]
  }

  private static func signatures() throws -> [HostileCase] {
    func integrity(_ name: String, _ value: JSONValue?, signed: Bool = true) throws -> HostileCase {
      try bend("integrity.\(name) is \(value.map { CanonicalJSON.text(of: $0) } ?? "gone")") {
        let change: (JSONValue) -> JSONValue = { $0.setting(["integrity", name], to: value) }
        if signed { $0.beforeSigning = change } else { $0.afterSigning = change }
      }
    }
    let other = Fixture.key(9)
    return [
      try bend("another key") { $0.key = other },
      try bend("another key under the trusted one's name") { builder in
        builder.key = other
        builder.afterSigning = {
          $0.setting(["integrity", "pubkey"], to: .string(Fixture.key().publicKey.description))
        }
      },
      try bend("stripped signature, claim kept") { $0.bendEntries = { $0.remove(at: 1) } },
      try bend("unsigned") { $0.isSigned = false },
      try bend("empty signature") { $0.signatureText = { _ in "" } },
      try bend("upper-case signature") { $0.signatureText = { $0.uppercased() } },
      try bend("signature with a line feed") { $0.signatureText = { $0 + "\n" } },
      try bend("signature of zeros") { builder in
        builder.signatureText = { _ in String(repeating: "0", count: 128) }
      },
      try bend("signature of another package") { builder in
        let text = Hexadecimal.text(Fixture.key().sign([1, 2, 3]))
        builder.signatureText = { _ in text }
        builder.afterSigning = { $0.setting(["integrity", "signature"], to: .string(text)) }
      },
      try integrity("signature", nil, signed: false),
      try integrity("signature_scheme", nil),
      try integrity("signature_scheme", "expert-ed25519-v0"),
      try integrity("signature_scheme", "none"), try integrity("pubkey", nil),
      try integrity("pubkey", "ed25519:00"), try integrity("pubkey", "rsa:00"),
      try integrity("pubkey", .string("ed25519:" + String(repeating: "0", count: 64))),
      try integrity("publisher", "someone else", signed: false),
      try integrity("created_at", "2030-01-01T00:00:00Z", signed: false),
      try integrity("extra", 1, signed: false),
      try integrity("files", nil), try integrity("files", [:]), try integrity("files", []),
      try integrity("files", ["weights.safetensors": "md5:00"]),
    ]
  }

  private static func manifest(
    _ name: String, _ path: [String], _ value: JSONValue?
  ) throws -> HostileCase {
    try bend("manifest \(name)") { $0.manifest = $0.manifest.setting(path, to: value) }
  }

  private static func spelled(_ name: String, _ change: @escaping (String) -> String) throws
    -> HostileCase
  {
    try bend("manifest spelling: \(name)") { builder in
      builder.spelling = { Array(change(CanonicalJSON.text(of: $0)).utf8) }
    }
  }

  private static func manifests() throws -> [HostileCase] {
    let many = JSONValue.array((0..<2000).map { .string("k\($0)") })
    return [
      try spelled("pretty") { $0.replacing(",\"", with: ", \"") },
      try spelled("line feed behind it") { $0 + "\n" },
      try spelled("byte order mark") { "\u{FEFF}" + $0 },
      try spelled("duplicate name") { "{\"version\":\"9.9.9\"," + $0.dropFirst() },
      try spelled("escaped duplicate") { "{\"n\\u0061me\":\"other\"," + $0.dropFirst() },
      try spelled("members out of order") { "{\"zz\":1," + $0.dropFirst() },
      try spelled("number spelled otherwise") { $0.replacing("\"r\":2", with: "\"r\":2.0") },
      try spelled("comment") { $0 + "/* */" }, try spelled("two documents") { $0 + $0 },
      try spelled("cut") { String($0.dropLast()) }, try spelled("array") { "[" + $0 + "]" },
      try spelled("deep nesting") { _ in String(repeating: "[", count: 100_000) },
      try spelled("nothing") { _ in "" },
      try spelled("NaN") { $0.replacing("\"r\":2", with: "\"r\":NaN") },
      try bend("manifest spelling: invalid UTF-8") { builder in
        builder.spelling = { CanonicalJSON.bytes(of: $0).dropLast() + [0xff, 0x7d] }
      },
      try bend("manifest of more than a megabyte") { builder in
        builder.manifest = builder.manifest.setting(
          ["x"], to: .string(String(repeating: "x", count: PackageLimits.manifestBytes)))
      },
      try manifest("without name", ["name"], nil), try manifest("name is a path", ["name"], "../x"),
      try manifest("name is empty", ["name"], ""), try manifest("name is a number", ["name"], 1),
      try manifest("name in capitals", ["name"], "Tiny"),
      try manifest("name of dots", ["name"], ".."),
      try manifest("without version", ["version"], nil),
      try manifest("version 1", ["version"], "1"),
      try manifest("version with zeros", ["version"], "01.0.0"),
      try manifest("version is a path", ["version"], "1.0.0/../../x"),
      try manifest("schema 3", ["schema_version"], "3.0"),
      try manifest("schema 2 with one base", ["schema_version"], "2.0"),
      try manifest("without base", ["base_model"], nil),
      try manifest("both forms", ["base_models"], []),
      try manifest("base is a text", ["base_model"], "x"),
      try manifest("base without name", ["base_model", "name"], nil),
      try manifest("base of a wrong hash", ["base_model", "sha256"], "abc"),
      try manifest("adapters is an object", ["adapters"], [:]),
      try manifest("no adapter", ["adapters"], []),
      try manifest("capabilities of numbers", ["capabilities"], [1]),
      try manifest("too many capabilities", ["capabilities"], many),
      try manifest("requires a path", ["constraints"], ["requires": ["../x@*"]]),
      try manifest("max_chain of nothing", ["constraints"], ["max_chain": 0]),
      try manifest("priority is a text", ["routing"], ["priority": "high"]),
      try manifest("perf is a list", ["perf"], []),
      try manifest("soft prompt without file", ["soft_prompts"], [["name": "x", "length": 4]]),
      try manifest(
        "soft prompt on the adapter's file", ["soft_prompts"],
        [["name": "x", "length": 4, "path": "weights.safetensors"]]),
      try manifest("endless epochs", ["training"], ["epochs": 1e300]),
      try bend("two bases in one package") { builder in
        let base = (builder.manifest["base_model"] ?? [:]).setting(
          ["adapters"], to: builder.manifest["adapters"])
        builder.manifest = builder.manifest.setting(["base_model"], to: nil).setting(
          ["adapters"], to: nil
        )
        .setting(["schema_version"], to: "2.0").setting(["base_models"], to: .array([base, base]))
      },
    ]
  }

  private static func adapter(_ name: String, _ member: String, _ value: JSONValue?) throws
    -> HostileCase
  {
    try bend("adapter entry \(name)") { builder in
      let entry = (builder.manifest["adapters"]?[0] ?? [:]).setting([member], to: value)
      builder.manifest = builder.manifest.setting(["adapters"], to: .array([entry]))
    }
  }

  /// Bends the weights and makes size and digest of the manifest's entry right again.
  private static func weights(_ name: String, _ change: (inout Tensors) -> Void) throws
    -> HostileCase
  {
    try bend("weights \(name)") { builder in
      guard let index = builder.files.firstIndex(where: { $0.name == "weights.safetensors" }) else {
        return
      }
      var tensors = Tensors.small
      change(&tensors)
      builder.files[index].body = tensors.bytes
      let entry = (builder.manifest["adapters"]?[0] ?? [:])
        .setting(["size_bytes"], to: .number(Double(tensors.bytes.count)))
        .setting(["sha256"], to: .string(SHA256.hash(tensors.bytes).hex))
      builder.manifest = builder.manifest.setting(["adapters"], to: .array([entry]))
    }
  }

  private static func weights() throws -> [HostileCase] {
    let module = Tensors.module
    var cases = [
      try adapter("of another rank", "r", 3), try adapter("without rank", "r", nil),
      try adapter("of rank 0", "r", 0), try adapter("of rank 2.5", "r", 2.5),
      try adapter("of an unknown type", "type", "magic"),
      try adapter("of type dora", "type", "dora"),
      try adapter("of type ia3", "type", "ia3"),
      try adapter("without modules", "target_modules", []),
      try adapter("for other modules", "target_modules", ["k_proj"]),
      try adapter("of another size", "size_bytes", 1),
      try adapter("of a negative size", "size_bytes", -1),
      try adapter("of another digest", "sha256", .string(String(repeating: "0", count: 64))),
      try adapter("at another path", "path", "other.safetensors"),
      try adapter("at a path outside", "path", "../weights.safetensors"),
      try adapter("in a pickle", "path", "weights.bin"),
      try adapter("of another alpha", "alpha", 5),
      try adapter("of another scaling", "scaling", "rslora"),
      try weights("of rank 3") { $0.entries[0].shape = [3, 4] },
      try weights("without lora_B") { $0.entries.removeLast() },
      try weights("without lora_A") { $0.entries.removeFirst() },
      try weights("without tensors") { $0.entries = [] },
      try weights("of three dimensions") { $0.entries[0].shape = [2, 2, 2] },
      try weights("for another module") {
        $0.entries[0].name = "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight"
      },
      try weights("of the base itself") {
        $0.entries.append(("base_model.model.\(module).weight", "F32", [4, 4]))
      },
      try weights("with the guide's names") { $0.entries[0].name = module + ".lora_A" },
      try weights("with a magnitude vector") {
        $0.entries.append(("base_model.model.\(module).lora_magnitude_vector", "F32", [4]))
      },
      try weights("with ia3_l") {
        $0.entries.append(("base_model.model.\(module).ia3_l", "F32", [4, 1]))
      },
      try weights("of integers") { for index in 0..<2 { $0.entries[index].type = "I32" } },
      try weights("of doubles") { for index in 0..<2 { $0.entries[index].type = "F64" } },
      try weights("of an unknown type") { $0.entries[0].type = "F128" },
      try weights("with a gap") { $0.gap = 4 },
      try weights("with bytes behind") { $0.tail = [0, 0, 0, 0] },
      try weights("with a negative size") {
        $0.header = { $0.replacing("[2,4]", with: "[-2,-4]") }
      },
      try weights("with an overflowing shape") {
        $0.header = { $0.replacing("[2,4]", with: "[4294967296,4294967296,4]") }
      },
      try weights("with overlapping tensors") {
        $0.header = { $0.replacing("[32,64]", with: "[0,32]") }
      },
      try weights("with swapped offsets") {
        $0.header = { $0.replacing("[32,64]", with: "[64,32]") }
      },
      try weights("with a duplicate name") { $0.header = { "{\"a\":1," + $0.dropFirst() + "" } },
      try weights("with an unknown member") {
        $0.header = { $0.replacing("\"dtype\"", with: "\"x\":1,\"dtype\"") }
      },
      try weights("with a broken header") { $0.header = { String($0.dropLast(2)) } },
      try weights("with a header that is no object") { $0.header = { " " + $0 } },
      try weights("with a header longer than the file") { $0.headerLength = 1 << 40 },
      try weights("with a header of 2⁶⁴−1 bytes") { $0.headerLength = .max },
      try weights("without header") { $0.headerLength = 0 }, try weights("cut off") { $0.cut = 5 },
      try weights("cut in the header") { $0.cut = 100 },
      try weights("of four bytes") { $0.cut = 10_000 },
    ]
    for (name, type, bits) in [
      ("NaN", "F32", [0, 0, 0xc0, 0x7f] as [UInt8]), ("infinity", "F32", [0, 0, 0x80, 0x7f]),
      ("-infinity", "F32", [0, 0, 0x80, 0xff]), ("a signalling NaN", "F32", [1, 0, 0x80, 0x7f]),
      ("half NaN", "F16", [1, 0x7c]), ("half infinity", "F16", [0, 0xfc]),
      ("bfloat NaN", "BF16", [0xc0, 0x7f]), ("bfloat infinity", "BF16", [0x80, 0xff]),
    ] {
      for place in [0, 1] {
        cases.append(
          try weights("\(name) at \(place)") { tensors in
            for index in 0..<2 { tensors.entries[index].type = type }
            tensors.value = (place, bits)
          })
      }
    }
    return cases
  }

  private static func configs() throws -> [HostileCase] {
    func config(_ name: String, _ change: @escaping (JSONValue) -> [UInt8]) throws -> HostileCase {
      try bend("config \(name)") { builder in
        let index = try #require(
          builder.files.firstIndex { $0.name == "adapter_config.json" })
        builder.files[index].body = change(try JSONValue.parse(builder.files[index].body))
      }
    }
    func member(_ name: String, _ value: JSONValue?) throws -> HostileCase {
      try config("\(name) \(value.map { CanonicalJSON.text(of: $0) } ?? "gone")") {
        CanonicalJSON.bytes(of: $0.setting([name], to: value))
      }
    }
    return [
      try member("r", 3), try member("lora_alpha", 99), try member("use_dora", true),
      try member("use_rslora", true), try member("target_modules", ["k_proj"]),
      try member("peft_type", "IA3"),
      try member("peft_type", "EVIL"), try member("peft_type", nil),
      try member("rank_pattern", ["q_proj": "x"]),
      try member("r", -1), try config("no JSON") { _ in Array("not json".utf8) },
      try config("duplicate") { Array("{\"r\":1,".utf8) + CanonicalJSON.bytes(of: $0).dropFirst() },
      try config("empty") { _ in [] },
    ]
  }

  private static func contents() throws -> [HostileCase] {
    let bodies: [(String, [UInt8])] = [
      ("pickle 2", [0x80, 2, 0x5d]), ("pickle 3", [0x80, 3, 0x5d]),
      ("pickle 4", [0x80, 4, 0x95, 0]),
      ("pickle 5", [0x80, 5, 0x95, 0]), ("zip", [0x50, 0x4b, 3, 4, 0]),
      ("program", [0x7f, 0x45, 0x4c, 0x46]),
      ("script", Array("#!/bin/sh\n".utf8)), ("gzip", [0x1f, 0x8b, 8, 0]),
    ]
    return try bodies.flatMap { name, body in
      try ["README.md", "license.txt"].map { file in
        try bend("\(name) as \(file)") { $0.files.append((file, body)) }
      }
    } + [
      try bend("provenance is no JSON") { $0.files.append(("provenance.json", [0x5b])) },
      try bend("provenance with duplicates") {
        $0.files.append(("provenance.json", Array("{\"a\":1,\"a\":2}".utf8)))
      },
    ]
  }

  /// Archives made elsewhere, which the user would take unsigned.
  private static func foreign() throws -> [HostileCase] {
    func foreign(_ name: String, level: Int = 6, _ change: (inout ArchiveBuilder) throws -> Void)
      throws -> HostileCase
    {
      var builder = try ArchiveBuilder.small()
      builder.isSigned = false
      let control = try ArchiveBuilder.deflated(try builder.tar(), level: level)
      try change(&builder)
      return HostileCase(
        description: "foreign " + name,
        hostile: try ArchiveBuilder.deflated(try builder.tar(), level: level),
        control: control, allowUnsigned: true)
    }
    func kind(_ letter: String, _ target: String = "") throws -> HostileCase {
      try foreign("kind \(letter)\(target)") { builder in
        builder.bendEntries = { entries in
          entries[1].header = TarHeader.bent(
            entries[1].name, size: entries[1].body.count, at: 156, Array((letter + target).utf8))
        }
      }
    }
    var cases = try ["1", "2", "3", "4", "6", "S", "x", "g", "L", "K", "Z"].map { try kind($0) }
    cases.append(try kind("2", "/etc/passwd"))
    for name in [
      "../../evil.json", "/tmp/evil.json", "evil.pkl", "a/../../b.json", "a\nb.json", "evil.sh",
    ] {
      cases.append(try foreign("name \(name)") { $0.files.append((name, [0x7b, 0x7d])) })
    }
    cases.append(
      try foreign("bomb") { $0.files.append(("zeros.txt", [UInt8](repeating: 0, count: 30 << 20))) }
    )
    cases.append(
      try foreign("prefix field") { builder in
        builder.bendEntries = { entries in
          entries[1].header = TarHeader.bent(
            entries[1].name, size: entries[1].body.count, at: 345, Array("../..".utf8))
        }
      })
    cases.append(try foreign("duplicate") { $0.bendEntries = { $0.append($0[1]) } })
    cases.append(
      try foreign("two manifests") { builder in
        builder.bendEntries = { $0.append(ArchiveBuilder.Entry("x/manifest.json", $0[0].body)) }
      })
    cases.append(try foreign("no manifest") { $0.bendEntries = { $0.removeFirst() } })
    cases.append(
      try foreign("wrong digest") { builder in builder.bendEntries = { $0[1].body[0] = 0x20 } })
    cases.append(try foreign("claims our signature") { builder in builder.isSigned = true })
    cases.append(try foreign("bytes behind the end") { $0.end += [1] })
    let control = cases[0].control
    func raw(_ name: String, _ bytes: [UInt8]) -> HostileCase {
      HostileCase(
        description: "foreign " + name, hostile: bytes, control: control, allowUnsigned: true)
    }
    cases += [
      raw("second member", control + control), raw("trailing byte", control + [0]),
      raw("cut", Array(control.dropLast(9))),
      raw("damaged", control.enumerated().map { $0 == 60 ? ~$1 : $1 }),
    ]
    return cases
  }
}

/// A safetensors file of the small adapter, in parts.
struct Tensors {
  static let module = "model.layers.0.self_attn.q_proj"
  static var small: Tensors { Tensors() }

  var entries: [(name: String, type: String, shape: [Int])] = [
    ("base_model.model.\(module).lora_A.weight", "F32", [2, 4]),
    ("base_model.model.\(module).lora_B.weight", "F32", [4, 2]),
  ]
  var gap = 0
  var tail: [UInt8] = []
  var header: (String) -> String = { $0 }
  var headerLength: UInt64?
  var cut = 0
  /// The bits of one number of one tensor.
  var value: (tensor: Int, bits: [UInt8])?

  var bytes: [UInt8] {
    let sizes = ["F16": 2, "BF16": 2, "F64": 8]
    var offset = 0
    var text = "{"
    var data: [UInt8] = []
    for (index, entry) in entries.enumerated() {
      let count = entry.shape.reduce(1, *) * (sizes[entry.type] ?? 4)
      let shape = entry.shape.map { "\($0)" }.joined(separator: ",")
      text +=
        (index > 0 ? "," : "")
        + "\"\(entry.name)\":{\"dtype\":\"\(entry.type)\",\"shape\":[\(shape)],"
      text += "\"data_offsets\":[\(offset),\(offset + count)]}"
      var body = [UInt8](repeating: 0, count: count)
      if let value, value.tensor == index {
        body.replaceSubrange(count - value.bits.count..<count, with: value.bits)
      }
      data += body + [UInt8](repeating: 0, count: gap)
      offset += count + gap
    }
    var head = Array(header(text + "}").utf8)
    head += [UInt8](repeating: 0x20, count: (8 - head.count % 8) % 8)
    let length = headerLength ?? UInt64(head.count)
    let whole =
      (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + head + data + tail
    return Array(whole.dropLast(min(cut, whole.count - 4)))
  }
}
