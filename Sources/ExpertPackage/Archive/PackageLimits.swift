/// What a package may take before it is refused: bytes from outside meet these before they meet
/// memory or the disk.
package enum PackageLimits {
  package static let members = 256
  /// The longest member name: the name field of ustar without its prefix field.
  package static let nameBytes = 100
  package static let manifestBytes = 1 << 20
  /// Tokenizer files are the largest of the members that are no weights.
  package static let textBytes = 64 << 20
  /// JSON members that are read as well as hashed.
  package static let jsonBytes = 4 << 20
  /// What eleven octal digits can say, less the rounding to a block.
  package static let weightBytes = (1 << 33) - 512
  /// The most that a deflate stream made elsewhere may expand …
  package static let expansion = 20
  /// … once it is longer than this: tar pads even an empty archive to 10 KiB.
  package static let expansionFloor = 1 << 20
  /// The longest package that is taken from a server, since a reply is held in memory.
  package static let downloadBytes = 1 << 30
}
