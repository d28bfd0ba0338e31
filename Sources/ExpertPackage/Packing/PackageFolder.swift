internal import ExpertRecord
internal import Glibc

/// An unpacked package in a folder: it is put into archive form in a file without a name and then
/// judged as every other package is.
package enum PackageFolder {
  private static let maxDepth = 8

  /// Whether a folder holds an unpacked package.
  package static func isOne(_ path: String) -> Bool {
    access(path + "/" + MemberName.manifest, F_OK) == 0
  }

  /// The folder as a package file. Links and special files are refused, not followed.
  package static func archive(_ folder: String) throws -> InputFile {
    var names: [String] = []
    try collect(folder, "", depth: 0, into: &names)
    let isSigned = names.contains(MemberName.signature)
    let first = [MemberName.manifest] + (isSigned ? [MemberName.signature] : [])
    let rest = names.filter { !first.contains($0) }.sorted { ExactText.precedes($0, $1) }
    let scratch = try ScratchFile()
    let writer = try ArchiveWriter { try scratch.write($0) }
    for name in first + rest {
      if let fault = MemberName.fault(name) {
        throw PackageError.refused(member: name, reason: fault)
      }
      let file = try InputFile(folder + "/" + name, plain: true)
      _ = try writer.add(name, try source(name, file, isSigned: isSigned))
    }
    try writer.finish()
    return try InputFile(duplicating: scratch.descriptor, path: folder)
  }

  /// A manifest that nobody signed may be spelled as its writer liked.
  private static func source(
    _ name: String, _ file: InputFile, isSigned: Bool
  ) throws -> MemberSource {
    guard name == MemberName.manifest, !isSigned, file.size <= PackageLimits.manifestBytes else {
      return .range(file, 0..<file.size)
    }
    let manifest = try PackageOpening.manifest(try file.bytes().take(file.size))
    return .bytes(CanonicalJSON.bytes(of: manifest.json))
  }

  private static func collect(
    _ folder: String, _ prefix: String, depth: Int, into names: inout [String]
  ) throws {
    guard depth <= maxDepth, names.count <= PackageLimits.members else {
      throw PackageError.refused(member: prefix, reason: "too many files, or folders too deep")
    }
    for name in try FolderListing.names(in: folder) {
      let path = folder + "/" + name
      var facts = stat()
      guard lstat(path, &facts) == 0 else { continue }
      switch facts.st_mode & S_IFMT {
      case S_IFREG: names.append(prefix + name)
      case S_IFDIR: try collect(path, prefix + name + "/", depth: depth + 1, into: &names)
      case S_IFLNK: throw PackageError.refused(member: prefix + name, reason: "a symbolic link")
      default: throw PackageError.refused(member: prefix + name, reason: "no regular file")
      }
    }
  }
}
