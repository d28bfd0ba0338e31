internal import CZlib
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation

/// An archive in parts, each of which a test can bend before it becomes bytes. Unbent it is the
/// canonical package of the small adapter.
struct ArchiveBuilder {
  /// One tar entry; the header is made from name and size unless it is given.
  struct Entry {
    var name: String
    var body: [UInt8]
    var header: [UInt8]?
    var padding: [UInt8]?

    init(_ name: String, _ body: [UInt8], header: [UInt8]? = nil) {
      self.name = name
      self.body = body
      self.header = header
    }

    var bytes: [UInt8] {
      let head = header ?? TarHeader.bytes(name: name, size: body.count)
      let fill =
        padding ?? [UInt8](repeating: 0, count: TarHeader.padding(body.count))
      return head + body + fill
    }
  }

  /// The manifest before integrity is filled in.
  var manifest: JSONValue
  /// The members other than manifest and signature, sorted by name when they are signed.
  var files: [(name: String, body: [UInt8])]
  var key = Fixture.key()
  /// Bends the manifest once it is signed.
  var afterSigning: (JSONValue) -> JSONValue = { $0 }
  /// Bends integrity before it is signed.
  var beforeSigning: (JSONValue) -> JSONValue = { $0 }
  /// How the manifest is spelled.
  var spelling: (JSONValue) -> [UInt8] = { CanonicalJSON.bytes(of: $0) }
  var signatureText: (String) -> String = { $0 }
  var bendEntries: (inout [Entry]) -> Void = { _ in }
  var end = [UInt8](repeating: 0, count: 1024)
  var isSigned = true

  /// The parts of the small adapter's package.
  static func small() throws -> ArchiveBuilder {
    let (manifest, files) = try smallParts.get()
    return ArchiveBuilder(manifest: manifest, files: files)
  }

  /// Read from the disk once: the corpus starts from them hundreds of times.
  private static let smallParts = Result {
    let folder = try TemporaryFolder()
    try Fixture.adapter(in: folder.file("adapter"))
    let plan = try PackagePlan.plans(folder: folder.file("adapter"), Fixture.request())[0]
    let files = try plan.members.map { member in
      var bytes: [UInt8] = []
      try member.source.each { bytes.append(contentsOf: $0) }
      return (name: member.name, body: bytes)
    }
    return (plan.manifest, files)
  }

  /// Manifest, signature and the rest.
  func entries() throws -> [Entry] {
    let sorted = files.sorted { ExactText.precedes($0.name, $1.name) }
    var list: [JSONValue.Member] = []
    for file in sorted where !list.contains(where: { $0.name == file.name }) {
      list.append(JSONValue.Member(file.name, .string("sha256:" + SHA256.hash(file.body).hex)))
    }
    var json = manifest.setting(["integrity", "files"], to: .object(list))
    json = json.setting(["integrity", "created_at"], to: "2023-11-14T22:13:20Z")
    guard isSigned else {
      return [Entry("manifest.json", spelling(json))] + sorted.map { Entry($0.name, $0.body) }
    }
    json = json.setting(["integrity", "pubkey"], to: .string(key.publicKey.description))
    json = json.setting(["integrity", "signature_algorithm"], to: "ed25519")
    json = beforeSigning(json.setting(["integrity", "signature_scheme"], to: "expert-ed25519-v1"))
    let signature = Hexadecimal.text(key.sign(Self.message(json)))
    json = afterSigning(json.setting(["integrity", "signature"], to: .string(signature)))
    return [
      Entry("manifest.json", spelling(json)),
      Entry("signature.sig", Array(signatureText(signature).utf8)),
    ] + sorted.map { Entry($0.name, $0.body) }
  }

  /// The signed message, made without the reader of manifests: bent ones are signed as well.
  static func message(_ json: JSONValue) -> [UInt8] {
    var lines = (json["integrity"]?["files"]?.members ?? []).map {
      "\($0.name):\(($0.value.string ?? "").replacing("sha256:", with: ""))"
    }
    let bytes = CanonicalJSON.bytes(of: json.setting(["integrity", "signature"], to: nil))
    lines.append("manifest.json:\(SHA256.hash(bytes).hex)")
    return Array(lines.sorted { ExactText.precedes($0, $1) }.joined(separator: "\n").utf8)
  }

  func tar() throws -> [UInt8] {
    var entries = try entries()
    bendEntries(&entries)
    return entries.flatMap(\.bytes) + end
  }

  /// The package's file.
  func bytes() throws -> [UInt8] { Self.stored(try tar()) }

  /// The canonical gzip form of any bytes.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var out = StoredGzip.header
    var start = 0
    while start < bytes.count {
      let count = min(StoredGzip.blockBytes, bytes.count - start)
      let isLast = start + count == bytes.count
      out += StoredGzip.blockHeader(count: count, isLast: isLast) + bytes[start..<start + count]
      start += count
    }
    return out + trailer(bytes)
  }

  static func trailer(_ bytes: [UInt8]) -> [UInt8] {
    StoredGzip.trailer(crc: crc32_z(0, bytes, bytes.count), count: bytes.count)
  }

  /// Ordinary gzip at a level from 0 to 9, as everybody writes it.
  static func deflated(_ bytes: [UInt8], level: Int = 9) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = folder.file("x.gz")
    let file = gzopen(path, "wb\(level)")
    gzwrite(file, bytes, UInt32(bytes.count))
    gzclose(file)
    return Array(try Data(contentsOf: URL(filePath: path)))
  }
}

extension TarHeader {
  /// A header with one field written over and the checksum made right again.
  static func bent(
    _ name: String, size: Int, at offset: Int, _ text: [UInt8], checksum fixes: Bool = true
  ) -> [UInt8] {
    var header = bytes(name: name, size: size)
    header.replaceSubrange(offset..<offset + text.count, with: text)
    guard fixes else { return header }
    let digits = String(checksum(header), radix: 8)
    let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
    header.replaceSubrange(148..<156, with: Array(field.utf8))
    return header
  }
}
