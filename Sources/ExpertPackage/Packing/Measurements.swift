internal import ExpertPlatform
internal import ExpertRecord

/// What a stored evaluation beside the adapter says, as members of the manifest.
struct Measurements {
  /// A report holds every prompt and answer, which stay behind.
  private static let maxBytes = 256 << 20
  private static let left = ["examples", "quality_metrics", "evaluation"]

  /// The manifest's `quality_metrics`.
  var metrics: JSONValue?
  /// The manifest's `evaluation`: the report without its examples.
  var summary: JSONValue?

  /// Reads `evaluation.json`; `nil` where there is none. One that measured other weights is refused.
  static func evaluation(of folder: AdapterFolder) throws -> Measurements? {
    let path = folder.path + "/" + AdapterFolder.evaluation
    guard let report = try AdapterFolder.json(path, limit: maxBytes) else { return nil }
    try check(report["provenance"]?["adapter_sha256"], path, folder)
    let summary = left.reduce(report) { $0.setting([$1], to: nil) }
    return Measurements(
      metrics: report["quality_metrics"].map(withoutNulls),
      summary: report["evaluation"] ?? (summary.members?.isEmpty == false ? summary : .none))
  }

  /// Reads `perf` of `benchmark.json`, where there is one; of other weights it is refused.
  static func cost(of folder: AdapterFolder) throws -> JSONValue? {
    let path = folder.path + "/" + AdapterFolder.benchmark
    guard let report = try AdapterFolder.json(path) else { return nil }
    try check(report["adapter_sha256"], path, folder)
    return report["perf"]
  }

  private static func check(
    _ measured: JSONValue?, _ path: String, _ folder: AdapterFolder
  ) throws {
    guard let measured = measured?.string else { return }
    let file = try InputFile(folder.weights)
    guard measured == (try MemberSource.range(file, 0..<file.size).digest()).hex else {
      throw PackageError.invalid(
        place: path, reason: "it measured other weights than these; evaluate the adapter again")
    }
  }

  /// What was not measured is absent from a manifest.
  private static func withoutNulls(_ value: JSONValue) -> JSONValue {
    .object((value.members ?? []).filter { $0.value != .null })
  }
}
