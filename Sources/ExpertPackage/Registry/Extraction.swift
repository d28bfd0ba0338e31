internal import ExpertPlatform
internal import ExpertRecord
internal import Glibc

/// Unpacks a verified package: into a private folder beside its place, every byte hashed once more
/// and forced to the disk, then one rename. Whatever fails removes the folder.
struct Extraction {
  private let file: InputFile
  private let package: VerifiedPackage

  init(_ file: InputFile, _ package: VerifiedPackage) {
    self.file = file
    self.package = package
  }

  /// Unpacks into `target`; a damaged installation that stands there goes when the new one is
  /// complete. `incoming` is where it waits meanwhile.
  func unpack(to target: String, incoming: String) throws {
    FolderListing.remove(incoming)
    try Descriptor.check(mkdir(incoming, 0o700), "create the folder", incoming)
    do {
      try write(into: incoming)
      try Descriptor.syncFolder(incoming)
      FolderListing.remove(target)
      try Descriptor.check(rename(incoming, target), "rename into place", target)
    } catch {
      FolderListing.remove(incoming)
      throw error
    }
    try Descriptor.syncFolder(PathText.parent(of: target))
  }

  private func write(into folder: String) throws {
    let strip = package.isCanonical ? "" : try ForeignPackage(file).manifest().folder
    let stream: any ByteStream =
      package.isCanonical
      ? try StoredGzipStream(try file.bytes()) : try InflateStream(try file.bytes())
    let reader = TarReader(stream, strict: package.isCanonical)
    var expected = package.members[...]
    while var member = try reader.next() {
      member.name = String(member.name.dropFirst(strip.count))
      guard let known = expected.popFirst(), known.name == member.name, known.size == member.size
      else { throw changed(member.name) }
      guard try write(member, reader, into: folder) == known.digest else {
        throw changed(member.name)
      }
    }
    guard expected.isEmpty else { throw changed("") }
  }

  private func changed(_ name: String) -> PackageError {
    .refused(member: name, reason: "the file changed after it was verified")
  }

  private func write(
    _ member: TarMember, _ reader: TarReader, into folder: String
  ) throws -> Digest {
    if let fault = MemberName.fault(member.name) {
      throw PackageError.refused(member: member.name, reason: fault)
    }
    let path = folder + "/" + member.name
    let parents = member.name.split(separator: "/").dropLast()
    for count in parents.indices.map({ $0 + 1 }) {
      let parent = folder + "/" + parents.prefix(count).joined(separator: "/")
      guard mkdir(parent, 0o700) == 0 || errno == EEXIST else {
        throw FileError.failed(operation: "create the folder", path: parent, code: errno)
      }
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    try Descriptor.check(descriptor, "create", path)
    defer { close(descriptor) }
    var hasher = SHA256()
    while true {
      let bytes = try reader.body()
      if bytes.isEmpty { break }
      hasher.update(bytes)
      try Descriptor.write(descriptor, bytes, path: path)
    }
    try Descriptor.check(fsync(descriptor), "force to the disk", path)
    if !parents.isEmpty { try Descriptor.syncFolder(PathText.parent(of: path)) }
    return hasher.finalize()
  }
}
