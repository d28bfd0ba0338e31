internal import ExpertPlatform
internal import ExpertRecord

extension PackagePlan {
  /// The content of a package that is there, to be written anew: signed, or signed by another. Its
  /// bytes wait in a file without a name, so that it may be written over its own source.
  package init(unpacking file: InputFile) throws {
    let isCanonical = try PackageOpening.isCanonical(file)
    let folder = isCanonical ? "" : try ForeignPackage(file).manifest().folder
    let stream: any ByteStream =
      isCanonical
      ? try StoredGzipStream(try file.bytes()) : try InflateStream(try file.bytes())
    let reader = TarReader(stream, strict: isCanonical)
    let scratch = try ScratchFile()
    var manifest: JSONValue?
    var members: [(name: String, source: MemberSource)] = []
    while let member = try reader.next() {
      let name = String(member.name.dropFirst(folder.count))
      if name == MemberName.manifest {
        guard member.size <= PackageLimits.manifestBytes else {
          throw PackageError.refused(member: name, reason: "it is too large")
        }
        manifest = try PackageOpening.manifest(try reader.wholeBody()).json
      } else if name != MemberName.signature {
        let start = scratch.count
        while true {
          let bytes = try reader.body()
          if bytes.isEmpty { break }
          try scratch.write(bytes)
        }
        members.append((name, .scratch(scratch, start..<scratch.count)))
      }
    }
    guard let manifest else {
      throw PackageError.refused(member: MemberName.manifest, reason: "it is missing")
    }
    self.init(manifest: manifest, members: members)
  }
}
