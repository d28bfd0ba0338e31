/// One regular file of an archive.
package struct TarMember: Sendable, Hashable {
  package var name: String
  package var size: Int

  package init(name: String, size: Int) {
    self.name = name
    self.size = size
  }
}

/// Reads a tar archive member by member, in constant memory.
///
/// Strict, it accepts the canonical form alone, bit by bit. Otherwise it takes what `tar` and
/// others write, as far as that is regular files with plain names; folders are passed over.
package final class TarReader {
  private let stream: any ByteStream
  private let isStrict: Bool
  private var names = MemberNames()
  private var inBody = 0
  private var padding = 0
  private var current = ""
  private var headers = 0

  package init(_ stream: any ByteStream, strict: Bool) {
    self.stream = stream
    isStrict = strict
  }

  /// The next member, or `nil` once the archive and the stream have ended as they must. What was
  /// not read of the one before is skipped.
  package func next() throws -> TarMember? {
    try skipBody()
    while true {
      let block = try stream.take(TarHeader.blockBytes)
      guard block.count == TarHeader.blockBytes else { throw refused("it ends too early") }
      if block.allSatisfy({ $0 == 0 }) {
        try finish()
        return nil
      }
      headers += 1
      guard headers <= 4 * PackageLimits.members else {
        throw refused("it has more than \(PackageLimits.members) members")
      }
      if let member = try member(of: block) { return member }
    }
  }

  /// Lends the next bytes of the member that `next` gave; none at its end.
  package func body(_ limit: Int = .max) throws -> UnsafeRawBufferPointer {
    guard inBody > 0 else {
      try skipPadding()
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let bytes = try stream.next(min(limit, inBody))
    guard !bytes.isEmpty else { throw refused("it ends in the middle of a member") }
    inBody -= bytes.count
    return bytes
  }

  /// The whole member that `next` gave. Its size must have been held against a limit.
  package func wholeBody() throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(inBody)
    while true {
      let part = try body()
      if part.isEmpty { return bytes }
      bytes.append(contentsOf: part)
    }
  }

  private func refused(_ reason: String) -> PackageError {
    .refused(member: current, reason: reason)
  }

  private func skipBody() throws {
    while inBody > 0 { _ = try body() }
    try skipPadding()
  }

  private func skipPadding() throws {
    guard padding > 0 else { return }
    let bytes = try stream.take(padding)
    guard bytes.count == padding else { throw refused("it ends in the middle of a member") }
    guard !isStrict || bytes.allSatisfy({ $0 == 0 }) else {
      throw refused("bytes other than zero fill its last block")
    }
    padding = 0
  }

  /// The second zero block, and nothing but the end behind it (elsewhere: more zeros).
  private func finish() throws {
    current = ""
    let second = try stream.take(TarHeader.blockBytes)
    guard second.count == TarHeader.blockBytes, second.allSatisfy({ $0 == 0 }) else {
      throw refused("its end is not two empty blocks")
    }
    while true {
      let rest = try stream.next(.max)
      if rest.isEmpty { return }
      guard !isStrict, rest.allSatisfy({ $0 == 0 }) else {
        throw refused("something follows the archive's end")
      }
    }
  }

  private func member(of block: [UInt8]) throws -> TarMember? {
    let header = ForeignHeader(block)
    current = header.shownName
    try header.checkKind()
    let size = try header.size()
    if header.isFolder {
      guard !isStrict, size == 0 else { throw refused("a folder; a package holds files only") }
      return nil
    }
    let name = try header.name()
    if let fault = MemberName.fault(isStrict ? name : Self.tidied(name)) { throw refused(fault) }
    guard !isStrict || block == TarHeader.bytes(name: name, size: size) else {
      throw refused("its header is not the canonical one")
    }
    guard header.hasValidChecksum else { throw refused("its header's checksum is wrong") }
    try names.insert(isStrict ? name : Self.tidied(name))
    inBody = size
    padding = TarHeader.padding(size)
    current = isStrict ? name : Self.tidied(name)
    return TarMember(name: current, size: size)
  }

  /// `tar -C folder .` writes `./name`.
  private static func tidied(_ name: String) -> String {
    name.hasPrefix("./") ? String(name.dropFirst(2)) : name
  }
}

/// A header as anyone may have written it.
struct ForeignHeader {
  private let block: [UInt8]

  init(_ block: [UInt8]) { self.block = block }

  private var kind: UInt8 { block[156] }

  var isFolder: Bool { kind == UInt8(ascii: "5") }

  var hasValidChecksum: Bool {
    let field = block[148..<156].filter { $0 != 0 && $0 != 0x20 }
    return Int(String(decoding: field, as: UTF8.self), radix: 8) == TarHeader.checksum(block)
  }

  /// The name for a message, whatever bytes it has.
  var shownName: String {
    let bytes = block[0..<100].prefix { $0 != 0 }.map { (0x21...0x7e).contains($0) ? $0 : 0x3f }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func refused(_ reason: String) -> PackageError {
    .refused(member: shownName, reason: reason)
  }

  /// Regular files and folders pass; what else a tar archive can hold is named and refused.
  func checkKind() throws(PackageError) {
    guard block[257..<262].elementsEqual("ustar".utf8) else {
      throw refused("this is no ustar archive")
    }
    switch kind {
    case UInt8(ascii: "0"), 0, UInt8(ascii: "5"): break
    case UInt8(ascii: "1"): throw refused("a hard link")
    case UInt8(ascii: "2"): throw refused("a symbolic link")
    case UInt8(ascii: "3"), UInt8(ascii: "4"): throw refused("a device")
    case UInt8(ascii: "6"): throw refused("a named pipe")
    case UInt8(ascii: "S"): throw refused("a sparse file")
    case UInt8(ascii: "x"), UInt8(ascii: "g"):
      throw refused("a pax header; write the archive with tar --format=ustar")
    case UInt8(ascii: "L"), UInt8(ascii: "K"):
      throw refused("a GNU long name; write the archive with tar --format=ustar")
    default: throw refused("a member of an unknown kind")
    }
    guard block[157..<257].allSatisfy({ $0 == 0 }) else {
      throw refused("it names a link's target")
    }
  }

  /// The name, with the prefix field before it where there is one.
  func name() throws(PackageError) -> String {
    let name = try text(block[0..<100])
    let isGNU = block[262] == 0x20
    let prefix = isGNU ? "" : try text(block[345..<500])
    return prefix.isEmpty ? name : prefix + "/" + name
  }

  /// Bytes up to the first zero, behind which there may be zeros only.
  private func text(_ field: ArraySlice<UInt8>) throws(PackageError) -> String {
    let bytes = field.prefix { $0 != 0 }
    guard field.dropFirst(bytes.count).allSatisfy({ $0 == 0 }) else {
      throw refused("something stands behind the end of its name")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Octal digits and their end; GNU's binary sizes are refused with everything else.
  func size() throws(PackageError) -> Int {
    let digits = block[124..<136].prefix { (0x30...0x37).contains($0) }
    let rest = block[124..<136].dropFirst(digits.count)
    guard !digits.isEmpty, rest.allSatisfy({ $0 == 0 || $0 == 0x20 }),
      let size = Int(String(decoding: digits, as: UTF8.self), radix: 8),
      size <= PackageLimits.weightBytes
    else { throw refused("its size cannot be read") }
    return size
  }
}
