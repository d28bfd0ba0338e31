internal import ExpertPlatform
internal import ExpertRecord

/// What the signature scheme `expert-ed25519-v1` signs: lines `path:sha256hex`, sorted by their
/// bytes, joined by line feeds, without one at the end.
package enum SignedMessage {
  /// The message over a manifest and the files that its `integrity.files` lists.
  package static func bytes(of manifest: Manifest) -> [UInt8] {
    var lines = manifest.integrity.files.map { Array("\($0.key):\($0.value)".utf8) }
    let digest = SHA256.hash(manifest.signedBytes)
    lines.append(Array("\(MemberName.manifest):\(digest.hex)".utf8))
    lines.sort { $0.lexicographicallyPrecedes($1) }
    return Array(lines.joined(separator: [0x0a]))
  }
}
