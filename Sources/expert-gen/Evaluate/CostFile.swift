internal import ExpertModel
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord

/// `benchmark.json` beside an adapter: what it costs where it is used, for the `perf` of a manifest.
struct CostFile {
  var cost: AdapterCost
  var adapter: Digest
  var base: String
  /// Microseconds since 1970.
  var date: Int64

  var json: JSONValue {
    [
      "adapter_sha256": .string(adapter.description), "base_sha256": .string(base),
      "date": .string(Timestamp.text(date)),
      "format": .string(ExpertPackage.AdapterFolder.benchmarkFormat),
      "machine": MachineFacts.current().json,
      "perf": [
        "latency_ms_overhead": .number(Self.rounded(cost.milliseconds)),
        "supported_batch_sizes": .array(cost.batchSizes.map { .number(Double($0)) }),
        "vram_mb_overhead": .number(Self.rounded(Double(cost.bytes) / 1_000_000)),
      ],
    ]
  }

  /// Writes the file into the adapter's folder.
  func write(to folder: String) throws {
    try AtomicFile.write(
      folder + "/" + ExpertPackage.AdapterFolder.benchmark, CanonicalJSON.bytes(of: json))
  }

  /// Three decimals: more would be noise.
  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
