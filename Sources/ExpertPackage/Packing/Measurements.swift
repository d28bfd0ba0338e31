internal import ExpertPlatform
internal import ExpertRecord

/// What stored measurements beside the adapter say, as members of the manifest.
///
/// Figures are measured, never typed in: a report must have its form, be of these very weights and of
/// the manifest's base, and its figures must follow from the scores of its examples.
struct Measurements {
  /// The form of `evaluation.json`.
  private static let evaluationFormat = "expert-gen evaluation 1"
  /// A report holds every prompt and answer, which stay behind.
  private static let maxBytes = 256 << 20
  private static let left = ["examples", "quality_metrics"]

  /// The manifest's `quality_metrics`; `nil` where the report does not speak for the expert.
  var metrics: JSONValue?
  /// The manifest's `evaluation`: the report without its examples.
  var summary: JSONValue?
  /// What the user should know.
  var notes: [String] = []

  /// Reads `evaluation.json`; without one there is only a note. `base` is the manifest's base hash.
  ///
  /// Throws `PackageError.invalid` for a report of another form, of other weights or another base,
  /// and for one whose figures are not those of its examples.
  static func evaluation(of folder: AdapterFolder, base: String?) throws -> Measurements {
    let path = folder.path + "/" + AdapterFolder.evaluation
    guard let report = try AdapterFolder.json(path, limit: maxBytes) else {
      return Measurements(notes: [
        "there is no \(AdapterFolder.evaluation), so the manifest has no quality_metrics; run: "
          + "expert-gen eval run --expert \(folder.path)"
      ])
    }
    try require(report, form: evaluationFormat, path)
    let provenance = report["provenance"]
    try check(provenance, path, folder, base)
    let figures = try QualityFigures(report, path: path)
    try figures.check(report, path: path)
    let doubts = doubts(report)
    guard doubts.isEmpty else {
      return Measurements(
        notes: doubts.map { "\(path) is left out, since \($0); evaluate the test split" })
    }
    return Measurements(
      metrics: withoutNulls(figures.json),
      summary: left.reduce(report) { $0.setting([$1], to: nil) }, notes: remarks(report))
  }

  /// Why a report's figures must not become a package's; empty where they may.
  private static func doubts(_ report: JSONValue) -> [String] {
    var doubts: [String] = []
    if let split = report["provenance"]?["split"]?.string, split != "test" {
      doubts.append("it measured the split \(split)")
    }
    let leaks = report["leaks"]?["leaks"]?.array?.count ?? 0
    if leaks > 0 { doubts.append("\(leaks) of its records were trained on") }
    return doubts
  }

  /// What a reader of the figures should know.
  private static func remarks(_ report: JSONValue) -> [String] {
    var remarks: [String] = []
    let provenance = report["provenance"]
    if let limit = provenance?["limit"]?.integer, let all = provenance?["split_records"]?.integer,
      limit < all
    {
      remarks.append("the evaluation asked \(limit) of the \(all) records of its split")
    }
    let unknown = report["leaks"]?["unknown"]?.array?.isEmpty == false
    if unknown || report["leaks"]?["tested"] == nil {
      remarks.append(
        "whether the evaluation's records were trained on is not known in full; see its leaks")
    }
    return remarks
  }

  /// Reads `perf` of `benchmark.json`; without one there is only a note.
  static func cost(
    of folder: AdapterFolder, base: String?
  ) throws -> (perf: JSONValue?, notes: [String]) {
    let path = folder.path + "/" + AdapterFolder.benchmark
    guard let report = try AdapterFolder.json(path) else {
      return (
        nil,
        [
          "there is no \(AdapterFolder.benchmark), so the manifest has no perf; run: "
            + "expert-gen eval run --expert \(folder.path)"
        ]
      )
    }
    try require(report, form: AdapterFolder.benchmarkFormat, path)
    try check(report, path, folder, base)
    guard let perf = report["perf"], perf.members != nil else {
      throw PackageError.invalid(place: "\(path): perf", reason: "it is missing; measure again")
    }
    return (perf, [])
  }

  private static func require(
    _ report: JSONValue, form: String, _ path: String
  ) throws(PackageError) {
    guard report["format"]?.string == form else {
      throw .invalid(
        place: path,
        reason: "it is no stored measurement (its format is not \"\(form)\"); measure with: "
          + "expert-gen eval run")
    }
  }

  /// A measurement is of the weights beside it and of the base that the manifest names.
  private static func check(
    _ measured: JSONValue?, _ path: String, _ folder: AdapterFolder, _ base: String?
  ) throws {
    let file = try InputFile(folder.weights)
    let weights = try MemberSource.range(file, 0..<file.size).digest().hex
    guard measured?["adapter_sha256"]?.string == weights else {
      throw PackageError.invalid(
        place: path, reason: "it measured other weights than these; evaluate the adapter again")
    }
    guard let found = measured?["base_sha256"]?.string else {
      throw PackageError.invalid(
        place: path, reason: "it does not say which base it measured on; evaluate again")
    }
    if let base = base.map({ ManifestRules.digestText($0) ?? $0 }), found != base {
      throw PackageError.invalid(
        place: path,
        reason: "it measured on a base with the hash \(found.prefix(12))…, and the manifest's base "
          + "has \(base.prefix(12))…; evaluate on that one")
    }
  }

  /// What was not measured is absent from a manifest.
  private static func withoutNulls(_ value: JSONValue) -> JSONValue {
    .object((value.members ?? []).filter { $0.value != .null })
  }
}
