internal import ExpertRecord
internal import ExpertTensors

/// A base model that is here, to hold an adapter against.
package struct InstallationBase: Sendable, Hashable {
  /// What the user calls it.
  package var name: String
  /// Its folder or weights.
  package var path: String
  /// Its hash, where somebody has measured it.
  package var sha256: String?

  package init(name: String, path: String, sha256: String? = nil) {
    self.name = name
    self.path = path
    self.sha256 = sha256
  }
}

/// Holds an adapter against the base that it is to be used with: other shapes are refused, another
/// hash is said for ever.
enum BaseComparison {
  /// What to say about the base; `nil` where it is the very one.
  static func warning(
    _ package: VerifiedPackage, _ file: InputFile, base given: InstallationBase
  ) throws -> String? {
    let base = try package.manifest.onlyBase()
    try checkShapes(try headers(package, file), base, given.path)
    let measured = try given.sha256 ?? BaseDigest.measure(given.path).sha256
    if measured == base.model.sha256 { return nil }
    guard base.model.sha256 != nil else {
      return "the package does not say which base it was trained on (compared with \(given.name))"
    }
    return "it was trained on another base than \(given.name): the weights have another hash"
  }

  /// The header of every weights file of a package that has been verified.
  private static func headers(
    _ package: VerifiedPackage, _ file: InputFile
  ) throws -> [String: [SafetensorsEntry]] {
    let strip = package.isCanonical ? "" : try ForeignPackage(file).manifest().folder
    let stream: any ByteStream =
      package.isCanonical
      ? try StoredGzipStream(try file.bytes()) : try InflateStream(try file.bytes())
    let reader = TarReader(stream, strict: package.isCanonical)
    var headers: [String: [SafetensorsEntry]] = [:]
    while let member = try reader.next() {
      let name = String(member.name.dropFirst(strip.count))
      guard name.hasSuffix(".safetensors") else { continue }
      var stream = WeightStream(path: name, size: member.size) { headers[name] = $0.entries }
      while headers[name] == nil {
        let bytes = try reader.body()
        if bytes.isEmpty { break }
        try stream.take(bytes)
      }
    }
    return headers
  }

  private static func checkShapes(
    _ headers: [String: [SafetensorsEntry]], _ base: Manifest.Base, _ path: String
  ) throws {
    let shapes = try BaseShapes(path)
    for adapter in base.adapters {
      for entry in headers[adapter.path] ?? [] {
        guard let name = TensorName(entry.name) else { continue }
        try check(entry, name, shapes, member: adapter.path)
      }
    }
  }
  /// W is [out, in]; A [r, in], B [out, r], magnitude [out], ia3_l [out, 1] or [1, in].
  private static func check(
    _ entry: SafetensorsEntry, _ name: TensorName, _ shapes: BaseShapes, member: String
  ) throws {
    guard let weight = shapes.weight(of: name.module), weight.count == 2 else {
      throw PackageError.refused(
        member: member, reason: "the base has no module \(name.module), so it is another model")
    }
    let fits =
      switch name.part {
      case .loraA: entry.shape.last == weight[1]
      case .loraB, .magnitude: entry.shape.first == weight[0]
      case .embeddingA: entry.shape.last == weight[0]
      case .embeddingB: entry.shape.first == weight[1]
      case .ia3: entry.shape == [weight[0], 1] || entry.shape == [1, weight[1]]
      case .weight: entry.shape == weight
      case .bias: entry.shape == [weight[0]]
      }
    guard fits else {
      throw PackageError.refused(
        member: member,
        reason: "\(entry.name) has the shape \(entry.shape), and the base's module is \(weight)")
    }
  }
}
